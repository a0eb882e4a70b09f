"""winnow site: sites, keys, rules, thresholds, on a real SQLite file."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from app.store.database import open_engine
from app.store.sql import SqlStore


def site_of(home: Path, key: str) -> str | None:
    store = SqlStore(open_engine(f"sqlite:///{home}/winnow.db"))
    found = store.site_of_key(key)
    store.close()
    return found.name if found else None


@pytest.fixture
def blog(run: Any) -> str:
    """The key of a site that is there."""
    key: str = json.loads(run("site", "add", "blog", "--json").stdout)["key"]
    return key


def rules(run: Any) -> list[tuple[str, str, str]]:
    found = json.loads(run("site", "rules", "blog", "--json").stdout)
    return [(each["effect"], each["kind"], each["value"]) for each in found]


def test_add_works_before_the_first_start(run: Any, home: Path) -> None:
    result = run("site", "add", "My blog", "--json")

    told = json.loads(result.stdout)
    assert (result.exit_code, set(told), told["site"]) == (0, {"site", "key"}, "My blog")
    assert site_of(home, told["key"]) == "My blog"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@pytest.mark.parametrize("command", [("add", "shop"), ("rotate-key", "blog")], ids=str)
def test_a_hexadecimal_key_can_be_typed_where_others_cannot(run: Any, blog: str, command: tuple[str, str]) -> None:
    key = json.loads(run("site", *command, "--hex", "--json").stdout)["key"]

    assert (len(key), set(key) - set("0123456789abcdef")) == (12, set())


def test_the_key_is_on_stdout_and_the_note_is_not(run: Any) -> None:
    result = run("site", "add", "blog")
    assert result.stdout.startswith("Key of the site blog: ")
    assert "shown this once" in result.stderr


def test_a_name_is_taken_once(run: Any, blog: str) -> None:
    result = run("site", "add", "blog")
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize("name", ["", " ", " blog", "a\nb", "a\x1b[2J", "x" * 101])
def test_a_name_must_be_visible(run: Any, name: str) -> None:
    assert run("site", "add", name).exit_code == 2


def test_list(run: Any, blog: str) -> None:
    (told,) = json.loads(run("site", "list", "--json").stdout)
    assert (told["site"], told["key_hint"]) == ("blog", blog[:3])
    assert blog not in run("site", "list").stdout


def test_list_without_sites(run: Any) -> None:
    assert "winnow site add" in run("site", "list").stdout
    assert run("site", "list", "--json").stdout == "[]\n"


def test_rotate_key_ends_the_old_one(run: Any, home: Path, blog: str) -> None:
    new = json.loads(run("site", "rotate-key", "blog", "--json").stdout)["key"]
    assert (site_of(home, blog), site_of(home, new)) == (None, "blog")


@pytest.mark.parametrize(
    "arguments",
    [
        ("rotate-key", "nope"),
        ("rules", "nope"),
        ("thresholds", "nope"),
        ("thresholds", "nope", "--hold", "0.4"),
        ("deny", "nope", "phrase", "casino"),
    ],
)
def test_an_unknown_site_is_refused(run: Any, arguments: tuple[str, ...]) -> None:
    result = run("site", *arguments)
    assert result.exit_code == 2
    assert "There is no site of that name." in result.stderr


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        ("host", "WWW.Casino.Example.", "www.casino.example"),
        ("host", "пример.рф", "xn--e1afmkfd.xn--p1ai"),
        ("host", "192.0.2.7", "192.0.2.7"),
        ("registrable_domain", "Casino.co.uk", "casino.co.uk"),
        ("url_pattern", "myget.org/*casino*", "myget.org/*casino*"),
        ("email", "@casino.example", "@casino.example"),
        ("author", "Best SEO", "Best SEO"),
        ("ip_range", "192.0.2.7/24", "192.0.2.0/24"),
        ("ip_range", "2001:DB8::/32", "2001:db8::/32"),
        ("phrase", " buy  now ", "buy  now"),
    ],
)
def test_a_rule_is_added_once_and_removed_as_it_was_written(
    run: Any, blog: str, kind: str, value: str, stored: str
) -> None:
    assert run("site", "deny", "blog", kind, value).exit_code == 0
    assert "there already" in run("site", "deny", "blog", kind, value).stdout
    assert rules(run) == [("deny", kind, stored)]
    assert stored.split(maxsplit=1)[0] in run("site", "rules", "blog").stdout

    assert run("site", "remove-rule", "blog", "deny", kind, value).exit_code == 0
    assert rules(run) == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("host", "https://casino.example/"),
        ("host", "casino"),
        ("host", "a b.example"),
        ("host", "casino.example:80"),
        ("registrable_domain", "www.casino.co.uk"),
        ("registrable_domain", "co.uk"),
        ("registrable_domain", "192.0.2.7"),
        ("url_pattern", "*"),
        ("email", "ann"),
        ("author", "--"),
        ("ip_range", "192.0.2.300"),
        ("ip_range", "casino.example"),
        ("phrase", ""),
        ("phrase", "!!"),
        ("phrase", "x" * 501),
        ("no_such_kind", "x"),
    ],
)
def test_a_value_that_matches_nothing_or_everything_is_refused(run: Any, blog: str, kind: str, value: str) -> None:
    assert run("site", "deny", "blog", "--", kind, value).exit_code == 2
    assert rules(run) == []


def test_a_rule_can_hold_for_all_sites_and_for_a_time(run: Any, blog: str) -> None:
    added = json.loads(run("site", "deny", "--all-sites", "host", "casino.example", "--expires", "1w", "--json").stdout)
    run("site", "allow", "blog", "author", "Jana", "--expires", "2099-12-31")

    told = json.loads(run("site", "rules", "blog", "--json").stdout)
    assert [(each["site"], each["value"], each["expired"]) for each in told] == [
        (None, "casino.example", False),
        ("blog", "Jana", False),
    ]
    assert (added["site"], added["expires_at"]) == (None, told[0]["expires_at"])
    assert told[1]["expires_at"] == "2100-01-01T00:00:00.000Z"
    assert "all sites" in run("site", "rules", "--all-sites").stdout
    assert len(json.loads(run("site", "rules", "--all-sites", "--json").stdout)) == 1

    assert run("site", "remove-rule", "--all-sites", "deny", "host", "CASINO.example").exit_code == 0
    assert rules(run) == [("allow", "author", "Jana")]


@pytest.mark.parametrize(
    "arguments",
    [
        ("deny", "blog", "host"),
        ("deny", "--all-sites", "blog", "host", "casino.example"),
        ("deny", "blog", "host", "casino.example", "--expires", "yesterday"),
        ("deny", "blog", "host", "casino.example", "--expires", "2020-01-01"),
        ("remove-rule", "blog", "block", "host", "casino.example"),
        ("rules",),
        ("rules", "blog", "--all-sites"),
    ],
)
def test_words_that_do_not_fit_are_refused(run: Any, blog: str, arguments: tuple[str, ...]) -> None:
    assert run("site", *arguments).exit_code == 2
    assert rules(run) == []


def test_whoever_blocks_a_host_for_all_is_told(run: Any, blog: str) -> None:
    assert "Anyone can publish on github.com" in run("site", "deny", "blog", "host", "github.com").stderr


def test_rules_keep_their_order(run: Any, blog: str) -> None:
    run("site", "deny", "blog", "phrase", "casino")
    run("site", "allow", "blog", "author", "Jana")
    assert [each[0] for each in rules(run)] == ["deny", "allow"]


def test_removing_what_is_not_there_is_refused(run: Any, blog: str) -> None:
    assert run("site", "remove-rule", "blog", "deny", "phrase", "casino").exit_code == 2


def test_thresholds_start_from_the_model_and_go_back_to_it(run: Any, blog: str) -> None:
    def told(*options: str) -> tuple[float, float, float, str]:
        answer = json.loads(run("site", "thresholds", "blog", *options, "--json").stdout)
        return answer["hold"], answer["reject"], answer["discard"], answer["from"]

    assert told() == (0.35, 0.8, 0.995, "model")
    assert told("--hold", "0.5") == (0.5, 0.8, 0.995, "site")
    assert told("--reject", "0.9", "--discard", "1") == (0.5, 0.9, 1.0, "site")
    assert told() == (0.5, 0.9, 1.0, "site")
    assert told("--default") == (0.35, 0.8, 0.995, "model")
    assert "those of the model" in run("site", "thresholds", "blog").stdout


@pytest.mark.parametrize(
    "options", [("--hold", "0.9"), ("--hold", "1.5"), ("--hold", "nan"), ("--default", "--hold", "0.1")]
)
def test_thresholds_must_make_sense(run: Any, blog: str, options: tuple[str, ...]) -> None:
    assert run("site", "thresholds", "blog", *options).exit_code == 2
    assert json.loads(run("site", "thresholds", "blog", "--json").stdout)["from"] == "model"


def test_own_thresholds_need_no_model(run: Any, blog: str) -> None:
    run("site", "thresholds", "blog", "--hold", "0.5")
    assert run("site", "thresholds", "blog", WINNOW_MODELS="/nowhere").exit_code == 0


def test_a_site_is_only_observed_until_it_ends(run: Any, blog: str) -> None:
    def listed() -> bool:
        (told,) = json.loads(run("site", "list", "--json").stdout)
        return bool(told["observed"])

    assert not listed()
    assert json.loads(run("site", "observe", "blog", "--json").stdout) == {
        "site": "blog",
        "observed": True,
        "changed": True,
    }
    assert listed()
    assert "only observed" in run("site", "list").stdout
    assert run("site", "observe", "blog").stdout.endswith("as before.\n")
    assert run("site", "observe", "blog", "--off").stdout == "The CMS of blog is told what Winnow finds.\n"
    assert not listed()


def test_no_other_site_is_observed(run: Any) -> None:
    result = run("site", "observe", "nope")

    assert result.exit_code == 2
    assert "no site of that name" in result.stderr
