"""Features of how a comment is typed: where its lines break, its punctuation and blanks, and how its tags are written.

Programs that post spam leave traces that no reader sees: lines broken in mid-sentence after a blank, tags without
quotes, commas without a blank behind them. People leave others: `...`, `:)`, an empty line between paragraphs.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice, pairwise

from app.core.emit import Emitter
from app.core.links import Link
from app.core.text import Seen

_MOST_SIGNS = 400
"""Runs of punctuation, line ends and tags that are looked at in one comment, of each."""
_MOST_ATTRIBUTES = 6
_LINK = "\ufffc"
"""Stands for a link that is written out, so that a full stop behind it is seen and those inside are not."""
_LINE_END = re.compile(r"\r\n?")
_RUN = re.compile(r"[^\w\s]+")
_LONGEST_RUN = 4
_WIDE_GAP = re.compile(r"(?<=(\S))  +(?=(\S))")
_NO_GAP = re.compile(r"(?<=\w)([.,!?;:])(?=(\w))")
_GAP_BEFORE = re.compile(r"(?<=\w) ([.,!?;:])")
_TAG = re.compile(r"(?i)<(/?)(a|img)(?![a-z0-9])([^<>]*)>?")
_AUTOMATIC = re.compile(r"""(?i)<a\s[^<>]{0,500}"[^<>]{0,500}>(?:https?://|www\.)[^<>\s]*</a>""")
"""An address that the platform made a link of: no trace of who typed it."""
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,12})\s*=\s*(?:(")([^"]*)"?|(')([^']*)'?|()([^\s"'<>]*))""")
_BBCODE = re.compile(r"""(?i)\[(/?(?:url|link|img))(=?)(["']?)[^\[\]]{0,300}\]""")
_TELLING = frozenset({"rel", "target", "class"})


def emit(out: Emitter, seen: Seen, links: tuple[Link, ...]) -> None:
    """Add the features of how the comment is typed, each kind with an L2 norm of its own."""
    typed = typed_text(seen, links)
    for kind, weight, names in (
        ("lines", 0.6, _lines(typed)),
        ("spacing", 0.4, _spacing(typed)),
        ("punctuation", 0.6, _punctuation(typed)),
        ("tags", 0.6, _tags(seen)),
    ):
        counts = Counter(names)
        if counts:
            unit = out.open(f"shape.{kind}", "text")
            out.add_counted(unit, [f"typed.{kind}:{name}" for name in counts], list(counts.values()), weight)


def typed_text(seen: Seen, links: tuple[Link, ...]) -> str:
    """The text as read, each written-out link as one character, lines ending as on Unix."""
    pieces: list[str] = []
    at = 0
    for begin, end in sorted((seen.place(link.begin), seen.place(link.end)) for link in links if link.field == "text"):
        if begin >= at and end > begin:
            pieces += [seen.plain.text[at:begin], _LINK]
            at = end
    return _LINE_END.sub("\n", "".join([*pieces, seen.plain.text[at:]])).strip()


def _kind(character: str) -> str:
    """What kind of character stands beside: ^ none, n a line end, _ a blank, 0 a digit, A a, or p another sign.

    >>> [_kind(c) for c in ("", "\\n", " ", "7", "Ž", "ž", "山", "!")]
    ['^', 'n', '_', '0', 'A', 'a', 'a', 'p']
    """
    if not character:
        return "^"
    if character.isalpha():
        return "A" if character.isupper() else "a"
    if character == "\n":
        return "n"
    return "_" if character.isspace() else "0" if character.isdigit() else "p"


def _lines(typed: str) -> Iterator[str]:
    """For each line end: what stands before it, what the next line begins with, and how long the line is, in tens.

    >>> list(_lines("you actually know \\nwhat you talk about.\\n\\nThanks"))
    ['a_|a', '10', 'ap|^', '20', '^^|A', '0']
    """
    lines = typed.split("\n")[: _MOST_SIGNS + 1]
    for line, following in pairwise(lines):
        yield f"{_kind(line[-2:-1])}{_kind(line[-1:])}|{_kind(following[:1])}"
        yield f"{min(len(line) // 10, 12)}0" if line else "0"


def _spacing(typed: str) -> Iterator[str]:
    """Blanks that are doubled, lacking after a sign, or standing before it.

    >>> list(_spacing("Great,really  nice !"))
    ['wide:a|a', 'none:,a', 'before:!']
    """
    for found in _WIDE_GAP.finditer(typed):
        yield f"wide:{_kind(found.group(1))}|{_kind(found.group(2))}"
    for found in _NO_GAP.finditer(typed):
        yield f"none:{found.group(1)}{_kind(found.group(2))}"
    for found in _GAP_BEFORE.finditer(typed):
        yield f"before:{found.group(1)}"


def _punctuation(typed: str) -> Iterator[str]:
    """Each run of signs: alone, between what stands beside it, and with what follows.

    >>> list(_punctuation("Yes :)"))
    [':)', '_|:)|^', ':)|^^']
    """
    for found in islice(_RUN.finditer(typed), _MOST_SIGNS):
        run, end = found.group(), found.end()
        if len(run) > _LONGEST_RUN:
            run = "".join(dict.fromkeys(run))[: 2 * _LONGEST_RUN]
        before = _kind(typed[found.start() - 1]) if found.start() else "^"
        after, beyond = _kind(typed[end : end + 1]), _kind(typed[end + 1 : end + 2])
        yield from (run, f"{before}|{run}|{after}", f"{run}|{after}{beyond}")


def _tags(seen: Seen) -> list[str]:
    """How tags of links and images are written: quotes, attributes, and what a reader sees beside them."""
    shown = seen.plain.text
    source = _AUTOMATIC.sub(lambda link: " " * len(link.group()), seen.source) if "<" in seen.source else seen.source
    names: list[str] = []
    for found in islice(_TAG.finditer(source), _MOST_SIGNS) if "<" in source else ():
        tag = f"{found.group(1)}{found.group(2).lower()}"
        attributes = list(_attributes(found.group(3)))
        begin, end = seen.place(found.start()), seen.place(found.end())
        names += [
            tag,
            f"after {tag}:{_kind(shown[end : end + 1])}",
            f"before {tag}:{_kind(shown[max(0, begin - 1) : begin])}",
        ]
        names += [f"{name}={quote}{value}" for name, quote, value in attributes if name in _TELLING]
        if attributes:
            names.append(f"{tag} {' '.join(f'{name}={quote}' for name, quote, _ in attributes)}")
    if "[" in source:
        names += ["".join(found.groups()).lower() for found in islice(_BBCODE.finditer(source), _MOST_SIGNS)]
    return names


def _attributes(written: str) -> Iterator[tuple[str, str, str]]:
    """Name, quote and the first letters of the value of each attribute of a tag.

    >>> list(_attributes(' href="http://a.example/?b=c" rel=nofollow'))
    [('href', '"', 'http://a.exa'), ('rel', '', 'nofollow')]
    """
    for found in islice(_ATTRIBUTE.finditer(written), _MOST_ATTRIBUTES):
        quote = found.group(2) or found.group(4) or ""
        value = found.group(3) or found.group(5) or found.group(7) or ""
        yield found.group(1).lower(), quote, value[:12]
