"""winnow webhook and winnow decide, on a real SQLite file."""

import json
import sqlite3

import pytest
from standardwebhooks import Webhook

from app.core.comment import Comment, Thresholds
from app.core.verdict import Classification
from app.store.database import open_engine
from app.store.outbox import Attempt
from app.store.records import Record
from app.store.sql import SqlStore

AT = "2026-11-22T10:00:00Z"
ANSWER = Classification(0.5, "unsure", "hold", Thresholds(0.4, 0.8, 0.9), None, "Doubtful.", (), (), (), (), "m")
URL = "https://93.184.216.34/hook"


@pytest.fixture
def models(tmp_path):
    """None: what is tested here judges nothing."""
    return tmp_path / "models"


@pytest.fixture(autouse=True)
def store(run, home):
    """The commands' own database, with the site blog and its comments c_1 and c_2."""
    run("site", "add", "blog")
    store = SqlStore(open_engine(f"sqlite:///{home}/winnow.db"))
    store.record([Record(id, "blog", AT, Comment(text="Hi", comment_id="77"), ANSWER) for id in ("c_1", "c_2")])
    yield store
    store.close()


def told(run, *arguments):
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def added(run, *options, url=URL):
    return told(run, "webhook", "add", "blog", url, *options)


def test_added_its_secret_is_shown_this_once_and_signs(run, home):
    first = added(run)

    assert set(first) == {"id", "site", "url", "secret", "secrets"}
    assert Webhook(first["secret"])
    (listed,) = told(run, "webhook", "list")
    assert (listed["id"], listed["url"], listed["allow_private"], listed["secrets"]) == (first["id"], URL, False, 1)
    assert listed["disabled_at"] is None
    for arguments in (("webhook", "list"), ("webhook", "log", "1")):
        assert first["secret"] not in run(*arguments).stdout


def test_what_people_see(run):
    result = run("webhook", "add", "blog", URL)

    assert result.stdout.startswith(f"Webhook 1 of blog, to {URL}\nSecret: whsec_")
    assert "shown this once" in result.stderr
    assert "in use" in run("webhook", "list").stdout
    assert "Nothing has been decided" in run("webhook", "log", "1").stdout


def test_none_yet(run):
    assert "winnow webhook add" in run("webhook", "list").stdout
    assert told(run, "webhook", "list") == []


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://localhost/", "--allow-private"),
        ("https://127.0.0.1/", "--allow-private"),
        ("https://2130706433/", "--allow-private"),
        ("https://[::ffff:127.0.0.1]/", "--allow-private"),
        ("https://10.0.0.7/", "--allow-private"),
        ("http://93.184.216.34/", "not encrypted"),
        ("https://169.254.169.254/", "no receiver"),
        ("https://0.0.0.0/", "no receiver"),
        ("ftp://cms.example/", "no web address"),
        ("https://user:pw@cms.example/", "password"),
    ],
)
def test_what_would_be_refused_at_every_attempt_is_refused_at_once(run, url, words):
    result = run("webhook", "add", "blog", url)

    assert (result.exit_code, result.stdout) == (2, "")
    assert words in " ".join(result.stderr.split())
    assert "pw@" not in result.stderr
    assert told(run, "webhook", "list") == []


def test_with_leave_it_may_be_this_machine(run):
    assert added(run, "--allow-private", url="http://127.0.0.1:8080/hook")["url"] == "http://127.0.0.1:8080/hook"
    assert run("webhook", "add", "blog", "http://169.254.169.254/", "--allow-private").exit_code == 2


def test_a_name_without_an_address_may_get_one(run):
    result = run("webhook", "add", "blog", "https://cms.invalid/hook")

    assert result.exit_code == 0
    assert "no address yet" in result.stderr


def test_a_secret_is_changed_without_a_gap(run):
    first = added(run)
    second = told(run, "webhook", "rotate", "1")

    assert (second["secrets"], second["secret"] != first["secret"]) == (2, True)
    assert told(run, "webhook", "rotate", "1", "--drop-old") == {"id": 1, "done": "signs with its newest secret alone"}
    assert told(run, "webhook", "list")[0]["secrets"] == 1


