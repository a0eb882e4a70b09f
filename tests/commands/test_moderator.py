"""winnow moderator, and the link that winnow serve prints."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.commands import opening, serving
from app.settings import Settings
from app.store.accounts import Moderator
from app.store.sql import SqlStore
from tests.commands.conftest import Run

LINK = re.compile(r"http://127\.0\.0\.1:8000/review/set-up/([A-Za-z0-9_-]{43})")
NOW = "2026-11-30T10:00:00.000Z"


@pytest.fixture
def store(home: Path) -> Any:
    """What the commands wrote."""
    with opening.open_store(Settings(home=home)) as store:
        yield store


def answer(run: Run, *arguments: str, **settings: str) -> Any:
    """What a command prints for scripts."""
    done = run(*arguments, "--json", **settings)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_somebody_is_added_before_the_first_start_and_gets_a_link(run: Run, store: SqlStore) -> None:
    done = run("moderator", "add", "jana")

    assert done.exit_code == 0
    found = LINK.search(done.stdout)
    assert found
    assert store.invited(found[1], opening.now()) == store.moderator("jana")
    assert store.moderator("jana").role == "moderator"  # type: ignore[union-attr]
    assert "Shown this once" in done.stderr


def test_the_link_begins_with_the_public_address(run: Run) -> None:
    told = answer(run, "moderator", "add", "jana", "--role", "admin", WINNOW_PUBLIC_URL="https://winnow.example/")

    assert told["moderator"] == "jana"
    assert told["set_up"].startswith("https://winnow.example/review/set-up/")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("add", ""), "cannot be a moderator's name"),
        (("add", " jana"), "cannot be a moderator's name"),
        (("add", "x" * 61), "1 to 60 visible characters"),
        (("add", "a\u202eb"), "cannot be a moderator's name"),
        (("add", "ROOT"), "of that name already"),
        (("link", "nobody"), "There is no moderator of that name"),
        (("role", "nobody", "admin"), "winnow moderator list shows them"),
        (("disable", "nobody"), "There is no moderator of that name"),
        (("enable", "nobody"), "There is no moderator of that name"),
        (("disable", "root"), "Make somebody else an admin first"),
        (("role", "root", "viewer"), "Make somebody else an admin first"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(run: Run, arguments: tuple[str, ...], words: str) -> None:
    run("moderator", "add", "root", "--role", "admin")

    done = run("moderator", *arguments)

    assert done.exit_code == 2
    assert words in done.stderr
    assert done.stdout == ""


def test_a_role_that_is_none_is_refused(run: Run) -> None:
    assert run("moderator", "add", "jana", "--role", "owner").exit_code == 2


def test_they_are_listed(run: Run, store: SqlStore) -> None:
    assert "There is no moderator yet" in run("moderator", "list").stdout
    assert answer(run, "moderator", "list") == []
    store.add_moderator("jana", "viewer", NOW)
    store.add_moderator("root", "admin", NOW)
    store.set_password("root", "a hash", NOW)
    store.disable("jana", NOW)

    assert answer(run, "moderator", "list") == [
        {
            "moderator": "jana",
            "role": "viewer",
            "created_at": NOW,
            "disabled_at": NOW,
            "has_password": False,
            "last_at": None,
        },
        {
            "moderator": "root",
            "role": "admin",
            "created_at": NOW,
            "disabled_at": None,
            "has_password": True,
            "last_at": NOW,
        },
    ]
    shown = run("moderator", "list").stdout
    assert re.search(r"jana +viewer +disabled +never", shown)
    assert re.search(r"root +admin +active", shown)


def test_roles_and_disabling(run: Run, store: SqlStore) -> None:
    run("moderator", "add", "root", "--role", "admin")
    run("moderator", "add", "jana")

    assert answer(run, "moderator", "role", "JANA", "admin") == {"moderator": "jana", "role": "admin"}
    assert run("moderator", "role", "jana", "admin").stdout == "jana is an admin already.\n"
    assert answer(run, "moderator", "disable", "jana") == {"moderator": "jana", "disabled": True}
    assert run("moderator", "disable", "jana").stdout == "jana is disabled already.\n"
    assert store.moderator("jana").disabled_at  # type: ignore[union-attr]
    assert "disabled" in run("moderator", "link", "jana").stderr
    assert answer(run, "moderator", "enable", "jana") == {"moderator": "jana", "disabled": False}
    assert run("moderator", "enable", "jana").stdout == "jana can sign in as before.\n"
    assert [entry.by for entry in store.audit_log()] == [""] * 7


def test_a_new_link_ends_the_earlier_one(run: Run, store: SqlStore) -> None:
    first = answer(run, "moderator", "add", "jana")["set_up"].rpartition("/")[2]
    second = answer(run, "moderator", "link", "Jana")["set_up"].rpartition("/")[2]

    assert store.invited(first, opening.now()) is None
    assert store.invited(second, opening.now()) is not None


class TestTheFirstStart:
    """What winnow serve sets up and prints; tests/commands/test_serve.py really starts it."""

    def link(self, home: Path) -> str:
        return serving.first_of_all(Settings(home=home), "http://127.0.0.1:8000").set_up

    def test_it_makes_an_admin_and_a_link(self, home: Path, store: SqlStore) -> None:
        found = LINK.fullmatch(self.link(home))

        assert found
        assert [seen.moderator.name for seen in store.moderators()] == ["admin"]
        invited = store.invited(found[1], opening.now())
        assert isinstance(invited, Moderator)
        assert (invited.name, invited.role) == ("admin", "admin")

    def test_later_starts_give_a_link_until_somebody_has_a_password(self, home: Path, store: SqlStore) -> None:
        tokens = [self.link(home).rpartition("/")[2] for _ in range(3)]
        assert all(store.invited(token, opening.now()) for token in tokens)

        store.use_invitation(tokens[1], "a hash", "", "", opening.now())

        assert self.link(home) == ""
        assert not any(store.invited(token, opening.now()) for token in tokens)

    def test_an_admin_who_is_there_gets_it_and_keeps_their_own(self, run: Run, home: Path, store: SqlStore) -> None:
        run("moderator", "add", "aa-viewer", "--role", "viewer")
        own = answer(run, "moderator", "add", "jana", "--role", "admin")["set_up"].rpartition("/")[2]

        token = self.link(home).rpartition("/")[2]

        assert store.invited(token, opening.now()).name == "jana"  # type: ignore[union-attr]
        assert store.invited(own, opening.now()).name == "jana"  # type: ignore[union-attr]
        assert [seen.moderator.name for seen in store.moderators()] == ["aa-viewer", "jana"]

    def test_nobody_becomes_an_admin_by_a_start(self, run: Run, home: Path, store: SqlStore) -> None:
        run("moderator", "add", "jana", "--role", "viewer")

        assert self.link(home) == ""
        assert [seen.moderator.role for seen in store.moderators()] == ["viewer"]

    def test_the_public_address_is_preferred(self, home: Path) -> None:
        settings = Settings(home=home, public_url="https://winnow.example")

        assert serving.first_of_all(settings, "http://127.0.0.1:8000").set_up.startswith("https://winnow.example/")
