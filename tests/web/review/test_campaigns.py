"""The pages of campaigns, from what CMSs send to what they hear."""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.core.comment import Comment, Rule
from app.store.schema import comments, outbox
from app.web.review.campaign_members import Piece, differences
from tests.waves import LOOK_ALIKES, wave
from tests.web.conftest import KEY, OTHER_KEY, wired

BEGAN = "2026-11-22T10:00:00.000Z"
CAMPAIGN = re.compile(r'href="/review/campaigns/(c_[0-9A-Z]+)"')
MEMBER = re.compile(r'<li id="(c_[0-9A-Z]+)"')


def body(comment: Comment) -> dict[str, str]:
    return {field.name: value for field in fields(comment) if (value := getattr(comment, field.name))}


@pytest.fixture
def app(client: TestClient) -> TestClient:
    """At a time of its own, which `at` moves on."""
    at(client, 0)
    return client


def at(client: TestClient, days: float) -> None:
    moment = datetime.fromisoformat(BEGAN) + timedelta(days=days)
    wired(client).now = lambda: moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def classify(client: TestClient, comment: Comment, key: str = KEY) -> dict:
    answer = client.post("/classify", json=body(comment), headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200
    return answer.json()


def send(client: TestClient, sent: list[Comment], key: str = KEY) -> list[dict]:
    headers = {"Authorization": f"Bearer {key}"}
    answer = client.post("/classify/batch", json=[body(each) for each in sent], headers=headers)
    assert answer.status_code == 200
    return answer.json()["results"]


def labels(client: TestClient) -> dict[str, str | None]:
    with wired(client).store._reading() as connection:
        return {row.id: row.label for row in connection.execute(select(comments.c.id, comments.c.label))}


def messages(client: TestClient) -> list[str]:
    """The comments whose CMS is told of a decision."""
    with wired(client).store._reading() as connection:
        return list(connection.execute(select(outbox.c.comment)).scalars())


def plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def only_campaign(visitor: TestClient) -> str:
    page = visitor.get("/review/campaigns")
    (id,) = set(CAMPAIGN.findall(page.text))
    return str(id)


def test_a_wave_is_one_card_one_act_and_one_undo(app: TestClient, make_visitor: Callable[..., TestClient]) -> None:
    store = wired(app).store
    store.add_webhook("shop", "https://cms.example/hook", False, "whsec_x", BEGAN)
    spam = list(wave(500))
    sent: dict[str, dict] = {}
    for day, begin in enumerate(range(0, 500, 50)):
        at(app, day)
        for key, part in ((KEY, spam[begin : begin + 30]), (OTHER_KEY, spam[begin + 30 : begin + 50])):
            sent |= {answer["id"]: answer for answer in send(app, part, key)}
        if day == 5:
            honest = {answer["id"] for answer in send(app, list(LOOK_ALIKES))}
    assert len(sent) == 500
    assert {answer["action"] for answer in sent.values()} <= {"hold", "reject", "discard"}

    visitor = make_visitor(app)
    page = plain(visitor.get("/review/campaigns").text)
    id = only_campaign(visitor)
    assert "500 comments 500 to decide" in page
    assert "2 sites, 40 pages" in page

    at(app, 10)
    visitor = make_visitor(app)  # the session of ten days ago is over
    done = visitor.post(f"/review/campaigns/{id}/decide", data={"label": "spam", "days": "7"})
    assert done.status_code == 303
    assert "500 comments were marked as spam" in plain(visitor.get(done.headers["location"]).text)
    assert labels(app) == {**dict.fromkeys(sent, "spam"), **dict.fromkeys(honest)}
    assert len(messages(app)) == 200

    at(app, 10.0001)
    more = next(wave(1, seed=99))
    settled = classify(app, more, OTHER_KEY)
    assert settled["override"] == {"rule": "campaign", "kind": "spam", "value": id}
    assert settled["campaign"] == {"id": id, "size": 500, "label": "spam"}
    assert (settled["verdict"], settled["action"]) == ("spam", "reject")
    assert settled["summary"] == "A moderator settled comments like this one: spam (jana, 2026-12-02)."
    assert "No campaign waits for a decision" in plain(visitor.get("/review/campaigns").text)

    at(app, 16.99)
    assert classify(app, more)["override"]["rule"] == "campaign"
    at(app, 17)
    assert classify(app, more)["override"] is None

    visitor = make_visitor(app)
    act = done.headers["location"].partition("done=")[2]
    undone = visitor.post("/review/undo", data={"act": act, "back": "/review/campaigns"})
    assert undone.status_code == 303
    assert set(labels(app).values()) == {None}
    assert "503 to decide" in plain(visitor.get("/review/campaigns").text)


@pytest.fixture
def held(app: TestClient, make_visitor: Callable[..., TestClient]) -> tuple[TestClient, str]:
    """A moderator, and a campaign of twelve spam comments and one that quotes them."""
    spam = list(wave(12))
    quoted = re.split("Register|Sign up", spam[0].text)[0]
    quote = replace(LOOK_ALIKES[0], text=f"Please delete this, it is everywhere: «{quoted}»")
    send(app, [*spam[:6], quote, *spam[6:]])
    visitor = make_visitor(app)
    return visitor, only_campaign(visitor)


def quote_of(app: TestClient) -> str:
    with wired(app).store._reading() as connection:
        return str(connection.execute(select(comments.c.id).where(comments.c.text.like("Please delete%"))).scalar_one())


def test_an_honest_look_alike_stands_first_and_can_be_taken_out(app: TestClient, held: tuple[TestClient, str]) -> None:
    visitor, id = held
    quote = quote_of(app)
    page = visitor.get(f"/review/campaigns/{id}").text
    assert MEMBER.findall(page)[0] == quote
    assert "<mark>delete this" in page or "<mark>Please delete" in page
    assert "Campaign of 13 comments" in page

    out = visitor.post(f"/review/campaigns/{id}/take-out", data={"id": [quote]})
    assert out.headers["location"] == f"/review/campaigns/{id}?taken=1"
    after = visitor.get(out.headers["location"]).text
    assert "1 comment was taken out" in after
    assert len(MEMBER.findall(after)) == 12

    visitor.post(f"/review/campaigns/{id}/decide", data={"label": "spam", "days": "0"})
    assert [id for id, label in labels(app).items() if label is None] == [quote]


def test_nobody_is_drawn_in_by_what_was_taken_out(app: TestClient, make_visitor: Callable[..., TestClient]) -> None:
    honest = {"author": "Jan", "author_url": "https://jan.example.org/about"}
    spam = list(wave(6))
    send(app, [*spam[:3], replace(spam[3], **honest), *spam[4:]])
    visitor = make_visitor(app)
    id = only_campaign(visitor)
    with wired(app).store._reading() as connection:
        (jan,) = connection.execute(select(comments.c.id).where(comments.c.author == "Jan")).scalars()

    visitor.post(f"/review/campaigns/{id}/take-out", data={"id": [jan]})
    visitor.post(f"/review/campaigns/{id}/decide", data={"label": "spam"})

    text = "Cheap casino bonus casino slots jackpot, win money online now! " * 2  # flagged, so that links would lead
    assert classify(app, Comment(text=text, **honest))["override"] is None
    assert classify(app, spam[0])["override"]["rule"] == "campaign"


def test_taking_the_first_one_out_leads_to_the_next(app: TestClient, held: tuple[TestClient, str]) -> None:
    visitor, id = held
    out = visitor.post(f"/review/campaigns/{id}/take-out", data={"id": [id]})

    assert out.headers["location"].startswith("/review/campaigns/c_")
    assert id not in out.headers["location"]
    assert "Campaign of 12 comments" in visitor.get(out.headers["location"]).text
    assert visitor.get(f"/review/campaigns/{id}").status_code == 404


def test_the_address_of_any_of_its_comments_leads_to_the_campaign(
    app: TestClient, held: tuple[TestClient, str]
) -> None:
    visitor, id = held
    moved = visitor.get(f"/review/campaigns/{quote_of(app)}")

    assert (moved.status_code, moved.headers["location"]) == (303, f"/review/campaigns/{id}")
    assert visitor.get("/review/campaigns/c_01JD8ZQ4V3W5K2N7X9R1T6M0PA").status_code == 404


def test_who_comes_second_is_told_who_was_first(app: TestClient, held: tuple[TestClient, str], make_visitor) -> None:
    jana, id = held
    eve = make_visitor(app, "eve")
    form = {"label": "spam", "seen_at": ""}
    jana.post(f"/review/campaigns/{id}/decide", data=form)
    second = eve.post(f"/review/campaigns/{id}/decide", data={**form, "label": "ham"})

    assert second.status_code == 409
    assert "Already decided by jana" in plain(second.text)
    assert set(labels(app).values()) == {"spam"}


def passing(client: TestClient, ids: list[str]) -> None:
    """As if the model had let these through."""
    with wired(client).store._transaction() as connection:
        values = {"action": "publish", "verdict": "ham", "score": 0.1, "tab": "passed"}
        connection.execute(comments.update().where(comments.c.id.in_(ids)).values(values))


def test_what_had_passed_is_called_spam_apart_and_its_cms_hears_of_it(
    app: TestClient, held: tuple[TestClient, str]
) -> None:
    visitor, id = held
    wired(app).store.add_webhook("blog", "https://cms.example/hook", False, "whsec_x", BEGAN)
    ids = sorted(labels(app))
    missed, spared = ids[2:4], ids[4]
    passing(app, [*missed, spared])

    visitor.post(f"/review/campaigns/{id}/decide", data={"label": "spam"})
    assert sorted(each for each, label in labels(app).items() if label is None) == [*missed, spared]
    assert "3 that had passed" in plain(visitor.get(f"/review/campaigns/{id}").text)

    told = set(messages(app))
    done = visitor.post(f"/review/campaigns/{id}/report-passed", data={"id": missed})
    assert [each for each, label in labels(app).items() if label is None] == [spared]
    assert set(messages(app)) - told == set(missed)

    visitor.post("/review/undo", data={"act": done.headers["location"].partition("done=")[2]})
    assert sorted(each for each, label in labels(app).items() if label is None) == [*missed, spared]


def test_what_acts_is_listed_and_can_be_ended(app: TestClient, held: tuple[TestClient, str]) -> None:
    visitor, id = held
    visitor.post(f"/review/campaigns/{id}/decide", data={"label": "spam", "days": "3"})
    page = plain(visitor.get("/review/campaigns?tab=acting").text)
    assert "✕ spam by jana" in page
    assert "acts until 2026-11-25 10:00" in page

    visitor.post(f"/review/campaigns/{id}/end", data={"back": "/review/campaigns?tab=acting"})
    assert "No decision on a campaign acts" in visitor.get("/review/campaigns?tab=acting").text
    assert set(labels(app).values()) == {"spam"}
    assert classify(app, next(wave(1)))["override"] is None


@pytest.mark.parametrize(
    ("days", "until"), [("", "2026-11-27"), ("0", None), ("1", "2026-11-23"), ("13", "2026-11-27")]
)
def test_it_acts_as_long_as_the_moderator_says_or_the_settings(
    app: TestClient, held: tuple[TestClient, str], days: str, until: str | None
) -> None:
    visitor, id = held
    wired(app).store.change_preferences({"campaign_days": 5}, BEGAN)
    visitor.post(f"/review/campaigns/{id}/decide", data={"label": "spam", "days": days})

    page = plain(visitor.get(f"/review/campaigns/{id}").text)
    assert (f"acts on what arrives until {until}" in page) if until else ("acts on nothing that arrives" in page)


def test_many_at_once_wait_for_a_second_moderator(app: TestClient, held: tuple[TestClient, str]) -> None:
    visitor, id = held
    wired(app).store.change_preferences({"second_eye_above": 5}, BEGAN)
    visitor.post(f"/review/campaigns/{id}/decide", data={"label": "spam"})

    assert set(labels(app).values()) == {None}
    page = visitor.get(f"/review/campaigns/{id}").text
    assert "So many comments need a second moderator." in page
    link = re.search(r'href="(/review\?tab=all[^"]+)">Decide on all', page)
    assert link is not None
    assert visitor.get(link[1].replace("&amp;", "&")).text.count('class="line moves') == 13


HAM = Comment(
    text="Dear council, we the undersigned ask you to keep the night buses of lines four and nine, which nurses and bakers "
    "need to get to work. More at https://buses.example.org/petition",
    author="Eva",
)


def settled_as_ham(app: TestClient, visitor: TestClient) -> str:
    """Two copies of a petition that were held, and then called not spam."""
    sent = send(app, [HAM, replace(HAM, author="Ota")])
    ids = [answer["id"] for answer in sent]
    with wired(app).store._transaction() as connection:
        connection.execute(comments.update().where(comments.c.id.in_(ids)).values(action="hold", tab="review"))
    visitor.post(f"/review/campaigns/{ids[0]}/decide", data={"label": "ham"})
    assert [labels(app)[id] for id in ids] == ["ham", "ham"]
    return str(ids[0])


def judged_strictly(app: TestClient) -> None:
    """Everything is held from now on, so that what is let through is let through by memory."""
    wired(app).store.set_thresholds("blog", replace(wired(app).model.thresholds, hold=0.0))


def test_ham_lets_copies_through_but_nothing_that_was_added(app: TestClient, make_visitor) -> None:
    id = settled_as_ham(app, make_visitor(app))
    judged_strictly(app)
    spam_link = " https://royal-jackpot.example/win"

    for copied in (HAM, replace(HAM, author="Petr", text=HAM.text.partition(" More at")[0])):
        assert classify(app, copied)["override"] == {"rule": "campaign", "kind": "ham", "value": id}
    for _ in range(2):  # what was tried once is no more known the second time
        for changed in (
            replace(HAM, text=HAM.text + spam_link),
            replace(HAM, author_url=spam_link.strip()),
            replace(HAM, text=HAM.text + " Casino bonus and free spins for whoever signs up with us today!"),
        ):
            answer = classify(app, changed)
            assert answer["override"] is None
            assert answer["action"] != "publish"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [({"author_role": "administrator"}, "role"), ({"author": "Friend"}, "allow"), ({"author": "Foe"}, "deny")],
)
def test_the_operators_word_comes_first(
    app: TestClient, held: tuple[TestClient, str], changes: dict[str, str], rule: str
) -> None:
    visitor, id = held
    for effect, name in (("allow", "friend"), ("deny", "foe")):
        wired(app).store.add_rule("blog", Rule(effect, "author", name), BEGAN)
    visitor.post(f"/review/campaigns/{id}/decide", data={"label": "spam"})

    assert classify(app, replace(next(wave(1)), **changes))["override"]["rule"] == rule