def test_the_newest_secret_is_the_one_that_stays(run, store):
    added(run)
    newest = told(run, "webhook", "rotate", "1")["secret"]
    run("webhook", "rotate", "1", "--drop-old")

    assert store.secrets("blog", "webhook:1") == (newest,)


def test_secrets_do_not_pile_up(run):
    added(run)
    results = [run("webhook", "rotate", "1").exit_code for _ in range(4)]

    assert results == [0, 0, 0, 2]


def test_a_moderators_decision_is_logged_on_its_way(run):
    added(run)
    decided = told(run, "decide", "c_1", "spam", "--by", "jana")
    assert (decided["id"], decided["site"]) == ("c_1", "blog")
    assert {name: decided["decision"][name] for name in ("label", "by", "source")} == {
        "label": "spam",
        "by": "jana",
        "source": "moderator",
    }

    (message,) = told(run, "webhook", "log", "1")
    assert (message["state"], message["comment"], message["attempts"]) == ("waiting", "c_1", 0)
    assert "waiting" in run("webhook", "log", "1").stdout


def test_what_a_moderator_says_twice_or_takes_back(run):
    assert "c_1 of blog: ham, says jana." in run("decide", "c_1", "ham", "--by", "jana").stdout
    assert "jana said so already" in run("decide", "c_1", "ham", "--by", "karel").stdout
    assert "taken back" in run("decide", "c_1", "undo", "--by", "jana").stdout
    assert told(run, "decide", "c_1", "undo", "--by", "jana")["decision"]["label"] is None


@pytest.mark.parametrize(
    "arguments",
    [
        ("c_9", "spam", "--by", "jana"),
        ("c_1", "bad", "--by", "jana"),
        ("c_1", "spam"),
        ("c_1", "spam", "--by", " "),
        ("c_1", "spam", "--by", "a\x1b[2J"),
        ("c_1", "spam", "--by", "x" * 101),
    ],
)
def test_what_is_no_decision(run, arguments):
    result = run("decide", *arguments)

    assert (result.exit_code, result.stdout) == (2, "")


def test_replayed_by_time_and_by_failure(run, store):
    added(run)
    run("decide", "c_1", "spam", "--by", "jana")
    due = store.claim("2099-01-01T00:00:00.000Z", "2099-01-01T00:00:30.000Z")
    store.settle(due, Attempt("2026-11-22T10:00:00.000Z", 500, "It answered 500."))

    assert "failed" in run("webhook", "log", "1").stdout
    assert told(run, "webhook", "replay", "1", "--since", "2099-01-01") == {"id": 1, "replayed": 0}
    assert told(run, "webhook", "replay", "1", "--failed", "--since", "2026-01-01T00:00+01:00")["replayed"] == 1
    assert told(run, "webhook", "replay", "1", "--failed")["replayed"] == 0
    assert "1 message is sent again" in run("webhook", "replay", "1").stdout


@pytest.mark.parametrize("time", ["yesterday", "2026-13-01", "0001-01-01T00:00+23:00"])
def test_what_is_no_time(run, time):
    added(run)

    assert run("webhook", "replay", "1", "--since", time).exit_code == 2


def test_one_that_is_off_is_turned_on_before_it_is_replayed(run, home):
    added(run)
    database = sqlite3.connect(home / "winnow.db")
    with database:
        database.execute("UPDATE webhooks SET disabled_at = ?, disabled_why = 'It answered 410.'", (AT,))
    database.close()

    assert "off since" in " ".join(run("webhook", "list").stdout.split())
    result = run("webhook", "replay", "1")
    assert (result.exit_code, "winnow webhook enable 1" in result.stderr) == (2, True)
    assert told(run, "webhook", "enable", "1") == {"id": 1, "done": "in use"}
    assert told(run, "webhook", "replay", "1")["replayed"] == 0


def test_removed_it_is_gone(run):
    added(run)

    assert "removed" in run("webhook", "remove", "1").stdout
    assert told(run, "webhook", "list") == []


@pytest.mark.parametrize("command", ["remove", "rotate", "log", "replay", "enable"])
def test_of_no_webhook_it_says_so(run, command):
    result = run("webhook", command, "7")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "There is no webhook of that number." in result.stderr


def test_of_no_site_it_says_so(run):
    assert run("webhook", "add", "shop", URL).exit_code == 2
