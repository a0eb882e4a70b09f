"""What somebody was about to do when they had to sign in again: the form is kept in the page that asks them to."""

from typing import NamedTuple

from starlette.requests import Request

from app.web.forms import Fields
from app.web.review.origins import our_act, path_of

ACT = "act"
PREFIX = "act."
"""A field of the kept form stands in the form of the sign-in under its name with this before it."""


class Pending(NamedTuple):
    """A form of ours that was sent and not acted upon."""

    path: str
    """Empty: there was none."""
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def kept(self) -> tuple[tuple[str, str], ...]:
        """Name and value of hidden inputs that carry it through the sign-in; empty without one."""
        if not self.path:
            return ()
        return ((ACT, self.path), *((f"{PREFIX}{name}", value) for name, value in self.fields))


NOTHING = Pending("")


def of_request(request: Request, fields: Fields) -> Pending:
    """The form that this request brought, without its CSRF token, and without passwords, which no page repeats."""
    kept = [(name, value) for name, values in fields.items() if _is_kept(name) for value in values]
    path = our_act(path_of(request))
    return Pending(path, tuple(kept)) if path else NOTHING


def of_form(fields: Fields) -> Pending:
    """The form that a form of the sign-in carried; NOTHING when its path is none of ours."""
    path = our_act((fields.get(ACT) or [""])[-1])
    if not path:
        return NOTHING
    kept = [
        (name.removeprefix(PREFIX), value)
        for name, values in fields.items()
        if name.startswith(PREFIX) and _is_kept(name.removeprefix(PREFIX))
        for value in values
    ]
    return Pending(path, tuple(kept))


def _is_kept(name: str) -> bool:
    return name != "csrf" and "password" not in name
