"""winnow purge: what is due, told and deleted; winnow site networks."""

import json

import pytest

from tests.commands.test_person import store  # noqa: F401 - a fixture


def test_it_tells_what_is_due_and_deletes_it_only_with_yes(run, store, monkeypatch):  # noqa: F811
    assert "Nothing is due" in run("purge").stdout

    monkeypatch.setenv("WINNOW_KEEP_SPAM_DAYS", "1")
    refused = run("purge")
    assert refused.exit_code == 2
    assert "Due: 3 spam comments, 0 others" in refused.stderr
    assert json.loads(run("purge", "--json").stdout) == {"deleted": False, "spam": 3, "ham": 0, "acts": 0}

    assert "Deleted: 3 spam comments" in run("purge", "--yes").stdout
    assert store.comment("blog", "c_0") is None


@pytest.mark.parametrize("days", ["-1", "x", "1.5"])
def test_days_that_cannot_be_meant_are_refused(run, home, monkeypatch, days):
    monkeypatch.setenv("WINNOW_KEEP_SPAM_DAYS", days)

    refused = run("purge")

    assert refused.exit_code == 2
    assert "WINNOW_KEEP_SPAM_DAYS" in refused.stderr


def test_a_site_says_what_is_kept_of_networks(run, store):  # noqa: F811
    def kept(*options: str) -> str:
        return json.loads(run("site", "networks", "blog", *options, "--json").stdout)["networks"]

    assert [kept(), kept("--clear"), kept(), kept("--hashed")] == ["hashed", "clear", "clear", "hashed"]
    assert run("site", "networks", "blog", "--clear", "--hashed").exit_code == 2
    assert run("site", "networks", "nowhere", "--clear").exit_code == 2
    assert run("site", "networks", "nowhere").exit_code == 2
    acts = [each.act for each in store.audit_log() if each.act.startswith("site-networks")]
    assert acts == ["site-networks-hashed", "site-networks-clear"]
