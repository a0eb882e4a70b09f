"""What the documentation must not forget: settings, addresses, errors, features, commands, links."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from app import cli, errors, lists
from app.core import blocks, emit, features
from app.core.comment import Comment
from app.core.hosts import SHARED_SERVICES
from app.main import create_app
from app.settings import Settings
from app.web.problems import PROBLEMS
from app.web.schemas import ClassifyIn, ClassifyOut, CommentOut, LinkOut, ReasonOut

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    path
    for folder in (
        ".",
        "docs",
        "docs/adr",
        "docs/cms",
        "integrations",
        "training_data",
        "training_data/*",
        "models",
        "models/*",
    )
    for path in ROOT.glob(f"{folder}/*.md")
)
CLIENTS_OWN = {"WINNOW_KEY", "WINNOW_SERVER", "WINNOW_WEBHOOK_SECRET"}
"""No settings of the service: what the curl lines and the WordPress plugins take the site's key and the like from."""


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["README.md", "docs/operations.md"])
@pytest.mark.parametrize("field", list(Settings.model_fields))
def test_every_setting_is_documented(name, field):
    assert f"| `WINNOW_{field.upper()}` |" in page(name)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_page_speaks_of_a_setting_that_is_not_there(path):
    named = set(re.findall(r"WINNOW_[A-Z_]+[A-Z]", path.read_text(encoding="utf-8")))

    assert named - CLIENTS_OWN <= {f"WINNOW_{field.upper()}" for field in Settings.model_fields}


def test_every_address_is_documented():
    document = create_app(Settings()).openapi()
    said = page("docs/api.md") + page("docs/akismet.md")

    addresses = [f"`{method.upper()} {path}`" for path, item in document["paths"].items() for method in item]
    assert [address for address in addresses if address not in said] == []


@pytest.mark.parametrize("problem", list(PROBLEMS.values()), ids=list(PROBLEMS))
def test_every_problem_is_documented_with_its_status_and_remedy(problem):
    assert f"| `{problem.code}` | {problem.status} | {problem.title} | {problem.remedy} |" in page("docs/api.md")


@pytest.mark.parametrize("model", [ClassifyIn, ClassifyOut, ReasonOut, LinkOut, CommentOut], ids=lambda m: m.__name__)
def test_every_field_on_the_wire_is_documented(model):
    said = page("docs/api.md")

    assert [name for name in model.model_fields if f"`{name}`" not in said] == []


@pytest.mark.parametrize("code", list(lists.load().reasons))
def test_every_reason_is_documented_with_both_sentences(code):
    above, below = lists.load().reasons[code]

    assert f"| `{code}` | {above} | {below} |" in page("docs/features.md")


def test_every_trade_is_documented():
    said = " ".join(page("docs/features.md").split())

    assert [trade for trade, name in lists.load().trade_names.items() if f"`{trade}` ({name})" not in said] == []


class Recording(emit.Emitter):
    """Remembers the names of the features it is given, with the largest value of each."""

    seen: dict[str, float] = {}  # noqa: RUF012 - `measure` makes the instance, so the class is what can be asked

    def add_each(self, units, names, value):
        for name in names:
            self.seen[name] = max(value, self.seen.get(name, 0.0))
        super().add_each(units, names, value)

    def add_counted(self, unit, names, counts, weight):
        self.seen.update(dict.fromkeys(names, weight))
        super().add_counted(unit, names, counts, weight)


def family(name: str) -> str:
    """The feature's name up to what varies, with the field of a link left open.

    >>> family("author_url.kind:shared"), family("author.trade:seo")
    ('{field}.kind', 'author.trade')
    """
    return re.sub(r"^(link|author_url|author_email)\.", "{field}.", name.partition(":")[0])


PROBES = [
    *features._PROBES,
    Comment(text="[url]https://t.me/x[/url]"),
    Comment(
        text="[casino](http://bit.ly/x) viagra casino loan mail me@shop.example or @somebody, +44 20 7946 0999 telegram "
        "http://user@xn--80ak6aa92e.example:8080/Cheap-Pills-2024.html?a=b#c ftp://files.example.com/a.zip "
        "<a href='https://t.me/x'>https://t.me/x</a> [url=http://10.0.0.1]x[/url] [[http://wiki.example|y]]",
        author="SEO Services www.example.com",
        author_url="https://seo.example.com/services",
        author_email="ann@example.org",
        page_title="Ставки",
        page_url="https://blog.example/a",
        type="pingback",
        honeypot="x",
    ),
    Comment(text="http://user@example.com:8080/"),
    Comment(text="ftp://files.example.com/a.zip"),
    Comment(
        text="The quoted sentence stands on the page, word for word. And that is all.",
        page_title="Page",
        page_text="Something first. " * 8 + "The quoted sentence stands on the page, word for word. More.",
    ),
]


