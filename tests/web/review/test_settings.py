"""The page of settings, through the whole application."""

import re

import pytest

from app.store.preferences import PREFERENCES, Preferences
from tests.web.conftest import wired


@pytest.fixture
def ron(client, make_visitor):
    """An admin."""
    return make_visitor(client, "ron", "admin")


@pytest.mark.parametrize("role", ["viewer", "moderator"])
def test_only_admins_come_in(client, make_visitor, role):
    visitor = make_visitor(client, "vera", role)

    assert visitor.get("/review/settings").status_code == 403
    assert visitor.post("/review/settings", data={"held_days": "3"}).status_code == 403
    assert wired(client).store.preferences() == Preferences()


def test_every_setting_is_explained_with_its_default(ron):
    page = ron.get("/review/settings").text

    for each in PREFERENCES:
        assert f'name="{each.name}" value="{each.default}"' in page
        assert each.sentence in page


def test_what_is_saved_holds_and_stands_in_the_audit(client, ron):
    answer = ron.post("/review/settings", data={"held_days": " 30 ", "letter_name": "Ján & co", "nope": "1"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/review/settings?done=saved")
    assert wired(client).store.preferences() == Preferences(held_days=30, letter_name="Ján & co")
    (told,) = wired(client).store.audit_log(act="settings")
    assert (told.by, told.subject) == ("ron", "held_days 0 → 30, letter_name  → Ján & co")
    page = ron.get("/review/settings?done=saved").text
    assert 'value="Ján &amp; co"' in page
    assert "Saved." in page


def test_one_that_cannot_be_meant_saves_none(client, ron):
    answer = ron.post("/review/settings", data={"held_days": "30", "claim_minutes": "0"})

    assert answer.status_code == 422
    assert re.search(r'name="claim_minutes" value="0"[^>]*aria-invalid="true"', answer.text)
    assert 'name="held_days" value="30"' in answer.text
    assert wired(client).store.preferences() == Preferences()
