"""From examples to a released model, small but whole."""

import json
from dataclasses import replace

import numpy as np
import pytest

from app import lists as loading
from app.core.blocks import WEIGHTS
from app.core.classify import classify
from app.core.comment import Comment, History, Thresholds
from app.core.model import MAX_LOGIT
from app.errors import CommandRefused, ExamplesUnusable
from app.models import load, versions
from app.training import card_facts, loso, measures, release
from app.training.baselines import read_keys
from app.training.crossing import Crossed, calibrate, cross, worst_links
from app.training.dataset import assemble
from app.training.disguises import DISGUISES
from app.training.examples import Example
from app.training.report import Group, HamSet, Report
from app.training.sources import Source
from app.training.thresholds import choose_thresholds
from app.training.train import train

SPAM = ["casino", "viagra", "loans", "escorts", "backlinks", "replica watches"]
HAM = ["gardening", "compilers", "the harbour", "our choir", "bees", "the tram"]


def examples_of(count=140):
    """Alternating spam and ham from four sites; spam sells by link, ham talks."""
    made = []
    for i in range(count):
        sells = i % 2 == 0
        thing = (SPAM if sells else HAM)[(i // 2) % 6]
        text = (
            f"Best {thing} here http://{thing.split()[0]}{i % 5}.example/buy-{thing.replace(' ', '-')}"
            if sells
            else f"I liked what you wrote about {thing}, number {i}. We did the same last year."
        )
        comment = Comment(text=text, author="Jana" if i % 3 else "")
        made.append(Example(f"e{i}", comment, sells, f"site{i // 2 % 4}", "", f"site{i // 2 % 4}"))
    return made


@pytest.fixture(scope="module")
def lists():
    return loading.load()


@pytest.fixture(scope="module")
def sources():
    return {f"site{n}": Source(f"site{n}", 1.0, n + 1) for n in range(3)}


@pytest.fixture(scope="module")
def data(sources):
    return assemble(examples_of(), sources)


@pytest.fixture(scope="module")
def trained(data, sources, lists):
    return train(data, sources, "2026-01-01.1", lists)


def test_a_source_with_a_fold_is_left_out_whole_and_others_are_split(data):
    folds = {e.source: set() for e in data.examples}
    for example, fold in zip(data.examples, data.fold, strict=True):
        folds[example.source].add(int(fold))
    assert folds == {"site0": {1}, "site1": {2}, "site2": {3}, "site3": folds["site3"]}
    assert not data.left_out[[e.source == "site3" for e in data.examples]].any()


def test_every_example_is_scored_by_a_model_that_has_not_seen_it(data):
    crossed = cross(data)
    assert np.isfinite(crossed.whole).all()
    assert np.isfinite(crossed.worst_link).tolist() == [e.is_spam for e in data.examples]
    assert measures.auc(crossed.whole[data.is_spam], crossed.whole[~data.is_spam]) > 0.99


def test_the_worst_link_of_a_comment_counts(data):
    fitted = data.fitted_on(np.arange(len(data.examples)))
    rows = np.flatnonzero(data.is_spam)[:5]
    owner = data.matrix.link_owner
    each = fitted.logits(data.matrix.links) - fitted.bias
    assert worst_links(data, fitted, rows) == pytest.approx([each[owner == row].max() for row in rows])


def test_the_released_model_says_what_was_fitted(trained, data, lists, tmp_path):
    release.write(tmp_path, "2026-01-01.1", trained.card, trained.weights)
    model = load(tmp_path, "2026-01-01.1", lists)
    for example in data.examples[:20]:
        answer = classify(example.comment, History(), model, lists)
        assert (answer.verdict == "spam") == example.is_spam, (example.comment.text, answer)


def test_the_card_names_sources_measures_and_libraries(trained):
    card = json.loads(trained.card)
    assert set(card["data"]) == {"site0", "site1", "site2", "site3"}
    assert card["metrics"]["leave_one_site_out"]["scorer"] == "Winnow"
    assert set(card["made_with"]) >= {"python", "numpy", "scikit-learn"}


def test_the_card_names_languages_slices_goals_and_limits(trained):
    card = json.loads(trained.card)
    slices = card["metrics"]["slices"]

    assert card["languages"] == {"latin": {"spam": 70, "ham": 70}}
    assert card["threshold_goals"] == {"hold": 0.01, "reject": 0.003, "discard": 0.0002}
    assert [(each["name"], each["spam"], each["ham"]) for each in slices["languages"]] == [("latin", 53, 53)]
    assert [(each["name"], each["spam"]) for each in slices["kinds"]] == [("link, few words", 53)]
    assert "It has learned from fewer than 100 comments, spam or honest, in: latin." in card["limits"]
    assert "robustness" not in card


def test_a_weak_slice_is_a_limit():
    weak, strong, few = (
        Group("zh", 25, 2, (0.48, 0.08, 0.08), (0.0, 0.0, 0.0)),
        Group("en", 7000, 9000, (0.97, 0.9, 0.9), (0.01, 0.0, 0.0)),
        Group("ja", 5, 5, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
    )
    ham = HamSet("ham-x", 1000, (10, 2, 1), 12, 4)
    found = Report((), (strong, weak, few), (ham,), (1.0, 2.0, 3.0), Thresholds(0.2, 0.5, 0.9))

    assert card_facts.limits_of(found, {"en": {"spam": 100, "ham": 100}, "ja": {"spam": 99, "ham": 900}})[3:] == [
        "Of spam in `zh` it caught 48 % (25 comments of sites not seen), with 1 in 100 good ones held.",
        "It has learned from fewer than 100 comments, spam or honest, in: ja.",
        "Of 1,000 honest comments of ham-x it rejected 0.40 %, the most of a large set.",
    ]


def test_disguises_are_measured_by_the_models_that_have_not_seen_the_comments(data, sources, lists):
    card = json.loads(train(data, sources, "v", lists, disguised=3).card)
    rows = {row["disguise"]: row for row in card["robustness"]}

    assert set(rows) == {disguise.name for disguise in DISGUISES}
    assert rows["zero-width-words"]["spam"] == {"comments": 9, "rejected": 100.0, "rejected_disguised": 100.0}
    assert rows["zero-width-words"]["ham"]["comments"] == 18
    assert rows["as-bare"]["spam"] == {"comments": 0, "rejected": None, "rejected_disguised": None}


def test_thresholds_come_in_order(trained):
    limits = trained.model.thresholds
    assert 0 < limits.hold <= limits.reject <= limits.discard <= 1


def test_a_model_is_small(trained):
    assert len(trained.weights) + len(trained.card) < 10_000_000


def test_too_few_examples_are_refused(sources, lists):
    with pytest.raises(ExamplesUnusable, match="at least"):
        train(assemble(examples_of(20), sources), sources, "v", lists)


def test_versions_of_a_day_are_numbered(tmp_path, trained):
    from datetime import UTC, datetime

    day = datetime(2026, 1, 1, tzinfo=UTC)
    assert release.next_version(tmp_path, day) == "2026-01-01.1"
    release.write(tmp_path, "2026-01-01.1", trained.card, trained.weights)
    assert release.next_version(tmp_path, day) == "2026-01-01.2"


def test_a_model_that_is_still_being_written_is_not_a_version(tmp_path):
    (tmp_path / ".2026-01-01.1-abc").mkdir()
    (tmp_path / ".2026-01-01.1-abc" / "card.json").write_text("{}")
    assert versions(tmp_path) == []


def test_weights_fit_the_buckets(trained):
    assert trained.model.weights.shape == (WEIGHTS,)


def test_without_links_the_view_of_links_never_decides(data):
    bare = Crossed(np.where(data.is_spam, 1.0, -1.0), np.full(len(data.examples), np.nan))
    assert calibrate(data, bare).link_offset == -MAX_LOGIT


def test_the_table_has_a_row_for_each_site_left_out(data):
    crossed = cross(data)
    table = loso.model_table(data, calibrate(data, crossed).logits(crossed))
    assert [row.site for row in table.rows] == ["site0", "site1", "site2"]
    assert min(table.mean) > 0.9
    assert loso.plain_table(data).rows[0].recall[0] > 0.5


def test_keywords_are_matched_as_wordpress_does(data, tmp_path):
    keys = tmp_path / "keys.txt"
    keys.write_text("CASINO\nviagra\nbees\ncompilers\n", encoding="utf-8")
    rows = loso.keyword_table(data, np.where(data.is_spam, 1.0, -1.0), read_keys(keys))
    assert all(0 < row.recall < 1 and 0 < row.held_back < 1 and row.winnow == 1.0 for row in rows)


def exported(site="blog", count=140, **others):
    """What one blog exports: no source with a fold, one site."""
    return [replace(e, source="my-export", site=site, **others) for e in examples_of(count)]


def test_the_export_of_a_single_site_trains(lists):
    data = assemble(exported(), {})
    assert len(set(data.fold.tolist())) > 3
    made = train(data, {}, "2026-01-01.1", lists)
    assert json.loads(made.card)["metrics"]["calibration_error"] < 0.5


def test_of_a_site_that_is_split_campaigns_still_stay_whole():
    examples = [replace(e, campaign=f"c{i % 20}") if i < 40 else e for i, e in enumerate(exported())]
    data = assemble(examples, {})
    folds = {}
    for example, fold in zip(data.examples, data.fold.tolist(), strict=True):
        folds.setdefault(example.campaign or example.id, set()).add(fold)
    assert all(len(found) == 1 for found in folds.values())


def test_a_part_without_spam_to_learn_from_is_a_sentence(lists):
    examples = [replace(e, campaign="one") if e.is_spam else e for e in exported()]
    with pytest.raises(ExamplesUnusable, match="no spam left to learn from"):
        train(assemble(examples, {}), {}, "v", lists)


def test_the_name_of_a_copy_takes_no_number(tmp_path):
    from datetime import UTC, datetime

    for name in ("2026-01-01.2", "2026-01-01.3-test", "2026-01-01.x", "2026-01-01.\u00b2"):
        (tmp_path / name).mkdir()
    assert release.next_version(tmp_path, datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01.3"


def test_a_version_that_is_there_is_not_written_over(tmp_path):
    (tmp_path / "v").mkdir()
    with pytest.raises(CommandRefused, match="already"):
        release.write(tmp_path, "v", b"{}", b"")
    assert [path.name for path in tmp_path.rglob("*")] == ["v"]


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(release.os, "fsync", full)
    with pytest.raises(CommandRefused, match="No space left"):
        release.write(tmp_path, "v", b"{}", b"")
    assert list(tmp_path.iterdir()) == []


def test_a_models_folder_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandRefused, match="cannot be written"):
        release.require_writable(tmp_path / "file")
    release.require_writable(tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize("content", [None, b"", b"\n \n", b"\xff"])
def test_keys_that_cannot_be_used_are_a_sentence(tmp_path, content):
    if content is not None:
        (tmp_path / "keys.txt").write_bytes(content)
    with pytest.raises(ExamplesUnusable, match=r"keys\.txt"):
        read_keys(tmp_path / "keys.txt")


def test_thresholds_come_from_honest_comments_of_sites_left_out(data):
    logits = np.where(data.left_out, -2.0, 2.0)  # what is not left out looks worse and does not count
    assert choose_thresholds(data, logits) == Thresholds(0.1193, 0.1193, 0.1193)
    nothing_out = replace(data, left_out=np.zeros(len(data.examples), dtype=bool))
    assert choose_thresholds(nothing_out, logits) == Thresholds(0.8809, 0.8809, 0.8809)
    all_chat = replace(nothing_out, weight=np.full(len(data.examples), 0.1))
    assert choose_thresholds(all_chat, logits).hold == 0.8809


def test_the_card_tells_the_calibration_error_of_sites_left_out(trained):
    told = json.loads(trained.card)["metrics"]
    assert told["calibration_error"] == told["leave_one_site_out"]["calibration_error"]


def test_the_table_tells_each_sites_calibration_error_and_the_mean_area(data):
    crossed = cross(data)
    told = loso.model_table(data, calibrate(data, crossed).logits(crossed)).as_json()
    assert [row["calibration_error"] >= 0 for row in told["rows"]] == [True] * 3
    assert told["mean_auc"] == pytest.approx(np.mean([row["auc"] for row in told["rows"]]), abs=1e-4)
    assert loso.plain_table(data).as_json()["rows"][0]["calibration_error"] is None


@pytest.mark.parametrize(
    ("count", "rate", "threshold"),
    [(100, 0.29, 70.0), (1000, 0.002, 997.0), (10, 0.0, 9.0), (10, 1.0, -np.inf), (0, 0.1, -np.inf)],
)
def test_a_threshold_flags_the_share_it_may(count, rate, threshold):
    assert measures.threshold_at(np.arange(float(count)), rate) == threshold


def test_counts_compare_what_is_served():
    found = measures.counts(np.array([0.34996, 0.34994]), np.array([True, True]), 0.35, 0.8)
    assert found.spam_held == 1
