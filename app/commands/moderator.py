"""winnow moderator: who may see the pages, in which role, and the links by which they choose their passwords."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, printing
from app.core.moderation import Role
from app.errors import CommandRefused

if TYPE_CHECKING:
    from app.store.sql import SqlStore

moderator = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Moderators: who may see the pages under /review, and in which role.",
)

LINK_ONCE = "Shown this once. It works once, within seven days, and whoever has it can use it."
Name = Annotated[str, typer.Argument(metavar="NAME", help="The moderator; winnow moderator list shows them.")]
RoleOption = Annotated[
    Role, typer.Option(help="A viewer looks, a moderator decides, an admin sets up.", show_choices=True)
]


@moderator.command()
def add(name: Name, role: RoleOption = "moderator", json: printing.Json = False) -> None:
    """Add a moderator and print the link by which they choose a password. Works before the first start too.

    Example: winnow moderator add jana --role admin
    """
    from app.store.accounts import MAX_NAME_CHARACTERS, is_name

    if not is_name(name):
        remedy = f"Use 1 to {MAX_NAME_CHARACTERS} visible characters, with no blank at the ends."
        raise CommandRefused("NAME", "That cannot be a moderator's name.", remedy)
    settings = opening.read_settings()
    with opening.open_store(settings) as store:
        store.add_moderator(name, role, opening.now())
        made = opening.make_link(store, name, settings.public_url)
    _print_link(name, made, json)


@moderator.command("list")
def list_(json: printing.Json = False) -> None:
    """List the moderators, with role and when they were last here."""
    with opening.open_store(opening.read_settings()) as store:
        found = store.moderators()
    if json:
        printing.print_json(
            [
                {
                    "moderator": each.name,
                    "role": each.role,
                    "created_at": each.created_at,
                    "disabled_at": each.disabled_at,
                    "has_password": each.has_password,
                    "last_at": last_at or None,
                }
                for each, last_at in found
            ]
        )
    elif not found:
        printing.say("There is no moderator yet. Add one: winnow moderator add NAME --role admin")
    else:
        rows = [
            (
                each.name,
                each.role,
                "disabled" if each.disabled_at else "active" if each.has_password else "has no password yet",
                last_at or "never",
            )
            for each, last_at in found
        ]
        printing.table(("Moderator", "Role", "State", "Last seen"), rows)


@moderator.command()
def link(name: Name, json: printing.Json = False) -> None:
    """Print a new set-up link, for who lost theirs or forgot the password; an earlier link ends."""
    settings = opening.read_settings()
    with opening.open_store(settings) as store:
        name = _written(store, name)
        made = opening.make_link(store, name, settings.public_url)
    _print_link(name, made, json)


@moderator.command("role")
def role_(
    name: Name,
    role: Annotated[Role, typer.Argument(help="The new role.", show_choices=True)],
    json: printing.Json = False,
) -> None:
    """Give a moderator another role, at once.

    Example: winnow moderator role jana admin
    """
    with opening.open_store(opening.read_settings()) as store:
        name = _written(store, name)
        is_new = store.set_role(name, role, opening.now())
    _print_done(name, f"{name} is {_article(role)} {role}{' now' if is_new else ' already'}.", json, role=role)


@moderator.command()
def disable(name: Name, json: printing.Json = False) -> None:
    """Sign a moderator out everywhere and let nobody in by that name; what they decided stays."""
    with opening.open_store(opening.read_settings()) as store:
        name = _written(store, name)
        is_new = store.disable(name, opening.now())
    _print_done(name, f"{name} is disabled{' now' if is_new else ' already'}.", json, disabled=True)


@moderator.command()
def enable(name: Name, json: printing.Json = False) -> None:
    """Let a disabled moderator in again, with the old password."""
    with opening.open_store(opening.read_settings()) as store:
        name = _written(store, name)
        is_new = store.enable(name, opening.now())
    _print_done(name, f"{name} can sign in{' again' if is_new else ' as before'}.", json, disabled=False)


def _written(store: "SqlStore", name: str) -> str:
    """The name with its capitals; one that nobody has comes back as it is, and is refused by what follows."""
    found = store.moderator(name)
    return found.name if found else name


def _article(role: str) -> str:
    return "an" if role == "admin" else "a"


def _print_link(name: str, made: str, as_json: bool) -> None:
    if as_json:
        printing.print_json({"moderator": name, "set_up": made})
    else:
        printing.say(f"Set-up link of {name}: {made}")
        printing.note(LINK_ONCE, "dim")


def _print_done(name: str, sentence: str, as_json: bool, **told: str | bool) -> None:
    if as_json:
        printing.print_json({"moderator": name, **told})
    else:
        printing.say(sentence)
