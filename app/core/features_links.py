"""Features of links: host, path, anchor; the same for the author's own address."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from app.core.emit import Emitter, step, tokens
from app.core.features_page import GRAM_SALT, Page
from app.core.folding import fold
from app.core.links import Link
from app.core.lists import Lists, TradeHit

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")
_EXTENSION = re.compile(r"\.([a-z0-9]{2,4})$")
_PIECE = re.compile(r"[A-Za-z0-9]{8,}")
_ADDRESS = re.compile(r"(?i)(?:https?:|www\.|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:[/?#]|$))")
_TURN = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
_TRADE = 1.2
"""Weight of a feature that says what a part of a link sells: few features, and the ones that carry over to hosts and
words never seen."""
_STRUCTURE = 0.3
"""Weight of a feature that says how a link is built; words and n-grams of one part have an L2 norm of 0.7 each."""


@dataclass(frozen=True, slots=True)
class _At:
    """Which link is being read, and what is known around it."""

    out: Emitter
    lists: Lists
    page: Page
    link: Link
    number: int
    share: float

    @property
    def prefix(self) -> str:
        return "link" if self.link.field in ("text", "author") else self.link.field

    def open(self, code: str) -> int:
        """A piece of evidence of this link."""
        return self.out.open(f"{self.prefix}.{code}", self.link.field, (self.link.begin, self.link.end), self.number)

    def add(self, unit: int, names: Iterable[str], weight: float) -> None:
        """Features of this link, whose names get its field in front."""
        self.out.add(unit, [f"{self.prefix}.{name}" for name in names], self.share * weight)


def shares_of(links: tuple[Link, ...]) -> tuple[float, ...]:
    """Per link, the factor its features get: what the links of a field say is shared out over them."""
    per_field = Counter([link.field for link in links])
    return tuple([1 / math.sqrt(per_field[link.field]) for link in links])


def emit(out: Emitter, links: tuple[Link, ...], shares: Sequence[float], page: Page, lists: Lists) -> frozenset[int]:
    """Add the features of every link, and return the numbers of those that name a trade.

    Args:
        out: where they go.
        links: all links.
        shares: of each, see `shares_of`.
        page: the page the comment stands under.
        lists: trade words and the rest.
    """
    selling: set[int] = set()
    for number, (link, share) in enumerate(zip(links, shares, strict=True)):
        at = _At(out, lists, page, link, number, share)
        before = len(out.units)
        if link.host.kind == "identity":  # an account's number, whose letters mean nothing
            at.add(at.open("kind.identity"), ("kind:identity",), _STRUCTURE)
            continue
        _host(at)
        _path(at)
        if link.field == "text" and link.anchor:
            _anchor(at)
        if any(unit.code.rpartition(".")[2] in lists.trade_names for unit in out.units[before:]):
            selling.add(number)
    return frozenset(selling)


def _slug(at: _At, part: str, written: str) -> int:
    """Words, n-grams and trades of one part of a link; returns its evidence."""
    folded = fold(_words_of(written))
    found = [word for word in tokens(folded.replace("_", " ")) if word not in at.lists.platform_paths]
    hits = max((at.lists.trades.find(text) for text in dict.fromkeys((folded, fold(written)))), key=len)
    trades = list(dict.fromkeys(hit.trade for hit in hits))
    unit = at.open(f"{part}.{trades[0] if trades else 'words'}")
    if found:
        shown = [f"#{len(word)}" if word.isdigit() else word for word in found]
        both = [name for word in shown for name in (f"w:{word}", f"{at.prefix}.{part}:{word}")]
        at.out.add(unit, both, at.share * 0.7 / math.sqrt(2 * len(found)))
        spelt = " ".join(found)
        at.out.add_grams(GRAM_SALT, spelt, unit, at.share * 0.7)
        at.out.add_grams(part, spelt, unit, at.share * 0.5)
    kind = at.link.host.kind
    if hits:
        letters = sum(map(_letters_of, hits))  # `kredit ohne schufa` is one hit and says more than `loan`
        covered = sum(hit.end - hit.begin for hit in hits) / max(1, sum(map(len, found)))
        for trade in trades[:4]:
            at.out.add(unit, (f"slug.trade:{at.page.place_of(trade)}",), at.share * 0.5)
            at.out.add(unit, (f"slug.trade:{trade}",), at.share * 0.2)
        names = (
            *up_to("slug.hits", min(len(hits), 5)),
            f"slug.trades:{min(len(trades), 3)}",
            *up_to("slug.letters", step(letters, (5, 8, 11, 15, 20))),
            *up_to("slug.covered", step(covered, (0.2, 0.35, 0.5, 0.7, 0.9))),
        )
        weight = _TRADE if at.prefix == "link" else _STRUCTURE
        at.out.add(unit, names, at.share * weight)
        at.add(unit, (f"{part}.trades:{kind}",), weight)
    _purpose(at, unit, bool(hits), found)
    if found and not hits:  # lightly: said of nearly every address, it would only tell platforms apart
        at.add(unit, (f"{part}.no-trade:{kind}",), _STRUCTURE)
    return unit


def _purpose(at: _At, unit: int, sells: bool, words: Sequence[str]) -> None:
    """What a slug is for, whatever it deals in: it offers (`cheap`, `near me`), explains (`history of`), both, neither.

    Shared by all trades and fields: of a trade that was never seen, it is what tells selling from speaking of it.
    """
    found = at.lists.purposes.find(" ".join(words))
    offers, abouts = (sum(hit.trade == kind for hit in found) for kind in ("offer", "about"))
    if not (sells or found):
        return
    names = [f"slug.purpose:{'trade' if sells else ''}:{'offer' if offers else ''}:{'about' if abouts else ''}"]
    names += up_to("slug.offers", min(offers, 3))[1:] + up_to("slug.abouts", min(abouts, 3))[1:]
    at.out.add(unit, names, at.share * (_TRADE if at.prefix == "link" else _STRUCTURE))


def _letters_of(hit: TradeHit) -> int:
    """How much a trade word says: a character of a script without spaces counts as three letters."""
    return (hit.end - hit.begin) * (3 if hit.unspaced else 1)


def up_to(name: str, steps: int) -> list[str]:
    """A staircase, step by step, so that each says what it adds to the one below.

    >>> up_to("hits", 2)
    ['hits:0', 'hits:1', 'hits:2']
    """
    return [f"{name}:{number}" for number in range(steps + 1)]


def _words_of(written: str) -> str:
    """Run-together words taken apart at capitals and digits; an identifier is one token, whatever its letters.

    >>> _words_of("BestCasino777 watch?v=dQw4w9WgXcQ")
    'Best Casino 777 watch?v= idtoken'
    """
    named = _PIECE.sub(lambda piece: " idtoken " if _is_identifier(piece.group()) else piece.group(), written)
    return " ".join(" ".join(_CAMEL.split(named)).split())


def _is_identifier(piece: str) -> bool:
    """Whether a run of letters and digits was made by a machine: it turns between kinds too often to be words."""
    turns = len(_TURN.findall(piece))
    return turns >= 4 and turns >= 0.28 * len(piece)


def _host(at: _At) -> None:
    host, url, markup = at.link.host, at.link.url, at.link.markup
    if host.kind in ("other", "shared"):
        label = host.domain if host.kind == "other" or host.suffix != host.public_suffix else ""
        own = f"{host.subdomain if host.subdomain != 'www' else ''} {label}".strip()
        if own:
            _slug(at, "host", own)
    unit = at.open(f"kind.{host.kind}")
    has_owner = host.kind != "shared" or host.suffix != host.public_suffix
    names = [
        f"kind:{host.kind}",
        f"kind:{host.kind}:{markup}",
        f"service:{host.service}",
        # Not the good name of a host where anyone can publish: it would speak for whoever publishes there.
        *([f"domain:{host.registrable_domain}"] if has_owner else []),
        f"suffix:{host.public_suffix}",
        f"scheme:{url.scheme}:{markup}",
        f"markup:{markup}",
    ]
    if host.kind == "other":
        labels = host.subdomain.count(".") + 1 if host.subdomain else 0
        names += [
            f"host.length:{step(len(host.domain), (4, 7, 10, 14, 19))}",
            f"host.hyphens:{min(host.domain.count('-'), 3)}",
            f"host.digits:{step(sum(c.isdigit() for c in host.domain), (0, 2, 4))}",
            f"host.labels:{min(labels, 3)}",
        ]
    odd = {"port": url.port, "userinfo": url.userinfo, "punycode": "xn--" in url.host, "ftp": url.scheme == "ftp"}
    names += [name for name, present in odd.items() if present]
    at.add(unit, names, _STRUCTURE)


def _path(at: _At) -> None:
    url, kind = at.link.url, at.link.host.kind
    written = unquote(unquote(f"{url.path} {url.query} {url.fragment}")).replace("+", " ")[:1000]
    if not written.strip(" /"):
        # `kernelpanic.com` without a scheme is as often spoken of as it is offered.
        none = ("path.none:mention",) if at.link.markup == "no-scheme" else (f"path.none:{kind}", "path.none")
        at.add(at.open("path.none"), none, _STRUCTURE)
        return
    unit = _slug(at, "path", written)
    segments = [segment for segment in url.path.split("/") if segment]
    longest = max(segments, key=len, default="")
    extension = _EXTENSION.search(url.path.lower())
    digits = sum(c.isdigit() for c in longest)
    names = [
        f"path.depth:{min(len(segments), 5)}:{kind}",
        f"path.hyphens:{step(longest.count('-') + longest.count('_'), (0, 1, 3, 6))}:{kind}",
        f"path.length:{step(len(longest), (3, 8, 15, 30, 60))}",
        f"path.digits:{step(digits / len(longest), (0, 0.2, 0.5)) if longest else 0}",
        f"path.entropy:{step(_entropy(longest), (1.5, 2.5, 3.0, 3.5, 4.0))}",
        f"path.query:{bool(url.query)}:{bool(url.fragment)}",
        f"path.extension:{extension.group(1) if extension else ''}",
    ]
    of_page = at.page.share(tokens(fold(written).replace("_", " ")))
    if at.page.known and of_page is not None:
        names.append(f"path.on-page:{step(of_page, (0.0, 0.2, 0.5))}")
    at.add(unit, names, _STRUCTURE)


def _entropy(segment: str) -> float:
    """Bits per character, 0.0 for an empty one; a slug has 3 to 3.5, a random identifier 4 and more."""
    counts = Counter(segment).values()
    return -sum(n / len(segment) * math.log2(n / len(segment)) for n in counts)


def is_address(anchor: str) -> bool:
    """Whether the words that are clicked on are an address themselves, so that they say nothing more."""
    return bool(_ADDRESS.match(anchor.strip())) and " " not in anchor.strip()


def _anchor(at: _At) -> None:
    written = at.link.anchor[:300]
    if is_address(written):
        at.add(at.open("anchor.words"), ("anchor.is-address",), _STRUCTURE)
        return
    folded = fold(written)
    unit = _slug(at, "anchor", written)
    at.add(unit, (f"anchor.length:{step(len(folded.split()), (1, 3, 8))}",), _STRUCTURE)
