"""What winnow doctor --site and the page of a site look at: who asks in its name, and what its CMS forgets to send."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from app.core.comment import Comment, History, Page

if TYPE_CHECKING:
    from app.core.lists import Lists
    from app.core.model import Model
    from app.store.records import Record
    from app.store.sql import SqlStore

LAST_COMMENTS = 200
WHY = {
    "author": "The name is where much spam says what it sells.",
    "author_url": "Praise with a shop behind the name is only seen by the address.",
    "author_email": "Its domain shows throw-away addresses, and rules look at it.",
    "user_agent": "It is shown to moderators.",
    "page_url": "Without it links to the site itself look like links to anywhere.",
    "page_title": "Whether a comment is about its page is one of the best signs.",
    "page_text": "Whether a comment is about its page is one of the best signs; the start of it is enough.",
    "comment_id": "Feedback and decisions name comments by it.",
}
"""Fields that a CMS should send -> what for. author_ip and honeypot are never kept, so nobody can tell."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A field that some of the last comments lacked."""

    field: str
    missing: int
    why: str
    judged_otherwise: int | None
    """How many of those comments would have had another action with it; None where that cannot be known."""
    stricter: int | None
    """As many of them would have been treated more strictly."""


def examine(store: "SqlStore", site: str, model: "Model", lists: "Lists") -> dict[str, Any]:
    """Everything about one site, as JSON values. Raises SiteUnknown."""
    limits = store.history_of(site, Comment()).thresholds
    records = store.last_comments(site, LAST_COMMENTS)

    def history_of(comment: Comment) -> History:
        return store.history_of(site, comment)

    found = [_missing(field, records, history_of, model.of(site), lists) for field in WHY]
    return {
        "site": site,
        "thresholds": "its own" if limits else "those of the model",
        "clients": [client._asdict() for client in store.clients(site)],
        "comments": len(records),
        "missing": [
            {name: getattr(each, name) for name in ("field", "missing", "why", "judged_otherwise", "stricter")}
            for each in found
            if each.missing
        ],
    }


def _missing(
    field: str,
    records: "Sequence[Record]",
    history_of: Callable[[Comment], History],
    model: "Model",
    lists: "Lists",
) -> Missing:
    """Count it; where the field can be had from elsewhere, judge again with it, without it, and compare."""
    from app.core.classify import classify

    lacking = [record.comment for record in records if not getattr(record.comment, field)]
    if field not in ("page_title", "page_text"):
        return Missing(field, len(lacking), WHY[field], None, None)
    changed = stricter = known = 0
    for comment in lacking:
        history = history_of(comment)
        page = history.page or (Page(title_of(comment.page_url), "") if field == "page_title" else None)
        if page is None or not getattr(page, field.removeprefix("page_")):
            continue
        known += 1
        with_it = replace(comment, page_title=comment.page_title or page.title, page_text=page.text)
        before = classify(comment, replace(history, page=None), model, lists)
        after = classify(with_it, history, model, lists)
        changed += before.action != after.action
        stricter += _STRICTNESS.index(after.action) > _STRICTNESS.index(before.action)
    return Missing(field, len(lacking), WHY[field], changed if known else None, stricter if known else None)


_STRICTNESS = ("publish", "hold", "reject", "discard")


def title_of(page_url: str) -> str:
    """What a page's address says of its title; empty when it says nothing.

    >>> title_of("https://blog.example/2026/11/private-package-feeds.html?p=1"), title_of("https://blog.example/?p=7")
    ('private package feeds', '')
    """
    try:
        path = unquote(urlsplit(page_url).path)
    except ValueError:
        return ""
    words = path.strip("/").rpartition("/")[2].rpartition(".")[0] or path.strip("/").rpartition("/")[2]
    spaced = " ".join(words.replace("-", " ").replace("_", " ").split())
    return spaced if " " in spaced else ""
