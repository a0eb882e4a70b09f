"""winnow webhook: where a site's CMS hears of its moderators' decisions, and what has become of each message."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, printing
from app.commands.site import Name
from app.errors import CommandRefused

if TYPE_CHECKING:
    from app.core.addresses import Target
    from app.store.outbox import Message, Webhook

webhook = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Webhooks: addresses of a CMS that hear of its moderators' decisions.",
)

SECRET_ONCE = "The receiver checks signatures with it. It is shown this once."  # noqa: S105 - a sentence, no secret
RESOLVE_WITHIN_S = 5.0
MAX_SECRETS = 4
Id = Annotated[int, typer.Argument(metavar="ID", help="The webhook; winnow webhook list shows them.")]


@webhook.command()
def add(
    site: Name,
    url: Annotated[str, typer.Argument(metavar="URL", help="Where to POST; https.")],
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="It may be http, and lead to this machine or your own networks.")
    ] = False,
    json: printing.Json = False,
) -> None:
    """Tell an address of every decision that a moderator makes on a site, and print what signs it.

    Example: winnow webhook add blog https://cms.example/winnow
    """
    from app.core.addresses import target_of
    from app.store.outbox import new_secret

    target = target_of(url, allow_private=allow_private)
    _look_up(target, allow_private)
    secret = new_secret()
    with opening.open_store(opening.read_settings()) as store:
        added = store.add_webhook(site, target.url, allow_private, secret, opening.now(), opening.doer())
    _print_secret(added, secret, 1, json)


def _look_up(target: "Target", allow_private: bool) -> None:
    """Refuse now what would be refused at every attempt; a name without an address may get one later."""
    from app.core.addresses import checked
    from app.hooks.resolving import resolve

    try:
        addresses = resolve(target.host, target.port, RESOLVE_WITHIN_S)
    except OSError:
        printing.note(f"{target.host} has no address yet, as far as this machine knows.", "yellow")
        return
    checked(target, addresses, allow_private=allow_private)


@webhook.command("list")
def list_(json: printing.Json = False) -> None:
    """List the webhooks of all sites."""
    from app.store.outbox import purpose_of

    with opening.open_store(opening.read_settings()) as store:
        found = [(each, len(store.secrets(each.site, purpose_of(each.id)))) for each in store.webhooks()]
    if json:
        printing.print_json([{**asdict(each), "secrets": count} for each, count in found])
    elif not found:
        printing.say("There is no webhook yet. Add one: winnow webhook add SITE URL")
    else:
        rows = [(str(each.id), each.site, each.url, _state(each, count)) for each, count in found]
        printing.table(("ID", "Site", "URL", "State"), rows)


def _state(known: "Webhook", secrets: int) -> str:
    state = f"off since {known.disabled_at}: {known.disabled_why}" if known.disabled_at else "in use"
    private = ["address may be private"] if known.allow_private else []
    return ", ".join([state, *private, f"{secrets} secret{'' if secrets == 1 else 's'}"])


@webhook.command()
def remove(id: Id, json: printing.Json = False) -> None:
    """Remove a webhook with its secrets and its log; what has not arrived is not sent any more."""
    with opening.open_store(opening.read_settings()) as store:
        store.remove_webhook(id, opening.doer())
    _print_done(id, "removed", json)


@webhook.command()
def rotate(
    id: Id,
    drop_old: Annotated[
        bool, typer.Option("--drop-old", help="Sign with the newest secret alone from now on; makes no new one.")
    ] = False,
    json: printing.Json = False,
) -> None:
    """Make a new secret. The old one keeps signing beside it until --drop-old, so that no message is refused meanwhile.

    Example: winnow webhook rotate 1, tell the receiver, then winnow webhook rotate 1 --drop-old
    """
    from app.store.outbox import new_secret, purpose_of

    with opening.open_store(opening.read_settings()) as store:
        known = store.webhook(id)
        before = store.secrets(known.site, purpose_of(id))
        if not drop_old and len(before) >= MAX_SECRETS:
            remedy = f"winnow webhook rotate {id} --drop-old keeps the newest of them."
            raise CommandRefused(str(id), f"It signs with {len(before)} secrets already.", remedy)
        after = before[-1:] if drop_old else (*before, new_secret())
        store.set_secrets(known.site, purpose_of(id), after, opening.now())
    if drop_old:
        _print_done(id, "signs with its newest secret alone", json)
    else:
        _print_secret(known, after[-1], len(after), json)


@webhook.command()
def log(
    id: Id,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most, newest first.")] = 50,
    json: printing.Json = False,
) -> None:
    """Show the messages to a webhook and what has become of each, newest first."""
    with opening.open_store(opening.read_settings()) as store:
        found = store.messages(id, limit)
    if json:
        printing.print_json([{"state": each.state, **asdict(each)} for each in found])
    elif not found:
        printing.say("Nothing has been decided on its site since it was added.")
    else:
        printing.table(("Comment", "State", "Attempts", "Decided, and then"), [_row(each) for each in found])


def _row(message: "Message") -> tuple[str, ...]:
    then = f"next at {message.next_at}" if message.next_at else message.delivered_at or ""
    told = " ".join(part for part in (f"{message.created_at}.", message.last_error, then) if part)
    return (message.comment, message.state, str(message.attempts), told)


@webhook.command()
def replay(
    id: Id,
    since: Annotated[
        str, typer.Option(metavar="TIME", help="Only decisions from then on, e.g. 2026-12-01 or 2026-12-01T10:00Z.")
    ] = "",
    failed: Annotated[bool, typer.Option("--failed", help="Only messages that were given up.")] = False,
    json: printing.Json = False,
) -> None:
    """Send messages again, under the same ids: for each comment the decision that stands.

    Example: winnow webhook replay 1 --failed
    """
    from app.core import times

    begin = _time(since) if since else ""
    with opening.open_store(opening.read_settings()) as store:
        if store.webhook(id).disabled_at:
            raise CommandRefused(str(id), "It is off.", f"First: winnow webhook enable {id}")
        count = store.replay(id, times.written(opening.moment()), begin, failed)
    if json:
        printing.print_json({"id": id, "replayed": count})
    else:
        printing.say(f"{count:,} {'message is' if count == 1 else 'messages are'} sent again while winnow serve runs.")


@webhook.command()
def enable(id: Id, json: printing.Json = False) -> None:
    """Use a webhook again that answered 410; what waited then is sent."""
    with opening.open_store(opening.read_settings()) as store:
        store.enable_webhook(id, opening.doer())
    _print_done(id, "in use", json)


def _time(written: str) -> str:
    from app.core import times

    try:
        at = datetime.fromisoformat(written)
        return times.written(at if at.tzinfo else at.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        remedy = "Write it like 2026-12-01 or 2026-12-01T10:00:00Z; without a zone it is UTC."
        raise CommandRefused("--since", "That is no time.", remedy) from None


def _print_secret(known: "Webhook", secret: str, count: int, as_json: bool) -> None:
    if as_json:
        told = {"id": known.id, "site": known.site, "url": known.url, "secret": secret, "secrets": count}
        printing.print_json(told)
    else:
        printing.say(f"Webhook {known.id} of {known.site}, to {known.url}")
        printing.say(f"Secret: {secret}")
        printing.note(SECRET_ONCE, "dim")


def _print_done(id: int, done: str, as_json: bool) -> None:
    if as_json:
        printing.print_json({"id": id, "done": done})
    else:
        printing.say(f"Webhook {id}: {done}.")