def test_a_comment_tells_of_its_campaign(app: TestClient) -> None:
    first, second = send(app, list(wave(2)))
    assert (first["campaign"], second["campaign"]) == (None, None)  # one batch: neither was there before

    third = classify(app, next(wave(1, seed=3)))
    assert third["campaign"] == {"id": first["id"], "size": 2, "label": None}
    stored = app.get(f"/comments/{first['id']}").json()
    assert stored["campaign"] == {"id": first["id"], "size": 2, "label": None}


def test_a_viewer_sees_all_and_has_no_buttons(app: TestClient, held: tuple[TestClient, str], make_visitor) -> None:
    id = held[1]
    viewer = make_visitor(app, "vera", "viewer")
    for path in ("/review/campaigns", f"/review/campaigns/{id}"):
        page = viewer.get(path)
        assert page.status_code == 200
        assert 'action="/review/campaigns' not in page.text.replace('action="/review/campaigns" method="get"', "")
    assert viewer.post(f"/review/campaigns/{id}/decide", data={"label": "spam"}).status_code == 403


def test_what_visitors_write_is_shown_and_never_run(app: TestClient, make_visitor) -> None:
    evil = "<script>alert(1)</script> \u202e{{ 7*7 }}\u202c " + next(wave(1)).text
    send(app, [Comment(text=evil, author="<b>x</b>", page_title="<i>", author_url="javascript:alert(1)")] * 2)
    visitor = make_visitor(app)
    for path in ("/review/campaigns", f"/review/campaigns/{only_campaign(visitor)}"):
        page = visitor.get(path).text
        assert "<script>alert" not in page
        assert "<b>x</b>" not in page
        assert 'href="javascript' not in page
        assert "{{ 7*7 }}" in page


