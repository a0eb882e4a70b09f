"""The recipe for django-contrib-comments, in a Django site that lives as long as the test."""

import json
import sys

import pytest

from app.store.records import new_key
from tests.e2e import server
from tests.e2e.clients import install
from tests.e2e.clients.calls import BLOG, HAM, SPAM
from tests.e2e.clients.clients import DRIVERS, INTEGRATIONS
from tests.e2e.clients.stage import run_here

COMMENTS = {"spam": SPAM["comment_content"], "ham": HAM["comment_content"]}
PACKAGES = install.python_folder("django-comments")
NOBODY_LISTENS = "http://127.0.0.1:1"


def became_of_comments(url, key):
    """Name of a comment -> whether it is public."""
    if not (PACKAGES / ".installed").exists():
        pytest.skip("not installed: make clients")
    job = {"server": url, "key": key, "blog": BLOG, "comments": COMMENTS}
    path = f"{PACKAGES}:{INTEGRATIONS / 'python'}"
    environment = {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    done = run_here([sys.executable, "-S", str(DRIVERS / "django_comments_site.py")], json.dumps(job), environment, 90)
    assert done["exit_code"] == 0, done["err"]
    told = [json.loads(line) for line in done["out"].splitlines()]
    assert {each["status"] for each in told} == {302}
    return {each["name"]: each["is_public"] for each in told}


def test_spam_waits_for_a_moderator_and_their_decisions_arrive(tmp_path):
    key = new_key()
    server.add_sites(tmp_path / "home", {"django": key})
    with server.serving(tmp_path / "home") as port:
        assert became_of_comments(f"http://127.0.0.1:{port}", key) == {"spam": False, "ham": True}

    assert server.decisions(tmp_path / "home", "django") == {COMMENTS["spam"]: "spam", COMMENTS["ham"]: "ham"}


def test_nothing_is_published_unchecked_and_nothing_fails(tmp_path):
    assert became_of_comments(NOBODY_LISTENS, new_key()) == {"spam": False, "ham": False}
