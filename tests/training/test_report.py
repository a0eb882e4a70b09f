"""The breakdowns of a measurement, its worst mistakes, and what is kept of it to compare with."""

import json
from dataclasses import replace

import numpy as np
import pytest

from app import lists as loading
from app.core.comment import Comment, Thresholds
from app.errors import ExamplesUnusable
from app.training import mistakes, report, runs
from app.training.crossing import calibrate, cross
from app.training.dataset import assemble
from app.training.examples import Disputed, Example
from app.training.loso import RATES, SiteRow, Table, model_table
from app.training.sources import Source
from tests.training.test_train import examples_of

KNOWN = loading.load()


def outcome_of(rows, limits=(1.0, 2.0, 3.0)):
    """An outcome from (source, is spam, log-odds) or (source, is spam, log-odds, comment)."""
    made = [
        Example(f"{source}-{number}", rest[0] if rest else Comment(text=f"words {number}"), spam, source, "", source)
        for number, (source, spam, _, *rest) in enumerate(rows)
    ]
    return report.Outcome(
        tuple(made),
        np.array([row[1] for row in rows]),
        np.array([float(row[2]) for row in rows]),
        tuple(limits),
        Thresholds(0.5, 0.9, 0.99),
    )


def test_recall_is_told_by_kind_and_by_language():
    rows = [
        ("blog-a-en", True, 4, Comment(text="http://a.example")),
        ("blog-a-en", True, 1.5, Comment(text="http://b.example")),
        ("blog-a-en", True, 0, Comment(text="Купить")),
        ("blog-a-en", False, 2.5, Comment(text="Hello", language="de")),
        ("blog-a-en", False, -1, Comment(text="Hallo", language="de")),
    ]
    seen = []

    found = report.report(outcome_of(rows), KNOWN, seen.append)

    assert [(each.name, each.spam, each.recall) for each in found.kinds if each.spam] == [
        ("link only", 2, (1.0, 0.5, 0.5)),
        ("neither", 1, (0.0, 0.0, 0.0)),
    ]
    languages = {each.name: each for each in found.languages}
    assert list(languages) == ["en", "cyrillic", "de"]
    assert (languages["de"].ham, languages["de"].false_positives) == (2, (0.5, 0.5, 0.0))
    assert np.isnan(languages["de"].recall).all()
    assert sum(seen) == 3


def test_every_set_of_ham_says_how_many_are_hit_and_the_worst_is_named():
    small = [("ham-small", False, 3.5), ("ham-small", False, -3)]
    large = [("ham-large", False, 2.5 if i < 3 else -2) for i in range(report.ENOUGH_HAM)]
    found = report.report(outcome_of([*small, *large, ("blog", True, 9)]), KNOWN)

    assert found.ham_sets == (
        report.HamSet("ham-small", 2, (1, 1, 1), 1, 1),
        report.HamSet("ham-large", report.ENOUGH_HAM, (3, 3, 0), 3, 3),
    )
    assert found.worst_rejected().source == "ham-small"
    assert found.worst_rejected(report.ENOUGH_HAM).source == "ham-large"
    assert found.worst_rejected(10_000) is None


def test_the_breakdowns_are_json_without_numbers_that_are_none():
    told = report.report(outcome_of([("ham-x", False, 0)], limits=(-np.inf, 0.0, 0.0)), KNOWN).as_json()

    assert json.loads(json.dumps(told, allow_nan=False))["languages"][0]["recall"] == [None, None, None]
    assert told["limits"][0] is None
    assert told["worst_at_reject"]["of_at_least_300"] is None


def test_the_worst_site_is_that_with_the_lowest_recall_at_the_first_rate():
    rows = [SiteRow(site, 1, 1, (recall, 0.0, 0.0), 0.5, 0.0) for site, recall in (("a", 0.9), ("b", 0.2), ("c", 0.5))]

    assert report.worst_site(Table("x", 3, tuple(rows), 0.0, ())) == "b"
    assert report.worst_site(Table("x", 0, (), 0.0, ())) == ""


