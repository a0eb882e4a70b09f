"""Features of links: host, path, anchor; the same for the author's own address."""

import math
import re
from collections import Counter
from urllib.parse import unquote

from app.core.emit import Emitter, step, words
from app.core.features_page import Page
from app.core.folding import fold
from app.core.links import Link
from app.core.lists import Lists

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")
_EXTENSION = re.compile(r"\.([a-z0-9]{2,4})$")
_PIECE = re.compile(r"[A-Za-z0-9]{8,}")
_TURN = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
_STRUCTURE = 0.3
"""Weight of a feature that says how a link is built; words and n-grams of one part have an L2 norm of 0.7 each."""


def emit(out: Emitter, links: tuple[Link, ...], page: Page, lists: Lists) -> None:
    """Add the features of every link. A link's parts are shared out over all links of its field."""
    per_field = Counter(link.field for link in links)
    for number, link in enumerate(links):
        share = 1 / math.sqrt(per_field[link.field])
        _host(out, number, link, share, lists, page)
        _path(out, number, link, share, lists, page)
        if link.field == "text" and link.anchor:
            _anchor(out, number, link, share, lists, page)


def share_of(links: tuple[Link, ...], number: int) -> float:
    """The factor that `emit` gave the features of one link."""
    return 1 / math.sqrt(sum(link.field == links[number].field for link in links))


def _prefix(link: Link) -> str:
    return "link" if link.field in ("text", "author") else link.field


def _slug(
    out: Emitter,
    part: str,
    written: str,
    link: Link,
    number: int,
    span: tuple[int, int],
    share: float,
    lists: Lists,
    page: Page,
) -> int:
    """Words, n-grams and trades of one part of a link; returns its evidence."""
    folded = fold(_words_of(written))
    tokens = [w.text for w in words(folded.replace("_", " ")) if w.text not in lists.platform_paths]
    trades = list(dict.fromkeys(hit.trade for text in (folded, fold(written)) for hit in lists.trades.find(text)))
    prefix = _prefix(link)
    unit = out.open(f"{prefix}.{part}.{trades[0] if trades else 'words'}", link.field, span, number)
    if tokens:
        scale = share * 0.7 / math.sqrt(2 * len(tokens))
        for token in tokens:
            token = token if not token.isdigit() else f"#{len(token)}"
            out.add(unit, (f"w:{token}", f"{prefix}.{part}:{token}"), scale)
        kept = " ".join(tokens)
        out.add_grams("c", kept, unit, share * 0.7)
        out.add_grams(f"{part}", kept, unit, share * 0.5)
    kind = link.host.kind
    for trade in trades[:4]:
        where = page.place_of(trade)
        names = (
            f"slug.trade:{where}",
            f"slug.trade:{trade}",
            f"{prefix}.{part}.trade:{kind}",
            f"slug.trade:{trade}:{where}",
        )
        out.add(unit, names, share * 0.5)
    if tokens and not trades:
        out.add(unit, (f"{prefix}.{part}.no-trade:{kind}",), share * _STRUCTURE)
    return unit


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


def _host(out: Emitter, number: int, link: Link, share: float, lists: Lists, page: Page) -> None:
    host, url, prefix = link.host, link.url, _prefix(link)
    span = (link.begin, link.end)
    if host.kind in ("other", "shared"):
        label = host.domain if host.kind == "other" or host.suffix != host.public_suffix else ""
        own = f"{host.subdomain if host.subdomain != 'www' else ''} {label}".strip()
        if own:
            _slug(out, "host", own, link, number, span, share, lists, page)
    unit = out.open(f"{prefix}.kind.{host.kind}", link.field, span, number)
    names = [
        f"{prefix}.kind:{host.kind}",
        f"{prefix}.kind:{host.kind}:{link.markup}",
        f"{prefix}.service:{host.service}",
        f"{prefix}.domain:{host.registrable_domain}",
        f"{prefix}.suffix:{host.public_suffix}",
        f"{prefix}.scheme:{url.scheme}:{link.markup}",
        f"{prefix}.markup:{link.markup}",
    ]
    if host.kind == "other":
        names += [
            f"{prefix}.host.length:{step(len(host.domain), (4, 7, 10, 14, 19))}",
            f"{prefix}.host.hyphens:{min(host.domain.count('-'), 3)}",
            f"{prefix}.host.digits:{step(sum(c.isdigit() for c in host.domain), (0, 2, 4))}",
            f"{prefix}.host.labels:{min(host.subdomain.count('.') + 1 if host.subdomain else 0, 3)}",
        ]
    names += [f"{prefix}.{name}" for name, present in _odd(link) if present]
    out.add(unit, names, share * _STRUCTURE)


def _odd(link: Link) -> list[tuple[str, bool]]:
    return [
        ("port", bool(link.url.port)),
        ("userinfo", bool(link.url.userinfo)),
        ("punycode", "xn--" in link.url.host),
        ("ftp", link.url.scheme == "ftp"),
    ]


def _path(out: Emitter, number: int, link: Link, share: float, lists: Lists, page: Page) -> None:
    url, prefix = link.url, _prefix(link)
    written = unquote(unquote(f"{url.path} {url.query} {url.fragment}")).replace("+", " ")[:1000]
    if not written.strip(" /"):
        unit = out.open(f"{prefix}.path.none", link.field, (link.begin, link.end), number)
        out.add(unit, (f"{prefix}.path.none:{link.host.kind}", f"{prefix}.path.none"), share * _STRUCTURE)
        return
    unit = _slug(out, "path", written, link, number, (link.begin, link.end), share, lists, page)
    segments = [segment for segment in url.path.split("/") if segment]
    longest = max(segments, key=len, default="")
    extension = _EXTENSION.search(url.path.lower())
    digits = sum(c.isdigit() for c in longest)
    names = [
        f"{prefix}.path.depth:{min(len(segments), 5)}:{link.host.kind}",
        f"{prefix}.path.hyphens:{step(longest.count('-') + longest.count('_'), (0, 1, 3, 6))}:{link.host.kind}",
        f"{prefix}.path.length:{step(len(longest), (3, 8, 15, 30, 60))}",
        f"{prefix}.path.digits:{step(digits / len(longest), (0, 0.2, 0.5)) if longest else 0}",
        f"{prefix}.path.query:{bool(url.query)}:{bool(url.fragment)}",
        f"{prefix}.path.extension:{extension.group(1) if extension else ''}",
    ]
    share_of_page = page.share([w.text for w in words(fold(written).replace("_", " "))])
    if page.known and share_of_page is not None:
        names.append(f"{prefix}.path.on-page:{step(share_of_page, (0.0, 0.2, 0.5))}")
    out.add(unit, names, share * _STRUCTURE)


def _anchor(out: Emitter, number: int, link: Link, share: float, lists: Lists, page: Page) -> None:
    folded = fold(link.anchor[:300])
    unit = _slug(out, "anchor", link.anchor[:300], link, number, (link.begin, link.end), share, lists, page)
    is_address = link.host.domain != "" and link.host.domain in folded.replace(" ", "")
    names = [
        f"link.anchor.length:{step(len(folded.split()), (1, 3, 8))}",
        f"link.anchor.is-address:{is_address}",
    ]
    out.add(unit, names, share * _STRUCTURE)
