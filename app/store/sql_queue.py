"""The queue, in SQL: pages of comments, counts, one item with all that is known, and what changed since."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from app.store import rows
from app.store.queue import SHOWN_CHARACTERS, Filter, Item, Line, Listing, Note, Order, Step
from app.store.schema import comments, decisions
from app.store.schema_review import acts, claims, notes, skips
from app.store.sql_base import SqlBase
from app.store.sql_precedents import acts_until
from app.store.sql_query import conditions

MAX_ALIKE = 20
"""Others of a campaign that an item shows; the campaign's own page shows all."""
_OPEN_TABS = ("review", "spam", "passed", "reported", "expired")
_SHOWN = (
    comments.c.id,
    comments.c.site,
    comments.c.received_at,
    func.substr(comments.c.text, 1, SHOWN_CHARACTERS).label("text"),
    (func.length(comments.c.text) > SHOWN_CHARACTERS).label("is_cut"),
    comments.c.author,
    comments.c.author_email,
    comments.c.author_url,
    comments.c.page_url,
    comments.c.page_title,
    comments.c.verdict,
    comments.c.score,
    comments.c.action,
    comments.c.tab,
    comments.c.campaign,
    comments.c.label,
    comments.c.decision,
    comments.c.decided_by,
    comments.c.decided_at,
    comments.c.answer,
)
_COLUMNS = tuple(column.name for column in _SHOWN)
_SORTED: dict[Order, tuple[Any, bool]] = {
    "useful": (comments.c.urgency, True),
    "newest": (comments.c.id, True),
    "oldest": (comments.c.id, False),
    "score": (comments.c.score, True),
}
"""What an order goes by, and whether the largest comes first; an index of each begins with the tab."""


class SqlQueue(SqlBase):
    """Reading what waits."""

    def queue(self, wanted: Filter, order: Order, limit: int, now: str, after: str = "") -> Listing:
        """A page of comments.

        Args:
            wanted: which.
            order: see queue.ORDERS.
            limit: how many at most.
            now: claims that are over are not shown.
            after: `after` of the page before; anything that is no such place begins at the first.
        """
        key, descending = _SORTED[order]
        statement = select(*_SHOWN, key.label("place")).where(*matching(wanted), *_behind(key, descending, after))
        ordered = (key.desc(), comments.c.id.desc()) if descending else (key, comments.c.id)
        with self._reading() as connection:
            found = connection.execute(statement.order_by(*ordered).limit(limit + 1)).all()
            lines = _with_company(connection, found[:limit], now)
        last = found[limit - 1] if len(found) > limit else None
        return Listing(lines, f"{last.place!r}~{last.id}" if last else "")

    def count(self, wanted: Filter) -> int:
        """How many comments a filter finds."""
        with self._reading() as connection:
            return int(
                connection.execute(select(func.count()).select_from(comments).where(*matching(wanted))).scalar_one()
            )

    def newest_id(self) -> str:
        """The id of the newest comment, as the snapshot of what is being shown; empty before the first."""
        with self._reading() as connection:
            return str(connection.execute(select(func.max(comments.c.id))).scalar_one() or "")

    def counts(self, wanted: Filter) -> Mapping[str, int]:
        """How many comments stand in each tab, whatever tab the filter names; tabs without any are left out."""
        whole = replace(wanted, tab="all")
        statement = select(comments.c.tab, func.count()).where(*matching(whole)).group_by(comments.c.tab)
        with self._reading() as connection:
            return {row.tab: row[1] for row in connection.execute(statement)}

    def oldest_waiting(self, site: str = "") -> str:
        """When the oldest comment that waits for a look was received; empty when none does."""
        oldest = select(func.min(comments.c.received_at)).where(*matching(Filter("review", site)))
        with self._reading() as connection:
            return str(connection.execute(oldest).scalar_one() or "")

    def item(self, id: str, now: str) -> Item | None:
        """A comment with its history, notes, and others like it; None when there is none."""
        with self._reading() as connection:
            row = connection.execute(select(comments).where(comments.c.id == id)).mappings().first()
            if row is None:
                return None
            told = select(notes.c.id, notes.c.by, notes.c.at, notes.c.text).where(notes.c.comment == id)
            same = and_(comments.c.campaign == row["campaign"], comments.c.id != id)
            newest = select(*_SHOWN).where(same).order_by(comments.c.id.desc()).limit(MAX_ALIKE)
            alike = connection.execute(newest).all() if row["campaign"] else []
            total = connection.execute(select(func.count()).where(same)).scalar_one() if row["campaign"] else 0
            return Item(
                record=rows.record_of(dict(row)),
                tab=row["tab"],
                campaign=row["campaign"],
                version=row["decision"],
                steps=_steps(connection, id),
                notes=tuple(Note(*each) for each in connection.execute(told.order_by(notes.c.id))),
                claimed_by=_claimed(connection, [id], now).get(id, ""),
                unsure=_unsure(connection, [id]).get(id, ()),
                alike=_with_company(connection, alike, now),
                alike_total=int(total) + 1,
                acts_until=acts_until(connection, id, now),
            )

    def decided_after(self, decision: int, most: int) -> Sequence[tuple[int, str, str, str | None]]:
        """Comments whose standing decision is newer than that one: (decision, id, by, label), oldest first."""
        statement = (
            select(comments.c.decision, comments.c.id, decisions.c.by, comments.c.label)
            .join_from(comments, decisions, decisions.c.id == comments.c.decision)
            .where(decisions.c.id > decision)
            .order_by(decisions.c.id)
            .limit(most)
        )
        with self._reading() as connection:
            return [(row[0], row[1], row[2], row[3]) for row in connection.execute(statement)]

    def newest_decision(self) -> int:
        """The id of the newest decision; 0 before the first."""
        with self._reading() as connection:
            return int(connection.execute(select(func.max(decisions.c.id))).scalar_one() or 0)