def test_the_worst_mistakes_come_from_each_source_in_turn():
    rows = [("a", False, 9), ("a", False, 8), ("a", False, 7), ("b", False, 1), ("b", False, -1), ("a", True, 0)]
    found = outcome_of(rows)

    assert mistakes.worst(found, False, 3) == [0, 1, 3]
    assert mistakes.worst(found, False, 99) == [0, 1, 2, 3, 4]
    assert mistakes.worst(found, True, 99) == [5]


@pytest.fixture(scope="module")
def sources():
    return {f"site{n}": Source(f"site{n}", 1.0, n + 1) for n in range(3)}


@pytest.fixture(scope="module")
def measured(sources):
    """A small measurement: data, outcome, table, the models of its folds."""
    data, kept = assemble(examples_of(), sources), mistakes.FoldModels()
    crossed = cross(data, keep=kept.keep)
    calibration = calibrate(data, crossed)
    outcome = report.outcome(data, crossed, calibration)
    return (
        data,
        outcome,
        model_table(data, calibration.logits(crossed, outcome.thresholds.hold)),
        kept.calibrated(calibration, outcome.thresholds),
    )


def test_an_outcome_holds_the_left_out_sites_and_the_limits_of_the_table(measured):
    data, outcome, table, _ = measured

    assert {example.source for example in outcome.examples} == {"site0", "site1", "site2"}
    assert len(outcome.examples) == int(data.left_out.sum())
    for row in table.rows:
        spam = outcome.logits[[e.source == row.site and e.is_spam for e in outcome.examples]]
        assert tuple(float((spam > limit).mean()) for limit in outcome.limits) == row.recall


def test_the_model_of_a_fold_gives_the_score_of_the_table_with_its_reasons(measured):
    _, outcome, _, models = measured
    for row in (0, 1, 2, 3):
        example, logit = outcome.examples[row], outcome.logits[row]
        seen = mistakes.explained(example, models[int(example.source[-1]) + 1], KNOWN)

        assert seen.score == pytest.approx(1 / (1 + np.exp(-logit)), abs=0.005)
        assert 0 < len(seen.reasons) <= mistakes.REASONS
        assert seen.label == ("spam" if example.is_spam else "ham")


def test_a_mistake_shows_the_beginning_of_a_long_text(measured):
    model = measured[3][1]
    example = Example("x", Comment(text="word " * 200, author="Jana", page_title="Bees"), False, "site0", "", "")
    seen = mistakes.explained(example, model, KNOWN)

    assert (len(seen.text), seen.author, seen.page_title) == (mistakes.TEXT_CHARS, "Jana", "Bees")


def test_disputed_comments_are_counted_apart_and_with_what_the_reader_said(measured, sources):
    data, outcome, _, models = measured
    spam = next(e for e in data.examples if e.is_spam and e.source == "site0")
    ham = next(e for e in data.examples if not e.is_spam and e.source == "site1")
    disputed = [
        Disputed(replace(spam, is_spam=False), "spam"),
        Disputed(replace(spam, is_spam=False), "arguable"),
        Disputed(replace(ham, is_spam=True), "ham"),
        Disputed(replace(spam, is_spam=False, source="site3"), "spam"),
        Disputed(replace(spam, is_spam=False, source="never-heard-of"), "spam"),
    ]

    rows = mistakes.disputed_rows(disputed, models, sources, outcome.limits[0], KNOWN)

    assert rows == [
        mistakes.DisputedRow("ham", "arguable", 1, 1, 0),
        mistakes.DisputedRow("ham", "spam", 1, 1, 1),
        mistakes.DisputedRow("spam", "ham", 1, 0, 1),
    ]


def run_of(rows, sample=1.0):
    return runs.run_of(outcome_of(rows), sample)


