"""The keyboard: what each key does as shipped, and what a moderator may make of it."""

import re
from collections.abc import Mapping
from typing import Any

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

_N = str  # marks what is translated where it is shown
SENTENCES: dict[str, str] = {
    "next": _N("Next comment"),
    "previous": _N("Previous comment"),
    "spam": _N("Spam"),
    "ham": _N("Not spam"),
    "unsure": _N("Unsure: leave it to somebody else"),
    "select": _N("Select"),
    "select_all": _N("Select all on this page"),
    "bulk_spam": _N("All selected are spam"),
    "bulk_ham": _N("All selected are not spam"),
    "undo": _N("Undo"),
    "open": _N("Open the comment"),
    "focus": _N("One comment at a time"),
    "block": _N("Block or allow"),
    "note": _N("Write a note"),
    "claim": _N("Claim, so that nobody else decides it meanwhile"),
    "search": _N("Search"),
    "help": _N("Show the keys"),
    "go_queue": _N("Go to the queue"),
    "go_campaigns": _N("Go to the campaigns"),
    "go_statistics": _N("Go to the statistics"),
    "go_models": _N("Go to the models"),
    "tab_1": _N("First tab"),
    "tab_2": _N("Second tab"),
    "tab_3": _N("Third tab"),
    "tab_4": _N("Fourth tab"),
    "tab_5": _N("Fifth tab"),
    "tab_6": _N("Sixth tab"),
}
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
