"""Whatever is done to an export: records come out, or ExportUnusable, and nothing else."""

import contextlib
import gzip
import io
import json
import sqlite3
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import ExportUnusable
from app.importing import kinds
from app.importing.imported import Imported, Skipped
from tests.importing.test_other_exports import GHOST, REMARK
from tests.importing.test_page import ARTICLE, CLASSIC, DATA, DISQUS, HTML5, PLAIN
from tests.importing.test_wordpress import comment, export, item
from tests.importing.test_xml_exports import DISQUS as DISQUS_XML
from tests.importing.test_xml_exports import DOWNLOAD, TAKEOUT, WIKI

RECORDS = b'{"id": "a", "text": "One", "label": "spam"}\n{"id": "b", "text": "Two", "status": "trash"}\n' * 3


def zipped(content: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/b.xml", content)
    return packed.getvalue()


def isso() -> bytes:
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.executescript("""
            CREATE TABLE threads (id INTEGER PRIMARY KEY, uri, title);
            CREATE TABLE comments (tid, id INTEGER PRIMARY KEY, parent, created, mode, text, author);
            INSERT INTO threads VALUES (1, '/a/', 'A');
            INSERT INTO comments VALUES (1, 1, NULL, 1.5, 1, 'Hi', 'Ann'), (1, 2, 1, 1.5, 2, 'Hi', 'Ann');
        """)
        return database.serialize()


WXR = export(item(comment(1) + comment(2, approved="spam")), item(comment(3), number=2))
EXPORTS: dict[str, bytes] = {
    "wordpress": WXR.encode(),
    "disqus": DISQUS_XML.encode(),
    "blogger": TAKEOUT.format(status="LIVE").encode(),
    "blogger-download": DOWNLOAD.encode(),
    "mediawiki": WIKI.encode(),
    "ghost": json.dumps(GHOST).encode(),
    "isso": isso(),
    "remark42": "\n".join(map(json.dumps, REMARK)).encode(),
    "staticman": b"_id: a\nname: Ann\nmessage: |\n  Hi\ndate: 2026-01-02\n",
    "jsonl": RECORDS,
    "json": b'[{"id": 1, "text": "a"}, {"id": 2, "text": "b"}]',
    "csv": b'id,text,status\n1,"a, ""b""",spam\n2,c,approved\n',
    "page": ARTICLE.format(comments=HTML5).encode(),
    "page-classic": ARTICLE.format(comments=CLASSIC).encode(),
    "page-disqus": DISQUS.encode(),
    "page-data": DATA.encode(),
    "page-text": PLAIN.format(heading="2 thoughts on “Ferry hits the pier – DAILY.example”").encode(),
    "gzip": gzip.compress(WXR.encode()),
    "zip": zipped(WXR),
}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("broken") / "export.yml"


def read(path: Path, content: bytes, kind: str = "") -> list[Imported | Skipped]:
    """What comes of an export that is broken in some way."""
    path.write_bytes(content)
    records: list[Imported | Skipped] = []
    with contextlib.suppress(ExportUnusable):
        for record in kinds.read(path, kind):
            assert isinstance(record, Imported | Skipped)
            str(record).encode()
            records.append(record)
    return records


def kind_of(name: str) -> str:
    return (
        ""
        if name in ("gzip", "zip")
        else name
        if name in [kind.name for kind in kinds.KINDS]
        else name.partition("-")[0]
    )


@pytest.mark.parametrize("name", list(EXPORTS))
def test_the_whole_export_is_of_its_kind_and_read(path, name):
    assert any(isinstance(each, Imported) for each in read(path, EXPORTS[name]))
    assert kinds.kind_of(path).name == (kind_of(name) or "wordpress")


@pytest.mark.parametrize("name", list(EXPORTS))
def test_cut_at_any_place(path, name):
    content = EXPORTS[name]
    for length in range(0, len(content), max(1, len(content) // 60)):
        read(path, content[:length])
        read(path, content[:length], kind_of(name))


@pytest.mark.parametrize("name", list(EXPORTS))
@settings(max_examples=60)
@given(data=st.data())
def test_bits_turned_over_and_pieces_moved(path, name, data):
    content = bytearray(EXPORTS[name])
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] ^= 1 << data.draw(st.integers(0, 7))
    begin, end = sorted(data.draw(st.tuples(*[st.integers(0, len(content))] * 2)))
    moved = bytes(content[:begin] + content[end:] + data.draw(st.sampled_from([b"", bytes(content[begin:end])])))
    read(path, moved)
    read(path, bytes(content), kind_of(name))


@pytest.mark.parametrize("kind", [kind.name for kind in kinds.KINDS])
@settings(max_examples=60)
@given(
    content=st.one_of(
        st.binary(max_size=400), st.text("<>/!-[]{}\"':,=&;#\\ \n\tabcimtpwox01\x00é", max_size=400).map(str.encode)
    )
)
def test_anything_at_all(path, kind, content):
    read(path, content, kind)


@pytest.mark.parametrize("kind", [kind.name for kind in kinds.KINDS])
@pytest.mark.parametrize("name", list(EXPORTS))
def test_an_export_of_one_kind_read_as_another(path, name, kind):
    read(path, EXPORTS[name], kind)
