"""What people said of single comments, kept for what arrives like them, in SQL."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Text, bindparam, delete, insert, or_, select

from app.core.campaign import Signature
from app.core.comment import Precedent
from app.core.precedent import Remembered, asked_keys, recalled, unpacked
from app.core.times import shifted
from app.store.dialects import is_among, upsert
from app.store.preferences import DEFAULTS
from app.store.records import MODERATOR, Decision
from app.store.schema import comments
from app.store.schema_review import precedent_keys, precedents, preferences

_OF_KEYS = is_among(precedent_keys.c.key, bindparam("keys", type_=Text))
RECALL = (
    select(
        precedent_keys.c.key,
        precedents.c.comment,
        precedents.c.label,
        precedents.c.by,
        precedents.c.at,
        precedents.c.signature,
    )
    .join_from(precedent_keys, precedents, precedents.c.comment == precedent_keys.c.comment)
    .where(
        _OF_KEYS,
        precedents.c.until > bindparam("now"),
        or_(precedents.c.site.is_(None), precedents.c.site == bindparam("site")),
    )
)
"""What was said of comments that share a key. What a CMS says acts on its own site only."""
FORGOTTEN = 200
"""Expired precedents that are taken out with each one that is written, so that the table ends."""


def asked(signature: Signature) -> str:
    """The keys that lead to precedents, as RECALL takes them; empty when there are none."""
    keys = asked_keys(signature)
    return json.dumps(keys) if keys else ""


def precedent_of(signature: Signature, rows: Iterable[tuple[Any, ...]]) -> Precedent | None:
    """What rows of RECALL say about a comment with that signature."""
    found = []
    for key, id, label, by, at, kept in rows:
        known = unpacked(kept)
        found.append(Remembered(key, id, label, by, at, known.sketch, known.keys))
    return recalled(signature, found)


def remember(connection: Connection, id: str, site: str, decision: Decision) -> None:
    """Keep a decision for what arrives like its comment, or forget what was kept where it took the word back.

    Of several comments with one key and label the newest has it; but a CMS's word leaves a moderator's in place.
    """
    connection.execute(delete(precedents).where(precedents.c.comment == id))
    days = _days(connection) if decision.label else 0
    if not days:
        return
    kept = connection.execute(select(comments.c.signature).where(comments.c.id == id)).scalar_one()
    keys = asked_keys(unpacked(kept)) if kept else ()
    if not keys:
        return
    row = {
        "comment": id,
        "site": None if decision.source == MODERATOR else site,
        "label": decision.label,
        "by": decision.by,
        "at": decision.at,
        "until": shifted(decision.at, timedelta(days=days)),
        "signature": kept,
    }
    connection.execute(insert(precedents), row)
    laying = upsert(connection, precedent_keys)
    # A CMS's word acts on its site alone; taking a moderator's key over, it would end that word on all others.
    of_moderators = select(precedents.c.comment).where(precedents.c.site.is_(None), precedents.c.until > decision.at)
    is_free = precedent_keys.c.comment.not_in(of_moderators)
    replacing = laying.on_conflict_do_update(
        index_elements=[precedent_keys.c.key, precedent_keys.c.label],
        set_={"comment": laying.excluded.comment},
        where=None if decision.source == MODERATOR else is_free,
    )
    connection.execute(replacing, [{"key": key, "label": decision.label, "comment": id} for key in sorted(keys)])
    expired = select(precedents.c.comment).where(precedents.c.until <= decision.at).limit(FORGOTTEN)
    connection.execute(delete(precedents).where(precedents.c.comment.in_(expired)))


def acts_until(connection: Connection, id: str, now: str) -> str:
    """Until when the decision on a comment acts on what arrives like it; empty when it does not."""
    kept = select(precedents.c.until).where(precedents.c.comment == id, precedents.c.until > now)
    return str(connection.execute(kept).scalar() or "")


def _days(connection: Connection) -> int:
    set_to = select(preferences.c.value).where(preferences.c.name == "campaign_days")
    found = connection.execute(set_to).scalar()
    return DEFAULTS.campaign_days if found is None else int(found)
