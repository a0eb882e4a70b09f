"""The house rules that a machine can check: sizes, docstrings, names of places, locks, examples, models."""

import ast
import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
APP = ROOT / "app"
MODULES = sorted(APP.rglob("*.py"))
NAMES = [str(path.relative_to(ROOT)) for path in MODULES]
REQUIREMENTS = ["requirements.txt", "requirements-dev.txt"]
CLIENTS = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests/e2e/clients/requirements").glob("*.txt"))
"""Foreign clients that the tests drive, old ones among them; nothing of ours runs with them."""
EXAMPLE_FILES = sorted((ROOT / "training_data").glob("*/examples.jsonl"))

MAX_MODULE_LINES = 300
MAX_FUNCTION_LINES = 40
MAX_MODEL_BYTES = 12_000_000
MAX_EXAMPLE_CHARACTERS = 5_000
MIN_EXAMPLES, MIN_LANGUAGES = 800, 15

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

_BUT_NOT = {
    "a",
    "an",
    "and",
    "for",
    "get",
    "gets",
    "in",
    "is",
    "of",
    "return",
    "returns",
    "the",
    "this",
    "to",
}


def public(tree: ast.Module, module: str) -> Iterator[tuple[str, Documented]]:
    """What somebody else may use: the module, its classes, functions and methods without an underscore."""
    yield module, tree
    for node in tree.body:
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and not node.name.startswith("_"):
            yield node.name, node
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for inner in node.body:
                if isinstance(inner, FUNCTIONS) and not inner.name.startswith("_"):
                    yield f"{node.name}.{inner.name}", inner


def words_of(text: str) -> set[str]:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return {word.lower().rstrip("s") for word in re.findall(r"[A-Za-z]+", apart)}


def only_restates(name: str, docstring: str) -> bool:
    """Whether a docstring says nothing that the name did not say."""
    said = words_of(docstring) - {word.rstrip("s") for word in _BUT_NOT}
    return said <= words_of(name)


def long_functions(tree: ast.Module) -> list[str]:
    return [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(tree)
        if isinstance(node, FUNCTIONS)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= MAX_FUNCTION_LINES
    ]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_a_module_can_be_read_in_one_sitting(path):
    lines = path.read_text(encoding="utf-8").count("\n")

    assert lines <= MAX_MODULE_LINES, f"{path.name} has {lines} lines: part it."
    assert long_functions(parsed(path)) == []


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_what_is_public_says_what_it_gives(path):
    named = list(public(parsed(path), path.stem))

    assert [name for name, node in named if not ast.get_docstring(node)] == []
    assert [name for name, node in named if only_restates(name, ast.get_docstring(node) or "")] == []


@pytest.mark.parametrize(
    ("name", "docstring", "expected"),
    [
        ("max_words", "The max words.", True),
        ("Store.add_site", "Adds a site to the store.", True),
        ("max_words", "Words looked at in one text.", False),
        ("Site", "One CMS installation.", False),
    ],
)
def test_a_docstring_that_restates_the_name_is_noticed(name, docstring, expected):
    assert only_restates(name, docstring) is expected


def test_a_long_function_is_noticed():
    body = "\n".join(["    x = 1"] * MAX_FUNCTION_LINES)

    assert long_functions(ast.parse(f"def f():\n{body}")) == [f"f: {MAX_FUNCTION_LINES + 1} lines"]
    assert long_functions(ast.parse(f"def f():\n{body[: body.rindex(chr(10))]}")) == []


# Written in pieces, so that this file passes its own test.
_MACHINE = re.compile(r"(?<![\w./:-])/(?:wor" + "k|roo" + "t|far" + r"m)(?![\w.-])")
_REGISTRIES = re.compile(r"pypi\.(?:org|python)|pythonhosted\.\w+|npmjs\.\w+|crates\.(?:io)|--(?:extra-)?index-(?:url)")
_DATA = re.compile(r"app/lists/.+\.tsv|training_data/.+/examples\.jsonl|tests/data/.+\.jsonl")
"""Lists and examples name every host where anyone can publish; package registries are among them."""


def of_this_project() -> list[Path]:
    """Every file that is, or would be, in the repository; without git, every file that is not hidden."""
    git = shutil.which("git")
    command = [git or "", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=False) if git else None
    if listing and listing.returncode == 0:
        names = listing.stdout.decode().split("\0")
        return [ROOT / name for name in sorted(names) if name and (ROOT / name).is_file()]
    unwanted = {"var", "dist", "__pycache__"}
    return [
        path
        for path in sorted(ROOT.rglob("*"))
        if path.is_file() and not any(part in unwanted or part.startswith(".") for part in path.relative_to(ROOT).parts)
    ]


