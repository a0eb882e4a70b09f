"""The lists: dated, sourced, without doubles, and every entry does what its example says."""

import re
from collections import Counter
from pathlib import Path

import pytest

from app import lists as shipped
from app.core.comment import Comment
from app.core.features import measure
from app.core.folding import fold
from app.core.hosts import SHARED_SERVICES, describe, parse_url, redirect_target
from app.core.lists import Lists
from app.core.reasons import label_of
from app.errors import ListUnusable

COLUMNS = {
    "confusables.tsv": 3,
    "first_names.tsv": 2,
    "hosts.tsv": 3,
    "letter_phrases.tsv": 3,
    "mail_providers.tsv": 2,
    "name_words.tsv": 2,
    "platform_paths.tsv": 2,
    "purposes.tsv": 3,
    "reasons.tsv": 3,
    "redirectors.tsv": 4,
    "sold_suffixes.tsv": 2,
    "tracking.tsv": 2,
    "trade_names.tsv": 2,
    "trades.tsv": 3,
    "identities.tsv": 2,
    "well_known.tsv": 2,
}
KEY_COLUMNS = {"identities.tsv": 2, "letter_phrases.tsv": 2, "redirectors.tsv": 3, "trades.tsv": 3, "purposes.tsv": 3}
KINDS = SHARED_SERVICES | {"shortener", "bio", "messenger", "identity"}
CORE = Path(shipped.__file__).parent.parent / "core"


@pytest.fixture(scope="module")
def lists() -> Lists:
    return shipped.load()


def rows(name: str) -> list[tuple[str, ...]]:
    return shipped.read(name, COLUMNS[name], key_columns=KEY_COLUMNS.get(name, 1))


def test_every_list_is_known_here() -> None:
    assert {path.name for path in shipped.FOLDER.glob("*.tsv")} == set(COLUMNS)


@pytest.mark.parametrize("name", COLUMNS)
def test_a_list_loads_and_says_when_and_where_from(name: str) -> None:
    text = (shipped.FOLDER / name).read_text(encoding="utf-8")
    assert re.search(r"^# as of: 20\d\d-\d\d-\d\d$", text, re.MULTILINE)
    assert re.search(r"^# source: \S", text, re.MULTILINE)
    assert rows(name)


@pytest.mark.parametrize("name", COLUMNS)
def test_a_list_is_in_order_and_nothing_in_it_has_blanks_around(name: str) -> None:
    told = rows(name)
    assert all(cell == cell.strip() for row in told for cell in row)
    assert len(set(told)) == len(told)


DATED = "# what: x\n# as of: 2026-11-22\n# source: us\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a\tb\n", id="no-date-no-source"),
        pytest.param("# as of: 2026-11-22\na\tb\n", id="no-source"),
        pytest.param("# what: x\n# source: us\na\tb\n", id="no-date"),
        pytest.param("# what: x\n# as of: yesterday\n# source: us\na\tb\n", id="not-a-date"),
        pytest.param(DATED + "a\tb\na\tc\n", id="double"),
        pytest.param(DATED + "a\n", id="too-narrow"),
        pytest.param(DATED + "a\tb\tc\n", id="too-wide"),
        pytest.param(DATED + "a\t\n", id="blank-cell"),
        pytest.param(DATED + "a\tb\n\nc\td\n", id="blank-line"),
    ],
)
def test_a_list_that_cannot_be_trusted_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(ListUnusable):
        shipped.read("x.tsv", 2, tmp_path)


def test_a_list_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ListUnusable):
        shipped.read("x.tsv", 2, tmp_path)
    (tmp_path / "x.tsv").write_bytes(DATED.encode() + b"\xff\tb\n")
    with pytest.raises(ListUnusable):
        shipped.read("x.tsv", 2, tmp_path)


@pytest.mark.parametrize("row", [pytest.param(row, id=row[0]) for row in rows("hosts.tsv")])
def test_a_hosts_example_is_of_its_kind(row: tuple[str, ...], lists: Lists) -> None:
    host, kind, example = row
    assert kind in KINDS
    url = parse_url(example)
    assert url is not None
    assert url.host == host or url.host.endswith("." + host)
    told = describe(url, "", lists)
    assert (told.service or told.kind) == kind


@pytest.mark.parametrize("row", [pytest.param(row, id="".join(row[:3])) for row in rows("redirectors.tsv")])
def test_a_redirectors_example_leads_away(row: tuple[str, ...], lists: Lists) -> None:
    url = parse_url(row[3])
    assert url is not None
    assert row[2] == row[2].lower()
    target = parse_url(redirect_target(url, lists))
    assert target is not None
    assert target.host == "example.com"


def test_every_trade_word_is_found_as_its_own_trade_alone(lists: Lists) -> None:
    others = []
    for trade, _, term in rows("trades.tsv"):
        found = {hit.trade for hit in lists.trades.find(fold(term.strip("^$")))}
        if found != {trade}:
            others.append((term, trade, found))
    assert others == []


