"""The admins' page of moderators."""

import re

import pytest

from tests.web.conftest import wired
from tests.web.review.conftest import browser, signed_in

LINK = re.compile(r'value="([^"]*)/review/set-up/([A-Za-z0-9_-]{43})"')


@pytest.fixture
def client(emptied):
    return emptied


@pytest.fixture
def root(client):
    """A browser in which the only admin is signed in."""
    return signed_in(client, "root", "admin")


def names(client):
    return {seen.moderator.name: seen.moderator for seen in wired(client).store.moderators()}


def test_somebody_is_added_and_their_link_is_shown_once(client, root):
    answer = root.post("/review/moderators", data={"name": " Jana Nováková ", "role": "viewer"})

    assert answer.status_code == 200
    base, token = LINK.search(answer.text).groups()
    assert base == "http://testserver"
    assert "/review/set-up/" not in root.get("/review/moderators").text
    assert names(client)["Jana Nováková"].role == "viewer"
    assert "Jana Nováková" in browser(client).get(f"/review/set-up/{token}").text


def test_links_begin_with_the_public_address(make_client):
    client = make_client(public_url="https://winnow.example")
    root = signed_in(client, "root", "admin")

    answer = root.post(
        "/review/moderators", data={"name": "jana", "role": "viewer"}, headers={"Origin": "https://winnow.example"}
    )

    assert LINK.search(answer.text)[1] == "https://winnow.example"


def test_without_one_they_begin_with_what_the_admins_browser_asked(client, root):
    root.base_url = "https://winnow.example"

    answer = root.post(
        "https://testserver/review/moderators",
        data={"name": "jana", "role": "viewer"},
        headers={"Origin": "https://testserver"},
    )

    assert LINK.search(answer.text)[1] == "https://testserver"


@pytest.mark.parametrize(
    ("name", "role", "status"),
    [
        pytest.param("", "viewer", 422, id="no-name"),
        pytest.param("x" * 61, "viewer", 422, id="too-long"),
        pytest.param("a\u202eb", "viewer", 422, id="turned-round"),
        pytest.param("a\nb", "viewer", 422, id="two-lines"),
        pytest.param("jana", "owner", 422, id="no-such-role"),
        pytest.param("ROOT", "viewer", 409, id="taken"),
    ],
)
def test_nobody_is_added_under_such_a_name(client, root, name, role, status):
    answer = root.post("/review/moderators", data={"name": name, "role": role})

    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert set(names(client)) == {"root"}


def test_a_role_changes_at_once(client, root):
    jana = signed_in(client, "jana", "viewer")
    assert jana.get("/review/audit").status_code == 403

    answer = root.post("/review/moderators/role", data={"name": "jana", "role": "moderator"})

    assert answer.headers["location"] == "/review/moderators?done=role"
    assert "The role is changed." in root.get(answer.headers["location"]).text
    assert jana.get("/review/audit").status_code == 200


def test_who_is_disabled_is_out_at_once_and_can_be_let_in_again(client, root):
    jana = signed_in(client, "jana")

    root.post("/review/moderators/disable", data={"name": "jana"})
    assert jana.get("/review/profile").status_code == 303
    assert "disabled" in root.get("/review/moderators").text

    root.post("/review/moderators/enable", data={"name": "jana"})
    assert signed_in(client, "jana").get("/review/profile").status_code == 200


def test_a_new_link_ends_the_earlier_one(client, root):
    first = LINK.search(root.post("/review/moderators", data={"name": "jana", "role": "viewer"}).text)[2]
    second = LINK.search(root.post("/review/moderators/link", data={"name": "jana"}).text)[2]

    assert browser(client).get(f"/review/set-up/{first}").status_code == 410
    assert browser(client).get(f"/review/set-up/{second}").status_code == 200


@pytest.mark.parametrize(
    ("act", "fields"), [("disable", {}), ("role", {"role": "moderator"})], ids=["disable", "another-role"]
)
def test_the_last_admin_stays_and_the_page_says_why(client, root, act, fields):
    answer = root.post(f"/review/moderators/{act}", data={"name": "root", **fields})

    assert answer.status_code == 409
    assert "That is the last admin" in answer.text
    assert (names(client)["root"].role, names(client)["root"].disabled_at) == ("admin", None)


@pytest.mark.parametrize(
    ("act", "fields", "status"),
    [
        ("disable", {"name": "nobody"}, 404),
        ("enable", {"name": "nobody"}, 404),
        ("link", {"name": "nobody"}, 404),
        ("role", {"name": "nobody", "role": "admin"}, 404),
        ("role", {"name": "root", "role": "owner"}, 422),
    ],
)
def test_who_is_not_there_is_said_to_be_not_there(root, act, fields, status):
    answer = root.post(f"/review/moderators/{act}", data=fields)

    assert answer.status_code == status
    assert 'role="alert"' in answer.text


def test_every_act_is_in_the_audit_under_the_admins_name(client, root):
    root.post("/review/moderators", data={"name": "jana", "role": "viewer"})
    root.post("/review/moderators/role", data={"name": "jana", "role": "admin"})
    root.post("/review/moderators/disable", data={"name": "jana"})
    root.post("/review/moderators/enable", data={"name": "jana"})

    written = [entry.act for entry in wired(client).store.audit_log(by="root", subject="jana")]
    assert written == [
        "moderator-enable",
        "moderator-disable",
        "moderator-role",
        "moderator-link",
        "moderator-add",
    ]
