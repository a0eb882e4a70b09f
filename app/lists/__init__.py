"""The small dated lists, read and checked when the program starts."""

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import tldextract

from app.core.folding import fold
from app.core.lists import HostParts, Lists, Redirector, Trades
from app.errors import ListUnusable

FOLDER = Path(__file__).parent
_DATED = re.compile(r"^# as of: \d{4}-\d{2}-\d{2}$", re.MULTILINE)
_REMEDY = "Restore the file from the repository."


def read(name: str, columns: int, folder: Path = FOLDER, key_columns: int = 1) -> list[tuple[str, ...]]:
    """The rows of one list.

    Args:
        name: the file's name, e.g. `hosts.tsv`.
        columns: how many tab-separated columns each row has.
        folder: where the file is.
        key_columns: how many of the first columns no two rows may share.

    Raises:
        ListUnusable: missing, without a date or source, a row of another width, blank or double.
    """
    try:
        text = (folder / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ListUnusable(name, "The list cannot be read.", _REMEDY) from error
    if not _DATED.search(text) or "\n# source: " not in text:
        raise ListUnusable(name, "The list does not say as of when it holds and where it is from.", _REMEDY)
    rows = [tuple(line.split("\t")) for line in text.splitlines() if not line.startswith("# ")]
    keys: set[tuple[str, ...]] = set()
    for row in rows:
        key = row[:key_columns]
        if len(row) != columns or not all(row) or key in keys:
            raise ListUnusable(name, f"The row {row!r} is double, blank or not {columns} columns wide.", _REMEDY)
        keys.add(key)
    return rows


@lru_cache(maxsize=1)  # 12 MB: the service needs them to check its model, and again to judge
def load(folder: Path = FOLDER) -> Lists:
    """All the lists.

    Raises:
        ListUnusable: see `read`.

    >>> load().host_kinds["myget.org"]
    'registry'
    """
    return Lists(
        host_kinds={host: kind for host, kind, _ in read("hosts.tsv", 3, folder)},
        sold_suffixes=frozenset(suffix for suffix, _ in read("sold_suffixes.tsv", 2, folder)),
        redirectors=tuple(Redirector(*row[:3]) for row in read("redirectors.tsv", 4, folder, 3)),
        identities=tuple((host, prefix) for host, prefix in _pairs("identities.tsv", folder)),
        trades=Trades([(trade, term) for trade, _, term in read("trades.tsv", 3, folder, 3)]),
        purposes=Trades([(kind, term) for kind, _, term in read("purposes.tsv", 3, folder, 3)]),
        lookalikes={character: latin for character, latin, _ in read("confusables.tsv", 3, folder)},
        name_words=frozenset(fold(word) for word, _ in read("name_words.tsv", 2, folder)),
        first_names=frozenset(fold(name) for name, _ in read("first_names.tsv", 2, folder)),
        mail_providers=frozenset(domain for domain, _ in read("mail_providers.tsv", 2, folder)),
        platform_paths=frozenset(prefix for prefix, _ in read("platform_paths.tsv", 2, folder)),
        well_known=frozenset(domain for domain, _ in read("well_known.tsv", 2, folder)),
        tracking=frozenset(parameter for parameter, _ in read("tracking.tsv", 2, folder)),
        reasons={code: (above, below) for code, above, below in read("reasons.tsv", 3, folder)},
        trade_names=dict(_pairs("trade_names.tsv", folder)),
        split_host=_splitter(),
    )


def _pairs(name: str, folder: Path) -> list[tuple[str, str]]:
    return [(first, second) for first, second in read(name, 2, folder)]


def _splitter() -> Callable[[str], HostParts]:
    # No suffix_list_urls and no cache_dir: the library would otherwise fetch the list at the first call.
    extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)

    @lru_cache(maxsize=16384)
    def split(host: str) -> HostParts:
        parts = extract.extract_str(host) if host else None
        if parts is None:
            return HostParts("", "", "", "")
        public = (
            extract.extract_str(host, include_psl_private_domains=False).suffix if parts.is_private else parts.suffix
        )
        return HostParts(parts.subdomain, parts.domain, parts.suffix, public)

    return split
