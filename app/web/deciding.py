"""What people say about comments: find the comment that is meant, and write the decision down."""

import asyncio

from app.core.comment import Comment
from app.core.text import text_hash
from app.store.records import Decision, Record
from app.web.judging import judge
from app.web.wiring import Wiring


def find(wired: Wiring, site: str, comment: Comment, id: str = "") -> str | None:
    """Our id of the comment that is meant; None when the site never sent it.

    By our own id where there is one, else by the CMS's, else by its text: first by the same author, then by any, for
    some doors do not tell who wrote it. Raises StoreUnavailable.
    """
    if id:
        known = wired.read("comment", wired.store.comment, site, id)
        return known.id if known else None
    if comment.comment_id:
        by_id = wired.read("comment", wired.store.id_of, site, comment.comment_id)
        if by_id:
            return by_id
    hashed = text_hash(comment.text)
    if not hashed:
        return None
    same = wired.read("comment", wired.store.id_of_text, site, hashed, comment.author)
    return same or (None if comment.author else wired.read("comment", wired.store.id_of_text, site, hashed))


async def found_or_kept(wired: Wiring, site: str, comment: Comment, id: str, client: str) -> str:
    """The same; a comment that was never checked is judged and kept now, so that the decision has what it is about.

    Raises StoreUnavailable when it could not be kept.
    """
    known = find(wired, site, comment, id) or (find(wired, site, comment) if id else None)
    if known:
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
