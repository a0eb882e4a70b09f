"""What core looks things up in: values read from app/lists/ and handed in, never fetched."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import category

import ahocorasick_rs

from app.core.folding import fold


@dataclass(frozen=True, slots=True)
class HostParts:
    """A host name cut at its public suffix.

    `shop.example.co.uk` is subdomain `shop`, domain `example`, suffix `co.uk`.
    """

    subdomain: str
    domain: str
    """The label before the suffix; the whole host when there is no suffix (an IP address, `localhost`)."""
    suffix: str
    """Empty for an IP address or an unknown suffix. Private suffixes count: `github.io` is one."""
    public_suffix: str
    """The suffix with private ones left out: `io` for `me.github.io`."""

    @property
    def registrable_domain(self) -> str:
        """What somebody registered, e.g. `example.co.uk`; empty without a suffix."""
        return f"{self.domain}.{self.suffix}" if self.domain and self.suffix else ""


@dataclass(frozen=True, slots=True)
class Redirector:
    """A page whose query names where it sends the reader."""

    host: str
    """The host, or `*` for any."""
    path_prefix: str
    parameter: str


@dataclass(frozen=True, slots=True)
class TradeHit:
    """A word that names what comment spammers sell."""

    trade: str
    begin: int
    end: int
    """Span in the text that was searched."""
    unspaced: bool
    """Whether it is in a script without spaces, where a word has two or three characters."""


class Trades:
    """All trade words in one automaton, so that a text is searched in one pass.

    >>> trades = Trades([("gambling", "casino"), ("gambling", "^bet$"), ("seo", "buy followers")])
    >>> [hit.trade for hit in trades.find("bestcasinobonus, no better bet: buy-followers")]
    ['gambling', 'gambling', 'seo']
    """

    def __init__(self, terms: Sequence[tuple[str, str]]) -> None:
        patterns: dict[str, str] = {}
        for trade, term in terms:
            for pattern in _patterns(term):
                patterns.setdefault(pattern, trade)
        self._trades = list(patterns.values())
        # Of its kinds the fastest that stays small: the next one takes 300 MB for 20,000 words.
        kind = ahocorasick_rs.Implementation.ContiguousNFA
        self._automaton = ahocorasick_rs.AhoCorasick(list(patterns), implementation=kind, store_patterns=False)

    def find(self, folded: str) -> list[TradeHit]:
        """The trade words of a folded text, left to right, none overlapping; empty when there are none.

        Of words that overlap the one that begins first counts, and of those the longest. Whatever stands between
        words (space, hyphen, underscore, slash, dot) counts as one kind of gap.
        """
        spaced = f" {_spaced(folded)} "
        found: list[tuple[int, int, str]] = []
        for pattern, begin, end in self._automaton.find_matches_as_indexes(spaced, overlapping=True):
            begin += spaced[begin] == " "
            end -= spaced[end - 1] == " "
            found.append((begin, -end, self._trades[pattern]))
        found.sort()
        hits: list[TradeHit] = []
        for begin, minus_end, trade in found:
            if not hits or begin - 1 >= hits[-1].end:
                hits.append(TradeHit(trade, begin - 1, -minus_end - 1, folded[begin - 1] >= _FIRST_UNSPACED))
        return hits


_FIRST_UNSPACED = "\u0e00"
_GAPS = {code: " " for code in range(128) if not chr(code).isalnum()}


def _spaced(folded: str) -> str:
    """Anything but letters and digits as spaces, one character for one, so that the spans stay those of the text."""
    if folded.isascii():  # ten times as fast
        return folded.translate(_GAPS)
    # Vowel signs (Hindi, Thai) are not alphanumeric, but part of their word.
    return "".join([c if c.isalnum() or (c > "\u0900" and category(c)[0] == "M") else " " for c in folded])


def _patterns(term: str) -> list[str]:
    """A term as the automaton searches it; `^` and `$` pin it to the ends of a word."""
    whole = fold(term.strip("^$"))
    # Short words sit inside too many innocent ones (bet in better), so they must stand alone.
    # Scripts without spaces are searched anywhere: two characters of theirs are a word.
    alone = whole.isascii() and len(whole) < 5
    start = " " if term.startswith("^") or alone else ""
    stop = " " if term.endswith("$") or alone else ""
    spaced = start + whole + stop
    together = whole.replace(" ", "")
    return [spaced] if " " not in whole or len(together) < 6 else [spaced, start + together + stop]


@dataclass(frozen=True, slots=True, eq=False, repr=False)  # its lists would fill a screen
class Lists:
    """Everything read from app/lists/, plus the public suffix list."""

    host_kinds: Mapping[str, str]
    """Host -> registry, code, sites, documents, answers, social, shortener, bio or messenger."""
    sold_suffixes: frozenset[str]
    """Suffixes such as `us.com` that a company sells names under, like a registry; no hosting for customers."""
    redirectors: tuple[Redirector, ...]
    identities: tuple[tuple[str, str], ...]
    """Host and path prefix of services that sign people in: their addresses say who somebody is, and lead nowhere."""
    trades: Trades
    purposes: Trades
    """Words of wanting to sell (`offer`) and of explaining or building something (`about`), whatever the trade."""
    lookalikes: Mapping[str, str]
    """A letter of another script -> the Latin letter it looks like."""
    name_words: frozenset[str]
    """Words that make an author name an advertisement."""
    first_names: frozenset[str]
    """Given names, folded: who signs with one is a person, or a machine that glues a syllable to it."""
    mail_providers: frozenset[str]
    """Domains at which anybody can have an e-mail address."""
    platform_paths: frozenset[str]
    """Parts of a path that every page of a service has, such as `package` or `watch`."""
    well_known: frozenset[str]
    """Registrable domains that everybody links to, so that a link there in common means nothing."""
    tracking: frozenset[str]
    """Parameters of an address that only say how a reader came to it."""
    reasons: Mapping[str, tuple[str, str]]
    """Reason code -> what it says for a weight above 0, and below. `{trade}` in a code stands for any trade."""
    trade_names: Mapping[str, str]
    """Trade -> its name in a sentence."""
    split_host: Callable[[str], HostParts]
    """Cuts a host name at its public suffix."""
