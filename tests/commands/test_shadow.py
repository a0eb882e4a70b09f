"""winnow models shadow: naming a candidate, ending it, showing what it found."""

import json

import pytest

from app.core.comment import Comment, Thresholds
from app.core.verdict import Classification
from app.store.database import open_engine
from app.store.records import Record
from app.store.shadowed import Change, Pair
from app.store.sql import SqlStore

AT = "2026-12-01T10:00:00.000Z"
FOUND = Classification(0.2, "ham", "publish", Thresholds(0.3, 0.6, 1.0), None, "So.", (), (), (), (), "a")


@pytest.mark.parametrize(("share", "written"), [((), "b 0.0000\n"), (("--share", "0.05"), "b 0.0500\n")])
def test_a_candidate_is_named_and_ended(run, models, share, written):
    told = json.loads(run("models", "shadow", "b", *share, "--json").stdout)

    assert told == {"candidate": "b", "share": float(written.split()[1])}
    assert (models / "candidate").read_text() == written
    assert "looks on" in run("models", "shadow", "b", *share).stdout
    assert json.loads(run("models", "shadow", "--stop", "--json").stdout)["candidate"] is None
    assert not (models / "candidate").exists()
    assert run("models", "shadow", "--stop").stdout == "No candidate looked on.\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nope",), "no such model"),
        (("a",), "It is the model in use"),
        (("--share", "0.5"), "It needs a candidate"),
        (("b", "--stop"), "cannot go with a candidate"),
        (("b", "--share", "1.5"), "less than or equal to 1"),
    ],
)
def test_what_makes_no_sense_is_refused(run, models, arguments, says):
    result = run("models", "shadow", *arguments)

    assert result.exit_code == 2
    assert says in result.stderr
    assert not (models / "candidate").exists()


def test_one_that_does_not_load_is_refused(run, models):
    (models / "b" / "weights.npz").write_bytes(b"no weights")

    assert run("models", "shadow", "b").exit_code == 2
    assert not (models / "candidate").exists()


def test_before_anything_was_found_it_says_so(run):
    assert "No candidate has looked on yet" in run("models", "shadow").stdout
    assert json.loads(run("models", "shadow", "--json").stdout) == {
        "candidate": None,
        "looks_on": False,
        "share": 0.0,
        "sites": [],
        "comments": [],
    }


def test_what_was_found_is_shown_by_site_also_when_it_is_over(run, home):
    run("site", "add", "blog")
    store = SqlStore(open_engine(f"sqlite:///{home}/winnow.db"))
    store.record([Record("c_1", "blog", AT, Comment(text="Hello\x1b[2J", author="Bob"), FOUND)])
    counts = {("publish", "hold"): 2, ("publish", "publish"): 97, ("reject", "publish"): 1, ("", ""): 5}
    found = {Pair("b", "a", "blog", *actions): number for actions, number in counts.items()}
    store.note_shadow(found, [Change("c_1", "b", "a", "publish", 0.2, "hold", 0.4)], AT)
    store.note_shadow({Pair("b", "a", "blog", "publish", "hold"): 1}, [], AT)
    store.close()

    told = json.loads(run("models", "shadow", "--json").stdout)

    assert (told["candidate"], told["looks_on"]) == ("b", False)
    assert [(each["site"], each["compared"], each["changed"], each["passed_over"]) for each in told["sites"]] == [
        (None, 101, 4, 5),
        ("blog", 101, 4, 5),
    ]
    assert told["sites"][1]["changes"][0] == {"action": "publish", "candidate_action": "hold", "comments": 3}
    assert [(each["id"], each["candidate_score"]) for each in told["comments"]] == [("c_1", 0.4)]
    assert json.loads(run("models", "shadow", "--site", "shop", "--json").stdout)["comments"] == []
    shown = run("models", "shadow").stdout
    assert "3 publish → hold" in shown
    assert "\x1b[2J" not in shown
