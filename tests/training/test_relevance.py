"""What the page does to a score, on data small enough to read."""

import json
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from app import lists as loading
from app.core.comment import Comment
from app.errors import ExamplesUnusable
from app.training import relevance
from app.training.dataset import assemble
from app.training.examples import Example, one_in_five
from app.training.page_ranks import page_ranks

FILE = Path(__file__).parents[2] / "training_data" / "relevance" / "examples.jsonl"
SUBJECTS = {
    "sourdough": "Feed the hungry sourdough starter with rye flour every morning and keep the jar warm.",
    "rooks": "Keep the rook behind the passed pawn and bring the king closer before the endgame.",
    "bees": "The colony swarms in June when the queen is old and the hive has little space.",
    "brakes": "Measure the chain, squeeze the brakes and spin both wheels before paying for a bicycle.",
}
SAID = {
    "sourdough": "our rye starter doubled in the warm jar once we gave it more flour",
    "rooks": "my king was always late, the rook alone never stops a pawn",
    "bees": "we split the hive as soon as the queen was marked and no colony left",
    "brakes": "the chain was fine but the wheels were bent and the brakes squealed",
}


def page_of(subject, site):
    return {"page_title": subject, "page_url": f"https://{site}/{subject}", "page_text": SUBJECTS[subject]}


def twins_on(sites=28):
    """On each site two pages, and under both the comments on both."""
    subjects = list(SUBJECTS)
    made = []
    for number in range(sites):
        site = f"site{number}.example"
        here = subjects[number % 4], subjects[(number + 1 + number // 4 % 3) % 4]
        for about in here:
            for page in here:
                text = f"Year {number}, {SAID[about]}: https://notes{number}.example/"
                comment = Comment(text=text, author="Jo", **page_of(page, site))
                made.append(Example(f"{about}-{page}-{number}", comment, about != page, "relevance", "", site))
    return made


@pytest.fixture(scope="module")
def examples():
    return twins_on()


@pytest.fixture(scope="module")
def report(examples):
    languages = {example.id: "en" for example in examples[:8]}
    return relevance.compare(assemble(examples, {}), languages)


def test_the_one_under_the_wrong_page_scores_higher(report):
    assert report.twins.pairs == 56
    assert report.twins.told_apart > 0.95
    assert report.twins.median_gap > 0


def test_twins_are_counted_by_language_where_it_is_known(report):
    assert {name: told.pairs for name, told in report.twins_by_language.items()} == {"en": 4}


def test_only_an_answer_with_its_page_can_tell_twins_apart(report):
    with_page, *without = report.examples

    assert [answer.way for answer in report.examples] == ["page sent", "page not sent", "trained without pages"]
    assert with_page.auc > 0.9
    assert [answer.auc for answer in without] == pytest.approx([0.5, 0.5], abs=0.05)
    assert report.others == report.sites == ()


def test_both_copies_of_a_text_stand_on_one_side_of_every_split(examples):
    folds = assemble(examples, {}).fold

    assert len(set(folds.tolist())) > 3
    assert all(folds[spam] == folds[ham] for spam, ham in relevance.twins_of(examples))


def test_a_text_under_one_page_alone_is_no_twin(examples):
    assert relevance.twins_of(examples[:1]) == []
    assert relevance.twins_of(examples[:4]) == [(1, 0), (2, 3)]


def test_examples_without_twins_are_refused():
    lonely = [example for example in twins_on(4) if not example.is_spam]
    with pytest.raises(ExamplesUnusable, match="once as ham and once as spam"):
        relevance.compare(assemble(lonely, {}), {})


def test_the_sample_is_a_fixed_fifth():
    many = [Example(str(number), Comment(), False, "", "", "") for number in range(5000)]

    assert one_in_five(many) == one_in_five(many)
    assert len(one_in_five(many)) == pytest.approx(1000, rel=0.1)


def test_an_honest_comment_ranks_its_own_page_first():
    subjects = [f"{first}{second}" for first in ("garden", "harbour", "kitchen") for second in ("history", "weather")]
    made = []
    for subject in subjects:
        page = {"page_url": f"https://s.example/{subject}", "page_text": f"Everything on the {subject} of our town."}
        made.append(Example(f"h-{subject}", Comment(text=f"That {subject} again", **page), False, "set", "", "s"))
        made.append(Example(f"s-{subject}", Comment(text="lovely, lovely", **page), True, "set", "", "s"))
    steps = []

    ham, spam = page_ranks(made, loading.load(), steps.append)

    assert (ham.comments, ham.is_spam, spam.comments, spam.is_spam) == (6, False, 6, True)
    assert ham.rank > 0.75
    assert (spam.rank, spam.silent) == (0.5, 1.0)
    assert sum(steps) == 12


def test_a_site_with_few_pages_says_nothing_of_ranks():
    one = Example("1", Comment(text="bees", page_url="https://a.example/", page_text="bees"), False, "set", "", "a")
    assert page_ranks([one], loading.load()) == []


@pytest.fixture(scope="module")
def rows():
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def test_the_shipped_examples_hold_a_hundred_comments_under_two_pages_each(rows):
    kinds = defaultdict(list)
    for row in rows:
        kinds[row["text"], row["author"], row.get("author_url")].append(row)
    twins = [copies for copies in kinds.values() if {row["label"] for row in copies} == {"spam", "ham"}]

    assert len(twins) == 100
    for first, second in twins:
        assert (first["site"], first["pair"]) == (second["site"], second["pair"])
        assert first["page_url"] != second["page_url"]


def test_the_shipped_pages_are_a_hundred_in_six_languages(rows):
    pages = {row["page_url"]: row for row in rows}

    assert len(pages) == 100
    assert len(Counter(row["language"] for row in pages.values())) == 6
    assert all(60 <= len(row["page_text"].split()) <= 150 for row in pages.values())
    assert not any("campaign" in row for row in rows)
    assert np.mean([row["label"] == "ham" for row in rows]) == pytest.approx(0.5, abs=0.05)
