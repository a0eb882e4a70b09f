"""How comments find their campaigns, in SQL: when they are judged, and when they are written."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Text, bindparam, delete, func, insert, literal_column, select, update
from ulid import ULID

from app.core.campaign import Lead, Signature, acting_key, kind_of, recognised
from app.core.comment import Campaign
from app.core.policy import REPEATED
from app.core.times import shifted
from app.store.dialects import is_among, upsert
from app.store.grouping import TOUCHED_AFTER, WINDOW, Arrival, Grouping, Known, group
from app.store.records import Record
from app.store.schema import comments
from app.store.schema_review import campaigns, signatures

COUNTED = 1_000
"""Members of a campaign that an answer counts; the whole of a large one would take as long as judging does."""

_ULID_TIME = 10
"""Characters of a ULID that tell the time."""
_OF_KEYS = is_among(signatures.c.key, bindparam("keys", type_=Text))
LEADS = (
    select(
        signatures.c.key,
        signatures.c.last_at,
        campaigns.c.id,
        campaigns.c.sketch,
        campaigns.c.label,
        campaigns.c.decided_by,
        campaigns.c.decided_at,
        campaigns.c.acts_until,
    )
    .join_from(signatures, campaigns, campaigns.c.id == signatures.c.campaign)
    .where(_OF_KEYS, signatures.c.last_at >= bindparam("since"))
)
"""Where keys lead. A key whose campaign is gone leads nowhere."""
SIZE = select(func.count()).select_from(
    select(comments.c.id)
    .where(comments.c.campaign == bindparam("campaign"))
    .suffix_with(f"LIMIT {COUNTED}")
    .subquery("members")
)


_WAITING: list[ColumnElement[str]] = [literal_column(f"'{tab}'") for tab in ("review", "spam", "expired")]
HELD = select(func.count()).select_from(
    select(comments.c.id)
    .where(comments.c.tab.in_(_WAITING), comments.c.campaign == bindparam("campaign"))
    .suffix_with(f"LIMIT {REPEATED}")
    .subquery("held")
)
"""Its comments that were held or worse and that nobody has decided."""


class LeadRow(NamedTuple):
    """What LEADS gives: a key, and the campaign it leads to."""

    key: int
    last_at: str
    id: str
    sketch: bytes
    label: str | None
    decided_by: str
    decided_at: str
    acts_until: str


def first_id_since(at: str) -> str:
    """What the id of a comment is not below that came then or later: ids rise with time.

    >>> first_id_since("2026-11-30T12:00:00.000Z")
    'c_01M8P570G0'
    """
    return f"c_{str(ULID.from_datetime(datetime.fromisoformat(at)))[:_ULID_TIME]}"


def since(now: str) -> str:
    """Keys that were not seen since then lead nowhere any more; `now` empty: all do."""
    return shifted(now, -WINDOW) if now else ""


def looked_up(signature: Signature) -> str:
    """The keys that lead a comment before it is judged, as LEADS takes them."""
    keys = signature.keys
    return json.dumps([*keys, *(acting_key(key) for key in keys if kind_of(key) == "url")])


def campaign_of(signature: Signature, rows: Iterable[tuple[Any, ...]], now: str) -> Campaign | None:
    """What rows of LEADS say about a comment with that signature; its size is not counted yet."""
    found = []
    for row in map(LeadRow._make, rows):
        acts = row.label is not None and row.acts_until > now
        if kind_of(row.key) == "acting" and not acts:
            continue
        told = (row.label, row.decided_by, row.decided_at) if acts else (None, "", "")
        found.append(Lead(row.key, Campaign(row.id, 0, *told), row.sketch))
    return recognised(signature, found)


def assigned(connection: Connection, records: Sequence[Record]) -> tuple[Grouping, Mapping[int, LeadRow]]:
    """The campaigns of records that are about to be written, and where their keys have led until now."""
    keys = {key for record in records for key in record.signature.keys}
    if not keys:
        return group([Arrival(record.id, record.signature) for record in records], {}, {}), {}
    now = max(record.received_at for record in records)
    told = {"keys": json.dumps(sorted(keys)), "since": since(now)}
    leading = {row.key: LeadRow._make(row) for row in connection.execute(LEADS, told)}
    known = {row.id: Known(row.sketch, row.label is not None and row.acts_until > now) for row in leading.values()}
    arrivals = [Arrival(record.id, record.signature) for record in records]
    return group(arrivals, {key: row.id for key, row in leading.items()}, known), leading


def write_grouping(connection: Connection, found: Grouping, leading: Mapping[int, LeadRow], at: str) -> None:
    """Write down what `assigned` found, once the comments themselves are there.

    Args:
        connection: of the transaction that writes them.
        found: the campaigns.
        leading: where the keys led before.
        at: when the keys were seen.
    """
    if found.founded:
        connection.execute(insert(campaigns), [{"id": id, "sketch": each} for id, each in found.founded.items()])
    for id, sketch in found.sketched.items():
        connection.execute(update(campaigns).where(campaigns.c.id == id).values(sketch=sketch))
    for id, into in found.merged.items():
        move_all(connection, id, into)
    is_fresh = shifted(at, -TOUCHED_AFTER)
    stay = {key for key, row in leading.items() if row.id == found.keys[key] and row.last_at >= is_fresh}
    # In the order of the table: neighbours are written together.
    laid = [(key, found.keys[key]) for key in sorted(found.keys.keys() - stay)]
    lay_keys(connection, laid, at)
    _forget(connection, since(at), 2 * len(laid))


def lay_keys(connection: Connection, keys: Sequence[tuple[int, str]], last_at: str) -> None:
    """Have each key lead to its campaign, wherever it led before."""
    if not keys:
        return
    statement = upsert(connection, signatures)
    replacing = statement.on_conflict_do_update(
        index_elements=[signatures.c.key],
        set_={"campaign": statement.excluded.campaign, "last_at": statement.excluded.last_at},
    )
    connection.execute(replacing, [{"key": key, "campaign": id, "last_at": last_at} for key, id in keys])


def _forget(connection: Connection, before: str, most: int) -> None:
    """Take out keys that lead nowhere any more: as many as twice those that were added, so that the table ends."""
    if most:
        # The first condition is for the index, which leads to the old campaigns at once.
        is_old = (signatures.c.campaign < first_id_since(before), signatures.c.last_at < before)
        old = select(signatures.c.key).where(*is_old).limit(most)
        connection.execute(delete(signatures).where(signatures.c.key.in_(old)))


def move_all(connection: Connection, id: str, into: str) -> None:
    """Make a campaign part of another one: its comments and keys lead there, and it is no more."""
    connection.execute(update(comments).where(comments.c.campaign == id).values(campaign=into))
    connection.execute(update(signatures).where(signatures.c.campaign == id).values(campaign=into))
    connection.execute(delete(campaigns).where(campaigns.c.id == id))
