"""What a page's address asks for: filter, order, place. Everything stands there, so that back and bookmarks work."""

from dataclasses import replace
from typing import Any, NamedTuple

from app.core.moderation import TABS
from app.core.query import parse
from app.store.queue import ORDERS, Filter, Order
from app.web.review.origins import our_page
from app.web.review.pages import address
from app.web.review.session import Visit

LINES = 50
"""Comments on one page of the queue."""
MAX_QUERY_CHARACTERS = 500


class Asked(NamedTuple):
    """The queue as an address describes it."""

    filter: Filter
    order: Order
    after: str
    """Where the page begins; empty: at the first."""
    view: str
    """`focus` shows one comment at a time; else empty."""
    q: str
    """The search as it was typed."""

    def url(self, **changes: Any) -> str:
        """The address of this page with some things changed; a change of filter or order begins at the first page."""
        keeps_place = not changes.keys() & {"tab", "site", "q", "order"}
        now: dict[str, Any] = {
            "tab": self.filter.tab,
            "site": self.filter.site,
            "q": self.q,
            "order": self.order if self.order != "useful" else "",
            "view": self.view,
            "after": self.after if keeps_place else "",
        }
        return address("/review", **{**now, **changes})


def asked(visit: Visit, *, default_tab: str = "review") -> Asked:
    """Reads it from the query, or from the fields of a form that repeats it; what makes no sense is the default."""
    tab, order, view, q = (_value(visit, name) for name in ("tab", "order", "view", "q"))
    q = q[:MAX_QUERY_CHARACTERS]
    wanted = Filter(
        tab=tab if tab in (*TABS, "all") else default_tab,
        site=_value(visit, "site"),
        query=parse(q),
        snapshot=_value(visit, "snapshot"),
        now=visit.now(),
    )
    known_order: Order = next((each for each in ORDERS if each == order), "useful")
    return Asked(wanted, known_order, _value(visit, "after"), "focus" if view == "focus" else "", q)


def without_snapshot(found: Asked) -> Asked:
    """The same for what a page shows: all there is now."""
    return found._replace(filter=replace(found.filter, snapshot=""))


def back_to(visit: Visit, otherwise: str = "/review") -> str:
    """Where a form wants to return to: a page of ours, else `otherwise`."""
    return our_page(visit.field("back"), otherwise)


def with_done(url: str, act: int) -> str:
    """The address with the act that a notice tells of; another act's is dropped."""
    path, _, query = url.partition("?")
    kept = [pair for pair in query.split("&") if pair and not pair.startswith("done=")]
    return f"{path}?{'&'.join([*kept, f'done={act}'])}" if act else url


def _value(visit: Visit, name: str) -> str:
    return visit.field(name) or visit.request.query_params.get(name, "")
