"""The tool that measures other filters: each runs on a tiny set, if it is installed here."""

import json
import shutil
import subprocess

import numpy as np
import pytest

from app.core.comment import Comment
from app.training import loso, measures
from app.training.dataset import unmeasured
from app.training.examples import Example
from app.training.sources import Source
from tests import rivals, rspamd

SELLS = ("casino bonus", "cheap loans", "replica watches", "casino pills")
TALKS = ("our garden", "the harbour", "my choir", "the bees")
SITES = {f"blog-{fold}": Source(f"blog-{fold}", fold=fold) for fold in (1, 2)} | {"other": Source("other")}


def example(number):
    """Spam sells and ham talks; neither the text nor the id occurs twice."""
    sells, thing = number % 2 == 0, number // 2 % 4
    text = (
        f"Best {SELLS[thing]} for you, order number {number} today"
        if sells
        else f"I liked what you wrote about {TALKS[thing]}, year {number}, thank you"
    )
    source = list(SITES)[number % 3]
    return Example(f"e{number}", Comment(text=text, author="Jána"), sells, source, "", source)


@pytest.fixture(scope="module")
def data():
    return unmeasured([example(number) for number in range(120)], SITES)


def here(name):
    """A rival as a parameter, skipped where it is not installed."""
    asked = ["perl", "-MMail::SpamAssassin", "-e", "1"]
    installed = {
        "bogofilter": lambda: shutil.which("bogofilter"),
        "spamassassin": lambda: (
            shutil.which("perl") and subprocess.run(asked, capture_output=True, check=False).returncode == 0
        ),
        "rspamd": rspamd.is_installed,
        "scikit-learn": lambda: True,
    }[name]()
    return pytest.param(name, marks=pytest.mark.skipif(not installed, reason=f"{name} is not installed here"))


@pytest.mark.parametrize("name", [here(name) for name in rivals.RIVALS])
def test_a_rival_scores_only_what_it_did_not_learn_and_tells_spam_from_ham(data, name):
    scores = rivals.scored(rivals.RIVALS[name], data)

    assert np.array_equal(~np.isnan(scores), data.left_out)
    assert measures.auc(scores[data.left_out & data.is_spam], scores[data.left_out & ~data.is_spam]) > 0.95


@pytest.mark.parametrize("name", [here(name) for name in rivals.RIVALS])
def test_a_rival_has_a_version(name):
    assert rivals.version_of(name)[0].isdigit()


def test_a_rival_learns_from_all_other_folds_and_with_their_weights(data):
    seen = []

    def watching(train, weight, out):
        seen.append(({each.source for each in train}, len(train) == len(weight), {each.source for each in out}))
        return np.zeros(len(out))

    rivals.scored(watching, data)

    assert [(same, out) for _, same, out in seen] == [(True, {"blog-1"}), (True, {"blog-2"})]
    assert "blog-1" not in seen[0][0]
    assert "blog-2" not in seen[1][0]


def test_a_sample_is_the_same_each_time_and_changes_nothing_of_what_is_scored(data):
    sizes = []

    def counting(train, weight, out):
        sizes.append((len(train), len(out)))
        return np.zeros(len(out))

    for share in (1.0, 0.5, 0.5):
        rivals.scored(counting, data, share)

    whole, half, again = sizes[:2], sizes[2:4], sizes[4:]
    assert half == again
    assert [out for _, out in half] == [out for _, out in whole]
    assert all(0.25 < some / every < 0.75 for (some, _), (every, _) in zip(half, whole, strict=True))


def test_scores_that_tie_with_too_much_ham_catch_nothing(data):
    scores = np.where(data.is_spam, 1.0, 0.0)
    scores[np.flatnonzero(data.left_out & ~data.is_spam)[:3]] = 1.0

    table = loso.table("saturated", data, scores, None)

    assert table.mean == (0.0, 0.0, 0.0)
    assert "3 of 40 left-out ham share" in rivals.markdown(table, 3)


def test_a_comment_becomes_an_e_mail_whose_head_nobody_else_writes():
    comment = Comment(text="From here\nto there", author="Eve\nSubject: x", author_url="http://a.example")

    assert rivals.mail_of(comment).decode().split("\n") == [
        "From: =?utf-8?q?Eve_Subject=3A_x?= <comment@comment.invalid>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        "http://a.example",
        "",
        "From here",
        "to there",
        "",
    ]


def test_a_line_of_a_comment_begins_no_new_mail():
    box = rivals.mailbox([Example("1", Comment(text="From here\n>From there"), True, "s", "", "")] * 2)

    assert [line for line in box.split(b"\n") if line.startswith(b"From ")] == [
        b"From comment@comment.invalid Thu Jan  1 00:00:00 1970"
    ] * 2
    assert b">From here\n>>From there" in box


def test_an_answer_too_few_is_noticed():
    with pytest.raises(rivals.RivalUnusable, match="answered 1 times to 2 comments"):
        rivals.as_scores("bogofilter", ["0.5"], [example(0), example(1)])


def test_no_opinion_lies_in_the_middle():
    assert rivals.as_scores("SpamAssassin", ["-", "1"], [example(0), example(1)]).tolist() == [0.5, 1.0]


@pytest.mark.parametrize("name", ["bogofilter", "spamassassin"])
def test_a_rival_that_is_missing_is_told_with_the_remedy(monkeypatch, tmp_path, name):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SystemExit) as told:
        rivals.main([str(tmp_path), "--only", name])

    assert f"{name}: It is not installed. On Debian: apt-get install {name}." in str(told.value)


def test_corpora_of_which_no_fold_leaves_anything_out_are_refused(tmp_path):
    (tmp_path / "mine.jsonl").write_text('{"text": "hello", "label": "ham"}\n')

    with pytest.raises(SystemExit, match="No honest comment of it is left out"):
        rivals.main([str(tmp_path), "--only", "scikit-learn"])


def test_the_tables_come_as_json_too(tmp_path, capsys):
    for site in ("blog-essays-en", "blog-haskell-en"):
        rows = [example(number) for number in range(40)]
        told = [{"text": row.comment.text, "label": "spam" if row.is_spam else "ham", "id": row.id} for row in rows]
        (tmp_path / f"{site}.jsonl").write_text("\n".join(json.dumps(row) for row in told))

    rivals.main([str(tmp_path), "--only", "scikit-learn", "--sample", "0.5", "--json"])

    (table,) = json.loads(capsys.readouterr().out)["tables"]
    assert table["scorer"].endswith("trained on a sample of 0.5")
    assert [row["site"] for row in table["rows"]] == ["blog-essays-en", "blog-haskell-en"]
    assert table["ham_at_its_highest"] >= 1


@pytest.mark.parametrize("share", ["0", "1.5"])
def test_a_sample_is_a_share(share, capsys):
    with pytest.raises(SystemExit):
        rivals.asked(["data", "--sample", share])

    assert "--sample is a share" in capsys.readouterr().err
