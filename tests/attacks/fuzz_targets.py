"""What is fed with bytes nobody thought of: each target takes any bytes, and raises only what is a defect."""

import contextlib
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from app import lists, models
from app.core.campaign import kept, signature
from app.core.classify import classify
from app.core.comment import COMMENT_FIELDS, Comment, History, Rule
from app.core.features import look
from app.core.lists import Lists
from app.core.model import Model
from app.core.query import parse
from app.core.showing import pieces
from app.errors import WinnowError
from app.importing import kinds
from app.settings import Settings
from app.web import body, forms
from app.web.akismet_fields import sent_of
from app.web.problems import RefusedRequest
from tests.importing.test_broken import EXPORTS

SEEDS: dict[str, list[bytes]] = {
    "text": [
        b"See https://a.example/casino", "Hі [url=hxxp://b[.]example]x[/url] &#x1F600;".encode(),
        b"<a href='http://c.example/?u=http%3A%2F%2Fd.example'>x</a>", b"[x](http://e.example 'y') [[http://f.example z]]",
        b"c a s i n o  b o n u s w w w . g . c o m", "اضغط هنا http://xn--80ak6aa92e.com \u202e moc.live".encode(),
    ],
    "fields": [b"text\0author\0a@b.example\0http://c.example\x00192.0.2.7", b"\x00\x00\x00", b"a\x00b\x00c\x00d\x00e"],
    "form": [
        b"comment_content=Hi%20http%3A%2F%2Fa.example&comment_author=J%E1n&blog_charset=iso-8859-2&user_ip=192.0.2.1",
        b"blog[]=a&blog[0]=b&honeypot_field_name=x&x=1&comment_type=comment", b'{"comment_content": "Hi", "a": [1, null]}',
    ],
    "search": [b'casino OR "slot machine" -domain:www.example.com score:>80% ip:203.0.113.7 before:2026-11', b"-:\"("],
    "import": list(EXPORTS.values()),
}  # fmt: skip
"""Beginnings for each target; what is fed is changed from there."""


@cache
def known() -> tuple[Lists, Model]:
    """The lists and the shipped model, read once."""
    found = lists.load()
    return found, models.load_current(Settings().models, found)


def text(fed: bytes) -> None:
    """A comment's text through every step, up to the pieces that a page shows."""
    found, model = known()
    comment = Comment(text=fed.decode("utf-8", "surrogateescape"))
    _judged(comment, found, model)


def fields(fed: bytes) -> None:
    """Every field of a comment, parted by NUL, with rules that look at them."""
    found, model = known()
    values = [part.decode("utf-8", "replace") for part in fed.split(b"\0")]
    _judged(Comment(**dict(zip(COMMENT_FIELDS, values, strict=False))), found, model)


def form(fed: bytes) -> None:
    """A body of Akismet's protocol, as a form in several charsets and as JSON."""
    for charset in ("utf-8", "cp1252", "gb18030", "euc_jp"):
        sent_of(forms.parse(fed, charset))
    with contextlib.suppress(RefusedRequest):
        body.sanitised(body.parse(fed, 32))


def search(fed: bytes) -> None:
    """A line of the search language; what it is read as is read the same again."""
    query = parse(fed.decode("utf-8", "replace"))
    assert parse(query.text()).groups == query.groups


def import_(fed: bytes) -> None:
    """An export: records, or a refusal that says why. The first byte names the kind, or leaves it to be found out."""
    kind = ["", *(each.name for each in kinds.KINDS)][fed[0] % (len(kinds.KINDS) + 1)] if fed else ""
    path = _file()
    path.write_bytes(fed[1:])
    with contextlib.suppress(WinnowError):
        for _ in kinds.read(path, kind):
            pass


TARGETS: dict[str, Callable[[bytes], None]] = {
    "text": text,
    "fields": fields,
    "form": form,
    "search": search,
    "import": import_,
}


def _judged(comment: Comment, found: Lists, model: Model) -> None:
    looked = look(comment, found)
    signed = signature(looked, found)
    rules = (Rule("deny", "url_pattern", "a.example/*x*"), Rule("allow", "ip_range", "192.0.2.0/24"))
    answer = classify(comment, History(rules=rules), model, found, looked)
    kept(signed, looked, answer, found)
    assert 0.0 <= answer.score <= 1.0
    for reason in answer.reasons:
        written = getattr(comment, reason.field) if reason.field else ""
        assert 0 <= reason.begin <= reason.end <= len(written), reason
    pieces(comment.text, "text", answer.reasons, answer.links)


@cache
def _file() -> Path:
    return Path(tempfile.mkdtemp(prefix="winnow-fuzz-")) / "export"
