"""Campaigns in the store: found when comments are written, remembered, decided as one, undone, taken apart."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from app import lists as shipped
from app.core.campaign import Signature, acting_key, kept, kind_of, signature, url_key
from app.core.comment import Campaign, Comment
from app.core.features import look
from app.core.lists import Lists
from app.core.verdict import CampaignReport, LinkReport
from app.errors import StoreUnavailable
from app.store.acts import Conflict
from app.store.grouping import WINDOW, Arrival, Grouping, Known, group
from app.store.records import MODERATOR, Decision, Record
from app.store.schema import comments, outbox
from app.store.schema_review import campaigns, signatures
from app.store.sql import SqlStore
from app.store.sql_batches import STEP
from app.store.sql_grouping import first_id_since
from app.store.sql_taking_back import Teacher
from tests.store.conftest import CLASSIFICATION

pytestmark = pytest.mark.both_engines

AT = "2026-11-22T10:00:00.000Z"
LATER = "2026-11-22T12:00:00.000Z"
UNTIL = "2026-11-29T12:00:00.000Z"
SPAM = (
    "I have found a trusted casino where my brother won a lot of money in just three days, no deposit is needed for "
    "the first free spins and the help desk answers around the clock"
)
RESPUN = SPAM.replace("trusted", "reliable").replace("my brother", "a colleague")
OTHER = (
    "Our clinic sends generic pills without a prescription to every country, with discreet packaging and a refund if "
    "the parcel does not arrive within two weeks of your order"
)
HONEST = (
    "We measured it last week: restoring went from four minutes to forty seconds on the same runner, and nobody had to "
    "touch the configuration of the builds for that"
)
LINK = "https://shop.example.com/win"


def shifted(at: str, **by: float) -> str:
    moved = datetime.fromisoformat(at) + timedelta(**by)
    return moved.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.fixture(scope="module")
def lists() -> Lists:
    return shipped.load()


@pytest.fixture
def arrive(lists: Lists) -> Callable[..., Record]:
    """arrive(text, action, at, **fields): a comment as it comes, with an id that rises and its signature."""
    numbers = iter(range(1, 100_000))

    def make(
        text: str = SPAM, action: str = "hold", at: str = AT, site: str = "blog", score: float = 0.6, **fields: str
    ) -> Record:
        comment = Comment(text=text, **fields)
        looked = look(comment, lists)
        links = tuple(
            LinkReport(
                link.url.href, link.host.name, link.host.registrable_domain, link.host.kind, link.field, 0, 1, 0.9
            )
            for link in looked.links
        )
        found = replace(CLASSIFICATION, action=action, score=score, links=links, override=None)
        id = f"{first_id_since(at)}{next(numbers):016}"
        return Record(id, site, at, comment, found, signature=kept(signature(looked, lists), looked, found, lists))

    return make


@pytest.fixture
def store(sql_store: SqlStore) -> SqlStore:
    sql_store.add_site("shop", "b7f2m9q4x1z8", AT)
    return sql_store


def together(store: SqlStore) -> list[list[str]]:
    """The comments of each campaign, oldest first."""
    statement = select(comments.c.campaign, comments.c.id).order_by(comments.c.id)
    found: dict[str, list[str]] = {}
    with store._reading() as connection:
        for campaign, id in connection.execute(statement):
            found.setdefault(campaign, []).append(id)
    assert all(campaign == members[0] for campaign, members in found.items())
    return list(found.values())


def counted(store: SqlStore, *tables: object) -> list[int]:
    with store._reading() as connection:
        return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]  # type: ignore[call-overload]


def ids(*records: Record) -> list[str]:
    return [record.id for record in records]


def known(store: SqlStore, record: Record, lists: Lists, now: str, site: str = "blog") -> Campaign | None:
    """What the history says of the campaign of a comment like this one."""
    signed = signature(look(record.comment, lists), lists)
    return store.history_of(site, record.comment, now, signed).campaign


TEXT, URL, OTHER_TEXT = 16, url_key("a.example/b"), 32
NEAR, FAR = bytes(64), b"\x01" * 64


def arrival(id: str, *keys: int, sketch: bytes = NEAR) -> Arrival:
    return Arrival(id, Signature(keys, sketch))


@pytest.mark.parametrize(
    ("arrivals", "leading", "known", "expected"),
    [
        pytest.param([arrival("c3")], {}, {}, Grouping({"c3": "c3"}), id="without-keys"),
        pytest.param(
            [arrival("c3", TEXT)], {}, {}, Grouping({"c3": "c3"}, {"c3": NEAR}, keys={TEXT: "c3"}), id="the-first"
        ),
        pytest.param(
            [arrival("c3", TEXT), arrival("c4", TEXT)],
            {},
            {},
            Grouping({"c3": "c3", "c4": "c3"}, {"c3": NEAR}, keys={TEXT: "c3"}),
            id="two-at-once",
        ),
        pytest.param(
            [arrival("c3", TEXT)],
            {TEXT: "c1"},
            {"c1": Known(FAR, acts=False)},
            Grouping({"c3": "c3"}, {"c3": NEAR}, keys={TEXT: "c3"}),
            id="another-text-with-the-same-key",
        ),
        pytest.param(
            [arrival("c3", TEXT, URL)],
            {TEXT: "c2", URL: "c1"},
            {"c1": Known(FAR, acts=False), "c2": Known(NEAR, acts=False)},
            Grouping({"c3": "c1"}, merged={"c2": "c1"}, keys={TEXT: "c1", URL: "c1"}),
            id="the-older-takes-the-younger-in",
        ),
        pytest.param(
            [arrival("c3", TEXT, URL)],
            {TEXT: "c2", URL: "c1"},
            {"c1": Known(FAR, acts=False), "c2": Known(NEAR, acts=True)},
            Grouping({"c3": "c2"}, keys={TEXT: "c2", URL: "c2"}),
            id="what-acts-stays-as-it-is",
        ),
        pytest.param(
            [arrival("c4", TEXT), arrival("c5", URL, sketch=b""), arrival("c6", TEXT, URL)],
            {URL: "c1"},
            {"c1": Known(b"", acts=False)},
            Grouping({"c4": "c1", "c5": "c1", "c6": "c1"}, sketched={"c1": NEAR}, keys={TEXT: "c1", URL: "c1"}),
            id="one-bridges-the-others",
        ),
        pytest.param(
            [arrival("c5", OTHER_TEXT, URL)],
            {URL: "c2", OTHER_TEXT: "c3"},
            {"c2": Known(b"", acts=False), "c3": Known(NEAR, acts=False)},
            Grouping({"c5": "c2"}, sketched={"c2": NEAR}, merged={"c3": "c2"}, keys={OTHER_TEXT: "c2", URL: "c2"}),
            id="a-text-is-lent-to-links",
        ),
    ],
)
def test_arrivals_find_their_campaigns(
    arrivals: Sequence[Arrival], leading: dict[int, str], known: dict[str, Known], expected: Grouping
) -> None:
    assert group(arrivals, leading, known) == expected


class TestFound:
    """When comments are written."""

    def test_near_duplicates_of_all_sites_and_days_are_one(self, store, arrive):
        first, honest = arrive(), arrive(HONEST, "publish")
        second = arrive(RESPUN, "publish", shifted(AT, days=9), "shop")
        third = arrive(RESPUN, at=shifted(AT, days=20))
        for batch in ([first, honest], [second], [third]):
            store.record(batch)

        assert together(store) == [ids(first, second, third), ids(honest)]

    def test_what_pushes_the_same_link_is_one_but_not_what_was_let_through(self, store, arrive):
        flagged = [arrive(SPAM, author_url=LINK), arrive(OTHER, "reject", author_url=LINK + "/?utm_source=x")]
        passed = arrive(HONEST, "publish", author_url=LINK)
        store.record([*flagged, passed])

        assert together(store) == [ids(*flagged), ids(passed)]

    def test_one_host_is_one_campaign_where_the_link_damns(self, store, arrive):
        records = [arrive(text, author_url=f"https://shop.example.com/{text[:3]}") for text in (SPAM, OTHER)]
        store.record(records)

        assert together(store) == [ids(*records)]

    def test_the_older_takes_the_younger_in_with_its_keys(self, store, arrive):
        older, younger = arrive(SPAM), arrive(OTHER, author_url=LINK)
        bridge, last = arrive(RESPUN, author_url=LINK), arrive(HONEST, author_url=LINK)
        for record in (older, younger):
            store.record([record])
        assert len(together(store)) == 2

        store.record([bridge])
        store.record([last])

        assert together(store) == [ids(older, younger, bridge, last)]
        assert counted(store, campaigns) == [1]

    @pytest.mark.parametrize(("days", "expected"), [(29, 1), (31, 2)])
    def test_a_key_leads_nowhere_after_the_window(self, store, arrive, days, expected):
        store.record([arrive()])
        store.record([arrive(at=shifted(AT, days=days))])

        assert len(together(store)) == expected

    def test_a_wave_keeps_its_keys_alive(self, store, arrive):
        for days in (0, 20, 40, 60):
            store.record([arrive(at=shifted(AT, days=days))])

        assert len(together(store)) == 1

    def test_old_keys_go_as_new_ones_come(self, store, arrive):
        store.record([arrive(SPAM), arrive(OTHER)])
        store.record([arrive(HONEST, at=shifted(AT, days=WINDOW.days + 1))])

        assert counted(store, signatures) == [5]

    def test_a_key_seen_today_is_not_written_again(self, store, arrive):
        def last_at() -> set[str]:
            with store._reading() as connection:
                return set(connection.execute(select(signatures.c.last_at)).scalars())

        store.record([arrive()])
        store.record([arrive(at=shifted(AT, hours=23))])
        assert last_at() == {AT}

        store.record([arrive(at=shifted(AT, hours=25))])
        assert last_at() == {shifted(AT, hours=25)}

    def test_what_is_short_and_links_nowhere_costs_nothing(self, store, arrive):
        store.record([arrive("Great post!"), arrive("Great post!"), arrive("Thanks!", "publish")])

        assert len(together(store)) == 3
        assert counted(store, campaigns, signatures) == [0, 0]

    def test_all_is_written_or_nothing(self, store, arrive):
        record = arrive()
        store.record([record])
        before = counted(store, comments, campaigns, signatures)

        with pytest.raises(StoreUnavailable):
            store.record([arrive(OTHER), record])
        assert counted(store, comments, campaigns, signatures) == before

    def test_a_batch_larger_than_a_statement_takes(self, store, arrive):
        records = [
            arrive(f"{HONEST} {chr(97 + n % 26) * 40} {chr(97 + n // 26) * 40}", author_url=f"https://a{n}.example.com")
            for n in range(300)
        ]
        store.record(records)

        assert counted(store, comments) == [300]


class TestRemembered:
    """What the history of a comment says."""

    def test_a_comment_that_stands_alone_has_none(self, store, arrive, lists):
        store.record([arrive()])

        assert known(store, arrive(OTHER), lists, LATER) is None
        assert known(store, arrive("Hi!"), lists, LATER) is None

    def test_what_nobody_has_decided_is_only_told(self, store, arrive, lists):
        first = arrive()
        store.record([first, arrive(RESPUN)])

        assert known(store, arrive(), lists, LATER, "shop") == Campaign(first.id, 2, is_copy=True)

    def test_a_decision_acts_on_every_site_until_its_time(self, store, arrive, lists):
        first = arrive()
        store.record([first])
        store.decide_campaign(first.id, "spam", "jana", LATER, until=UNTIL)

        settled = Campaign(first.id, 1, "spam", "jana", LATER)
        assert known(store, arrive(RESPUN), lists, shifted(UNTIL, seconds=-1), "shop") == settled
        assert known(store, arrive(RESPUN), lists, UNTIL, "shop") == Campaign(first.id, 1)

    def test_it_ends_when_what_that_moderator_said_is_taken_back(self, store, arrive, lists):
        first = arrive()
        store.record([first])
        store.decide_campaign(first.id, "spam", "mallory", LATER, until=UNTIL)
        store.take_back_said(Teacher("mallory"), AT, UNTIL, UNTIL)

        assert known(store, arrive(RESPUN), lists, shifted(LATER, seconds=1), "shop") == Campaign(first.id, 1)

    def test_without_time_it_acts_on_nothing_that_arrives(self, store, arrive, lists):
        first = arrive()
        store.record([first])
        store.decide_campaign(first.id, "spam", "jana", LATER)

        assert known(store, arrive(), lists, LATER) == Campaign(first.id, 1, is_copy=True)

    def test_it_is_found_as_long_as_it_acts_however_long_ago_it_was_seen(self, store, arrive, lists):
        first, until = arrive(), shifted(LATER, days=90)
        store.record([first])
        store.decide_campaign(first.id, "spam", "jana", LATER, until=until)

        assert known(store, arrive(), lists, shifted(until, days=-1)).label == "spam"
        assert known(store, arrive(), lists, shifted(until, days=1)) is None

    def test_the_links_it_was_about_act_in_any_comment(self, store, arrive, lists):
        first = arrive(author_url=LINK)
        store.record([first])
        honest = arrive(HONEST, "publish", author_url=LINK)
        store.decide_campaign(first.id, "spam", "jana", LATER, until=UNTIL)
        assert known(store, honest, lists, LATER).by_link

        store.undo(store.last_act("jana"), "jana", LATER)
        store.decide_campaign(first.id, "spam", "jana", LATER, until=UNTIL, links=[url_key("shop.example.com/win")])
        assert known(store, honest, lists, LATER) == Campaign(first.id, 1, "spam", "jana", LATER, has_address=True)

    def test_what_lent_its_link_is_forgotten_with_the_decision(self, store, arrive, lists):
        first = arrive(SPAM, "publish", author_url=LINK)
        store.record([first])
        store.decide_campaign(first.id, "spam", "jana", LATER, until=UNTIL, links=[url_key("shop.example.com/win")])
        store.end_campaign(first.id, "jana", LATER)

        assert known(store, arrive(OTHER, author_url=LINK), lists, LATER) is None

    def test_a_stored_comment_tells_of_its_campaign_as_it_is_now(self, store, arrive):
        first, second, alone = arrive(), arrive(), arrive(OTHER)
        store.record([first, second, alone])
        assert store.campaign_of(second.id, LATER) == CampaignReport(first.id, 1, None)

        store.decide_campaign(first.id, "ham", "jana", LATER, until=UNTIL)
        assert store.campaign_of(first.id, LATER) == CampaignReport(first.id, 1, "ham")
        assert store.campaign_of(first.id, UNTIL) == CampaignReport(first.id, 1, None)
        assert (store.campaign_of(alone.id, LATER), store.campaign_of("c_none", LATER)) == (None, None)


@pytest.fixture
def wave(store: SqlStore, arrive: Callable[..., Record]) -> dict[str, Record]:
    """A campaign with comments in every state, and one comment beside it."""
    records = {
        "held": arrive(score=0.5),
        "rejected": arrive(RESPUN, "reject", site="shop", score=0.9),
        "discarded": arrive(SPAM, "discard", score=0.99),
        "passed": arrive(RESPUN, "publish", score=0.2),
        "decided": arrive(SPAM, "hold"),
        "reported": arrive(SPAM, "publish"),
        "beside": arrive(HONEST, "hold"),
    }
    store.record(list(records.values()))
    store.add_decision("blog", records["decided"].id, Decision("ham", "eve", LATER, MODERATOR))
    store.add_decision("blog", records["reported"].id, Decision("spam", "cms", LATER))
    return records


def labels(store: SqlStore, records: dict[str, Record]) -> dict[str, str | None]:
    with store._reading() as connection:
        found = {row.id: row.label for row in connection.execute(select(comments.c.id, comments.c.label))}
    return {name: found[record.id] for name, record in records.items()}


UNDECIDED = {"held": None, "rejected": None, "discarded": None, "passed": None, "beside": None}
OTHERS = {"decided": "ham", "reported": "spam"}


class TestDecided:
    """One act for all that waits."""

    def test_what_waits_is_settled_and_nothing_else(self, store, wave):
        outcome = store.decide_campaign(wave["held"].id, "spam", "jana", LATER, until=UNTIL)

        settled = {"held": "spam", "rejected": "spam", "discarded": "spam"}
        assert labels(store, wave) == {**UNDECIDED, **OTHERS, **settled}
        assert set(outcome.decided) == {wave[name].id for name in settled}
        (entry,) = store.audit_log(act="decide-campaign")
        assert (entry.id, entry.subject, entry.detail["comments"]) == (outcome.act, wave["held"].id, 3)

    def test_it_is_undone_as_one(self, store, wave, arrive, lists):
        act = store.decide_campaign(wave["held"].id, "spam", "jana", LATER, until=UNTIL).act
        undone = store.undo(act, "jana", shifted(LATER, minutes=1))

        assert len(undone.decided) == 3
        assert labels(store, wave) == {**UNDECIDED, **OTHERS}
        assert known(store, arrive(), lists, shifted(LATER, minutes=2)).label is None

    def test_undoing_leaves_what_was_said_since(self, store, wave, arrive, lists):
        id = wave["held"].id
        act = store.decide_campaign(id, "spam", "jana", LATER, until=UNTIL).act
        store.decide_campaign(id, "ham", "eve", shifted(LATER, minutes=1), until=UNTIL, seen_at=LATER)
        store.undo(act, "jana", shifted(LATER, minutes=2))

        assert known(store, arrive(), lists, shifted(LATER, minutes=3)).by == "eve"

    def test_the_cms_of_every_comment_hears_of_it(self, store, wave):
        for site in ("blog", "shop"):
            store.add_webhook(site, "https://cms.example/hook", False, "whsec_x", AT)
        store.decide_campaign(wave["held"].id, "spam", "jana", LATER)

        assert counted(store, outbox) == [3]

    def test_who_comes_second_is_told_and_changes_nothing(self, store, wave):
        id = wave["held"].id
        store.decide_campaign(id, "spam", "jana", LATER, until=UNTIL)
        second = store.decide_campaign(id, "ham", "eve", shifted(LATER, minutes=1), until=UNTIL)

        assert (second.act, second.conflicts) == (0, (Conflict(id, "spam", "jana", LATER),))
        assert labels(store, wave)["held"] == "spam"

    def test_a_campaign_that_is_not_there_cannot_be_decided(self, store, wave):
        assert store.decide_campaign("c_none", "spam", "jana", LATER) is None
        assert store.decide_campaign(wave["rejected"].id, "spam", "jana", LATER) is None

    @pytest.mark.parametrize(("until", "expected"), [("", None), (UNTIL, "spam")])
    def test_what_came_after_the_page_was_shown_waits_unless_arrivals_are_decided_too(
        self, store, wave, arrive, until, expected
    ):
        late = arrive(at=shifted(AT, minutes=1))
        store.record([late])
        store.decide_campaign(wave["held"].id, "spam", "jana", LATER, until=until, newest=wave["beside"].id)

        assert labels(store, {"late": late}) == {"late": expected}

    def test_a_large_one_is_settled_in_steps_as_one_act(self, store, arrive):
        records = [arrive() for _ in range(STEP + 1)]
        store.record(records)
        outcome = store.decide_campaign(records[0].id, "spam", "jana", LATER)

        assert outcome.decided == tuple(ids(*records))
        assert len(store.undo(outcome.act, "jana", LATER).decided) == STEP + 1

    def test_what_had_passed_is_called_spam_on_its_own_and_undone_on_its_own(self, store, wave):
        id = wave["held"].id
        store.decide_campaign(id, "spam", "jana", LATER)
        every = [record.id for record in wave.values()]
        outcome = store.report_passed(id, "jana", LATER, every)

        assert outcome.decided == (wave["passed"].id,)
        assert store.report_passed(id, "jana", LATER, every).act == 0
        store.undo(outcome.act, "jana", LATER)
        assert labels(store, wave) == {**UNDECIDED, **OTHERS, "held": "spam", "rejected": "spam", "discarded": "spam"}

    def test_it_can_be_ended_once(self, store, wave, arrive, lists):
        id = wave["held"].id
        assert store.end_campaign(id, "jana", LATER) is False
        store.decide_campaign(id, "spam", "jana", LATER, until=UNTIL)

        ended = shifted(LATER, hours=1)
        assert (store.end_campaign(id, "eve", ended), store.end_campaign(id, "eve", ended)) == (True, False)
        assert known(store, arrive(), lists, ended).label is None


class TestTakenOut:
    """Honest look-alikes."""

    def test_it_stands_alone_and_nothing_leads_back(self, store, arrive):
        first, look_alike, second = arrive(), arrive(RESPUN), arrive()
        store.record([first, look_alike, second])
        assert store.take_out(first.id, [look_alike.id, "c_none"], "jana", LATER) == first.id

        later = arrive(RESPUN, at=LATER)
        store.record([later])
        assert together(store) == [ids(first, second, later), ids(look_alike)]
        (entry,) = store.audit_log(act="campaign-take-out")
        assert entry.detail == {"comments": 1, "ids": [look_alike.id]}

    def test_the_first_one_hands_the_campaign_over(self, store, arrive, lists):
        first, second, third = arrive(), arrive(), arrive()
        store.record([first, second, third])
        store.decide_campaign(first.id, "spam", "jana", LATER, until=UNTIL)
        act = store.last_act("jana")

        assert store.take_out(first.id, [first.id], "jana", LATER) == second.id
        assert together(store) == [ids(first), ids(second, third)]
        assert known(store, arrive(), lists, LATER) == Campaign(second.id, 2, "spam", "jana", LATER, is_copy=True)

        store.undo(act, "jana", LATER)
        assert known(store, arrive(), lists, LATER).label is None

    def test_its_own_link_leads_there_no_more(self, store, arrive, lists):
        mine, theirs = "https://me.example.org/about", LINK
        spam = [arrive(author_url=theirs), arrive(author_url=theirs)]
        quoting = arrive(RESPUN, author_url=mine)
        store.record([*spam, quoting])
        freed = [key for key in quoting.signature.keys if kind_of(key) != "text"]
        key = url_key("me.example.org/about")
        store.decide_campaign(spam[0].id, "spam", "jana", LATER, until=UNTIL, links=[key])

        store.take_out(spam[0].id, [quoting.id], "jana", LATER, freed)

        assert acting_key(key) not in freed
        assert known(store, arrive(HONEST, author_url=mine), lists, LATER) is None
        assert known(store, arrive(HONEST, author_url=theirs), lists, LATER).label == "spam"

    def test_when_all_are_out_nothing_is_left(self, store, arrive):
        records = [arrive(), arrive()]
        store.record(records)

        assert store.take_out(records[0].id, ids(*records), "jana", LATER) is None
        assert [len(each) for each in together(store)] == [1, 1]
        assert counted(store, campaigns, signatures) == [0, 0]

    def test_of_another_campaign_nothing_is_taken(self, store, arrive):
        records = [arrive(), arrive(), arrive(OTHER)]
        store.record(records)

        assert store.take_out(records[0].id, [records[2].id], "jana", LATER) is None
        assert len(together(store)) == 2
        assert store.audit_log(act="campaign-take-out") == []


class TestShown:
    """What the pages read."""

    def test_a_card_counts_what_there_is(self, store, wave):
        (card,) = store.open_campaigns("", LATER, 10).cards

        assert card == store.campaign(wave["held"].id) == store.campaign(wave["passed"].id)
        assert (card.id, card.size, card.undecided, card.passed, card.decided) == (wave["held"].id, 6, 3, 1, 2)
        assert (card.sites, card.least_score, card.most_score) == (2, 0.2, 0.99)
        assert (card.text, card.label, card.domain) == (SPAM, None, "")
        assert store.campaign("c_none") is None

    def test_the_link_that_most_have_is_told(self, store, arrive):
        store.record([arrive(author_url=LINK), arrive(author_url=LINK), arrive(author_url="https://a.example.org")])
        (card,) = store.open_campaigns("", LATER, 10).cards

        assert (card.domain, card.domain_comments) == ("example.com", 2)
        assert sorted(each.url for each in store.pushed_links(card.id)) == ["https://a.example.org/", LINK, LINK]

    def test_those_with_the_most_to_decide_come_first_and_those_of_one_comment_never(self, store, arrive):
        records = [arrive(OTHER), arrive(OTHER), arrive(HONEST), arrive(SPAM), arrive(SPAM), arrive(SPAM)]
        store.record(records)

        listed = store.open_campaigns("", LATER, 10)
        assert [(card.size, card.text) for card in listed.cards] == [(3, SPAM), (2, OTHER)]
        assert [store.open_campaigns("", LATER, 1, offset).is_more for offset in (0, 1)] == [True, False]
        assert [card.text for card in store.open_campaigns("", LATER, 1, 1).cards] == [OTHER]

    def test_one_that_waits_beside_one_that_passed_is_shown(self, store, arrive):
        store.record([arrive(SPAM, "publish"), arrive(SPAM), arrive(OTHER, "publish"), arrive(OTHER, "publish")])

        assert [(card.size, card.undecided) for card in store.open_campaigns("", LATER, 10).cards] == [(2, 1)]

    def test_older_ones_can_be_left_out(self, store, arrive):
        store.record([arrive(), arrive()])

        assert [len(store.open_campaigns(since, LATER, 10).cards) for since in (AT, LATER)] == [1, 0]

    def test_what_was_settled_waits_no_more_and_neither_does_what_it_settles(self, store, wave, arrive):
        id = wave["held"].id
        store.decide_campaign(id, "spam", "jana", LATER, until=UNTIL)
        store.record([arrive(SPAM, "reject", shifted(LATER, hours=1))])
        assert store.open_campaigns("", LATER, 10).cards == ()
        (acting,) = store.acting_campaigns(LATER, 10)
        assert (acting.id, acting.label, acting.acts_until, acting.undecided, acting.decided) == (
            id,
            "spam",
            UNTIL,
            0,
            6,
        )

        store.record([arrive(SPAM, "hold", shifted(UNTIL, hours=1))])
        assert [card.undecided for card in store.open_campaigns("", UNTIL, 10).cards] == [1]
        assert store.acting_campaigns(UNTIL, 10) == []

    def test_members_stand_in_three_lists_the_least_suspicious_first(self, store, wave):
        names = {record.id: name for name, record in wave.items()}
        found = {
            group: [names[member.id] for member in store.members(wave["held"].id, group, 10)]
            for group in ("undecided", "passed", "decided")
        }

        assert found == {
            "undecided": ["held", "rejected", "discarded"],
            "passed": ["passed"],
            "decided": ["decided", "reported"],
        }
        assert [names[m.id] for m in store.members(wave["held"].id, "undecided", 1, 1)] == ["rejected"]

    def test_a_member_has_what_its_signature_is_made_of(self, store, wave, lists):
        (member,) = store.members(wave["held"].id, "passed", 10)

        assert signature(look(member.comment, lists), lists).sketch == wave["passed"].signature.sketch