def test_a_saved_run_is_read_back_as_it_was(measured, tmp_path):
    _, outcome, table, _ = measured
    run = runs.run_of(outcome, 0.5)
    (tmp_path / "run.json").write_bytes(runs.as_bytes(run, outcome, table))

    assert runs.read_run(tmp_path / "run.json") == run
    told = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert told["table"]["scorer"] == "Winnow"
    assert len(told["thresholds"]) == len(RATES)
    assert outcome.examples[0].comment.text not in (tmp_path / "run.json").read_text("utf-8")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="missing"),
        pytest.param(b"", id="empty"),
        pytest.param(b"[]", id="a-list"),
        pytest.param(b'{"winnow_loso": 2}', id="another-format"),
        pytest.param(b'{"winnow_loso": 1, "sample": 1}', id="no-examples"),
        pytest.param(b'{"winnow_loso": 1, "sample": 1, "examples": [["a", "b", "eggs", 1]]}', id="another-label"),
        pytest.param(b'{"winnow_loso": 1, "sample": 1, "examples": [["a", "b", "ham", NaN]]}', id="no-number"),
        pytest.param(b'{"winnow_loso": 1, "sample": 1, "examples": [["a", "b", "ham"]]}', id="a-short-row"),
        pytest.param(b"\xff", id="not-utf-8"),
    ],
)
def test_a_file_that_is_no_run_is_refused_with_a_remedy(tmp_path, content):
    path = tmp_path / "run.json"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ExamplesUnusable, match=r"run\.json.*winnow loso --save"):
        runs.read_run(path)


def test_a_comparison_says_who_won_and_which_comments_flipped():
    ham = [("a", False, -i) for i in range(200)]
    before = [*ham, ("a", True, 5), ("a", True, -9), ("b", False, -9), ("b", True, -9), ("b", True, 7)]
    after = [(s, spam, {200: -9, 201: 5}.get(n, score)) for n, (s, spam, score) in enumerate(before)]
    after[199] = ("a", False, 8)  # a new false positive; the threshold at 1 % rises with it

    found = runs.compare(run_of(before), run_of(after))

    assert [(site.site, site.outcome[0]) for site in found.sites] == [("a", "tied"), ("b", "tied")]
    assert found.spam_gained == ("a-201",)
    assert found.spam_lost == ("a-200",)
    assert "a-199" in found.ham_hit
    assert found.count("tied")[0] == 2
    assert found.as_json()["shared"] == len(before)


@pytest.mark.parametrize(
    ("change", "outcome"), [(0.006, "won"), (0.005, "tied"), (0.0, "tied"), (-0.005, "tied"), (-0.0051, "lost")]
)
def test_half_a_point_is_a_tie(change, outcome):
    assert runs.Change("a", (0.5,), (0.5 + change,)).outcome == (outcome,)


def test_comments_of_one_run_only_are_left_aside():
    rows = [("a", False, -i) for i in range(30)] + [("a", True, 5)]
    found = runs.compare(run_of(rows), run_of([*rows, ("a", True, -5)]))

    assert (found.shared, found.only_before, found.only_after) == (31, 0, 1)
    assert found.sites[0].after == (1.0, 1.0, 1.0)


def test_a_run_on_other_comments_is_refused():
    ours, theirs = run_of([("a", False, 0)] * 5), run_of([("b", False, 0)] * 5)

    with pytest.raises(ExamplesUnusable, match="0 are in both, of 5 then and 5 now"):
        runs.require_comparable(theirs, 1.0, ours.scores.keys(), "old.json")
    with pytest.raises(ExamplesUnusable, match=r"--sample 1, not 0\.3"):
        runs.require_comparable(theirs, 0.3, None, "old.json")
    runs.require_comparable(theirs, 1.0, None, "old.json")
    runs.require_comparable(theirs, 1.0, theirs.scores.keys(), "old.json")
