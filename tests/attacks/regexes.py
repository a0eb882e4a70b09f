"""Every regular expression of Python's own that may see what strangers send, on texts made against it.

Strings are made of pieces of each pattern itself, alone and in pairs, and of the generators that broke well-known ones.
A pattern takes four times as long for four times the text, or it is named here. re2's take linear time by construction.
"""

import ast
import importlib
import pkgutil
import re
import re._constants as kinds  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from types import ModuleType

from tests.figures import Outcome

AIM = "every pattern of app/core, web, store and importing on texts made against it: four times the text, at most nine times the time"
PACKAGES = ("app.core", "app.web", "app.store", "app.importing")
GENERATORS = (
    "a", "a.", "http://" + "(" * 30, "(a", "<a ", "<a href=x>", "[url=x]", " ", "\n", "\t", "-", "_", "1", "1.", "@", "a@",
    '"', "'", "\\", "/", "&", "%", "=", "a=", ":", "A", "aA", "é", "щ", "。", "\u202e", "a b ", "[", "]", "<!--", "{", "}",
)  # fmt: skip
BOUNDED = {
    "app.importing.html_comments._WORDS_AROUND_NAME": "400 characters of a name",
    "app.importing.marks._SEVERAL": "1,000 characters of an element's classes",
}
"""Patterns that take more and see little: module.name -> what bounds it."""
CHARACTERS = 2_000
MAY_TAKE_S = 0.004
"""For CHARACTERS: at 30,000 a quadratic pattern takes 225 times as long."""
MOST_PIECES = 10
_WITHOUT_PATTERNS = ("_kernels", "kernels_compiled")
"""Cannot be imported where there is no compiler."""
_EVERYWHERE = frozenset({"finditer", "findall", "sub", "subn", "split"})
_ASKING = _EVERYWHERE | {"match", "fullmatch", "search"}


def run(long: bool) -> Outcome:
    """All patterns; in long with all pairs of their pieces."""
    known = list(patterns())
    tried = 0
    slow: dict[str, str] = {}
    for name, pattern, methods in known:
        for made in attacks(pattern, pairs=long):
            tried += 1
            if name not in slow and not is_linear(pattern, made, methods):
                slow[name] = made
    unbounded = {name: made for name, made in slow.items() if name not in BOUNDED}
    if unbounded:
        print({name: made[:60] for name, made in unbounded.items()}, file=sys.stderr)
    told = f"{len(known)} patterns, {tried:,} texts, {len(slow)} not linear, of which {len(slow) - len(unbounded)} are bounded"
    return Outcome(f"{told}{': ' if unbounded else ''}{', '.join(unbounded)}", not unbounded)


def patterns() -> Iterator[tuple[str, "re.Pattern[str]", frozenset[str]]]:
    """Every compiled pattern that a module keeps: name, pattern (of bytes as of text), and how the module asks it."""
    for module in modules():
        asked = _methods(module)
        for name, value in vars(module).items():
            for each in value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else (value,):
                if isinstance(each, re.Pattern):
                    source = each.pattern if isinstance(each.pattern, str) else each.pattern.decode("latin-1")
                    flags = each.flags & ~re.UNICODE
                    methods = frozenset(asked.get(name, {"finditer"}))
                    yield f"{module.__name__}.{name}", re.compile(source, flags), methods


def _methods(module: ModuleType) -> dict[str, set[str]]:
    """Name of a pattern -> methods of it that the module's source speaks of."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and hasattr(re.Pattern, node.attr):
            found.setdefault(node.value.id, set()).add(node.attr)
    return {name: methods & _ASKING or {"finditer"} for name, methods in found.items()}


def modules() -> Iterator[ModuleType]:
    """Every module of PACKAGES."""
    for package in map(importlib.import_module, PACKAGES):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith(_WITHOUT_PATTERNS) and ".migrations" not in found.name:
                yield importlib.import_module(found.name)


def attacks(pattern: "re.Pattern[str]", *, pairs: bool) -> Iterator[str]:
    """Texts of CHARACTERS."""
    found = list(dict.fromkeys(pieces(parser.parse(pattern.pattern, pattern.flags))))[:MOST_PIECES]
    whole = "".join(found)
    pumped = [*GENERATORS, *found, whole, *("".join(pair) for pair in product(found, repeat=2) if pairs)]
    for pump in dict.fromkeys(each for each in pumped if each):
        body = pump * (CHARACTERS // len(pump))
        yield body
        yield body + "\x00"
        if pairs:
            yield from (prefix + body + "\x00" for prefix in found[:4])


def pieces(parsed: Iterable[tuple[object, object]]) -> Iterator[str]:
    """A text for each part of a pattern that takes any: literals, one of each set, the insides of repeats and groups."""
    run_of = ""
    for kind, value in parsed:
        if kind is kinds.LITERAL:
            run_of += chr(value)  # type: ignore[arg-type]
            continue
        if run_of:
            yield run_of
            run_of = ""
        yield from _of(kind, value)
    if run_of:
        yield run_of


def _of(kind: object, value: object) -> Iterator[str]:
    match kind, value:
        case (kinds.ANY, _) | (kinds.NOT_LITERAL, _):
            yield "a"
        case kinds.IN, members:
            yield next((each for each in _TRIED if _is_in(each, members)), "")  # type: ignore[arg-type]
        case kinds.BRANCH, (_, branches):
            for branch in branches:
                yield from pieces(branch)
        case kinds.SUBPATTERN, (*_, inner):
            yield from pieces(inner)
        case ((kinds.MAX_REPEAT | kinds.MIN_REPEAT | kinds.POSSESSIVE_REPEAT), (_, _, inner)):
            yield from pieces(inner)
        case ((kinds.ASSERT | kinds.ASSERT_NOT), (_, inner)):
            yield from pieces(inner)


_TRIED = "a1A. -_/:=@'\"[]()<>#&%,;!?\n\u0301щé赌\x01"
_CATEGORIES = {"DIGIT": str.isdigit, "SPACE": str.isspace, "WORD": lambda each: each.isalnum() or each == "_"}


def _is_in(character: str, members: list[tuple[object, object]]) -> bool:
    code, found, is_negated = ord(character), False, False
    for kind, value in members:
        if kind is kinds.NEGATE:
            is_negated = True
        elif kind is kinds.LITERAL:
            found |= code == value
        elif kind is kinds.RANGE:
            found |= value[0] <= code <= value[1]  # type: ignore[index]
        elif kind is kinds.CATEGORY:
            name = str(value).removeprefix("CATEGORY_").removeprefix("UNI_")
            found |= _CATEGORIES[name.removeprefix("NOT_")](character) != name.startswith("NOT_")
    return found != is_negated


def is_linear(pattern: "re.Pattern[str]", made: str, methods: frozenset[str]) -> bool:
    """Whether four times the text takes at most nine times as long, asked again where it does not seem so."""
    for _ in range(4):
        whole = _seconds(pattern, made, methods)
        if whole < MAY_TAKE_S or whole < 9 * _seconds(pattern, made[: len(made) // 4], methods):
            return True
    return False


def _seconds(pattern: "re.Pattern[str]", text: str, methods: frozenset[str]) -> float:
    begun = time.process_time()
    for method in methods:
        for _ in pattern.finditer(text) if method in _EVERYWHERE else (getattr(pattern, method)(text),):
            pass
    return time.process_time() - begun