def matching(wanted: Filter) -> list[ColumnElement[bool]]:
    """The filter as conditions on `comments`."""
    found: list[ColumnElement[bool]] = []
    if wanted.tab != "all":
        found.append(comments.c.tab == wanted.tab)
    if wanted.site:
        found.append(comments.c.site == wanted.site)
    if wanted.snapshot:
        found.append(comments.c.id <= wanted.snapshot)
    return [*found, *conditions(wanted.query, wanted.now)]


def _behind(key: Any, descending: bool, after: str) -> list[ColumnElement[bool]]:
    place, _, id = after.partition("~")
    if not id:
        return []
    if key is comments.c.id:
        return [comments.c.id < id if descending else comments.c.id > id]
    try:
        value = float(place)
    except ValueError:
        return []
    further = key < value if descending else key > value
    return [or_(further, and_(key == value, comments.c.id < id if descending else comments.c.id > id))]


def _with_company(connection: Connection, found: Sequence[Row[Any]], now: str) -> tuple[Line, ...]:
    """Rows as lines, each with what is known beside it."""
    ids = [row.id for row in found]
    campaigns = {row.campaign for row in found if row.campaign}
    alike = _counted(
        connection,
        select(comments.c.campaign, func.count())
        .where(comments.c.campaign.in_(campaigns), comments.c.tab.in_(_OPEN_TABS))
        .group_by(comments.c.campaign),
    )
    noted = _counted(
        connection, select(notes.c.comment, func.count()).where(notes.c.comment.in_(ids)).group_by(notes.c.comment)
    )
    claimed, unsure = _claimed(connection, ids, now), _unsure(connection, ids)
    return tuple(
        Line(
            **{name: row._mapping[name] for name in _COLUMNS},
            alike=alike.get(row.campaign, 1),
            claimed_by=claimed.get(row.id, ""),
            unsure=unsure.get(row.id, ()),
            notes=noted.get(row.id, 0),
        )
        for row in found
    )


def _counted(connection: Connection, statement: Select[Any]) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(statement)}


def _claimed(connection: Connection, ids: Collection[str], now: str) -> dict[str, str]:
    statement = select(claims.c.comment, claims.c.by).where(claims.c.comment.in_(ids), claims.c.until > now)
    return {row.comment: row.by for row in connection.execute(statement)}


def _unsure(connection: Connection, ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    statement = select(skips.c.comment, skips.c.by).where(skips.c.comment.in_(ids)).order_by(skips.c.at)
    for comment, by in connection.execute(statement):
        found[comment] = (*found.get(comment, ()), by)
    return found


def _steps(connection: Connection, id: str) -> tuple[Step, ...]:
    statement = (
        select(decisions, acts.c.act)
        .outerjoin(acts, and_(acts.c.comment == decisions.c.comment, acts.c.decision == decisions.c.id))
        .where(decisions.c.comment == id)
        .order_by(decisions.c.id)
    )
    found = connection.execute(statement).mappings().all()
    return tuple(Step(row["id"], rows.decision_of(dict(row)), row["act"] or 0) for row in found)
