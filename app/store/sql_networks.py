"""What is kept of the networks that authors write from, in SQL; see pseudonyms."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select, update

from app.store.audit import Doer
from app.store.database import kind_of
from app.store.pseudonyms import PREFIX, pseudonym
from app.store.schema import comments, sites
from app.store.sql_audit import write_audit
from app.store.sql_base import SqlBase, require_site

_CLEAR_SITES = select(sites.c.name).where(sites.c.has_clear_networks)
_MISPLACED = (
    comments.c.author_network > "",
    comments.c.author_network < PREFIX,  # digits and a to f come before it, so that an index finds them
    comments.c.site.not_in(_CLEAR_SITES),
)
A_STEP = 500
"""Comments of one transaction."""


class SqlNetworks(SqlBase):
    """Under a name, unless a site wants to see them."""

    def set_clear_networks(self, name: str, is_clear: bool, doer: Doer | None = None) -> bool:
        """Say whether networks are kept in clear for that site; False when that was so already. Raises SiteUnknown.

        In clear from the next comment on; the other way round `name_networks` names those there are.
        """
        changed = (sites.c.name == name, sites.c.has_clear_networks != is_clear)
        with self._transaction() as connection:
            require_site(connection, name)
            if not connection.execute(update(sites).where(*changed), {"has_clear_networks": is_clear}).rowcount:
                return False
            if doer:
                act = "site-networks-clear" if is_clear else "site-networks-hashed"
                write_audit(connection, *doer, act, name, name)
        return True

    def clear_network_sites(self) -> tuple[str, ...]:
        """The names of the sites for which networks are kept in clear, in order."""
        with self._reading() as connection:
            return tuple(connection.execute(_CLEAR_SITES.order_by(sites.c.name)).scalars())

    def name_networks(self, at: str) -> int:
        """Put a name in the place of networks that stand in clear and should not; how many comments these were.

        Args:
            at: now. A key that is too old by then is replaced, whether or not anything comes.

        So do those that an earlier version of Winnow wrote, and those of sites that do not want them any more.
        """
        some = select(comments.c.id, comments.c.author_network).where(*_MISPLACED).limit(A_STEP)
        named = 0
        while True:
            with self._transaction() as connection:
                key = self._kind.network_key(connection, at, renew=True)
                found = connection.execute(some).all() if key else []
                for row in found:
                    values = {"author_network": pseudonym(row.author_network, key or b"")}
                    connection.execute(update(comments).where(comments.c.id == row.id).values(values))
            named += len(found)
            if len(found) < A_STEP:
                return named


def name_rows(connection: Connection, comment_rows: Sequence[dict[str, Any]]) -> None:
    """Put names in the place of the networks in rows that are about to be written, in the transaction that does it."""
    if not any(row["author_network"] for row in comment_rows):
        return
    clear = set(connection.execute(_CLEAR_SITES).scalars())
    to_name = [row for row in comment_rows if row["author_network"] and row["site"] not in clear]
    if to_name:
        at = max(row["received_at"] for row in to_name)
        key = kind_of(connection.engine).network_key(connection, at, renew=False)
        for row in to_name:
            row["author_network"] = pseudonym(row["author_network"], key) if key else ""


def is_from(network: str) -> ColumnElement[bool]:
    """Whether a comment came from a network, which stands there in clear or under the name that it has now."""
    named = func.winnow_pseudonym(network)  # see database: it asks for the key once for each statement
    return or_(comments.c.author_network == network, comments.c.author_network == named)
