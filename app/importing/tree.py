"""HTML as a tree: what a browser would make of a saved page, near enough, in time that grows with its length alone.

Written here because each parser at hand has a page that stops it: libxml2 2.14 took 53 s on one tag of 890 KB with
100,000 attributes, Lexbor 78 s on 500 KB of nested `<div>`, html.parser 17 s on 72 KB of `<a href="`. Here every
character is looked at a bounded number of times, elements nest MAX_DEPTH deep and no deeper, and each knows its line.
"""

import re
from collections.abc import Iterator

from app.importing.values import unescaped

MAX_DEPTH = 250
"""What nests deeper is put beside instead of inside."""
MAX_ELEMENTS = 500_000
"""A page with more is refused: it would take gigabytes."""
MAX_ATTRIBUTES = 60
"""Of one tag; more are passed over."""

_NAME = re.compile(r"[a-zA-Z][^\s/>]*+")
_ATTRIBUTE = re.compile(r"""([^\s/>=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>]*+)))?""")
_FILLING = re.compile(r"[\s/=]*+")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_RAW = frozenset("script style textarea title xmp iframe noembed noframes".split())
_RAW_ENDS = {name: re.compile(rf"(?i)</{name}(?=[\s/>])") for name in _RAW}
_BARRIERS = frozenset("table td th template html".split())
"""An end tag inside of one does not reach what is outside."""
_BLOCKS = frozenset(
    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3"
    " h4 h5 h6 header hr main menu nav ol p pre section table ul".split()
)
_CLOSED_BY: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "menu"})),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "option": (frozenset({"option"}), frozenset({"select"})),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    "td": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "th": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "a": (frozenset({"a"}), _BARRIERS | {"div", "li", "p"}),
    **{name: (frozenset({"p"}), _BARRIERS | {"button", "object"}) for name in _BLOCKS},
}
"""A start tag -> the elements that it closes, and those whose inside it does not leave for that."""


class Node:
    """An element."""

    __slots__ = ("attributes", "children", "line", "names", "parent", "tag")

    def __init__(self, tag: str, attributes: dict[str, str], line: int, parent: "Node | None") -> None:
        self.tag = tag
        """In small letters."""
        self.attributes = attributes
        self.line = line
        self.parent = parent
        self.children: list[Node | str] = []
        self.names: set[str] | None = None
        """Its classes in one spelling, once `marks.names` has been asked."""

    def get(self, name: str) -> str:
        """An attribute's value; empty if it has none."""
        return self.attributes.get(name, "")

    def inside(self) -> Iterator["Node"]:
        """The elements in it, in the order of the page, itself not among them."""
        waiting = [child for child in reversed(self.children) if isinstance(child, Node)]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += [child for child in reversed(node.children) if isinstance(child, Node)]

    def around(self) -> Iterator["Node"]:
        """The elements it stands in, the nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def text(self) -> str:
        """What is written in it, spaces as one; without scripts and styles.

        >>> parsed("<p>A  <b>b</b>&amp;c</p>").text()
        'A b&c'
        """
        found: list[str] = []
        waiting: list[Node | str] = [self]
        while waiting:
            node = waiting.pop()
            if isinstance(node, str):
                found.append(node)
            elif node.tag not in ("script", "style"):
                if node.tag in _BLOCKS or node.tag in ("br", "li", "td", "dd", "dt"):
                    found.append(" ")
                    waiting.append(" ")
                waiting += reversed(node.children)
        return " ".join("".join(found).split())


def parsed(source: str) -> Node:
    """The page; its `line` is 1, its tag `html`, whatever the page says.

    Raises:
        ValueError: it has more than MAX_ELEMENTS.

    >>> [(node.tag, node.line) for node in parsed("<ul><li>a\\n<li>b<script>'<b>'</script></ul>").inside()]
    [('ul', 1), ('li', 1), ('li', 2), ('script', 2)]
    """
    return _Builder(source).build()


def _filled(source: str, at: int) -> int:
    """The place after blanks and stray marks between attributes."""
    filling = _FILLING.match(source, at)
    return filling.end() if filling else at


class _Builder:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._line = 1
        self._counted = 0
        self._root = Node("html", {}, 1, None)
        self._stack = [self._root]
        self._flat: dict[str, int] = {}
        """Elements that are open and too deep, by tag."""
        self._elements = 0

    def build(self) -> Node:
        source = self._source
        while (begin := source.find("<", self._at)) >= 0:
            self._text(source[self._at : begin])
            following = source[begin + 1 : begin + 2]
            if following.isascii() and following.isalpha():
                self._start(begin)
            elif following == "/":
                self._end(begin)
            elif source.startswith("<!--", begin):
                self._pass(source.find("-->", begin + 4), 3)
            elif following in ("!", "?"):
                self._pass(source.find(">", begin), 1)
            else:
                self._stack[-1].children.append("<")
                self._at = begin + 1
        self._text(source[self._at :])
        return self._root

    def _pass(self, found: int, length: int) -> None:
        self._at = found + length if found >= 0 else len(self._source)

    def _text(self, text: str) -> None:
        if text:
            self._stack[-1].children.append(unescaped(text))

    def _line_at(self, place: int) -> int:
        self._line += self._source.count("\n", self._counted, place)
        self._counted = place
        return self._line

    def _start(self, begin: int) -> None:
        source = self._source
        match = _NAME.match(source, begin + 1)
        assert match is not None
        tag = match.group().lower()
        attributes: dict[str, str] = {}
        at = match.end()
        while True:
            at = _filled(source, at)
            attribute = _ATTRIBUTE.match(source, at)
            if attribute is None:
                break
            at = attribute.end()
            if len(attributes) < MAX_ATTRIBUTES:
                value = attribute.group(2) or attribute.group(3) or attribute.group(4) or ""
                attributes.setdefault(attribute.group(1).lower(), unescaped(value))
        self._at = at + 1
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise ValueError("too many elements")
        self._close_before(tag)
        parent = self._stack[-1]
        node = Node(tag, attributes, self._line_at(begin), parent)
        parent.children.append(node)
        if tag in _RAW:
            self._raw(node)
        elif tag not in _VOID and len(self._stack) <= MAX_DEPTH:
            self._stack.append(node)
        elif tag not in _VOID:
            self._flat[tag] = self._flat.get(tag, 0) + 1

    def _raw(self, node: Node) -> None:
        ended = _RAW_ENDS[node.tag].search(self._source, self._at)
        inside = self._source[self._at : ended.start() if ended else len(self._source)]
        node.children.append(unescaped(inside) if node.tag in ("title", "textarea") else inside)
        self._pass(self._source.find(">", ended.end()) if ended else -1, 1)

    def _close_before(self, tag: str) -> None:
        closes, within = _CLOSED_BY.get(tag, (frozenset(), frozenset()))
        for depth in range(len(self._stack) - 1, 0, -1) if closes else ():
            open_tag = self._stack[depth].tag
            if open_tag in closes:
                del self._stack[depth:]
                return
            if open_tag in within:
                return

    def _end(self, begin: int) -> None:
        match = _NAME.match(self._source, begin + 2)
        self._pass(self._source.find(">", begin), 1)
        if match is None:
            return
        tag = match.group().lower()
        if self._flat.get(tag):
            self._flat[tag] -= 1
            return
        for depth in range(len(self._stack) - 1, 0, -1):
            open_tag = self._stack[depth].tag
            if open_tag == tag:
                del self._stack[depth:]
                return
            if open_tag in _BARRIERS and tag not in ("table", "tr", "tbody", "thead", "tfoot", "body"):
                return
