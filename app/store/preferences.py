"""What admins set in the page of settings: each with its name, type, default, bounds and a sentence."""

from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from app.errors import ValueRefused

MAX_CHARACTERS = 200
"""Of a preference that is a text."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """All of them; the defaults stand where nobody has set anything."""

    campaign_days: int = 7
    held_days: int = 0
    second_eye_above: int = 0
    claim_minutes: int = 10
    letter_name: str = ""
    letter_contact: str = ""


class Preference(NamedTuple):
    """One of them, as the page of settings shows it."""

    name: str
    """Of the field in Preferences, which has its type and default."""
    title: str
    sentence: str
    """What it does, for an admin."""
    unit: str = ""
    least: int = 0
    most: int = 0
    """Both of a number; the longest text has MAX_CHARACTERS."""

    @property
    def default(self) -> int | str:
        """What holds until somebody sets it.

        >>> PREFERENCES[0].name, PREFERENCES[0].default
        ('campaign_days', 7)
        """
        default: int | str = getattr(DEFAULTS, self.name)
        return default

    @property
    def is_number(self) -> bool:
        """Whether it is a whole number; else it is a text."""
        return isinstance(self.default, int)


DEFAULTS = Preferences()
PREFERENCES = (
    Preference(
        "campaign_days",
        "A decision acts",
        "So long what was decided for a campaign, link or comment also decides what arrives like it; 0: it does not.",
        "days",
        most=90,
    ),
    Preference(
        "held_days",
        "Held comments expire",
        "After so long a held comment that nobody decided leaves the queue for the tab “expired”; 0: never.",
        "days",
        most=3_650,
    ),
    Preference(
        "second_eye_above",
        "A second moderator",
        "An act on more comments than this waits until another moderator has agreed to it; 0: none waits.",
        "comments",
        most=1_000_000,
    ),
    Preference(
        "claim_minutes",
        "A claim",
        "For so long a comment that a moderator has opened is shown to the others as being worked on.",
        "minutes",
        least=1,
        most=1_440,
    ),
    Preference("letter_name", "Name in letters", "Who letters to authors come from; empty: the site's name."),
    Preference("letter_contact", "Contact in letters", "Where authors can answer: an e-mail address or a page."),
)
"""In the order in which the page shows them."""
_BY_NAME = {each.name: each for each in PREFERENCES}

REFUSALS = {
    "name": ("There is no such setting.", "The page of settings shows those there are."),
    "number": ("It has to be a whole number within its bounds.", "Write digits only; the bounds stand beside it."),
    "text": ("It is longer than 200 characters, or has characters nobody can see.", "Write it on one line."),
}
"""Code -> what is wrong with a value, and what to do about it."""


def checked(name: str, written: str) -> int | str:
    """A preference's value, of what was typed.

    >>> checked("held_days", " 30 "), checked("letter_name", " Winnow ")
    (30, 'Winnow')

    Raises:
        ValueRefused: it is none, or out of its bounds.
    """
    known = _BY_NAME.get(name)
    value = written.strip()
    if known is None:
        raise ValueRefused(name, *REFUSALS["name"])
    if not known.is_number:
        if len(value) > MAX_CHARACTERS or not value.isprintable():
            raise ValueRefused(name, *REFUSALS["text"])
        return value
    if not (value.isascii() and value.isdigit()) or len(value) > 9 or not known.least <= int(value) <= known.most:
        raise ValueRefused(name, *REFUSALS["number"])
    return int(value)


def of_rows(rows: dict[str, Any]) -> Preferences:
    """What is stored, over the defaults; a name that this version does not know is passed over.

    >>> of_rows({"held_days": 30, "of_another_version": 1}).held_days
    30
    """
    return Preferences(**{field.name: rows[field.name] for field in fields(Preferences) if field.name in rows})
