"""Sites that fall silent or send nothing but ham: in the log, the metrics, the pages."""

import logging
from datetime import timedelta

import pytest

from app.core.comment import Comment, Thresholds
from app.core.times import shifted
from app.core.verdict import Classification
from app.store.records import Record
from app.web.alarming import look
from tests.web.conftest import wired
from tests.web.review.conftest import signed_in

NOW = "2026-12-01T10:00:00.000Z"


@pytest.fixture
def silent(client):
    """The application on a day on which blog sent nothing, and shop nothing but ham, after two weeks of both."""
    wiring = wired(client)
    wiring.now = lambda: NOW
    for day in range(15):
        for site in ("blog", "shop")[0 if day else 1 :]:
            actions = ["publish"] * 6 + (["reject"] * 6 if day else ["publish"] * 6)
            at = shifted(NOW, timedelta(days=-day, hours=-1))
            wiring.store.record([_record(f"c_{site}{day}-{n}", site, at, action) for n, action in enumerate(actions)])
    return client


def _record(id, site, at, action):
    verdict = "ham" if action == "publish" else "spam"
    found = Classification(0.5, verdict, action, Thresholds(0.3, 0.6, 1.0), None, "So.", (), (), (), (), "m")
    return Record(id, site, at, Comment(text=id), found)


def alarming(client):
    exposed = wired(client).metrics.exposition().body.decode()
    return {line for line in exposed.splitlines() if line.startswith("winnow_sites_alarming{")}


def test_the_log_tells_it_once_and_when_it_has_ended(silent, caplog):
    wiring = wired(silent)
    with caplog.at_level(logging.WARNING, "app.web.alarming"):
        standing = look(wiring, frozenset())
        look(wiring, standing)
        wiring.store.record([_record("c_back", "blog", shifted(NOW, timedelta(hours=-1)), "publish")])
        look(wiring, standing)

    assert [record.message.partition(".")[0] for record in caplog.records] == [
        "blog: No comment has arrived for 24 hours; by its past there would have been 12",
        "shop: Of the last 24 hours all 12 comments were let through; by its past 6 of them would have been held or worse",
        "blog: the alarm silent has ended",
    ]


def test_the_metrics_count_such_sites_and_name_none(silent):
    look(wired(silent), frozenset())

    assert alarming(silent) == {
        'winnow_sites_alarming{alarm="silent"} 1.0',
        'winnow_sites_alarming{alarm="all-ham"} 1.0',
    }


def test_a_store_that_does_not_answer_alarms_about_no_site(silent, caplog):
    wiring = wired(silent)
    standing = look(wiring, frozenset())
    wiring.store.close()

    assert look(wiring, standing) == standing
    assert "nobody looks out" in caplog.text


def test_the_pages_tell_it(silent):
    ron = signed_in(silent, "ron", "admin")

    for address in ("/review/statistics", "/review/sites"):
        page = ron.get(address).text
        assert "<bdi>blog</bdi>: No comment has arrived for 24 hours" in page
        assert "<bdi>shop</bdi>: Of the last 24 hours all 12 comments" in page
    of_shop = ron.get("/review/statistics?site=shop").text
    assert "No comment has arrived" not in of_shop
    assert "all 12 comments were let through" in of_shop
