"""The pages of models and their cards, through the whole application."""

import json
import re
import shutil
from html import unescape

import pytest

from app import models as shelf
from app import releases
from app.releases import Release
from app.web.review import model_cards
from tests.web.conftest import wired

PATH = "/review/models"

CARD = {
    "version": "2026-11-20.1",
    "trained_at": "2026-11-20T08:00:00+00:00",
    "features": "6ffd3264e644a7f2",
    "weights_sha256": "14" * 32,
    "thresholds": {"hold": 0.25, "reject": 0.6, "discard": 0.98},
    "metrics": {
        "calibration_error": 0.0015,
        "leave_one_site_out": {
            "ham": 4000,
            "rates": [0.01, 0.001],
            "mean": [0.9636, 0.9],
            "unseen": [0.95, 0.87],
            "mean_auc": 0.9958,
            "rows": [
                {"site": "blog-a", "spam": 81, "ham": 128, "recall": [0.99, 0.95], "auc": 0.99},
                {"site": "blog-b", "spam": 10, "ham": 20, "recall": [0.88, 0.7], "auc": 0.98},
            ],
        },
        "at_thresholds_unseen": {"authors": {"spam_held": 152, "ham_held": 5}},
    },
    "data": {"authors": {"spam": 204, "ham": 250, "weight": 3.0, "licence": "ours"}},
    "limits": ["Chinese spam is <b>missed</b>."],
    "made_with": {"numpy": "2.4.6"},
}


@pytest.fixture
def folder(models, tmp_path):
    """A models folder of our own, with the model in use."""
    current = shelf.current_version(models)
    shutil.copytree(models / current, tmp_path / "models" / current)
    (tmp_path / "models" / "current").write_text(f"{current}\n")
    return tmp_path / "models"


@pytest.fixture
def put(folder):
    """put(version, card): a model of which there is nothing but that card, bytes or JSON."""

    def putting(version, card):
        (folder / version).mkdir()
        content = card if isinstance(card, bytes) else json.dumps(card).encode()
        (folder / version / "card.json").write_bytes(content)

    return putting


@pytest.fixture
def viewer(folder, make_client, make_visitor):
    """Whoever may only look; with their application."""
    client = make_client(models=folder)
    visitor = make_visitor(client, role="viewer")
    visitor.in_use = wired(client).model.version
    return visitor


def text_of(html):
    body = html.partition("<main")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split()).replace("\u202f", " ")


def test_the_list_has_every_model_and_marks_the_one_in_use(viewer, put):
    put("2026-11-20.1", CARD)
    page = text_of(viewer.get(PATH).text)

    assert "2026-11-20.1 2026-11-20 454 96.4 % 0.0015 0.25 · 0.6 · 0.98" in page
    assert re.search(re.escape(viewer.in_use) + r" ✓ in use", page)
    assert "winnow models use VERSION" in page


def test_a_card_tells_everything_it_holds(viewer, put):
    put("2026-11-20.1", CARD)
    answer = viewer.get(f"{PATH}/2026-11-20.1")
    page = text_of(answer.text)

    assert answer.status_code == 200
    for said in (
        "Trained 2026-11-20T08:00:00+00:00",
        "Holds from 0.25 Rejects from 0.6 Discards from 0.98",
        "Learned from 204 spam, 250 not spam",
        "14" * 32,
        "numpy 2.4.6",
        "With 1 in 100 good comments held, it catches 96.4 % of the spam on sites that it has not seen.",
        "It did worst on blog-b: there it caught 88 % of the spam.",
        "The measures rest on 4 000 good comments",
        "Chinese spam is <b>missed</b>.",
        "authors 204 250 3 74.5 % 2 % ours",
        "winnow models use 2026-11-20.1",
    ):
        assert said in page
    assert "<b>missed" not in answer.text


