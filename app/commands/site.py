"""winnow site: sites, their keys, rules and thresholds."""

from typing import Annotated, Any, Literal

import typer

from app.commands import opening, printing
from app.core.comment import Comment, Rule, RuleKind, Thresholds
from app.errors import CommandRefused

site = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Sites: one for each CMS, with its key, rules and thresholds.",
)

MAX_NAME_CHARACTERS = 100
KEY_ONCE = "The key is shown this once; what is kept of it is a hash."

Effect = Literal["allow", "deny"]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The site; winnow site list shows them.")]
Kind = Annotated[RuleKind, typer.Argument(help="What the rule looks at.", show_choices=True)]
Value = Annotated[
    str,
    typer.Argument(
        metavar="VALUE",
        help="A host, a domain, an address with * in it, an e-mail or @domain, an author's name, "
        "an IP address or network, or a phrase.",
    ),
]
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
    if not name.strip() or name != name.strip() or len(name) > MAX_NAME_CHARACTERS or not name.isprintable():
        remedy = f"Use 1 to {MAX_NAME_CHARACTERS} visible characters, with no blank at the ends."
        raise CommandRefused("NAME", "That cannot be a site's name.", remedy)
    key = _new_key(hex)
    with opening.open_store(opening.read_settings()) as store:
        store.add_site(name, key, opening.now())
    _print_key(name, key, json)


@site.command("list")
def list_(json: printing.Json = False) -> None:
    """List the sites, each with the beginning of its key."""
    with opening.open_store(opening.read_settings()) as store:
        sites = store.sites()
        networks = store.open_networks()
    open_to = {each.name: [network for site, network in networks if site == each] for each in sites}
    if json:
        printing.print_json(
            [
                {
                    "site": each.name,
                    "created_at": each.created_at,
                    "key_hint": each.key_hint,
                    "open_to": open_to[each.name],
                }
                for each in sites
            ]
        )
    elif not sites:
        printing.say("There is no site yet. Add one: winnow site add NAME")
    else:
        rows = [
            (each.name, f"{each.key_hint}…", each.created_at, ", ".join(open_to[each.name]) or "nobody")
            for each in sites
        ]
        printing.table(("Site", "Key", "Added", "Open without a key to"), rows)


@site.command("rotate-key")
def rotate_key(name: Name, hex: Hex = False, json: printing.Json = False) -> None:
    """Give a site a new key; the old one stops working at once."""
    key = _new_key(hex)
    with opening.open_store(opening.read_settings()) as store:
        store.rotate_key(name, key)
    _print_key(name, key, json)


@site.command()
def allow(name: Name, kind: Kind, value: Value, json: printing.Json = False) -> None:
    """Publish what matches, whatever the score. Deny rules come before allow rules.

    Example: winnow site allow blog email @example.org
    """
    _add_rule(name, "allow", kind, value, json)


@site.command()
def deny(name: Name, kind: Kind, value: Value, json: printing.Json = False) -> None:
    """Reject what matches, whatever the score.

    Example: winnow site deny blog registrable_domain casino.example
    """
    _add_rule(name, "deny", kind, value, json)


@site.command("remove-rule")
def remove_rule(
    name: Name,
    effect: Annotated[Effect, typer.Argument(help="Which list it is in.")],
    kind: Kind,
    value: Value,
    json: printing.Json = False,
) -> None:
    """Remove a rule, as winnow site rules shows it."""
    with opening.open_store(opening.read_settings()) as store:
        removed = store.remove_rule(name, Rule(effect, kind, value))
        if not removed:  # perhaps it was written as `allow` or `deny` took it
            value = _normalised(kind, value)
            removed = store.remove_rule(name, Rule(effect, kind, value))
    if not removed:
        raise CommandRefused(value, "The site has no such rule.", f"winnow site rules {name} shows them.")
    _print_rule("Removed", name, effect, kind, value, json)


@site.command()
def rules(name: Name, json: printing.Json = False) -> None:
    """List a site's rules, in the order they were added."""
    with opening.open_store(opening.read_settings()) as store:
        found = store.history_of(name, Comment()).rules
    if json:
        printing.print_json([_rule(each.effect, each.kind, each.value) for each in found])
    elif not found:
        printing.say(f"The site {name} has no rules. Add one: winnow site deny {name} host casino.example")
    else:
        printing.table(("List", "Kind", "Value"), [(each.effect, each.kind, each.value) for each in found])


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
            store.set_thresholds(name, None)
            own = None
        limits = own or _thresholds_of_the_model()
        if changes:
            limits = own = _changed(limits, changes)
            store.set_thresholds(name, own)
    told = {"hold": limits.hold, "reject": limits.reject, "discard": limits.discard}
    if json:
        printing.print_json({"site": name, **told, "from": "site" if own else "model"})
    else:
        whose = "its own" if own else "those of the model"
        scores = ", ".join(f"{key} from {value:g}" for key, value in told.items())
        printing.say(f"Thresholds of {name} ({whose}): {scores}.")


def _changed(limits: Thresholds, changes: dict[str, float]) -> Thresholds:
    hold, reject, discard = (changes.get(each, getattr(limits, each)) for each in ("hold", "reject", "discard"))
    if not 0 <= hold <= reject <= discard <= 1:
        what = f"hold {hold:g}, reject {reject:g} and discard {discard:g} do not rise in that order."
        raise CommandRefused("thresholds", what, "Give hold <= reject <= discard, each from 0 to 1.")
    return Thresholds(hold, reject, discard)


def _thresholds_of_the_model() -> Thresholds:
    model, _ = opening.open_model(opening.read_settings())
    return model.thresholds


def _add_rule(name: str, effect: Effect, kind: RuleKind, value: str, as_json: bool) -> None:
    value = _normalised(kind, value)
    with opening.open_store(opening.read_settings()) as store:
        added = store.add_rule(name, Rule(effect, kind, value), opening.now())
    _print_rule("Added" if added else "It was there already", name, effect, kind, value, as_json)


def _normalised(kind: RuleKind, value: str) -> str:
    from app import lists
    from app.commands import rule_values

    return rule_values.normalised(kind, value, lists.load())


def _rule(effect: str, kind: str, value: str) -> dict[str, Any]:
    return {"effect": effect, "kind": kind, "value": value}


def _print_rule(done: str, name: str, effect: str, kind: str, value: str, as_json: bool) -> None:
    if as_json:
        printing.print_json({"site": name, **_rule(effect, kind, value), "done": done})
    else:
        printing.say(f"{done}: {name} {effect} {kind} {value}")


def _new_key(hexadecimal: bool) -> str:
    from app.store.records import HEX_ALPHABET, KEY_ALPHABET, new_key

    return new_key(HEX_ALPHABET if hexadecimal else KEY_ALPHABET)


def _print_key(name: str, key: str, as_json: bool) -> None:
    if as_json:
        printing.print_json({"site": name, "key": key})
    else:
        printing.say(f"Key of the site {name}: {key}")
        printing.note(KEY_ONCE, "dim")
