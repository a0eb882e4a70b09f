"""winnow site open, close and coral, on a real SQLite file."""

import json

import pytest


@pytest.fixture(autouse=True)
def blog(run):
    run("site", "add", "blog")


def test_a_network_is_opened_listed_and_closed(run):
    assert json.loads(run("site", "open", "blog", "192.0.2.7/24", "--json").stdout) == {
        "site": "blog",
        "network": "192.0.2.0/24",
        "open": True,
    }
    assert json.loads(run("site", "list", "--json").stdout)[0]["open_to"] == ["192.0.2.0/24"]
    assert "192.0.2.0/24" in run("site", "list").stdout
    assert run("site", "close", "blog", "192.0.2.0/24").exit_code == 0
    assert json.loads(run("site", "list", "--json").stdout)[0]["open_to"] == []


@pytest.mark.parametrize("network", ["0.0.0.0/0", "::/0", "localhost", ""])
def test_neither_everybody_nor_a_name_is_a_network(run, network):
    result = run("site", "open", "blog", network)

    assert (result.exit_code, result.stdout) == (2, "")


def test_what_is_not_open_cannot_be_closed(run):
    result = run("site", "close", "blog", "192.0.2.7")

    assert result.exit_code == 2
    assert "not open" in result.stderr


def test_corals_secrets_are_set_and_taken_away(run):
    told = json.loads(run("site", "coral", "blog", "--secret", "a", "--secret", "b", "--json").stdout)
    assert told == {"site": "blog", "secrets": 2, "callback": "/coral/blog"}
    assert "HTML" in run("site", "coral", "blog", "--secret", "a").stdout
    assert "nothing" in run("site", "coral", "blog").stdout


@pytest.mark.parametrize("command", [("open", "shop", "192.0.2.7"), ("close", "shop", "192.0.2.7"), ("coral", "shop")])
def test_of_no_site_it_says_so(run, command):
    result = run("site", *command)

    assert result.exit_code == 2
    assert "no site of that name" in result.stderr
