"""The rules of one site and of all, in SQL."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select

from app.core.comment import EFFECTS, Rule
from app.store.rules import StandingRule
from app.store.schema import comments, rules
from app.store.sql_audit import write_audit
from app.store.sql_base import SqlBase, require_site

_SAME = tuple[str, str, str]
"""Effect, kind and value."""
_OVERRIDE = comments.c.answer["override"]


class SqlRules(SqlBase):
    """What operators and moderators always want published or rejected."""

    def add_rule(self, site: str | None, rule: Rule, at: str, by: str = "", expires_at: str = "") -> int | None:
        """Add a rule behind the others, and give its number; None when that very rule is there already.

        Args:
            site: its name; None for all sites, where a site's own rule that says the same does not stand in the way.
            rule: its value is normalised, see core.rule_values.
            at: when.
            by: the moderator's name; empty for the command line.
            expires_at: from then on it is over; empty: never. One that is over already gives way.

        Raises SiteUnknown.
        """
        values = {"site": site, "effect": rule.effect, "kind": rule.kind, "value": rule.value}
        times = {"created_at": at, "by": by, "expires_at": expires_at or None}
        with self._transaction() as connection:
            if site is not None:
                require_site(connection, site)
            connection.execute(delete(rules).where(*_is(site, rule), rules.c.expires_at <= at))
            if connection.execute(select(rules.c.id).where(*_is(site, rule))).first():
                return None
            number: int = connection.execute(insert(rules).returning(rules.c.id), {**values, **times}).scalar_one()
            detail = {"expires_at": expires_at} if expires_at else None
            write_audit(connection, at, by, "rule-add", site or "", _subject(rule), detail)
        return number

    def remove_rule(self, site: str | None, rule: Rule, at: str, by: str = "") -> bool:
        """Remove a rule of the site, or with None one for all sites; False when there is none such.

        Raises SiteUnknown.
        """
        with self._transaction() as connection:
            if site is not None:
                require_site(connection, site)
            if not connection.execute(delete(rules).where(*_is(site, rule))).rowcount:
                return False
            write_audit(connection, at, by, "rule-remove", site or "", _subject(rule))
        return True

    def rule(self, id: int) -> StandingRule | None:
        """The rule of that number; None when there is none, or not any more."""
        with self._reading() as connection:
            row = connection.execute(select(rules).where(rules.c.id == id)).first()
        return _standing(row, {}) if row else None

    def rules(self, site: str | None = None, hits_since: str = "") -> Sequence[StandingRule]:
        """Rules in the order in which they were added, those that are over among them.

        Args:
            site: only its own and those for all sites; None gives every rule there is.
            hits_since: count what each has decided since; without it no rule has hits.

        Raises SiteUnknown.
        """
        statement = select(rules).order_by(rules.c.id)
        with self._reading() as connection:
            if site is not None:
                require_site(connection, site)
                statement = statement.where(or_(rules.c.site == site, rules.c.site.is_(None)))
            found = connection.execute(statement).all()
            hits = _hits(connection, hits_since) if hits_since and found else {}
        return [_standing(row, hits) for row in found]


def _subject(rule: Rule) -> str:
    return f"{rule.effect} {rule.kind} {rule.value}"


def _is(site: str | None, rule: Rule) -> tuple[Any, ...]:
    where = rules.c.site.is_(None) if site is None else rules.c.site == site
    return (where, rules.c.effect == rule.effect, rules.c.kind == rule.kind, rules.c.value == rule.value)


def _hits(connection: Connection, since: str) -> Mapping[_SAME, Mapping[str, int]]:
    """Effect, kind and value -> site -> how many comments that decided."""
    said = [_OVERRIDE[name].as_string().label(name) for name in ("rule", "kind", "value")]
    statement = (
        select(*said, comments.c.site, func.count())
        .where(comments.c.received_at >= since, comments.c.override.in_(EFFECTS))
        .group_by(*said, comments.c.site)
    )
    found: dict[_SAME, dict[str, int]] = {}
    for row in connection.execute(statement):
        found.setdefault((row[0], row[1], row[2]), {})[row[3]] = row[4]
    return found


def _standing(row: Row[Any], hits: Mapping[_SAME, Mapping[str, int]]) -> StandingRule:
    of_sites = hits.get((row.effect, row.kind, row.value), {})
    return StandingRule(
        id=row.id,
        site=row.site,
        rule=Rule(row.effect, row.kind, row.value),
        by=row.by,
        created_at=row.created_at,
        expires_at=row.expires_at or "",
        hits=sum(of_sites.values()) if row.site is None else of_sites.get(row.site, 0),
    )
