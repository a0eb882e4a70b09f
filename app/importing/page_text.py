"""A WordPress page as plain text, as text browsers and converters write it, where it can be read beyond doubt.

The themes that come with WordPress write above the comments how many there are and under which title: `3 thoughts on
“Title”` (comments.php of twentytwelve, twentythirteen, twentyfourteen and of _s). A text browser numbers the list below
it. Only when the title is the page's own and exactly so many comments are numbered, one after another, are they taken;
whoever writes `2.` at the beginning of a line of their comment breaks the count, and the page is refused.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from app.errors import ExportUnusable
from app.importing import values
from app.importing.files import parts_of
from app.importing.imported import Imported, Record

MAX_BYTES = 8 << 20

_HEADING = re.compile(
    r"(?m)^[ \t]*(One|\d{1,5}) (?:thoughts?|comments?|reply|replies) (?:on|to) “(.{1,500})”[ \t]*\r?$"
)
_ITEM = re.compile(r"^[ \t]{0,8}(\d{1,5})\.[ \t]+(\S.*)$")
_END = re.compile(r"^[ \t]*(Comments are closed\.|Leave a (?:Reply|comment)\b.*|Post navigation)[ \t]*$")


def looks_like(name: str, beginning: bytes) -> bool:
    """Whether it is text in which such a heading stands; a long article may stand before what is looked at."""
    if b"\0" in beginning or beginning.lstrip().startswith((b"<", b"{", b"[")):
        return False
    text = beginning.decode("utf-8", "replace")
    return _HEADING.search(text) is not None or (name.endswith(".txt") and " on “" in text)


def read(path: Path, progress: Callable[[int], None]) -> Iterator[Record]:
    """The comments of the page, with its title and text; see `Reader`.

    Raises:
        ExportUnusable: see `Reader`; or the comments cannot be told from the rest beyond doubt.
    """
    for part in parts_of(path):
        if part.name and not looks_like(part.name, part.beginning()):
            continue
        with part.decoded(progress) as file:
            text = file.read(MAX_BYTES)
        heading = next(reversed(list(_HEADING.finditer(text))), None)
        title = heading.group(2) if heading else ""
        lines = text[heading.end() :].splitlines() if heading else []
        wanted = 1 if not heading or heading.group(1) == "One" else int(heading.group(1))
        items = list(_items(lines))
        if not heading or title not in text[: heading.start()] or len(items) != wanted:
            what = "The comments of this plain text cannot be told from the rest beyond doubt."
            raise ExportUnusable(str(path), what, "Save the page as HTML and name that.")
        line = text.count("\n", 0, heading.end()) + 1
        page = " ".join(text[: heading.start()].split())
        for number, (offset, written) in enumerate(items, 1):
            where = part.place(line + offset)
            comment = values.comment(
                text=written, page_title=title, page_text=page, comment_id=f"{where}, comment {number:,}"
            )
            yield Imported(comment, "published", where)


def _items(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The numbered items, each with the number of its first line; a number out of order belongs to the text."""
    begun, written = 0, ""
    count = 0
    for offset, line in enumerate(lines):
        if _END.match(line):
            break
        item = _ITEM.match(line)
        if item and int(item.group(1)) == count + 1:
            if count:
                yield begun, written.strip()
            begun, written, count = offset, item.group(2), count + 1
        elif count:
            written += "\n" + line.strip()
    if count:
        yield begun, written.strip()
