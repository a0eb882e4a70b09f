"""winnow doctor --site: who asks, and what the CMS forgets to send."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.core.comment import Comment, History, Page
from app.core.times import shifted, written
from app.store.database import open_engine
from app.store.records import Client, Record
from app.store.sql import SqlStore

AT = "2026-11-22T10:00:00Z"
PAGE = "https://blog.example/2026/11/beekeeping-in-winter"


@pytest.fixture
def store(run, home):
    run("site", "add", "blog")
    opened = SqlStore(open_engine(f"sqlite:///{home}/winnow.db"))
    yield opened
    opened.close()


@pytest.fixture
def judged(shipped):
    """A record of a comment, as the shipped model judges it."""
    from app.core.classify import classify

    model, lists = shipped

    def make(id, **fields):
        comment = Comment(**fields)
        return Record(id, "blog", AT, comment, classify(comment, History(), model, lists))

    return make


@pytest.fixture(scope="module")
def shipped():
    from app.commands import opening

    return opening.open_model(opening.read_settings())


def asked(run):
    return json.loads(run("doctor", "--site", "blog", "--json").stdout)


def test_before_the_first_request_it_says_so(run, store):
    found = asked(run)

    assert (found["clients"], found["comments"], found["missing"]) == ([], 0, [])
    assert "Nobody has asked" in run("doctor", "--site", "blog").stdout


def test_who_asks_and_what_is_missing(run, store, judged):
    store.note_clients({("blog", "akismet WP/6"): Client("akismet WP/6", AT, 7, 2, "nothing-to-judge")})
    store.record([judged("c_1", text="Thanks!", author="Jana"), judged("c_2", text="Me too.", page_url=PAGE)])
    found = asked(run)

    missing = {each["field"]: each for each in found["missing"]}
    assert found["clients"][0]["failures"] == 2
    assert found["comments"] == 2
    assert (missing["author"]["missing"], missing["page_title"]["missing"]) == (1, 2)
    assert missing["author"]["judged_otherwise"] is None
    assert missing["page_title"]["judged_otherwise"] == 0
    said = run("doctor", "--site", "blog").stdout
    assert "akismet WP/6" in said
    assert "2 came without page_title." in said


def test_a_page_that_was_told_is_judged_with(run, store, judged):
    store.put_page("blog", PAGE, Page("Beekeeping in winter", "How bees are fed in winter. " * 20), AT)
    record = judged("c_1", text="Do mice get into the hive?", author="Jana", page_url=PAGE)
    store.record([record, replace(record, id="c_2", comment=replace(record.comment, page_url=""))])
    missing = {each["field"]: each for each in asked(run)["missing"]}

    assert missing["page_text"]["missing"] == 2
    assert missing["page_text"]["judged_otherwise"] is not None


def test_of_no_site_it_says_so(run):
    result = run("doctor", "--site", "nowhere")

    assert result.exit_code == 2
    assert "no site of that name" in result.stderr


def test_a_site_that_has_fallen_silent_is_told_of(run, store, judged):
    now = written(datetime.now(UTC))
    for day in range(2, 16):
        at = shifted(now, timedelta(days=-day))
        made = [judged(f"c_{day}-{n}", text="Thanks!", author="Jana") for n in range(5)]
        store.record([replace(each, received_at=at) for each in made])

    (alarm,) = asked(run)["alarms"]
    assert alarm["alarm"] == "silent"
    assert "No comment has arrived for 48 hours" in run("doctor", "--site", "blog").stdout
    everything = run("doctor", "--port", "1", "--json")
    (check,) = [each for each in json.loads(everything.stdout)["checks"] if each["name"] == "sites"]
    assert (everything.exit_code, check["ok"]) == (1, False)
    assert "blog: No comment has arrived for 48 hours" in check["detail"]
    assert "winnow doctor --site blog" in check["remedy"]
