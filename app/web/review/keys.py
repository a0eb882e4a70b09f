"""The keyboard: what each key does as shipped, and what a moderator may make of it."""

import re
from collections.abc import Mapping
from typing import Any

from app.web.review.pages import N_

SHIPPED: dict[str, str] = {
    "next": "j",
    "previous": "k",
    "spam": "s",
    "ham": "a",
    "unsure": "u",
    "select": "x",
    "select_all": "X",
    "bulk_spam": "S",
    "bulk_ham": "A",
    "undo": "z",
    "open": "o",
    "focus": "f",
    "block": "b",
    "note": "n",
    "claim": "c",
    "search": "/",
    "help": "?",
    "go_queue": "g q",
    "go_campaigns": "g c",
    "go_statistics": "g s",
    "go_models": "g m",
    "tab_1": "1",
    "tab_2": "2",
    "tab_3": "3",
    "tab_4": "4",
    "tab_5": "5",
    "tab_6": "6",
}
"""Action -> key: one character, or two with a blank between that are typed one after the other."""

SENTENCES: dict[str, str] = {
    "next": N_("Next comment"),
    "previous": N_("Previous comment"),
    "spam": N_("Spam"),
    "ham": N_("Not spam"),
    "unsure": N_("Unsure: leave it to somebody else"),
    "select": N_("Select"),
    "select_all": N_("Select all on this page"),
    "bulk_spam": N_("All selected are spam"),
    "bulk_ham": N_("All selected are not spam"),
    "undo": N_("Undo"),
    "open": N_("Open the comment"),
    "focus": N_("One comment at a time"),
    "block": N_("Block or allow"),
    "note": N_("Write a note"),
    "claim": N_("Claim, so that nobody else decides it meanwhile"),
    "search": N_("Search"),
    "help": N_("Show the keys"),
    "go_queue": N_("Go to the queue"),
    "go_campaigns": N_("Go to the campaigns"),
    "go_statistics": N_("Go to the statistics"),
    "go_models": N_("Go to the models"),
    "tab_1": N_("First tab"),
    "tab_2": N_("Second tab"),
    "tab_3": N_("Third tab"),
    "tab_4": N_("Fourth tab"),
    "tab_5": N_("Fifth tab"),
    "tab_6": N_("Sixth tab"),
}
"""Action -> what it does, for the profile and the help; to be translated where it is shown."""
_KEY = re.compile(r"[!-~](?: [!-~])?|[^\W_](?: [^\W_])?")


def in_use(kept: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the pages' module reads: {"on": bool, "keys": {action: key}} with every action in it.

    >>> in_use(None)["on"], in_use({"on": False, "keys": {"spam": "d"}})["keys"]["spam"]
    (True, 'd')
    """
    kept = kept or {}
    own = kept.get("keys") or {}
    return {"on": kept.get("on", True), "keys": {action: own.get(action, key) for action, key in SHIPPED.items()}}


def changed(wanted: Mapping[str, str]) -> dict[str, str]:
    """What of these differs from what is shipped: all that has to be kept."""
    return {action: key for action, key in wanted.items() if key != SHIPPED[action]}


def unusable(wanted: Mapping[str, str]) -> list[str]:
    """Actions whose key is not one character, nor two with a blank between; empty is no key, which is one's choice."""
    return [action for action, key in wanted.items() if key and not _KEY.fullmatch(key)]


def conflicts(wanted: Mapping[str, str]) -> list[tuple[str, str]]:
    """Pairs of actions that the same typing would mean; a key that begins another's two is in its way too.

    >>> conflicts({"spam": "g", "go_queue": "g q", "ham": "a", "undo": "a"})
    [('spam', 'go_queue'), ('ham', 'undo')]
    """
    typed = [(action, key) for action, key in wanted.items() if key]
    return [
        (first, second)
        for position, (first, one) in enumerate(typed)
        for second, other in typed[position + 1 :]
        if one == other or other.startswith(f"{one} ") or one.startswith(f"{other} ")
    ]