FULL = {
    **CARD,
    "threshold_goals": {"hold": 0.01, "reject": 0.003, "discard": 0.0002},
    "languages": {"sk": {"spam": 7, "ham": 1900}},
    "robustness": [
        {
            "family": "A",
            "disguise": "as-bare",
            "spam": {"comments": 120, "rejected": 91.5, "rejected_disguised": 82.5},
            "ham": {"comments": 0, "rejected": None, "rejected_disguised": None},
        }
    ],
}
FULL["metrics"] = {
    **CARD["metrics"],
    "slices": {
        "rates": [0.01, 0.001],
        "kinds": [
            {"name": "link only", "spam": 359, "ham": 0, "recall": [0.981, 0.9], "false_positives": [None, None]}
        ],
        "languages": [{"name": "sk", "spam": 6, "ham": 349, "recall": [0.5], "false_positives": [0.004, 0.0]}],
    },
}


def test_a_card_that_tells_more_is_shown_with_its_slices_and_disguises(viewer, put):
    put("2026-11-20.1", FULL)
    page = text_of(viewer.get(f"{PATH}/2026-11-20.1").text)

    for said in (
        "Holds from 0.25 so that at most 1 in 100 good comments of sites not seen reaches it",
        "Discards from 0.98 so that at most 1 in 5 000 good comments",
        "Kind of spam Spam Caught, 1 in 100 Caught, 1 in 1 000 link only 359 98.1 % 90 %",
        "sk 6 50 % – 349 0.4 % 0 %",
        "A · as-bare 120 91.5 % 82.5 % 0 – –",
        "Languages it learned from A language with few spam",
        "sk 7 1 900",
    ):
        assert said in page
    assert "Who put it in use, and why not told" in page


def test_what_an_older_card_does_not_tell_is_called_so(viewer, put):
    put("2026-11-20.1", {key: value for key, value in CARD.items() if key not in ("limits", "made_with")})
    page = text_of(viewer.get(f"{PATH}/2026-11-20.1").text)

    for said in (
        "By kind of spam not told",
        "By language not told",
        "Against disguises not told",
        "Languages it learned from not told",
        "Made with not told",
        "What else it cannot do, the card does not tell.",
    ):
        assert said in page


def test_who_put_a_model_in_use_and_why_is_told_the_latest_first(viewer, put, folder):
    put("2026-11-20.1", CARD)
    for at, why in (("2026-11-21T08:00:00Z", "It is <i>better</i>."), ("2026-11-22T08:00:00Z", "")):
        releases.write(folder, Release("2026-11-20.1", at, "jana", why, "2026-11-19.1"))
    answer = viewer.get(f"{PATH}/2026-11-20.1")

    assert (
        "Who put it in use, and why 2026-11-22T08:00:00Z , jana : no reason told instead of 2026-11-19.1 "
        "2026-11-21T08:00:00Z , jana : It is <i>better</i>. instead of 2026-11-19.1"
    ) in text_of(answer.text)
    assert "<i>better" not in answer.text


def test_the_shipped_models_card_is_shown(viewer):
    page = text_of(viewer.get(f"{PATH}/{viewer.in_use}").text)

    assert "✓ in use" in page
    assert "winnow models use" not in page


def test_two_models_stand_side_by_side(viewer, put):
    better = json.loads(json.dumps(CARD))
    better["metrics"]["leave_one_site_out"]["mean"] = [0.9736, 0.89]
    better["thresholds"]["hold"] = 0.2
    put("2026-11-20.1", CARD)
    put("2026-11-21.1", better)
    page = text_of(viewer.get(f"{PATH}/2026-11-21.1?with=2026-11-20.1").text)

    assert "Spam caught, 1 in 100 97.4 % 96.4 % +1.0" in page
    assert "Spam caught, 1 in 1 000 89 % 90 % −1.0" in page
    assert "Holds from 0.2 0.25 −0.0500" in page
    assert "Rejects from 0.6 0.6 0" in page


