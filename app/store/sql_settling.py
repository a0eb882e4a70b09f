"""What moderators do with campaigns, in SQL: decide on one, end that, take comments out, call spam what had passed.

Large campaigns are settled in several transactions, so that comments can be written in between; all of them belong to
one act, which is undone as one.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from app.core.campaign import acting_key
from app.core.times import shifted
from app.store.acts import Conflict, Outcome
from app.store.grouping import WINDOW
from app.store.records import MODERATOR, Decision
from app.store.schema import comments
from app.store.schema_review import campaigns, signatures
from app.store.sql_acts import CHUNK, decide_rows, seen
from app.store.sql_audit import write_audit
from app.store.sql_base import SqlBase
from app.store.sql_batches import STEP
from app.store.sql_campaigns import PASSED, WAITS
from app.store.sql_grouping import lay_keys


class SqlSettling(SqlBase):
    """Each act writes its line of the audit in its first transaction."""

    def decide_campaign(
        self,
        id: str,
        label: str,
        by: str,
        at: str,
        *,
        until: str = "",
        links: Collection[int] = (),
        seen_at: str = "",
        newest: str = "",
    ) -> Outcome | None:
        """Decide all of a campaign that was held or flagged and waits, and what arrives of it; None: there is none.

        Args:
            id: the campaign's.
            label: spam or ham.
            by: the moderator.
            at: now.
            until: how long it decides what arrives; empty: only what is there.
            links: keys of the links that the campaign is about: these act on every comment that has one of them.
            seen_at: the `decided_at` that the moderator saw; somebody's decision since then is told as a conflict.
            newest: the newest comment that the moderator was shown. What came after it is decided too, unless nothing
                is to be decided that arrives.
        """
        wanted = [WAITS, *([comments.c.id <= newest] if newest and not until else [])]
        decision = Decision(label, by, at, MODERATOR)
        with self._transaction() as connection:
            begun = _begin(connection, id, decision, until, seen_at, wanted)
            if begun is None or begun.conflicts:
                return begun
            _have_keys_last(connection, id, until, links)
        # What it does to arrivals was chosen for the campaign as a whole, and ends with it.
        return self._settle(begun.act, id, decision, wanted, are_precedents=False)

    def report_passed(self, id: str, by: str, at: str, ids: Collection[str]) -> Outcome:
        """Call comments of a campaign spam that had passed, so that their CMS hears of it; others are passed over."""
        wanted = [PASSED, comments.c.id.in_(ids)]
        with self._transaction() as connection:
            total = _count(connection, id, wanted)
            if not total:
                return Outcome(0)
            detail = {"campaign": id, "label": "spam", "comments": total}
            act = write_audit(connection, at, by, "report-passed", "", id, detail)
        return self._settle(act, id, Decision("spam", by, at, MODERATOR), wanted, are_precedents=True)

    def end_campaign(self, id: str, by: str, at: str) -> bool:
        """What arrives is judged by its score again; False when nothing acted."""
        acts = (campaigns.c.id == id, campaigns.c.label.is_not(None), campaigns.c.acts_until > at)
        with self._transaction() as connection:
            if not connection.execute(update(campaigns).where(*acts).values(acts_until=at)).rowcount:
                return False
            write_audit(connection, at, by, "campaign-end", "", id)
        return True

    def take_out(self, id: str, ids: Collection[str], by: str, at: str, freed: Collection[int] = ()) -> str | None:
        """Have comments stand alone from now on; the campaign's id, which is another when its first comment goes.

        Args:
            id: the campaign's.
            ids: comments of it; others are passed over.
            by: the moderator.
            at: now.
            freed: keys of links that none of the comments has which stay: they lead to the campaign no more.

        None when nothing of it is left, or nothing was taken out. Nothing leads to what was taken out, so it is never
        drawn into a campaign again.
        """
        with self._transaction() as connection:
            within = (comments.c.campaign == id, comments.c.id.in_(ids))
            out = list(connection.execute(select(comments.c.id).where(*within)).scalars())
            if not out:
                return None
            write_audit(connection, at, by, "campaign-take-out", "", id, {"comments": len(out), "ids": sorted(out)})
            connection.execute(update(comments).where(comments.c.id.in_(out)).values(campaign=comments.c.id))
            heir = _heir(connection, id, out)
            is_freed = (signatures.c.campaign == heir, signatures.c.key.in_([*freed, *map(acting_key, freed)]))
            connection.execute(delete(signatures).where(*is_freed))
        return heir

    def _settle(
        self, act: int, id: str, decision: Decision, wanted: list[ColumnElement[bool]], *, are_precedents: bool
    ) -> Outcome:
        ids: list[str] = []
        versions: list[int] = []
        while True:
            with self._transaction() as connection:
                chosen = _of(id, wanted).with_only_columns(comments.c.id).order_by(comments.c.id).limit(STEP)
                rows = seen(connection, list(connection.execute(chosen).scalars()))
                versions += decide_rows(connection, act, rows, decision, are_precedents=are_precedents)
                ids += [row.id for row in rows]
            if len(rows) < STEP:
                return Outcome(act, tuple(ids), tuple(versions))


def _begin(
    connection: Connection, id: str, decision: Decision, until: str, seen_at: str, wanted: list[ColumnElement[bool]]
) -> Outcome | None:
    """Write the act down and what is said of the campaign; no comment is decided yet."""
    stands = connection.execute(select(campaigns).where(campaigns.c.id == id)).first()
    if stands is None:
        return None
    if stands.label is not None and stands.decided_at != seen_at:
        return Outcome(0, conflicts=(Conflict(id, stands.label, stands.decided_by, stands.decided_at),))
    detail = {"campaign": id, "label": decision.label, "comments": _count(connection, id, wanted), "until": until}
    act = write_audit(connection, decision.at, decision.by, "decide-campaign", "", id, detail)
    said = {"label": decision.label, "decided_by": decision.by, "decided_at": decision.at}
    connection.execute(update(campaigns).where(campaigns.c.id == id).values(**said, acts_until=until or decision.at))
    return Outcome(act)


def _of(id: str, wanted: list[ColumnElement[bool]]) -> Any:
    return (
        select(func.count())
        .join_from(comments, campaigns, campaigns.c.id == comments.c.campaign)
        .where(comments.c.campaign == id, *wanted)
    )


def _count(connection: Connection, id: str, wanted: list[ColumnElement[bool]]) -> int:
    return int(connection.execute(_of(id, wanted)).scalar_one())


def _have_keys_last(connection: Connection, id: str, until: str, links: Collection[int]) -> None:
    """Have the campaign be found as long as its decision acts, and by its links in every comment."""
    of_campaign = signatures.c.campaign == id
    earlier = select(signatures.c.key).where(of_campaign)
    acting = [key for key in connection.execute(earlier).scalars() if acting_key(key) == key]
    for begin in range(0, len(acting), CHUNK):
        connection.execute(delete(signatures).where(signatures.c.key.in_(acting[begin : begin + CHUNK])))
    if until:
        last_at = shifted(until, -WINDOW)
        connection.execute(
            update(signatures).where(of_campaign, signatures.c.last_at < last_at).values(last_at=last_at)
        )
        lay_keys(connection, [(acting_key(key), id) for key in sorted(links)], last_at)


def _heir(connection: Connection, id: str, out: Collection[str]) -> str | None:
    """Hand the campaign over to its next comment when its first one has gone; None when none is left."""
    left: str | None = connection.execute(select(func.min(comments.c.id)).where(_stays(id, out))).scalar_one()
    if left is None or id in out:
        row = connection.execute(select(campaigns).where(campaigns.c.id == id)).mappings().first()
        connection.execute(delete(campaigns).where(campaigns.c.id == id))
        if left is None:
            connection.execute(delete(signatures).where(signatures.c.campaign == id))
        elif row is not None:
            connection.execute(insert(campaigns), {**row, "id": left})
            connection.execute(update(signatures).where(signatures.c.campaign == id).values(campaign=left))
            connection.execute(update(comments).where(_stays(id, out)).values(campaign=left))
        return left
    return id


def _stays(id: str, out: Collection[str]) -> Any:
    # The first comment's own campaign still has its id.
    return (comments.c.campaign == id) & comments.c.id.not_in(out)
