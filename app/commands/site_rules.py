"""winnow site allow, deny, remove-rule and rules: what is always published or rejected, for one site or for all."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import opening, printing
from app.core import times
from app.core.comment import EFFECTS, RULE_KINDS, Effect, Rule, RuleKind
from app.errors import CommandRefused

if TYPE_CHECKING:
    from app.core.lists import Lists
    from app.store.rules import StandingRule

Words = Annotated[
    list[str],
    typer.Argument(
        metavar="[NAME] KIND VALUE",
        help=f"The site, left out with --all-sites; what the rule looks at, {', '.join(RULE_KINDS)}; and its value: "
        "a host, a domain, an address with * in it, an e-mail or @domain, an author's name, an IP address or network, "
        "or a phrase.",
        show_default=False,
    ),
]
AllSites = Annotated[bool, typer.Option("--all-sites", help="For all sites; no NAME then.")]
Expires = Annotated[
    str,
    typer.Option(metavar="TIME", help="Until when it stands: 1d, 2w, 3m, 1y, or the last day, e.g. 2027-01-31."),
]


def allow(words: Words, all_sites: AllSites = False, expires: Expires = "never", json: printing.Json = False) -> None:
    """Publish what matches, whatever the score. Deny rules come before allow rules.

    Example: winnow site allow blog email @example.org
    """
    _add("allow", words, all_sites, expires, json)


def deny(words: Words, all_sites: AllSites = False, expires: Expires = "never", json: printing.Json = False) -> None:
    """Reject what matches, whatever the score.

    Example: winnow site deny blog registrable_domain casino.example --expires 1m
    """
    _add("deny", words, all_sites, expires, json)


def remove_rule(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[NAME] LIST KIND VALUE",
            help="The site, left out with --all-sites; allow or deny; and the rule as winnow site rules shows it.",
            show_default=False,
        ),
    ],
    all_sites: AllSites = False,
    json: printing.Json = False,
) -> None:
    """Remove a rule, as winnow site rules shows it."""
    site, rest = _site_of(words, all_sites, 3)
    effect, kind, value = _effect(rest[0]), _kind(rest[1]), rest[2]
    with opening.open_store(opening.read_settings()) as store:
        removed = store.remove_rule(site, Rule(effect, kind, value), opening.now())
        if not removed:  # perhaps it was written as `allow` or `deny` took it
            value = _normalised(kind, value, _lists())
            removed = store.remove_rule(site, Rule(effect, kind, value), opening.now())
    if not removed:
        shows = f"winnow site rules {site} shows them." if site else "winnow site rules --all-sites shows them."
        raise CommandRefused(value, "There is no such rule.", shows)
    _print("Removed", site, Rule(effect, kind, value), "", json)


def rules(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="The site; its rules and those for all sites.")] = "",
    all_sites: Annotated[bool, typer.Option("--all-sites", help="The rules for all sites alone.")] = False,
    json: printing.Json = False,
) -> None:
    """List rules, in the order they were added; those that have expired say so."""
    if bool(name) == all_sites:
        raise CommandRefused("NAME", "Name a site, or say --all-sites.", "Give one or the other.")
    with opening.open_store(opening.read_settings()) as store:
        found = [each for each in store.rules(None if all_sites else name) if name or each.site is None]
    now = times.written(opening.moment())
    if json:
        printing.print_json([_told(each, now) for each in found])
    elif not found:
        printing.say(f"There are no rules. Add one: winnow site deny {name or '--all-sites'} host casino.example")
    else:
        rows = [
            (each.rule.effect, each.rule.kind, each.rule.value, _where(each.site), _end(each, now)) for each in found
        ]
        printing.table(("List", "Kind", "Value", "Where", "Until"), rows)


def add_to(site: typer.Typer) -> None:
    """Makes them commands of `winnow site`."""
    site.command()(allow)
    site.command()(deny)
    site.command("remove-rule")(remove_rule)
    site.command()(rules)


def _add(effect: Effect, words: list[str], all_sites: bool, expires: str, as_json: bool) -> None:
    from app.core.cautions import cautions
    from app.core.rule_expiry import expires_at

    site, (kind_word, value) = _site_of(words, all_sites, 2)
    kind, lists = _kind(kind_word), _lists()
    rule = Rule(effect, kind, _normalised(kind, value, lists))
    until = expires_at(expires, opening.moment())
    with opening.open_store(opening.read_settings()) as store:
        added = store.add_rule(site, rule, opening.now(), expires_at=until)
    _print("Added" if added else "It was there already", site, rule, until if added else "", as_json)
    for caution in cautions(rule, lists):
        printing.note(caution.sentence, "yellow")


def _site_of(words: list[str], all_sites: bool, others: int) -> tuple[str | None, list[str]]:
    """The site, None for all of them, and the words behind it."""
    if len(words) != others + (not all_sites):
        remedy = "Write NAME first, or leave it out with --all-sites; put quotes around a value with blanks."
        raise CommandRefused(" ".join(words), "Too few words, or too many.", remedy)
    return (None, words) if all_sites else (words[0], words[1:])


def _effect(word: str) -> Effect:
    for effect in EFFECTS:
        if effect == word:
            return effect
    raise CommandRefused(word, "There is no such list.", "Write allow or deny.")


def _kind(word: str) -> RuleKind:
    for kind in RULE_KINDS:
        if kind == word:
            return kind
    raise CommandRefused(word, "There is no such kind of rule.", f"Write one of {', '.join(RULE_KINDS)}.")


def _lists() -> "Lists":
    from app import lists

    return lists.load()


def _normalised(kind: RuleKind, value: str, lists: "Lists") -> str:
    from app.core import rule_values

    return rule_values.normalised(kind, value, lists)


def _where(site: str | None) -> str:
    return "all sites" if site is None else site


def _end(standing: "StandingRule", now: str) -> str:
    end = standing.expires_at or "for good"
    return f"over since {end}" if standing.is_over(now) else end


def _rule(rule: Rule) -> dict[str, Any]:
    return {"effect": rule.effect, "kind": rule.kind, "value": rule.value}


def _told(standing: "StandingRule", now: str) -> dict[str, Any]:
    others = {"by": standing.by, "created_at": standing.created_at, "expires_at": standing.expires_at or None}
    return {**_rule(standing.rule), "site": standing.site, **others, "expired": standing.is_over(now)}


def _print(done: str, site: str | None, rule: Rule, until: str, as_json: bool) -> None:
    if as_json:
        printing.print_json({"site": site, **_rule(rule), "expires_at": until or None, "done": done})
    else:
        end = f", until {until}" if until else ""
        printing.say(f"{done}: {_where(site)} {rule.effect} {rule.kind} {rule.value}{end}")
