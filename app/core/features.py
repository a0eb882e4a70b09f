"""Comment -> features. The very function that serves and that trains.

What each family of features says, with its range, is in docs/features.md.
"""

import hashlib
from dataclasses import dataclass, replace

import numpy as np

from app.core import (
    features_author,
    features_form,
    features_links,
    features_page,
    features_running,
    features_shape,
    features_style,
    features_text,
    links,
    text,
)
from app.core.comment import Comment
from app.core.emit import Emitter, Features, Unit
from app.core.links import Link
from app.core.lists import Lists
from app.core.text import Seen

MAX_TEXT_CHARS = 30_000
"""More of a text is not read: 20,000 from its beginning and 10,000 from its end are."""
_HEAD_CHARS = 20_000


@dataclass(frozen=True, slots=True)
class Looked:
    """What a reader sees of a comment, whatever page it stands on: known before the store is asked."""

    seen: Seen
    links: tuple[Link, ...]
    """Where they stand in the text that `seen` read."""
    left_out: int
    """How many characters in the middle of the text were not read, see MAX_TEXT_CHARS."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A comment, looked at once."""

    seen: Seen
    links: tuple[Link, ...]
    link_shares: tuple[float, ...]
    """The factor that the features of each link got."""
    features: Features
    truncated: bool
    """Whether the text was longer than MAX_TEXT_CHARS."""


def look(comment: Comment, lists: Lists) -> Looked:
    """Read the text and find the links, once for all who need them: the memory of campaigns, and `measure`."""
    source, left_out = _bounded(comment.text)
    seen = text.read(source, comment.text_format, lists.lookalikes, lists.trades)
    return Looked(seen, links.find(comment, seen, lists), left_out)


def measure(comment: Comment, lists: Lists, looked: Looked | None = None) -> Measured:
    """Everything the model sees of a comment.

    Args:
        comment: with what is known of its page.
        lists: host kinds, trade words and the rest.
        looked: `look` of it, or of the same comment without its page; made here when it is not given.

    Never fails: whatever the fields hold, there are features.

    >>> from app.lists import load
    >>> measured = measure(Comment(text="see www.example.com"), load())
    >>> [link.host.name for link in measured.links]
    ['www.example.com']
    """
    looked = looked or look(comment, lists)
    seen, found_links, left_out = looked.seen, looked.links, looked.left_out
    page = features_page.read_page(comment, lists)
    own, quotes = features_text.without_quotes(seen, found_links, page)
    out = Emitter()
    if quotes:
        out.add(out.open("page.quote", "text"), [f"page.quote:{quotes}"], 0.5)
    found_words = features_text.emit(out, own, found_links, page, lists)
    shares = features_links.shares_of(found_links)
    selling = features_links.emit(out, found_links, shares, page, lists)
    name = features_author.signed(comment, lists)
    features_author.emit(out, comment, name, found_links, lists)
    features_shape.emit(out, comment, own, found_links, found_words, selling)
    features_style.emit(out, own, found_links)
    plain_words = [word.text for word in found_words]
    facets = features_form.facets_of(name, own, found_links, plain_words, selling, page, lists)
    features_form.emit(out, facets)
    features_running.emit(out, comment, name, own, found_links, lists)
    if left_out:
        found_links = tuple(_moved_link(link, left_out) for link in found_links)
        out.units = [_moved(unit, left_out) for unit in out.units]
    return Measured(seen, found_links, shares, out.features(), left_out > 0)


def _bounded(source: str) -> tuple[str, int]:
    """What is read of a text, and how many characters in its middle are not."""
    if len(source) <= MAX_TEXT_CHARS:
        return source, 0
    return source[:_HEAD_CHARS] + "\n" + source[_HEAD_CHARS + 1 - MAX_TEXT_CHARS :], len(source) - MAX_TEXT_CHARS


def _moved(unit: Unit, left_out: int) -> Unit:
    """Evidence behind the part that was left out, at its place in the text as sent."""
    if unit.field != "text" or unit.begin < _HEAD_CHARS:
        return unit
    return unit._replace(begin=unit.begin + left_out, end=unit.end + left_out)


def _moved_link(link: Link, left_out: int) -> Link:
    if link.field != "text" or link.begin < _HEAD_CHARS:
        return link
    return replace(link, begin=link.begin + left_out, end=link.end + left_out)


_PROBES = (
    Comment(text="https://packages.example/feed/golden-casino-slots/package/golden-casino-slots"),
    Comment(
        text="Great post, thanks! <a href='http://www.example.com/a?b=c#d'>cheap loans</a>",
        author="Best SEO agency",
    ),
    Comment(
        text="Ďakujem, pomohlo. Viac na [url=https://sk.example.org/x_y]tu[/url] :)",
        author="Jana",
        page_title="Ako na to",
    ),
    Comment(text="ｃａｓｉｎｏ 𝐛𝐨𝐧𝐮𝐬 c.a.s.i.n.o hxxp://bad[.]example.com", author_url="https://me.github.io/p"),
    Comment(
        text="Привет! Купить диплом: сайт.рф 赌场在线 とても良い記事です 좋은 글",
        author_email="a@example.net",
    ),
    Comment(
        text="مرحبا WhatsApp +1 555 010 9999 @somebody 😀😀",
        page_title="Casino law",
        page_text="Casinos. " * 20,
    ),
    Comment(author="x", author_url="http://192.0.2.1:8080/?url=http://shop.example.com/viagra"),
    Comment(text="[url]http://a.example.com/b[/url] [c]: http://d.example.org [e](f.png) <a href=g.html>h</a>"),
    Comment(
        text="www.example.com/看这里，我的 Iğdır'da ışık 🇸🇰🇺🇦 \u202emoc.elpmaxe jana (at) example.org",
        author="Ян",
    ),
    Comment(text="A B C D U.S.S.R. kΩ ？！ c.a.s.i.n.o b.o.n.u.s watch?v=dQw4w9WgXcQ @jana hi", type="trackback"),
    Comment(
        text="> The council voted against the new casino by a large majority.\nSo it did: ftp://u:p@files.example.com/x",
        author="see www.example.org",
        page_title="Council votes",
        page_text="The council voted against the new casino by a large majority. It had been debated for years.",
        page_url="https://news.example.com/council-casino",
        honeypot="x",
    ),
    Comment(text="https://news.example.com/council-casino", page_title="Council", page_url="https://news.example.com/"),
)


def fingerprint(lists: Lists) -> str:
    """A hash of what `measure` makes of a few fixed comments.

    It changes when a feature is added, dropped, renamed or rescaled, and not when code is only rewritten; a model
    whose card carries another one was made for other features and is refused.
    """
    digest = hashlib.sha256()
    for probe in _PROBES:
        features = measure(probe, lists).features
        order = np.lexsort((features.value, features.index))
        digest.update(features.index[order].astype("<i4").tobytes())
        digest.update(np.round(features.value[order] * 1000).astype("<i4").tobytes())
    return digest.hexdigest()[:16]
