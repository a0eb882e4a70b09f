"""GET /review: the queue, and what others settled meanwhile."""

from datetime import timedelta
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from app.core.moderation import TABS
from app.core.showing import link_parts, pieces
from app.core.times import shifted
from app.store import rows
from app.store.queue import ORDERS, Line
from app.web import answers
from app.web.review import keys, pages, wording
from app.web.review.asked import LINES, asked, without_snapshot
from app.web.review.session import Visit, visitor
from app.web.whole import whole

router = APIRouter(include_in_schema=False)
MAX_CHANGES = 500
TOLD_FOR = timedelta(days=7)
"""How long the queue tells that held comments have expired."""
MAX_LINKS_SHOWN = 3
TELLING = 0.5
"""Log-odds from which evidence is marked in a row; the item marks all of it."""


@router.get("/review")
def queue(visit: Annotated[Visit, Depends(visitor())]) -> Response:
    """One page of comments under a filter, with how many wait in each tab."""
    store, now = visit.store, visit.now()
    wanted = without_snapshot(asked(visit))
    snapshot, decision = store.newest_id(), store.newest_decision()
    listing = store.queue(wanted.filter, wanted.order, LINES, now, wanted.after)
    counts = store.counts(wanted.filter)
    total = sum(counts.values()) if wanted.filter.tab == "all" else counts.get(wanted.filter.tab, 0)
    return pages.show(
        visit,
        "queue.html",
        asked=wanted,
        here=wanted.url(),
        lines=[shown(visit, line) for line in listing.lines],
        next_url=wanted.url(after=listing.after) if listing.after else "",
        counts=counts,
        total=total,
        tabs=TABS,
        orders=ORDERS,
        sites=[site.name for site in store.sites()],
        snapshot=snapshot,
        decision=decision,
        oldest=store.oldest_waiting(wanted.filter.site) if wanted.filter.tab == "review" else "",
        expired=store.expired_since(shifted(now, -TOLD_FOR)) if wanted.filter.tab == "review" else 0,
        batches=store.waiting_batches(),
        done=done(visit),
        shortcuts=shortcuts(visit),
    )


@router.get("/review/changes")
def changes(request: Request, visit: Annotated[Visit, Depends(visitor())]) -> Response:
    """What was decided since a decision, so that rows which others settled leave every page."""
    since = whole(request.query_params.get("since", ""))
    after = visit.store.newest_decision() if since is None else since
    found = visit.store.decided_after(after, MAX_CHANGES)
    settled = [{"id": id, "by": by, "label": label, "version": number} for number, id, by, label in found]
    return answers.json_response({"since": found[-1][0] if found else after, "settled": settled})


def shown(visit: Visit, line: Line) -> dict[str, Any]:
    """What a row shows of a comment."""
    found = wording.in_language(rows.classification_of(line.answer), visit.wired.lists, visit.language)
    links = [link for link in found.links if link.field in ("text", "author_url")]
    telling = [reason for reason in found.reasons if abs(reason.weight) >= TELLING]
    links.sort(key=lambda link: -link.score)
    return {
        "line": line,
        "pieces": pieces(line.text, "text", telling, found.links),
        "summary": found.summary,
        "links": [link_parts(link, found.reasons) for link in links[:MAX_LINKS_SHOWN]],
        "more_links": max(0, len(links) - MAX_LINKS_SHOWN),
    }


class Shortcuts(NamedTuple):
    """The moderator's keys, as templates show them beside the buttons and in the help."""

    on: bool
    keys: dict[str, str]
    """Action -> key; empty: none."""
    names: list[tuple[str, str]]
    """Action and what it is called."""


def shortcuts(visit: Visit) -> Shortcuts:
    """Those that are in use."""
    found = keys.in_use(visit.moderator.keys)
    return Shortcuts(found["on"], found["keys"], list(keys.SENTENCES.items()))


def done(visit: Visit) -> dict[str, Any] | None:
    """The act that the notice tells of: one of this moderator's that still stands; None without one."""
    number = whole(visit.request.query_params.get("done", ""))
    entry = None if number is None else visit.store.audit_entry(number)
    if entry is None or entry.by != visit.moderator.name:
        return None
    return {"act": entry.id, "what": entry.act, "detail": entry.detail or {}, "undone": entry.undone_at is not None}
