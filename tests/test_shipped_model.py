"""The model in models/current on the cases the project exists for. None of these rows is trained on."""

import json
from pathlib import Path

import pytest

from app import lists as loading
from app import models
from app.core.classify import classify
from app.core.comment import Comment, History

ROOT = Path(__file__).parents[1]
SAMPLE = "https://www.myget.org/feed/royal-jackpot-casino-slots/package/nuget/royal-jackpot-casino-slots-cheats"
PAGE_TITLE = "Kazakhstan: Police killed dozens of people who attacked official buildings last night"
LINKS = [json.loads(line) for line in (ROOT / "tests/data/path_against_host.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def judge():
    lists = loading.load()
    model = models.load_current(ROOT / "models", lists)
    return lambda **fields: classify(Comment(**fields), History(), model, lists)


@pytest.mark.parametrize(
    "page_title", [pytest.param("", id="without-page"), pytest.param(PAGE_TITLE, id="under-its-page")]
)
def test_the_sample_is_spam_and_the_reasons_name_the_casino_path_on_a_host_anyone_can_use(judge, page_title):
    answer = judge(text=SAMPLE, page_title=page_title)

    assert answer.verdict == "spam"
    path = [reason for reason in answer.reasons if reason.code == "link.path.gambling"]
    assert path
    assert path[0].weight > 0
    assert "casino" in path[0].evidence
    assert "on a host where anyone can publish" in path[0].label
    assert [(link.host_kind, link.registrable_domain) for link in answer.links] == [("shared", "myget.org")]


@pytest.mark.parametrize("row", [r for r in LINKS if r["label"] == "spam"], ids=lambda row: row["id"])
def test_a_selling_path_on_a_good_host_is_spam(judge, row):
    answer = judge(text=row["text"])
    assert answer.verdict == "spam", (answer.score, answer.summary)


@pytest.mark.parametrize("row", [r for r in LINKS if r["label"] == "ham"], ids=lambda row: row["id"])
def test_an_honest_link_to_the_same_host_is_not_spam(judge, row):
    answer = judge(text=row["text"])
    assert answer.verdict != "spam", (answer.score, answer.summary)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Thanks, this saved my day!", id="en"),
        pytest.param("Ďakujem, presne toto som hľadal.", id="sk"),
        pytest.param("Спасибо, помогло!", id="ru"),
        pytest.param("Danke, hat geholfen :)", id="de"),
        pytest.param("多谢，解决了我的问题", id="zh"),
        pytest.param("شكرا جزيلا على المقال", id="ar"),
    ],
)
def test_short_thanks_are_not_spam(judge, text):
    assert judge(text=text, author="Jana").verdict != "spam"


def test_nothing_in_the_test_links_is_trained_on():
    ours = "".join(path.read_text("utf-8") for path in ROOT.glob("training_data/*/examples.jsonl"))
    assert "royal-jackpot" not in ours
    assert "myget.org" not in ours
    for row in LINKS:  # their hosts are, each as often under spam as under honest links
        assert row["text"].partition("://")[2] not in ours
