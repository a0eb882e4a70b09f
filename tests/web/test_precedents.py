"""A person's word on one comment acts at once on what arrives like it, says so, and is taken back with it."""

import pytest
from sqlalchemy import func, select

from app.store.records import MODERATOR, Decision
from app.store.schema import comments
from app.store.schema_review import precedents
from tests.web.conftest import CASINO, OTHER_KEY, wired
from tests.web.review.conftest import signed_in

OFFER = (
    "We looked at several providers last spring and went with the team behind this page because their people were "
    "friendly on the phone, the paperwork took one afternoon and the price stayed what it was"
)
RESPUN = OFFER.replace("friendly", "patient").replace("one afternoon", "two afternoons")
ELSE = (
    "Restoring the backup took four minutes on the old runner and forty seconds on the new one, and nobody had to touch "
    "a line of the configuration for that"
)
LINK = "https://quiet-harbour.example/team"


def answer(client, text, key="", **fields):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return client.post("/classify", json={"text": text, **fields}, headers=headers).json()


def ruled(answered):
    override = answered["override"]
    return answered["action"], override and (override["rule"], override["kind"], override["value"])


def decided(client, id, label, by="jana"):
    """A moderator's act; its number."""
    store = wired(client).store
    with store._reading() as connection:
        version = connection.execute(select(comments.c.decision).where(comments.c.id == id)).scalar_one()
    return store.decide({id: version}, label, by, wired(client).now()).act


@pytest.fixture
def missed(client):
    """A comment that was let through, and that a moderator calls spam."""
    found = answer(client, f"{OFFER} {LINK}")
    assert found["action"] == "publish"
    return found["id"]


def test_copies_of_what_a_moderator_called_spam_are_rejected_at_once_on_every_site(client, missed):
    decided(client, missed, "spam")
    spun, elsewhere = answer(client, RESPUN), answer(client, OFFER, OTHER_KEY)

    assert ruled(spun) == ruled(elsewhere) == ("reject", ("precedent", "spam", missed))
    assert spun["summary"].startswith("A comment like this one was decided: spam (jana, ")


def test_what_only_shares_its_link_is_held_for_a_person(client, missed):
    decided(client, missed, "spam")

    assert ruled(answer(client, f"{ELSE} {LINK}")) == ("hold", ("precedent", "spam", missed))
    assert ruled(answer(client, ELSE)) == ("publish", None)
    assert ruled(answer(client, f"{ELSE} https://quiet-harbour.example/elsewhere")) == ("publish", None)


def test_the_page_of_the_decided_comment_says_until_when_and_that_of_an_arrival_leads_there(client, missed):
    decided(client, missed, "spam")
    arrival = answer(client, RESPUN)["id"]
    visitor = signed_in(client)

    assert "acts on what arrives until" in visitor.get(f"/review/{missed}").text
    assert f'<a href="/review/{missed}">' in visitor.get(f"/review/{arrival}").text
    assert "acts on what arrives until" not in visitor.get(f"/review/{arrival}").text


def test_undo_takes_it_back(client, missed):
    act = decided(client, missed, "spam")
    store = wired(client).store
    before = ruled(answer(client, RESPUN))[0]
    store.undo(act, "jana", wired(client).now())

    assert (before, ruled(answer(client, f"{OFFER} {LINK}"))) == ("reject", ("publish", None))


def test_a_copy_of_what_a_moderator_called_ham_is_published_but_nothing_with_another_link(client):
    held = answer(client, CASINO)
    assert held["verdict"] == "spam"
    decided(client, held["id"], "ham")

    assert ruled(answer(client, CASINO)) == ("publish", ("precedent", "ham", held["id"]))
    assert ruled(answer(client, CASINO, OTHER_KEY)) == ("publish", ("precedent", "ham", held["id"]))
    assert answer(client, f"{CASINO}-more")["verdict"] == "spam"
    assert answer(client, f"{CASINO} {CASINO}-more")["verdict"] == "spam"


def test_what_a_cms_says_acts_on_its_own_site_only(client, missed):
    client.post("/feedback", json={"id": missed, "label": "spam"})

    assert ruled(answer(client, RESPUN))[0] == "reject"
    assert ruled(answer(client, RESPUN, OTHER_KEY)) == ("publish", None)

    client.post("/feedback", json={"id": missed, "label": None})
    assert ruled(answer(client, f"{OFFER} {LINK}")) == ("publish", None)


def test_what_a_cms_repeats_does_not_end_a_moderators_word_on_other_sites(client, missed):
    decided(client, missed, "spam")
    again = answer(client, f"{OFFER} {LINK}")["id"]
    client.post("/feedback", json={"id": again, "label": "spam"})
    client.post("/feedback", json={"id": again, "label": None})

    assert ruled(answer(client, RESPUN, OTHER_KEY)) == ("reject", ("precedent", "spam", missed))


def test_the_newest_word_on_a_copy_holds(client, missed):
    decided(client, missed, "spam")
    again = answer(client, f"{OFFER} {LINK}")
    decided(client, again["id"], "ham")

    assert ruled(answer(client, f"{OFFER} {LINK}")) == ("publish", None)


def test_it_ends_after_the_days_that_admins_chose(client, missed):
    store = wired(client).store
    long_ago = Decision("spam", "jana", "2026-11-01T10:00:00.000Z", MODERATOR)
    store.add_decision("blog", missed, long_ago)
    assert ruled(answer(client, RESPUN)) == ("publish", None)

    store.change_preferences({"campaign_days": 0}, wired(client).now())
    decided(client, answer(client, f"{OFFER} {LINK}")["id"], "spam")
    assert ruled(answer(client, RESPUN)) == ("publish", None)


def test_a_front_page_that_everybody_links_to_is_no_precedent(client):
    found = answer(client, f"{OFFER} https://www.facebook.com/")
    decided(client, found["id"], "spam")

    assert ruled(answer(client, f"{ELSE} https://www.facebook.com/")) == ("publish", None)


def test_a_decision_on_a_campaign_leaves_none_for_it_ends_with_it(client):
    waiting = [answer(client, f"{CASINO} {ELSE} {n}") for n in range(3)]
    store, at = wired(client).store, wired(client).now()
    outcome = store.decide_campaign(waiting[-1]["campaign"]["id"], "spam", "jana", at)

    assert set(outcome.decided) == {each["id"] for each in waiting}
    with store._reading() as connection:
        assert connection.execute(select(func.count()).select_from(precedents)).scalar_one() == 0
    decided(client, waiting[0]["id"], "ham")
    with store._reading() as connection:
        assert connection.execute(select(precedents.c.comment)).scalars().all() == [waiting[0]["id"]]
