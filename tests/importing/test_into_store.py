"""Comments of an export become comments of a site that its CMS has decided: once, with their dates, acting on nothing."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app import lists, models
from app.core.campaign import kept, signature
from app.core.classify import classify
from app.core.comment import Comment, Rule, Thresholds
from app.core.features import look
from app.core.query import parse
from app.errors import SiteUnknown
from app.importing.imported import Imported
from app.importing.into_store import ROWS, IntoStore
from app.store.queue import Filter
from app.store.records import Decision, Record
from app.store.sql import temporary_store
from tests.audit.conftest import CASINO, HONEST, MODELS

NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)
AT = "2026-12-01T10:00:00.000Z"
POSTED = "2019-05-06T07:08:09.000Z"
OFFER = "Earn 900 dollars a week from home with our proven system, ask Anna for details: https://cash.example/go"


@pytest.fixture(scope="module")
def known():
    return lists.load()


@pytest.fixture(scope="module")
def model(known):
    return models.load_current(MODELS, known)


@pytest.fixture
def store():
    with temporary_store() as store:
        store.add_site("blog", "k7f2m9q4x1z8", AT)
        yield store


@pytest.fixture
def bring(store, model, known):
    def bring(*comments, site="blog"):
        taker = IntoStore(store, site, "wordpress.xml", model, known, NOW)
        for each in comments:
            taker.take(each)
        taker.flush()
        return taker.kept

    return bring


@pytest.fixture
def arrive(store, model, known):
    """A comment that the CMS sends today, judged and kept as the service does it."""

    def arrive(id, comment):
        looked = look(comment, known)
        signed = signature(looked, known)
        history = store.history_of("blog", comment, AT, signed)
        found = classify(comment, history, model, known, looked)
        leaves = kept(signed, looked, found, known)
        record = Record(id, "blog", AT, comment, found, client="api", signature=leaves, signed=signed)
        store.record([record])
        return record

    return arrive


def of(text, status="spam", id="", where="line 1", **fields):
    told = {"author": "Max", "page_url": "https://blog.example/1", "posted_at": POSTED, **fields}
    return Imported(Comment(text, comment_id=id or where, **told), status, where)


def stored(store, **wanted):
    return store.exported(Filter(site="blog", **wanted), "", 1_000)


def test_they_are_judged_and_decided_by_the_cms_with_their_own_dates(bring, store):
    kept = bring(of(CASINO, id="7"), of(HONEST, "approved", id="8"))

    assert (kept.added, kept.known, kept.undecided) == (2, 0, {})
    spam, ham = sorted(stored(store), key=lambda record: record.comment.comment_id)
    assert spam.decision == Decision("spam", "import", POSTED, "feedback")
    assert ham.decision == Decision("ham", "import", POSTED, "feedback")
    assert (spam.received_at, spam.client) == (POSTED, "import wordpress.xml")
    assert (spam.classification.verdict, ham.classification.verdict) == ("spam", "ham")
    assert spam.classification.reasons[0].code == "link.path.gambling"
    assert spam.classification.links[0].registrable_domain == "myget.org"


def test_nobody_is_asked_to_look_at_them(bring, store):
    bring(of(CASINO, id="7"), of(HONEST, "approved", id="8"))

    assert store.counts(Filter(site="blog")) == {"decided": 2}
    assert store.count(Filter("decided", "blog", parse("client:import by:import"))) == 2


def test_what_nobody_decided_is_left_out_and_counted(bring, store):
    kept = bring(of("a", "trash"), of("b", "pending"), of("c", "published"), of("d", "published"))

    assert (kept.added, kept.undecided) == (0, {"trash": 1, "pending": 1, "published": 2})
    assert stored(store) == []


def test_run_again_it_adds_only_what_is_new(bring, store):
    many = [of(f"Comment number {each}, and no other", "approved", id=str(each)) for each in range(1, ROWS + 51)]

    assert bring(*many).added == ROWS + 50
    again = bring(*many, of(HONEST, "approved", id="new"), many[0])
    assert (again.added, again.known) == (1, ROWS + 51)
    assert store.count(Filter(site="blog")) == ROWS + 51


def test_without_ids_the_content_tells_what_is_there(bring, store):
    rows = [
        of("Great post!", "approved", where="line 1"),
        of("Great post!", "approved", where="line 2", author="Eve"),
        of("Great post!", "approved", where="line 3", page_url="https://blog.example/2"),
        of("Great post!", "approved", where="line 4", posted_at="2020-01-01T00:00:00.000Z"),
        of("Great post!", "approved", where="line 5"),  # the first one again
    ]

    assert bring(*rows).added == 4
    assert bring(*rows).known == 5
    assert {record.comment.comment_id for record in stored(store)} == {""}, "a place is no id"


def test_what_the_cms_sent_already_stays_as_it_is(bring, store, arrive):
    sent = Comment(HONEST, author="Max", page_url="http://www.blog.example/1/")  # Akismet's clients know no id yet
    arrive("c_1", sent)
    arrive("c_2", replace(sent, text=CASINO, comment_id="7"))
    store.add_decision("blog", "c_2", Decision("ham", "jana", AT, "moderator"))

    assert bring(of(HONEST, "approved", id="8"), of("edited since", id="7")).known == 2
    assert [(record.id, record.decision and record.decision.by) for record in stored(store)] == [
        ("c_1", None), ("c_2", "jana"),
    ]  # fmt: skip


def test_two_ids_are_two_comments_though_all_else_is_the_same(bring):
    assert bring(of("Thanks!", "approved", id="7"), of("Thanks!", "approved", id="8")).added == 2


def test_another_sites_comment_of_that_id_is_another(bring, store):
    store.add_site("shop", "aaaaaaaaaaaa", AT)
    bring(of(CASINO, id="7"))

    assert bring(of(CASINO, id="7"), site="shop").added == 1


@pytest.mark.parametrize("posted_at", ["", "yesterday", "2031-01-01T00:00:00Z", "1960-01-01T00:00:00Z"])
def test_without_a_possible_date_it_counts_as_received_now(bring, store, posted_at):
    bring(of(CASINO, posted_at=posted_at))

    (record,) = stored(store)
    assert record.received_at == record.decision.at == AT
    assert record.comment.posted_at == posted_at


def test_nothing_of_it_acts_on_what_arrives(bring, store, arrive):
    """Not even what was posted an hour ago: when it was decided, and by whom, no export tells."""
    an_hour_ago = "2026-12-01T09:00:00.000Z"
    plain = arrive("c_0", Comment(HONEST, author="Eve"))
    bring(of(OFFER, "approved", id="1"), of(OFFER, "approved", id="2", posted_at=an_hour_ago))
    bring(of(HONEST, id="3", posted_at=an_hour_ago))

    copy, honest = arrive("c_1", Comment(OFFER, author="Bob")), arrive("c_2", Comment(HONEST, author="Eve"))
    assert (copy.classification.override, copy.classification.campaign) == (None, None)
    assert (honest.classification.override, honest.classification.action) == (None, plain.classification.action)


def test_a_moderators_word_on_one_of_them_acts(bring, store, arrive):
    bring(of(HONEST, "approved", id="1"))
    (imported,) = stored(store)
    version = store.item(imported.id, AT).version

    outcome = store.decide({imported.id: version}, "spam", "jana", AT)
    assert outcome.decided == (imported.id,)
    assert arrive("c_2", Comment(HONEST)).classification.override.rule == "precedent"


def test_a_moderator_can_confirm_what_came_with_it(bring, store):
    bring(of(CASINO, id="1"), of(OFFER, id="2"))
    first, second = stored(store)

    assert store.decide({first.id: store.item(first.id, AT).version}, "spam", "jana", AT).decided == (first.id,)
    batch = store.begin_batch(Filter(site="blog"), "spam", "jana", AT, False, {})
    assert batch.total == 1
    assert store.work_batch(batch.act, AT) is False
    assert [record.decision.source for record in stored(store)] == ["moderator", "moderator"]
    assert store.decide({second.id: store.item(second.id, AT).version}, "spam", "eva", AT).decided == ()


def test_the_cms_does_not_hear_its_own_old_words_but_a_moderators_new_one(bring, store):
    store.add_webhook("blog", "https://blog.example/hook", False, "whsec_x", AT)
    bring(of(CASINO, id="7"), of(OFFER, id="8"))

    assert store.decisions_since("blog", 0, 10) == []
    assert store.messages(1, 10) == []
    record = stored(store)[0]
    store.add_decision("blog", record.id, Decision("ham", "jana", AT, "moderator"))
    assert [(each.comment_id, each.decision.by) for each in store.decisions_since("blog", 0, 10)] == [
        (record.comment.comment_id, "jana")
    ]
    assert len(store.messages(1, 10)) == 1


def test_the_sites_thresholds_hold_and_its_rules_do_not(bring, store):
    store.set_thresholds("blog", Thresholds(0.99999, 1.0, 1.0))
    store.add_rule("blog", Rule("deny", "phrase", "casino"), AT)
    bring(of(CASINO, id="7"))

    (record,) = stored(store)
    assert record.classification.override is None
    assert (record.classification.action, record.classification.thresholds.hold) == ("publish", 0.99999)


def test_a_failure_leaves_what_was_written_and_the_rest_can_follow(bring, store, model, known):
    many = [of(f"Comment number {each}, and no other", "approved", id=str(each)) for each in range(1, ROWS + 2)]
    taker = IntoStore(store, "blog", "wordpress.xml", model, known, NOW)
    for each in many:
        taker.take(each)  # the last one waits, and the process ends

    assert store.count(Filter(site="blog")) == ROWS
    assert bring(*many).added == 1


def test_a_site_that_is_not_there_is_refused_at_once(store, model, known):
    with pytest.raises(SiteUnknown):
        IntoStore(store, "shop", "wordpress.xml", model, known, NOW)


def test_as_history_it_counts_for_thresholds_and_not_for_delays(bring, store):
    bring(*(of(f"Comment number {each}, and no other", "approved", id=str(each)) for each in range(1, 31)))

    counted = store.scored("blog", "2019-01-01", 100)
    assert sum(each.comments for each in counted if each.label == "ham") == 30
    assert store.delays("blog", "2019-01-01") == (None, None), "nobody waited for what was decided elsewhere"


def test_a_retraining_learns_from_it_as_from_what_the_cms_says(bring, store):
    bring(of(CASINO, id="7"), of(HONEST, "approved", id="8"))

    assert store.taught() == {"blog": 2}
    lessons = {lesson.comment.comment_id: (lesson.label, lesson.source) for lesson in store.lessons("blog", 10)}
    assert lessons == {"7": ("spam", "feedback"), "8": ("ham", "feedback")}
