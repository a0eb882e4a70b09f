"""XML exports cut into their records, each parsed alone: a broken record costs itself, and memory holds one of them.

The whole of an export is no document that a strict parser would read: WordPress exports hold control characters that
XML forbids, and one of them ends the parse of the other million records; a parser that forgives everything loses text
without saying so. So the boundaries of records are found first, in the text, heeding CDATA; each record is then parsed
strictly by expat, and one that fails is reported with its line. Line numbers are counted here. No record has a document
type, so there are no entities to expand or to fetch: expat gets only what stands between a record's own tags.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOBase
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from app.importing.values import MAX_RECORD_CHARACTERS

CHUNK_CHARACTERS = 1 << 18
MAX_TAG_CHARACTERS = 4096
"""A tag of a record that is longer is none."""
MAX_DEPTH = 200
MAX_ELEMENTS = 100_000
"""Of one record; a comment has some twenty, a post with its metadata some hundreds."""
_NAME_CHARACTERS = 64
"""No token that is looked for is longer."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_AMPERSAND = re.compile(r"&(?!(?:lt|gt|amp|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")
_REFERENCE = re.compile(r"&#(x?)([0-9a-fA-F]{1,7});")


@dataclass(frozen=True, slots=True)
class Piece:
    """What was found of one record."""

    name: str
    """The element's name, as written, prefix and all; with a slash before it where an outer element ends."""
    line: int
    """Where it begins, from 1."""
    element: Element | None = None
    trouble: str = ""
    """Why there is no element, as a sentence; empty for an end."""


@dataclass(frozen=True, slots=True)
class _Open:
    name: str
    start: int
    line: int


@dataclass(frozen=True, slots=True)
class _Tag:
    name: str
    is_end: bool
    is_empty: bool
    start: int
    stop: int


def pieces(text: TextIOBase, root: str, whole: tuple[str, ...], outer: str = "") -> Iterator[Piece]:
    """The records of an export, in order.

    Args:
        text: the export, from its beginning.
        root: the element that holds all others; when its end is missing, that is reported.
        whole: the elements that are given whole.
        outer: an element that holds such elements; of it is given what stands before the first one, and its end.
    """
    cutter = _Cutter(whole, outer)
    tail = ""
    while chunk := text.read(CHUNK_CHARACTERS):
        tail = (tail + chunk)[-1000:]
        yield from cutter.feed(chunk)
    yield from cutter.end()
    if f"</{root}" not in tail:
        yield Piece(root, cutter.line, None, "The export was cut short here: its last tag is missing.")


def texts(element: Element) -> dict[str, str]:
    """The text of each child by its name; of several children of one name, the first's.

    >>> texts(parsed("<a><b>1</b><c><![CDATA[<2>]]></c></a>"))
    {'b': '1', 'c': '<2>'}
    """
    found: dict[str, str] = {}
    for child in element:
        found.setdefault(child.tag, "".join(child.itertext()).strip())
    return found


def parsed(source: str) -> Element:
    """One element, strictly; what is often wrong in exports is put right first.

    Characters that XML forbids are left out, an ampersand that begins no reference of XML stands for itself.

    Raises:
        ExpatError: it is not well-formed.
        ValueError: it nests deeper than MAX_DEPTH, or has more than MAX_ELEMENTS.

    >>> parsed("<a>B&B &nbsp; \\x08&#8;c</a>").text
    'B&B &nbsp; c'
    """
    clean = _FORBIDDEN.sub("", source)
    try:
        return _strictly(clean)
    except expat.ExpatError:
        parts = _CDATA.split(clean)
        parts[::2] = [_AMPERSAND.sub("&amp;", _REFERENCE.sub(_allowed, part)) for part in parts[::2]]
        return _strictly("".join(parts))


def _allowed(reference: "re.Match[str]") -> str:
    try:
        character = chr(int(reference.group(2), 16 if reference.group(1) else 10))
    except (ValueError, OverflowError):
        return ""
    return "" if _FORBIDDEN.match(character) or 0xD800 <= ord(character) <= 0xDFFF else reference.group()


def _strictly(source: str) -> Element:
    builder = TreeBuilder()
    parser = expat.ParserCreate()  # without namespaces: the prefixes are declared outside of the record
    depth = elements = 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if depth > MAX_DEPTH:
            raise ValueError(f"It nests deeper than {MAX_DEPTH} elements.")
        if elements > MAX_ELEMENTS:
            raise ValueError(f"It has more than {MAX_ELEMENTS:,} elements.")
        builder.start(name, attributes)

    def finish(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name)

    parser.StartElementHandler = begin
    parser.EndElementHandler = finish
    parser.CharacterDataHandler = builder.data
    parser.Parse(source, True)
    return builder.close()


class _Cutter:
    """Finds where records begin and end, in text that comes in chunks."""

    def __init__(self, whole: tuple[str, ...], outer: str) -> None:
        names = "|".join(map(re.escape, filter(None, (*whole, outer))))
        self._token = re.compile(rf"<(?:(!\[CDATA\[)|(/?)({names})(?=[\s/>]))")
        self._outer = outer
        self._buffer = ""
        self._at = 0
        """Up to here the buffer has been looked at."""
        self._in_cdata = False
        self._record: _Open | None = None
        self._head: _Open | None = None
        self.line = 1
        """The line that `_counted` is in."""
        self._counted = 0

    def feed(self, chunk: str) -> Iterator[Piece]:
        """The pieces that end in a chunk."""
        self._forget()
        self._buffer += chunk
        while tag := self._next():
            yield from self._take(tag)
        for opened in (self._record, self._head):
            if opened and len(self._buffer) - opened.start > MAX_RECORD_CHARACTERS:
                self._record = self._head = None
                self._in_cdata = False
                why = f"It is longer than {MAX_RECORD_CHARACTERS:,} characters, or has no end."
                yield Piece(opened.name, opened.line, None, why)

    def end(self) -> Iterator[Piece]:
        """What was open when the export ended."""
        opened = self._record or self._head
        if opened:
            yield Piece(opened.name, opened.line, None, "The export ends in the middle of it.")
        self._line_at(len(self._buffer))

    def _forget(self) -> None:
        """Lets go of what nothing needs any more."""
        opened = self._head or self._record
        keep = opened.start if opened else self._at
        self._line_at(keep)
        self._buffer = self._buffer[keep:]
        self._at -= keep
        self._counted -= keep
        self._head = self._head and _Open(self._head.name, self._head.start - keep, self._head.line)
        self._record = self._record and _Open(self._record.name, self._record.start - keep, self._record.line)

    def _line_at(self, place: int) -> int:
        """The line of a place; places do not come before the last that was asked for."""
        if place > self._counted:
            self.line += self._buffer.count("\n", self._counted, place)
            self._counted = place
        return self.line

    def _next(self) -> _Tag | None:
        """The next tag that matters; None when there is none in what has come so far."""
        buffer = self._buffer
        while True:
            if self._in_cdata:
                closed = buffer.find("]]>", self._at)
                if closed < 0:
                    self._at = max(self._at, len(buffer) - 2)
                    return None
                self._in_cdata, self._at = False, closed + 3
            match = self._token.search(buffer, self._at)
            if match is None:
                self._at = max(self._at, len(buffer) - _NAME_CHARACTERS)
                return None
            if match.group(1):
                self._in_cdata, self._at = True, match.end()
                continue
            stop = buffer.find(">", match.end(), match.end() + MAX_TAG_CHARACTERS)
            if stop < 0 and len(buffer) - match.end() < MAX_TAG_CHARACTERS:
                self._at = match.start()
                return None
            self._at = stop + 1 if stop >= 0 else match.end()
            if stop >= 0:
                is_empty = buffer[stop - 1] == "/"
                return _Tag(match.group(3), bool(match.group(2)), is_empty, match.start(), stop + 1)

    def _take(self, tag: _Tag) -> Iterator[Piece]:
        record = self._record
        if record and tag.name not in (record.name, self._outer):
            return  # such as Disqus' <thread/> in a <post>
        if record and tag.is_end and tag.name == record.name:
            self._record = None
            yield _piece(record, self._buffer[record.start : tag.stop])
            return
        if record and tag.is_empty:
            return
        if record:
            self._record = None
            yield Piece(record.name, record.line, None, "It has no end.")
        begins = _Open(tag.name, tag.start, self._line_at(tag.start))
        if tag.name == self._outer:
            yield from self._take_outer(tag, begins)
        elif tag.is_end:
            yield Piece(tag.name, begins.line, None, "It has an end and no beginning.")
        else:
            yield from self._head_until(tag.start)
            if tag.is_empty:
                yield _piece(begins, self._buffer[tag.start : tag.stop])
            else:
                self._record = begins

    def _take_outer(self, tag: _Tag, begins: _Open) -> Iterator[Piece]:
        if tag.is_empty:
            return
        yield from self._head_until(tag.start)
        if tag.is_end:
            yield Piece(f"/{tag.name}", begins.line)
        else:
            self._head = begins

    def _head_until(self, place: int) -> Iterator[Piece]:
        if self._head:
            head, self._head = self._head, None
            yield _piece(head, f"{self._buffer[head.start : place]}</{head.name}>")


def _piece(opened: _Open, source: str) -> Piece:
    try:
        return Piece(opened.name, opened.line, parsed(source))
    except expat.ExpatError as error:
        line = opened.line + error.lineno - 1
        why = f"It is not well-formed in line {line:,} ({expat.ErrorString(error.code)})."
        return Piece(opened.name, opened.line, None, why)
    except ValueError as error:
        return Piece(opened.name, opened.line, None, str(error))
