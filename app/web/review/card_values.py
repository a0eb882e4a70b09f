"""Values of a model's card, which anybody may have written: what is not what it should be is None, or empty."""

from collections.abc import Mapping
from typing import Any

MOST_ROWS = 200
"""Of a table; a card that names more sources is cut."""
_MOST_LETTERS = 200
_MOST = 1e15


def mapping(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object of the card; an empty one where there is none."""
    value = told.get(name)
    return value if isinstance(value, Mapping) else {}


def listed(told: Mapping[str, Any], name: str) -> list[Any]:
    """A list of the card; an empty one where there is none."""
    value = told.get(name)
    return value if isinstance(value, list) else []


def number(value: object) -> float | None:
    """A finite number that a page can show.

    >>> number(7), number(float("nan")), number(True), number("7")
    (7.0, None, None, None)
    """
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if -_MOST < value < _MOST else None  # NaN is not


def count(value: object) -> int | None:
    """How many there are, 0 or more."""
    found = number(value)
    return int(found) if found is not None and found >= 0 else None


def share(value: object) -> float | None:
    """A share or a probability, 0.0 to 1.0."""
    found = number(value)
    return found if found is not None and 0 <= found <= 1 else None


def text(value: object, most: int = _MOST_LETTERS) -> str:
    """Letters, at most so many; half a letter, which JSON can hold and no page, becomes `?`.

    >>> text("a\\ud800b"), text(7), text(["a"])
    ('a?b', '7', '')
    """
    found = str(value)[:most] if isinstance(value, str | int | float) else ""
    return found.encode("utf-8", "replace").decode()
