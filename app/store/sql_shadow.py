"""What a candidate would have done, in SQL."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, func, select

from app.store.dialects import upsert
from app.store.schema import comments, sites
from app.store.schema_review import shadow_changes, shadow_counts
from app.store.shadowed import MOST_CHANGES, Change, ChangeShown, Pair, PairCount
from app.store.sql_base import SqlBase

_KEY = Pair._fields
_SHOWN_CHARACTERS = 200


class SqlShadow(SqlBase):
    """Counts are added up in the process and written now and then."""

    def note_shadow(self, counts: Mapping[Pair, int], changes: Sequence[Change], at: str) -> None:
        """Add counts to those there are, and keep the changes of comments that are stored.

        Of each candidate the newest 5,000 changes stay. Sites that are gone are passed over.
        """
        with self._transaction() as connection:
            known = set(connection.execute(select(sites.c.name)).scalars())
            for pair, number in counts.items():
                if pair.site in known:
                    _add(connection, pair, number, at)
            ids = [change.comment for change in changes]
            stored = set(connection.execute(select(comments.c.id).where(comments.c.id.in_(ids))).scalars())
            rows = [change._asdict() for change in changes if change.comment in stored]
            if rows:
                connection.execute(upsert(connection, shadow_changes).on_conflict_do_nothing(), rows)
            for candidate in {change.candidate for change in changes}:
                _cut(connection, candidate)

    def shadow_counts(self, candidate: str) -> tuple[PairCount, ...]:
        """What was counted of a candidate, by model in use, site and actions; empty when it never looked on."""
        wanted = (
            select(shadow_counts)
            .where(shadow_counts.c.candidate == candidate)
            .order_by(*(shadow_counts.c[name] for name in _KEY))
        )
        with self._reading() as connection:
            return tuple(
                PairCount(Pair(*(row[name] for name in _KEY)), row["comments"], row["first_at"], row["last_at"])
                for row in connection.execute(wanted).mappings()
            )

    def shadow_changes(self, candidate: str, site: str | None, most: int) -> tuple[ChangeShown, ...]:
        """The newest comments with which it would have done something else, of one site or of all, newest first."""
        beside = (
            comments.c.site,
            comments.c.received_at,
            comments.c.author,
            func.substr(comments.c.text, 1, _SHOWN_CHARACTERS),
            comments.c.label,
        )
        wanted = (
            select(*(shadow_changes.c[name] for name in Change._fields), *beside)
            .join_from(shadow_changes, comments, shadow_changes.c.comment == comments.c.id)
            .where(shadow_changes.c.candidate == candidate, *(() if site is None else (comments.c.site == site,)))
            .order_by(shadow_changes.c.comment.desc())
            .limit(most)
        )
        length = len(Change._fields)
        with self._reading() as connection:
            return tuple(ChangeShown(Change(*row[:length]), *row[length:]) for row in connection.execute(wanted))

    def shadow_candidates(self) -> tuple[str, ...]:
        """Every candidate that has looked on, the last one first."""
        last_at = func.max(shadow_counts.c.last_at)
        wanted = select(shadow_counts.c.candidate).group_by(shadow_counts.c.candidate).order_by(last_at.desc())
        with self._reading() as connection:
            return tuple(connection.execute(wanted).scalars())


def _add(connection: Connection, pair: Pair, number: int, at: str) -> None:
    added = upsert(connection, shadow_counts).values(**pair._asdict(), comments=number, first_at=at, last_at=at)
    told = {"comments": shadow_counts.c.comments + added.excluded.comments, "last_at": added.excluded.last_at}
    connection.execute(added.on_conflict_do_update(index_elements=list(_KEY), set_=told))


def _cut(connection: Connection, candidate: str) -> None:
    """Ids sort by time, so that the oldest go."""
    of_it = shadow_changes.c.candidate == candidate
    newest = select(shadow_changes.c.comment).where(of_it).order_by(shadow_changes.c.comment.desc())
    first_over = newest.offset(MOST_CHANGES).limit(1).scalar_subquery()
    connection.execute(delete(shadow_changes).where(of_it, shadow_changes.c.comment <= first_over))
