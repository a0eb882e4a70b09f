"""winnow check: one comment in the terminal."""

import json
from pathlib import Path
from typing import Any

import pytest

CASINO = "https://www.myget.org/feed/royal-jackpot-casino-slots/package/nuget/royal-jackpot-casino-slots-cheats"


def test_it_says_verdict_score_reasons_and_links(run: Any) -> None:
    result = run("check", CASINO, "--author", "Royal Jackpot")

    assert result.exit_code == 0
    for words in ("score 0.", "Weight", "Evidence", "www.myget.org (shared)", "Model a: hold from 0.35"):
        assert words in result.stdout


def test_json_is_one_object(run: Any) -> None:
    answer = json.loads(run("check", CASINO, "--json").stdout)

    assert answer["id"].startswith("c_")
    assert {"id", "score", "verdict", "action", "reasons", "links", "summary", "model"} <= set(answer)
    assert answer["links"][0]["host"] == "www.myget.org"


def test_it_needs_no_database(run: Any, home: Path) -> None:
    run("check", "hello")
    assert not home.exists()


def test_every_field_counts(run: Any) -> None:
    bare = json.loads(run("check", "hello", "--json").stdout)
    fields = [
        "--author-url",
        "http://casino.example",
        "--author-email",
        "a@b.example",
        "--page-title",
        "Knitting",
    ]
    told = json.loads(
        run("check", "hello", *fields, "--page-url", "http://x.example", "--page-text", "Wool", "--json").stdout
    )
    assert bare["missing"] == ["author", "author_url", "page_title"]
    assert told["missing"] == ["author"]
    assert told["score"] != bare["score"]


def test_a_dash_reads_the_comment_from_stdin(run: Any) -> None:
    answer = json.loads(run("check", "-", "--json", stdin=b"look: \xff http://casino.example/").stdout)
    assert answer["links"][0]["host"] == "casino.example"


def test_a_url_of_the_author_is_enough(run: Any) -> None:
    assert run("check", "--author-url", "http://casino.example").exit_code == 0


@pytest.mark.parametrize("arguments", [(), ("",), (" \n",)])
def test_nothing_to_judge_is_refused(run: Any, arguments: tuple[str, ...]) -> None:
    result = run("check", *arguments)
    assert result.exit_code == 2
    assert "Give a text or an --author-url." in result.stderr


def test_spam_is_an_exit_code_only_when_asked_for(run: Any) -> None:
    assert run("check", "hi", "--model", "b").exit_code == 0
    assert run("check", "hi", "--model", "b", "--exit-code").exit_code == 1
    assert run("check", "hi", "--exit-code", "--json").exit_code == 0


def test_escape_sequences_do_not_reach_the_terminal(run: Any) -> None:
    result = run("check", "casino \x1b[2J\x1b]0;owned\x07 http://casino.example/\u202e", "--model", "a")
    assert result.exit_code == 0
    assert not set("\x1b\x07\u202e") & set(result.stdout)