@pytest.fixture
def families(monkeypatch):
    """Every family of features that the probes give, with its largest value."""
    monkeypatch.setattr(Recording, "seen", {})
    monkeypatch.setattr(features, "Emitter", Recording)
    for probe in PROBES:
        features.measure(probe, lists.load())
    largest: dict[str, float] = {}
    for name, value in Recording.seen.items():
        largest[family(name)] = max(value, largest.get(family(name), 0.0))
    return largest


def documented_families() -> dict[str, str]:
    """The families in the tables of docs/features.md, each with what the table says of its value."""
    tables = page("docs/features.md").partition("## Words and n-grams")[2].partition("## Reason codes")[0]
    rows = [line.replace("\\|", "").split("|") for line in tables.splitlines() if line.startswith("| `")]
    return {family(name): row[2].strip() for row in rows if len(row) > 5 for name in re.findall(r"`([^`]+)`", row[1])}


def test_the_tables_of_features_hold_every_family_and_no_other(families):
    assert len(families) > 60
    assert documented_families().keys() == families.keys()


def test_the_values_of_features_are_those_of_the_tables(families):
    said = {name: re.match(r"\d+\.\d+(?=$|[ ,])", value) for name, value in documented_families().items()}

    assert {name: families[name] for name, value in said.items() if value} == pytest.approx(
        {name: float(value[0]) for name, value in said.items() if value}
    )


@pytest.mark.parametrize("name", ["docs/features.md", "docs/models.md"])
def test_the_number_of_weights_is_told(name):
    for number in (blocks.WEIGHTS, *(block.size for block in blocks.BLOCKS)):
        assert f"{number:,} " in page(name)


def every_error() -> Iterator[str]:
    for name, value in vars(errors).items():
        if isinstance(value, type) and issubclass(value, Exception):
            yield name


@pytest.mark.parametrize("name", list(every_error()))
def test_every_error_is_documented(name):
    assert f"`{name}`" in page("docs/operations.md")
    assert name in (errors.__doc__ or "")


def every_command() -> Iterator[str]:
    def below(group: TyperGroup, path: str) -> Iterator[str]:
        for name, command in group.commands.items():
            if isinstance(command, TyperGroup):
                yield from below(command, f"{path} {name}")
            elif not command.hidden:
                yield f"{path} {name}"

    root = typer.main.get_command(cli.app)
    assert isinstance(root, TyperGroup)
    yield from below(root, "winnow")


@pytest.mark.parametrize("command", list(every_command()))
def test_every_command_is_documented(command):
    assert re.search(rf"\| `{command}[ `]", page("README.md"))


def test_the_readme_speaks_of_no_command_that_is_not_there():
    named = re.findall(r"^\| `(winnow [a-z-]+(?: [a-z-]+)?)", page("README.md"), re.M)

    assert set(named) <= set(every_command())


@pytest.mark.parametrize("name", [path.name for path in sorted((ROOT / "app" / "core").glob("[a-z]*.py"))])
def test_every_module_of_core_has_its_place_in_the_architecture(name):
    assert f"`{name}`" in page("docs/architecture.md")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_between_pages_leads_somewhere(path):
    text = path.read_text(encoding="utf-8")
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]

    relative = [target for target in targets if target and "://" not in target]
    assert [target for target in relative if not (path.parent / target).exists()] == []


def counted(path: Path) -> int:
    return path.read_bytes().count(b"\n")


def test_every_folder_of_examples_is_in_their_readme_with_its_size():
    files = sorted((ROOT / "training_data").glob("*/examples.jsonl"))
    said = page("training_data/README.md")

    rows = [f"| [{path.parent.name}]({path.parent.name}/README.md) | {counted(path)} |" for path in files]
    assert [row for row in rows if row not in said] == []
    assert f"\n{sum(map(counted, files)):,} examples: " in said


def test_the_readme_counts_the_lists_right():
    trades = [row.split("\t") for row in page("app/lists/trades.tsv").splitlines() if not row.startswith("# ")]
    shared = [kind for kind in lists.load().host_kinds.values() if kind in SHARED_SERVICES]
    said = " ".join(page("README.md").split())

    assert f"On {len(shared):,} hosts where anyone can publish" in said
    assert f"trades in {len({language for _, language, _ in trades})} languages" in said
