"""What people say about comments: find the comment that is meant, and write the decision down."""

import asyncio
from collections.abc import Sequence

from app.core.comment import Comment
from app.store.records import Alike, Decision, Record, content_hash, page_key
from app.web.judging import judge
from app.web.wiring import Wiring

MAX_ALIKE = 100
"""Comments with one text that are looked at; "Great post!" stands under many pages."""
ELSEWHERE_S = 0.3
"""How long another process may need to write what it has answered already."""


def find(wired: Wiring, site: str, comment: Comment, id: str = "") -> str | None:
    """Our id of the comment that is meant; None when the site never sent it.

    By our own id where there is one, else by the CMS's, else by its text; see `meant`. Raises StoreUnavailable.
    """
    if id:
        known = wired.read("comment", wired.store.comment, site, id)
        return known.id if known else None
    by_id = wired.read("comment", wired.store.id_of, site, comment.comment_id) if comment.comment_id else None
    if by_id:
        return by_id
    found = meant(_alike(wired, site, comment), comment)
    return found.id if found else None


def find_unchanged(wired: Wiring, site: str, comment: Comment) -> str | None:
    """Our id of a comment that holds the very same, for a CMS that asks again; None where anything was changed."""
    same = [each for each in _alike(wired, site, comment) if each.text == comment.text]
    found = meant([each for each in same if page_key(each.page_url) == page_key(comment.page_url)], comment)
    return found.id if found else None


def _alike(wired: Wiring, site: str, comment: Comment) -> Sequence[Alike]:
    hashed = content_hash(comment)
    return wired.read("comment", wired.store.alike, site, hashed, MAX_ALIKE) if hashed else ()


def meant(alike: Sequence[Alike], comment: Comment) -> Alike | None:
    """Of comments with one text, newest first, the one that is meant.

    Another author's is not; some doors do not tell who wrote it. Then the page counts, then the time, then that nobody
    has decided yet, then that it is the newest.

    >>> on = [Alike(id, "Hi", "Bob", f"https://blog.example/{id}", "", False) for id in ("2", "1")]
    >>> meant(on, Comment(text="hi", author="Bob", page_url="http://blog.example/1/")).id, meant(on, Comment()).id
    ('1', '2')
    >>> meant(on, Comment(author="Eve")) is None
    True
    """
    page = page_key(comment.page_url)

    def nearness(each: Alike) -> tuple[bool, bool, bool]:
        same_time = bool(comment.posted_at) and each.posted_at == comment.posted_at
        return page != "" and page_key(each.page_url) == page, same_time, not each.is_decided

    by_them = [each for each in alike if not (each.author and comment.author) or each.author == comment.author]
    return max(by_them, key=nearness, default=None)


async def found_or_kept(wired: Wiring, site: str, comment: Comment, id: str, client: str) -> str:
    """The same; a comment that was never checked is judged and kept now, so that the decision has what it is about.

    What was answered but is not on disk yet is waited for. Raises StoreUnavailable when nothing could be kept.
    """
    known = find(wired, site, comment, id)
    if known is None:
        await asyncio.wrap_future(wired.writer.flush())
        known = find(wired, site, comment, id)
    if known is None and id:
        await asyncio.sleep(ELSEWHERE_S)
        known = find(wired, site, comment, id) or find(wired, site, comment)
    if known is not None:
        return known
    record = judge(wired, site, comment, client=client)
    await kept(wired, record)
    return record.id


async def kept(wired: Wiring, record: Record) -> None:
    """Returns when the record is on disk. Raises StoreUnavailable."""
    await asyncio.wrap_future(wired.writer.submit([record]))


async def decide(wired: Wiring, site: str, id: str, decision: Decision) -> Decision | None:
    """Write a decision down and give the one that now stands; None when the site has no such comment.

    In a thread: a decision waits for the disk, and for other writers. Raises StoreUnavailable.
    """
    return await asyncio.to_thread(wired.store.add_decision, site, id, decision)
