"""winnow site: sites, their keys and thresholds."""

from typing import Annotated

import typer

from app.commands import opening, printing
from app.core.comment import Comment, Thresholds
from app.core.site_values import checked_name, checked_thresholds
from app.errors import CommandRefused

site = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Sites: one for each CMS, with its key, rules and thresholds.",
)

KEY_ONCE = "The key is shown this once; what is kept of it is a hash."

Name = Annotated[str, typer.Argument(metavar="NAME", help="The site; winnow site list shows them.")]
Hex = Annotated[
    bool,
    typer.Option("--hex", help="A key that can be typed into WordPress' Akismet plugin, which takes a to f only."),
]
Share = Annotated[float | None, typer.Option(min=0.0, max=1.0, help="A score, 0 to 1.", show_default="as before")]


@site.command()
def add(name: Name, hex: Hex = False, json: printing.Json = False) -> None:
    """Add a site and print its key. Works before the first start too.

    Example: winnow site add blog
    """
    key = _new_key(hex)
    with opening.open_store(opening.read_settings()) as store:
        store.add_site(checked_name(name), key, opening.now(), opening.doer())
    _print_key(name, key, json)


@site.command("list")
def list_(json: printing.Json = False) -> None:
    """List the sites, each with the beginning of its key."""
    with opening.open_store(opening.read_settings()) as store:
        sites = store.sites()
        networks = store.open_networks()
        observed = set(store.observed_sites())
    open_to = {each.name: [network for site, network in networks if site == each] for each in sites}
    if json:
        printing.print_json(
            [
                {
                    "site": each.name,
                    "created_at": each.created_at,
                    "key_hint": each.key_hint,
                    "open_to": open_to[each.name],
                    "observed": each.name in observed,
                }
                for each in sites
            ]
        )
    elif not sites:
        printing.say("There is no site yet. Add one: winnow site add NAME")
    else:
        rows = [
            (
                each.name,
                f"{each.key_hint}…",
                each.created_at,
                ", ".join(open_to[each.name]) or "nobody",
                "only observed" if each.name in observed else "acting",
            )
            for each in sites
        ]
        printing.table(("Site", "Key", "Added", "Open without a key to", "Winnow is"), rows)


@site.command("rotate-key")
def rotate_key(name: Name, hex: Hex = False, json: printing.Json = False) -> None:
    """Give a site a new key; the old one stops working at once."""
    key = _new_key(hex)
    with opening.open_store(opening.read_settings()) as store:
        store.rotate_key(name, key, opening.doer())
    _print_key(name, key, json)


@site.command()
def thresholds(
    name: Name,
    hold: Share = None,
    reject: Share = None,
    discard: Share = None,
    default: Annotated[bool, typer.Option("--default", help="Back to those of the model.")] = False,
    json: printing.Json = False,
) -> None:
    """Show or set the scores from which a site holds, rejects and discards comments.

    Example: winnow site thresholds blog --hold 0.5
    """
    given = {"hold": hold, "reject": reject, "discard": discard}
    changes = {key: value for key, value in given.items() if value is not None}
    if default and changes:
        raise CommandRefused("--default", "It cannot go with other thresholds.", "Give one or the other.")
    with opening.open_store(opening.read_settings()) as store:
        own = store.history_of(name, Comment()).thresholds
        if default:
            store.set_thresholds(name, None, opening.doer())
            own = None
        limits = own or _thresholds_of_the_model()
        if changes:
            limits = own = _changed(limits, changes)
            store.set_thresholds(name, own, opening.doer())
    told = {"hold": limits.hold, "reject": limits.reject, "discard": limits.discard}
    if json:
        printing.print_json({"site": name, **told, "from": "site" if own else "model"})
    else:
        printing.say(said(name, limits, "its own" if own else "those of the model"))


@site.command()
def observe(
    name: Name,
    off: Annotated[bool, typer.Option("--off", help="Tell the CMS what Winnow finds again.")] = False,
    json: printing.Json = False,
) -> None:
    """Only observe a site: its CMS is told to publish whatever comes; what Winnow would have done is kept and shown.

    Holds from the next comment on; no restart is needed.

    Example: winnow site observe blog
    """
    with opening.open_store(opening.read_settings()) as store:
        changed = store.set_observed(name, not off, opening.doer())
    if json:
        printing.print_json({"site": name, "observed": not off, "changed": changed})
    elif off:
        printing.say(f"The CMS of {name} is told what Winnow finds{'' if changed else ', as before'}.")
    else:
        printing.say(f"{name} is only observed: its CMS is told to publish{'' if changed else ', as before'}.")


@site.command()
def networks(
    name: Name,
    clear: Annotated[bool, typer.Option("--clear", help="Keep them as 203.0.113.0/24.")] = False,
    hashed: Annotated[bool, typer.Option("--hashed", help="Keep a name that changes every 30 days.")] = False,
    json: printing.Json = False,
) -> None:
    """Show or say what is kept of the networks that a site's visitors write from; of addresses nothing else ever is.

    Example: winnow site networks blog --clear
    """
    if clear and hashed:
        raise CommandRefused("--clear", "It cannot go with --hashed.", "Give one or the other.")
    with opening.open_store(opening.read_settings()) as store:
        if clear or hashed:
            store.set_clear_networks(name, clear, opening.doer())
        store.history_of(name, Comment())  # refuses a site that is not there
        is_clear = name in store.clear_network_sites()
    if json:
        printing.print_json({"site": name, "networks": "clear" if is_clear else "hashed"})
    elif is_clear:
        printing.say(f"Networks of {name}'s visitors are kept in clear, from the next comment on.")
    else:
        printing.say(f"Networks of {name}'s visitors are kept under names that change every 30 days.")


def said(name: str, limits: Thresholds, whose: str) -> str:
    """A site's thresholds in a sentence.

    >>> said("blog", Thresholds(0.25, 0.6, 0.98), "its own")
    'Thresholds of blog (its own): hold from 0.25, reject from 0.6, discard from 0.98.'
    """
    scores = ", ".join(f"{key} from {getattr(limits, key):g}" for key in ("hold", "reject", "discard"))
    return f"Thresholds of {name} ({whose}): {scores}."


def _changed(limits: Thresholds, changes: dict[str, float]) -> Thresholds:
    hold, reject, discard = (changes.get(each, getattr(limits, each)) for each in ("hold", "reject", "discard"))
    return checked_thresholds(hold, reject, discard)


def _thresholds_of_the_model() -> Thresholds:
    model, _ = opening.open_model(opening.read_settings())
    return model.thresholds


def _new_key(hexadecimal: bool) -> str:
    from app.store.records import HEX_ALPHABET, KEY_ALPHABET, new_key

    return new_key(HEX_ALPHABET if hexadecimal else KEY_ALPHABET)


def _print_key(name: str, key: str, as_json: bool) -> None:
    if as_json:
        printing.print_json({"site": name, "key": key})
    else:
        printing.say(f"Key of the site {name}: {key}")
        printing.note(KEY_ONCE, "dim")