@pytest.mark.parametrize(
    "card",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff{", id="no-json"),
        pytest.param(b"[1, 2]", id="a-list"),
        pytest.param(b"[" * 100_000, id="too-deep"),
        pytest.param({}, id="nothing-in-it"),
        pytest.param({"metrics": None, "data": [], "thresholds": "x", "limits": "y", "made_with": 7}, id="other-types"),
        pytest.param({"metrics": {"leave_one_site_out": {"rates": [0, "x", 2], "rows": [1, {}]}}}, id="no-rates"),
        pytest.param(
            {"metrics": {"leave_one_site_out": {"rates": [0.01], "mean": [], "rows": [{"recall": "x"}]}}},
            id="no-recall",
        ),
        pytest.param(b'{"thresholds": {"hold": NaN, "reject": Infinity, "discard": 1e999}}', id="no-numbers"),
        pytest.param({"data": {"a": {"spam": -1, "ham": True, "weight": 10**400}, "b": 3}}, id="odd-counts"),
        pytest.param(
            {
                "metrics": {"slices": {"rates": [0.01], "kinds": [1, {"recall": 7}], "languages": {"a": 1}}},
                "languages": ["en", {"de": 1}],
                "robustness": [1, {"spam": [], "ham": {"comments": "x", "rejected": True}}],
                "threshold_goals": {"hold": 0, "reject": "x"},
            },
            id="odd-slices",
        ),
        pytest.param({"data": {f"s{n}": {"spam": 1} for n in range(5_000)}}, id="very-many-sources"),
    ],
)
def test_a_card_that_is_not_what_it_should_be_is_shown_as_far_as_it_goes(viewer, put, card):
    put("2026-11-20.1", card)
    put("2026-11-21.1", CARD)

    for path in ("", "/2026-11-20.1", "/2026-11-20.1?with=2026-11-21.1", "/2026-11-21.1?with=2026-11-20.1"):
        answer = viewer.get(PATH + path)
        assert answer.status_code == 200
        assert len(answer.content) < 200_000


def test_what_the_card_says_is_never_markup(viewer, put):
    put(
        "2026-11-20.1",
        {**CARD, "trained_at": "<script>1", "data": {"<i>x": {"licence": "<b>"}}, "made_with": {"<u>": "<s>"}},
    )
    page = viewer.get(f"{PATH}/2026-11-20.1").text

    assert re.findall(r"<script>|<i>|<b>|<u>|<s>", page) == []


@pytest.mark.parametrize(
    "path",
    [
        "none",
        "..",
        "%2e%2e",
        "..%2fmodels",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "current",
        ".hidden",
        "x?with=..",
        "2026-11-20.1?with=../secret",
        "2026-11-20.1?with=none",
        "2026-11-20.1%00",
    ],
)
def test_nothing_outside_the_folder_is_read(viewer, put, folder, path):
    put("2026-11-20.1", CARD)
    (folder.parent / "secret").mkdir()
    (folder.parent / "secret" / "card.json").write_text('{"trained_at": "SECRET"}')
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "card.json").write_text('{"trained_at": "SECRET"}')
    answer = viewer.get(f"{PATH}/{path}")

    assert "SECRET" not in answer.text
    assert answer.status_code in (404, 303, 307) or path in ("..", "%2e%2e")


@pytest.mark.parametrize("of", ["card", "folder"])
def test_a_link_that_leads_out_is_not_followed(folder, tmp_path, of):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "card.json").write_text('{"trained_at": "SECRET"}')
    if of == "folder":
        (folder / "2026-11-20.1").symlink_to(tmp_path / "secret")
    else:
        (folder / "2026-11-20.1").mkdir()
        (folder / "2026-11-20.1" / "card.json").symlink_to(tmp_path / "secret" / "card.json")

    assert shelf.card_of(folder, "2026-11-20.1") is None


def test_a_folder_that_became_empty_still_has_a_page(viewer, folder):
    shutil.rmtree(folder)

    assert "There is no model in the folder any more." in text_of(viewer.get(PATH).text)


def test_the_weakest_site_is_the_one_where_least_was_caught():
    card = model_cards.read("x", CARD)

    assert card.weakest.name == "blog-b"
    assert [each.worst for each in card.measured] == [0.88, 0.7]
