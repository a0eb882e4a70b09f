"""Deciding in the moderators' pages: one comment or many, with the versions that were seen, and undone as a whole."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, outerjoin, select, update

from app.store.acts import TAKEN_BACK, Conflict, Outcome
from app.store.records import MODERATOR, Decision
from app.store.schema import comments, decisions
from app.store.schema_review import acts, audit, campaigns, claims
from app.store.sql_audit import write_audit
from app.store.sql_base import SqlBase
from app.store.sql_decisions import Decides, write_decision

CHUNK = 500
"""Ids in one query; SQLite takes 32,766 parameters."""
UNDOABLE = ("decide", "decide-many", "decide-campaign", "report-passed", "batch", "take-back")
"""Acts that decided comments, which undo takes back."""
_SEEN = (
    comments.c.id,
    comments.c.site,
    comments.c.comment_id,
    comments.c.action,
    comments.c.decision,
    comments.c.label,
    comments.c.decided_by,
    comments.c.decided_at,
    decisions.c.source,
)


class SqlActs(SqlBase):
    """Each act is one transaction: all of it is on disk, or nothing."""

    def decide(
        self, versions: Mapping[str, int], label: str, by: str, at: str, act: str = "decide", **detail: Any
    ) -> Outcome:
        """Decide on comments.

        Args:
            versions: id -> the comments.decision that the moderator saw.
            label: spam or ham.
            by: the moderator.
            at: now.
            act: what it is called in the audit; see store.audit.ACTS.
            detail: what else the audit keeps.

        A comment that somebody decided meanwhile is left as it is and told as a conflict, unless both say the same.
        Ids that there are none of are passed over.
        """
        with self._transaction() as connection:
            found = seen(connection, versions)
            conflicts = [
                Conflict(row.id, row.label, row.decided_by, row.decided_at)
                for row in found
                if row.decision != versions[row.id] and row.label != label
            ]
            left = {row.id for row in found} - {conflict.id for conflict in conflicts}
            wanted = [row for row in found if row.id in left]
            outcome = decide_many(connection, wanted, label, by, at, act, detail)
        return Outcome(outcome.act, outcome.decided, outcome.versions, tuple(conflicts))

    def undo(self, act: int, by: str, at: str) -> Outcome | None:
        """Take an act back; None when there is no such act, or it was taken back before.

        What others have decided since stands, and is told as a conflict.
        """
        with self._transaction() as connection:
            return undo_act(connection, act, by, at)

    def last_act(self, by: str) -> int:
        """The newest act of a moderator that can be taken back; 0 without one."""
        newest = (
            select(audit.c.id)
            .where(audit.c.by == by, audit.c.act.in_(UNDOABLE), audit.c.undone_at.is_(None))
            .order_by(audit.c.id.desc())
            .limit(1)
        )
        with self._reading() as connection:
            return int(connection.execute(newest).scalar_one_or_none() or 0)


def seen(connection: Connection, ids: Collection[str]) -> list[Row[Any]]:
    """What has to be known of comments to decide on them; in the order of the ids, those that are there."""
    wanted = list(ids)
    rows: dict[str, Row[Any]] = {}
    for begin in range(0, len(wanted), CHUNK):
        stands = outerjoin(comments, decisions, decisions.c.id == comments.c.decision)
        statement = select(*_SEEN).select_from(stands).where(comments.c.id.in_(wanted[begin : begin + CHUNK]))
        rows.update({row.id: row for row in connection.execute(statement)})
    return [rows[id] for id in wanted if id in rows]


def decide_many(
    connection: Connection, found: Collection[Row[Any]], label: str, by: str, at: str, act: str, detail: dict[str, Any]
) -> Outcome:
    """Write one act that decides all of these comments, see `seen`; those of which a moderator said so already stay.

    Act 0 when none was left to decide.
    """
    news = [row for row in found if not (row.source == MODERATOR and row.label == label)]
    if not news:
        return Outcome(0)
    sites = {row.site for row in news}
    subject = news[0].id if len(news) == 1 else ""
    told = {"label": label, "comments": len(news), **detail}
    number = write_audit(connection, at, by, act, sites.pop() if len(sites) == 1 else "", subject, told)
    made = decide_rows(connection, number, news, Decision(label, by, at, MODERATOR))
    return Outcome(number, tuple(row.id for row in news), tuple(made))


def decide_rows(
    connection: Connection, act: int, found: Collection[Row[Any]], decision: Decision, *, are_precedents: bool = True
) -> list[int]:
    """Decide all of these comments as part of an act, and give the numbers of the decisions; see `seen`."""
    made = []
    for row in found:
        made.append(write_decision(connection, _decides(row), decision, is_precedent=are_precedents))
        connection.execute(claims.delete().where(claims.c.comment == row.id))
    rows = [
        {
            "act": act,
            "comment": row.id,
            "decision": version,
            "label_before": row.label,
            "decision_before": row.decision,
        }
        for row, version in zip(found, made, strict=True)
    ]
    if rows:
        connection.execute(insert(acts), rows)
    return made


def undo_act(connection: Connection, act: int, by: str, at: str) -> Outcome | None:
    """Take back what an act decided, where its decisions still stand; None when there is nothing to take back."""
    undoable = select(audit.c.act, audit.c.at, audit.c.site, audit.c.subject, audit.c.detail).where(
        audit.c.id == act, audit.c.undone_at.is_(None), audit.c.act.in_(UNDOABLE), audit.c.act != "batch"
    )
    told = connection.execute(undoable).first()
    if told is None:
        return None
    connection.execute(update(audit).where(audit.c.id == act).values(undone_at=at))
    if told.act == "decide-campaign" and told.detail:
        # Its first comment may have gone since, and with it the id; and what was said of it later stands.
        present = select(comments.c.campaign).join(acts, acts.c.comment == comments.c.id).where(acts.c.act == act)
        is_it = or_(campaigns.c.id == told.detail.get("campaign"), campaigns.c.id.in_(present))
        taken = update(campaigns).where(is_it, campaigns.c.decided_at == told.at)
        connection.execute(taken.values(label=None, decided_by="", decided_at="", acts_until=""))
    number = write_audit(connection, at, by, "undo", told.site, told.subject, {"act": act})
    decided, versions, conflicts = [], [], []
    rows = connection.execute(select(acts).where(acts.c.act == act, acts.c.decision > 0)).all()
    stands = {row.id: row for row in seen(connection, [row.comment for row in rows])}
    for row in rows:
        now = stands[row.comment]
        if now.decision != row.decision:
            conflicts.append(Conflict(now.id, now.label, now.decided_by, now.decided_at))
            continue
        decided.append(now.id)
        versions.append(take_back(connection, now, row, by, at))
    return Outcome(number, tuple(decided), tuple(versions), tuple(conflicts))


def take_back(connection: Connection, now: Row[Any], row: Row[Any], by: str, at: str) -> int:
    """Append the decision that stood before a row of `acts`, and give its number."""
    source = connection.execute(select(decisions.c.source).where(decisions.c.id == row.decision_before)).scalar()
    before = Decision(row.label_before, by, at, source if row.label_before and source else MODERATOR)
    version = write_decision(connection, _decides(now), before, undoes=True)
    is_it = (acts.c.act == row.act, acts.c.comment == row.comment)
    connection.execute(update(acts).where(*is_it).values(decision=TAKEN_BACK))
    return version


def _decides(row: Row[Any]) -> Decides:
    return Decides(row.id, row.site, row.comment_id, row.action)