def test_no_two_trades_claim_one_word() -> None:
    claims = {(fold(term), trade) for trade, _, term in rows("trades.tsv")}
    assert [term for term, claimed in Counter(term for term, _ in claims).items() if claimed > 1] == []


def test_no_word_has_two_purposes() -> None:
    claims = {(fold(term.strip("^$")), kind) for kind, _, term in rows("purposes.tsv")}

    assert [term for term, claimed in Counter(term for term, _ in claims).items() if claimed > 1] == []
    assert {kind for _, kind in claims} == {"offer", "about"}


def test_every_trade_has_a_name_and_every_name_a_trade() -> None:
    assert {row[0] for row in rows("trades.tsv")} == {row[0] for row in rows("trade_names.tsv")}


def test_a_lookalike_is_one_letter_that_nfkc_leaves_alone() -> None:
    for character, latin, name in rows("confusables.tsv"):
        assert len(character) == 1, name
        assert not character.isascii(), name
        assert re.fullmatch("[a-z0-9]", latin), name


def test_paths_are_written_as_they_are_looked_up() -> None:
    assert [path for path, _ in rows("platform_paths.tsv") if fold(path) != path] == []


def test_given_names_are_folded_and_are_no_words_of_advertisements() -> None:
    names, words = ({row[0] for row in rows(name)} for name in ("first_names.tsv", "name_words.tsv"))
    assert [name for name in names if fold(name) != name] == []
    assert [name for name in names if name.isascii() and not (len(name) >= 3 and name.isalpha())] == []
    assert names & words == set()


PREFIXES = ("link", "author_url", "author_email")


def opened_codes() -> set[str]:
    """Every reason code that core opens evidence under, with `{trade}` for any trade; read from its source."""
    codes: set[str] = set()
    for path in sorted(CORE.glob("*.py")):
        source = path.read_text(encoding="utf-8")
        for opener, written in re.findall(
            r"""\b(out|at)\.open\(\s*(f?"(?:[^"\\]|\\.)*"(?: if [^,()]+ else "[^"]*")?)""", source
        ):
            if opener == "at":  # a link's evidence: its field goes in front
                codes |= expanded("{prefix}." + written.removeprefix("f").strip('"'))
            else:
                codes |= set(re.findall(r'"([a-z_.]+)"', written)) if written[0] == '"' else expanded(written[2:-1])
    return codes - {"{self.prefix}.{code}"} | {"text.{trade}"}


def expanded(written: str) -> set[str]:
    values = {
        "{prefix}": PREFIXES,
        "{part}": ("host", "path", "anchor"),
        "{host.kind}": (
            "shared",
            "shortener",
            "redirector",
            "bio",
            "messenger",
            "identity",
            "own",
            "ip",
            "other",
        ),
        "{disguise}": (
            "bidi",
            "entities",
            "invisible",
            "letters",
            "lookalikes",
            "marks",
            "refanged",
            "spacing",
            "tags",
        ),
        "{code}": ("email", "phone", "handle", "messenger"),
        "{kind}": ("lines", "spacing", "punctuation", "tags"),
        "{field}": ("author", "author_url", "author_email"),
        "{trades[0] if trades else 'words'}": ("{trade}", "words"),
    }
    found = {written}
    for name, known in values.items():
        found = {code.replace(name, value) for code in found for value in known}
    found = {code for code in found if "self" not in code}
    return {code for code in found if ".anchor." not in code or code.startswith("link.")}  # only a text has anchors


def test_every_code_has_a_sentence_and_every_sentence_a_code(lists: Lists) -> None:
    assert opened_codes() == set(lists.reasons)


@pytest.mark.parametrize("weight", [1.0, -1.0])
def test_a_sentence_names_the_trade_and_ends(weight: float, lists: Lists) -> None:
    for code in lists.reasons:
        for trade in lists.trade_names if "{trade}" in code else [""]:
            label = label_of(code.replace("{trade}", trade), weight, lists)
            assert label.endswith(".")
            assert "{" not in label
            assert lists.trade_names.get(trade, "") in label


def test_comments_of_every_sort_open_only_codes_with_a_sentence(lists: Lists) -> None:
    text = "cas\u200bino c a s i n o http://a.example/casino www.b.com/x <a href='http://c.example/loan'>loan</a> @someone +421900123456"
    page = "A page about gardens and what grows there in spring. " * 5
    comments = [
        Comment(
            text=text,
            author="casino",
            author_url="http://192.0.2.1/",
            author_email="a@loans.example",
            page_title=page,
        ),
        Comment(text=page, page_text=page, honeypot="x", type="pingback"),
        Comment(text="http://a.example/"),
    ]
    codes = {unit.code for comment in comments for unit in measure(comment, lists).features.units}
    assert all(label_of(code, 1.0, lists) for code in codes)


def test_what_everybody_links_to_is_a_domain_of_one_owner(lists: Lists) -> None:
    assert [each for each in lists.well_known if lists.split_host(each).registrable_domain != each] == []
    assert lists.well_known & lists.host_kinds.keys() == set()