@pytest.mark.parametrize("form", [{}, {"label": "unsure"}, {"label": "<b>"}])
def test_a_decision_is_spam_or_ham(app: TestClient, held: tuple[TestClient, str], form: dict[str, str]) -> None:
    visitor, id = held
    assert visitor.post(f"/review/campaigns/{id}/decide", data=form).status_code == 400
    assert set(labels(app).values()) == {None}


def test_a_link_that_is_settled_is_settled_in_any_comment(app: TestClient, make_visitor) -> None:
    link = "https://pills.example.net/order"
    sent = send(app, [replace(each, author_url=link) for each in wave(4)])
    visitor = make_visitor(app)
    id = only_campaign(visitor)
    assert "the decision acts on this link too" in visitor.get(f"/review/campaigns/{id}").text
    visitor.post(f"/review/campaigns/{id}/decide", data={"label": "spam"})

    other = classify(app, Comment(text="I like how you explain it, thank you.", author="Bo", author_url=link))
    assert len(sent) == 4
    assert other["override"] == {"rule": "campaign", "kind": "spam", "value": id}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("a b", (Piece("a b", False),)),
        ("c d a", (Piece("c d", True), Piece(" a", False))),
        ("Á, 12 c", (Piece("Á, 12 ", False), Piece("c", True))),
    ],
)
def test_new_words_are_marked(text: str, expected: tuple[Piece, ...]) -> None:
    assert differences(text, {"a", "b"}) == expected
