"""The audit as a page: sentences, filters, and thousands of rows."""

import re

import pytest
from sqlalchemy import insert, select

from app.store.audit import ACTS, Entry
from app.store.schema import comments
from app.store.schema_review import audit
from app.web.review.acts import TOLD
from tests.web.conftest import wired
from tests.web.review.conftest import hidden, signed_in


@pytest.fixture
def client(emptied):
    return emptied


def rows(page):
    """The sentences that the page shows, without their markup."""
    cells = re.findall(r"<tr>\s*<td class=.number.>\d+</td>\s*<td>.*?</td>\s*<td>(.*?)</td>", page, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]


def write(client, count, **values):
    with wired(client).store._transaction() as connection:
        row = {"at": "2026-11-30T10:00:00.000Z", "by": "jana", "act": "profile", "site": "", "subject": ""}
        connection.execute(insert(audit), [{**row, **values} for _ in range(count)])


def test_every_act_has_a_name_and_a_sentence():
    assert set(TOLD) == set(ACTS)
    for act, told in TOLD.items():
        assert told.name
        assert told.sentence.startswith("%(by)s") or act in ("expire", "purge"), "nobody but the policy did that"
        assert told.sentence.endswith(".")


def test_acts_are_told_as_sentences_newest_first(client):
    root = signed_in(client, "root", "admin")
    root.post("/review/moderators", data={"name": "jana", "role": "viewer"})
    root.post("/review/moderators/role", data={"name": "jana", "role": "moderator"})

    assert rows(root.get("/review/audit").text) == [
        "root changed the role of jana from viewer to moderator.",
        "root made a set-up link for jana.",
        "root added the moderator jana as viewer.",
        "root signed in.",
        "The command line added the moderator root as admin.",
    ]


@pytest.mark.parametrize(
    ("act", "subject", "detail", "sentence"),
    [
        ("moderator-role", "root", {"from": None, "to": True}, "jana changed the role of root from – to ✓."),
        ("webhook-add", "7", {"url": "https://cms.example/"}, "jana added a webhook to https://cms.example/."),
        ("decide-many", "", {"label": "spam", "comments": 3}, "jana decided that 3 comments are spam."),
        ("undo", "", {"act": 12}, "jana took act 12 back."),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)  # fmt: skip
def test_details_are_told_in_the_sentence(client, act, subject, detail, sentence):
    visitor = signed_in(client)
    write(client, 1, act=act, subject=subject, detail=detail)

    assert rows(visitor.get("/review/audit").text)[0] == sentence


@pytest.mark.parametrize("act", ACTS)
def test_a_sentence_survives_details_that_are_not_there(client, act):
    visitor = signed_in(client)
    write(client, 1, act=act, subject="x")

    assert rows(visitor.get("/review/audit", params={"act": act, "subject": "x"}).text)


def test_what_people_wrote_is_text(client):
    visitor = signed_in(client)
    write(client, 1, by="<b>%s</b>", act="moderator-role", subject="%(by)s", detail={"from": "<i>", "to": ["a", "b"]})

    page = visitor.get("/review/audit").text

    assert "<bdi>&lt;b&gt;%s&lt;/b&gt;</bdi> changed the role of <bdi>%(by)s</bdi>" in page
    assert "from <bdi>&lt;i&gt;</bdi> to <bdi>a, b</bdi>." in page


def test_a_comment_is_linked(client):
    visitor = signed_in(client)
    write(client, 1, act="moderator-disable", subject="c_01JD8ZK3V7Q4")
    write(client, 1, act="moderator-disable", subject="c_<b>")

    page = visitor.get("/review/audit").text

    assert '<a href="/review/c_01JD8ZK3V7Q4"><bdi>c_01JD8ZK3V7Q4</bdi></a>' in page
    assert "<bdi>c_&lt;b&gt;</bdi>" in page


def test_what_was_undone_says_so(client):
    visitor = signed_in(client)
    write(client, 1, act="decide", undone_at="2026-11-30T11:00:00.000Z")

    page = visitor.get("/review/audit").text
    assert "undone" in page
    assert "/review/undo" not in page


@pytest.fixture
def comment(client):
    """One that waits in the queue."""
    client.post("/classify", json={"text": "Buy now http://casino.example/"})
    wired(client).writer.flush().result(5)
    with wired(client).store._reading() as connection:
        return connection.execute(select(comments.c.id)).scalars().first()


def test_a_decision_is_told_and_can_be_taken_back_here(client, comment):
    visitor = signed_in(client)
    visitor.post("/review/decide", data={"id": f"{comment}~0", "label": "ham"})
    page = visitor.get("/review/audit?by=jana")
    assert rows(page.text)[0] == f"jana decided that {comment} is not spam."

    answer = visitor.post("/review/undo", data=hidden(page.text, "/review/undo"))

    assert answer.headers["location"].startswith("/review/audit?by=jana&done=")
    page = visitor.get(answer.headers["location"]).text
    assert "It is taken back" in page
    assert next(row.partition(" <")[0] for row in rows(page)).startswith("jana took act ")
    assert "/review/undo" not in page


def test_filters_narrow_it_and_stay_chosen(client):
    visitor = signed_in(client)
    write(client, 2, act="profile", site="blog", subject="s1")
    write(client, 1, by="root", act="profile", site="shop", subject="s2")

    def shown(**wanted):
        return len(rows(visitor.get("/review/audit", params=wanted).text))

    assert shown(site="blog") == 2
    assert shown(site="shop", by="root") == 1
    assert shown(subject="s1", act="profile") == 2
    assert shown(subject=" s2 ") == 1
    assert shown(by="nobody") == 0
    page = visitor.get("/review/audit", params={"site": "blog", "act": "profile"}).text
    assert '<option value="blog" selected>' in page
    assert '<option value="profile" selected>' in page


def test_thousands_of_acts_are_read_page_by_page_each_once(client):
    visitor = signed_in(client)
    write(client, 4_321, site="blog")
    address, seen = "/review/audit?site=blog", 0

    for _ in range(60):
        page = visitor.get(address).text
        seen += len(rows(page))
        older = re.search(r'href="([^"]+)" rel="next"', page)
        if older is None:
            break
        address = older[1].replace("&amp;", "&")

    assert seen == 4_321
    assert "before=" in address


@pytest.mark.parametrize("before", ["x", "-1", "9" * 25, "9" * 99, "٣", "1e3", ""])
def test_a_strange_number_is_none(client, before):
    assert signed_in(client).get("/review/audit", params={"before": before}).status_code == 200


def test_an_act_of_a_later_version_is_shown_as_it_is(client):
    from app.web.review.acts import sentence_of

    class Visit:
        def say(self, sentence):
            return sentence

    entry = Entry(1, "2026-11-30T10:00:00.000Z", "jana", "dance", "", "x", {}, None)
    assert sentence_of(Visit(), entry) == "<bdi>jana</bdi>: <bdi>dance</bdi> <bdi>x</bdi>"
