"""Findings in the moderators' queue, and what they decided back out."""

import pytest

from app.audit.queueing import ROWS, enqueue, write_decided
from app.core.query import parse
from app.store.queue import Filter
from app.store.records import Decision
from app.store.sql import temporary_store
from tests.audit.conftest import CASINO, HONEST, NOW

OFFER = "Earn {} dollars a week from home with our proven system, ask {} for details: https://cash.example/go"


@pytest.fixture
def store():
    with temporary_store() as store:
        store.add_site("blog", "k7f2m9q4x1z8", NOW)
        yield store


@pytest.fixture
def queued(audited, store):
    def enqueue_all(rows):
        found = audited(rows, store=store, site="blog")
        return enqueue(found.findings, store, "blog", found.setting.about, NOW)

    return enqueue_all


def lines(store, query="client:audit", tab="all"):
    return store.queue(Filter(tab, "blog", parse(query)), "oldest", 1_000, NOW).lines


def test_findings_wait_for_a_look_with_their_reasons(queued, store):
    done = queued([{"comment_id": "7", "text": CASINO, "author": "Max"}, {"comment_id": "8", "text": HONEST}])

    (line,) = lines(store, tab="review")
    assert done == (1, 0)
    assert (line.text, line.author, line.verdict, line.action, line.label) == (CASINO, "Max", "spam", "hold", None)
    record = store.comment("blog", line.id)
    assert record.client == "audit in.jsonl"
    assert record.comment.comment_id == "7"
    assert record.classification.reasons[0].code == "link.path.gambling"
    assert record.classification.links[0].registrable_domain == "myget.org"


def test_the_same_again_adds_nothing(queued, store):
    rows = [
        {"comment_id": str(each), "text": f"https://casino{each}.example/slots-jackpot"} for each in range(ROWS + 50)
    ]

    assert queued([*rows, rows[0]]) == (ROWS + 50, 0)
    assert queued([*rows, {"comment_id": "new", "text": CASINO}]) == (1, ROWS + 50)
    assert store.count(Filter("review", "blog")) == ROWS + 51


def test_a_wave_is_one_campaign_there_too(queued, store):
    queued([{"comment_id": str(each), "text": OFFER.format(each, each)} for each in range(5)])

    assert len({line.campaign for line in lines(store)}) == 1


def test_what_moderators_decide_comes_back_as_lists(queued, store, tmp_path):
    queued([{"comment_id": str(each), "text": f"https://casino{each}.example/slots-jackpot"} for each in (11, 12, 13)])
    by_id = {store.comment("blog", line.id).comment.comment_id: line.id for line in lines(store)}
    for comment_id, label in (("11", "spam"), ("12", "ham")):
        store.add_decision("blog", by_id[comment_id], Decision(label, "jana", NOW, "moderator"))

    counts = write_decided(tmp_path / "out", tmp_path / "spare", store, "blog")
    assert counts == {"spam": 1, "ham": 1}
    written = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert (written["ids-spam.txt"], written["ids-ham.txt"]) == ("11\n", "12\n")
    assert sorted(written) == ["ids-ham.txt", "ids-spam.txt", "spam.sh", "unspam.sh"]
    assert [each.comment_id for each in store.decisions_since("blog", 0, 10)] == ["11", "12"]


def test_what_did_not_come_from_an_audit_is_not_among_them(store, tmp_path, make_stored):
    make_stored("c_1", "akismet WordPress/6.1 | audit")

    assert write_decided(tmp_path / "out", tmp_path / "spare", store, "blog") == {"spam": 0, "ham": 0}


@pytest.fixture
def make_stored(store):
    from app.core.comment import Comment
    from app.store.records import Record
    from tests.store.conftest import CLASSIFICATION

    def make(id, client):
        store.record([Record(id, "blog", NOW, Comment(text="Hi", comment_id="5"), CLASSIFICATION, client=client)])
        store.add_decision("blog", id, Decision("spam", "jana", NOW, "moderator"))

    return make