def places_in(text: str) -> set[str]:
    return {match.group() for pattern in (_MACHINE, _REGISTRIES) for match in pattern.finditer(text)}


def test_no_file_names_a_place_on_a_machine_or_a_registry():
    found = {}
    for path in of_this_project():
        name = path.relative_to(ROOT).as_posix()
        if _DATA.fullmatch(name) or path.suffix == ".npz":
            continue
        if places := places_in(path.read_text(encoding="utf-8", errors="replace")):
            found[name] = sorted(places)

    assert found == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cd /ro" + "ot/x", {"/ro" + "ot"}),
        ('"/wo' + 'rk"', {"/wo" + "rk"}),
        ("https://files.python" + "hosted.org/x", {"python" + "hosted.org"}),
        ("https://blog.example/wo" + "rk/1", set()),
        ("mysql://ro" + "ot:x@db", set()),
        ("/wo" + "rking", set()),
    ],
)
def test_a_place_is_noticed(text, expected):
    assert places_in(text) == expected


def requirements(name: str) -> dict[str, str]:
    """Package -> its version and hashes, as one line each."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return {line.partition("==")[0].lower(): line for line in lines}


@pytest.mark.parametrize("name", [*REQUIREMENTS, *CLIENTS])
def test_every_requirement_is_pinned_and_hashed(name):
    locked = requirements(name)

    assert locked
    for line in locked.values():
        assert re.match(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==[^ ]+ .*--hash=sha256:[0-9a-f]{64}", line), line[:80]


@pytest.mark.parametrize("name", [*REQUIREMENTS, *CLIENTS])
def test_the_lock_names_no_address(name):
    text = (ROOT / name).read_text(encoding="utf-8")

    assert re.findall(r"(?i)--(?:extra-)?index|--find-links|https?://", text) == []


@pytest.mark.parametrize("name", REQUIREMENTS)
@pytest.mark.parametrize(("package", "floor"), [("starlette", (1, 3, 1)), ("h11", (0, 16)), ("idna", (3, 15))])
def test_versions_with_known_holes_are_not_locked(name, package, floor):
    locked = requirements(name).get(package)
    if locked is None:
        pytest.skip(f"{package} is not needed any more")
    version = tuple(int(part) for part in locked.partition("==")[2].split()[0].split("."))

    assert version >= floor


def test_both_locks_agree():
    first, second = (requirements(name) for name in REQUIREMENTS)

    assert {name: line.split()[0] for name, line in first.items()} == {name: second[name].split()[0] for name in first}


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in (ROOT / "models").glob("*/card.json")), ids=lambda f: f.name
)
def test_a_model_is_small_enough_for_a_repository(folder):
    assert sum(path.stat().st_size for path in folder.iterdir()) <= MAX_MODEL_BYTES
    assert {path.name for path in folder.iterdir()} == {"weights.npz", "card.json"}


def examples() -> list[dict[str, str]]:
    lines = [line for path in EXAMPLE_FILES for line in path.read_bytes().split(b"\n") if line]
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("path", EXAMPLE_FILES, ids=lambda path: path.parent.name)
def test_every_folder_of_examples_says_where_they_are_from(path):
    readme = (path.parent / "README.md").read_text(encoding="utf-8").lower()

    assert "label" in readme
    assert re.search(r"\d{4}-\d{2}-\d{2}", readme)
    assert {child.name for child in path.parent.iterdir()} == {"README.md", "examples.jsonl"}


def test_every_folder_of_training_data_holds_examples():
    folders = {path for path in (ROOT / "training_data").iterdir() if path.is_dir()}

    assert folders == {path.parent for path in EXAMPLE_FILES}


def test_there_are_enough_examples_of_both_kinds_in_many_languages():
    rows = examples()
    labels = Counter(row["label"] for row in rows)

    assert len(rows) >= MIN_EXAMPLES
    assert set(labels) == {"spam", "ham"}
    assert 0.4 <= labels["ham"] / len(rows) <= 0.6
    assert len({row["language"] for row in rows}) >= MIN_LANGUAGES


def test_every_example_has_an_id_of_its_own():
    ids = Counter(row["id"] for row in examples())

    assert [identity for identity, count in ids.items() if count > 1] == []


def test_no_example_is_longer_than_a_comment():
    assert [row["id"] for row in examples() if len(row["text"]) > MAX_EXAMPLE_CHARACTERS] == []
