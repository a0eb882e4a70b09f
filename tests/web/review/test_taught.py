"""What sites have taught a model, on its card's page: models that a retraining wrote, and cards that nobody should."""

import json
import re
import shutil
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from app import lists, releases
from app import models as shelf
from app.commands import retrain as retrain_command
from app.core.model import ADAPTED
from app.core.reasons import AS_DECIDED
from app.core.verdict import Reason
from app.retraining import gate
from app.retraining.retraining import Wanted, retrain
from app.store.sql_taking_back import Teacher
from app.web.review import card_page, taught, taught_words, wording
from tests.retraining.garden import honest, lesson, settle, spam
from tests.web.conftest import wired
from tests.web.review.conftest import signed_in
from tests.web.review.test_models import CARD, PATH, text_of

OURS = Path(__file__).parents[3] / "training_data" / "links"
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
ODD = "<img src=x onerror=alert(1)>"
VERSION = "2026-11-20.1"


@pytest.fixture
def folder(models, tmp_path):
    """A models folder of our own, with the model in use."""
    current = shelf.current_version(models)
    shutil.copytree(models / current, tmp_path / "models" / current)
    (tmp_path / "models" / "current").write_text(f"{current}\n")
    return tmp_path / "models"


@pytest.fixture
def known():
    return lists.load()


@pytest.fixture
def client(make_client, folder):
    return make_client(models=folder)


@pytest.fixture
def settled(client, folder, known):
    """settled(labels): comments of the site blog that moderators decided; their ids by their texts."""
    model = shelf.load_current(folder, known)

    def settling(labels):
        return dict(zip(labels, settle(wired(client).store, model, known, "blog", labels), strict=True))

    return settling


@pytest.fixture
def learn(client, folder, known):
    """Retrains, and puts the result in use."""

    def learning(**wanted):
        found = retrain(wired(client).store, folder, known, OURS, NOW, Wanted(**wanted))
        (folder / "current").write_text(f"{found.version}\n")
        return found

    return learning


@pytest.fixture
def page(client):
    """page(version): its card's page, as HTML."""
    viewer = signed_in(client, role="viewer")
    return lambda version: viewer.get(f"{PATH}/{version}").text


@pytest.fixture
def put(folder):
    """put(adapted): a model of which there is nothing but a card that says so of a retraining."""
    numbers = count(1)

    def putting(adapted):
        version = f"2026-11-20.{next(numbers)}"
        (folder / version).mkdir()
        (folder / version / "card.json").write_text(json.dumps({**CARD, ADAPTED: adapted}))
        return version

    return putting


def section_of(html):
    """The part about sites."""
    return html.partition('<section id="taught">')[2].partition("</section>")[0]


def test_a_page_tells_what_a_site_has_taught(settled, learn, page, folder):
    wrong, new = spam(140)[-2:]
    ids = settled(lesson(30) | {wrong: "ham", new: None})
    found = learn()
    html = section_of(page(found.version))
    told = text_of("<main" + html)
    (site,) = found.learned

    assert "The decisions of 1 site change it, for the comments of that site alone." in told
    assert f"Started from {found.before.version} In use before it {found.before.version}" in told
    assert f"blog ✓ let through 61 30 31 61 {len(site.fit.own.index)} " in told.replace(",", "")
    assert f"Read it again: it may be a slip. blog : {ids[wrong]} Comments" in told
    assert f"{len(site.flips)} of the last comments would be treated otherwise" in told
    flip = next(flip for flip in site.flips if flip.id == ids[new])
    assert f"{flip.id} blog open published {_PAST[flip.after]} " in told
    assert "What came out worse" not in told
    assert "prevented" not in told


_PAST = {"publish": "published", "hold": "held", "reject": "rejected", "discard": "discarded"}


def test_ids_and_versions_lead_to_their_pages(client, settled, learn, page):
    wrong = spam(140)[-1]
    ids = settled(lesson(30) | {wrong: "ham"})
    found = learn()
    links = set(re.findall(r'href="([^"]+)"', section_of(page(found.version))))

    named = {ids[wrong], *(flip.id for flip in found.learned[0].flips)}
    assert links == {f"{PATH}/{found.before.version}", *(f"/review/{each}" for each in named)}
    viewer = signed_in(client, role="viewer")
    assert {viewer.get(link).status_code for link in links} == {200}


def test_the_file_that_stands_alone_tells_the_same_without_links(settled, learn, page, folder):
    wrong = spam(140)[-1]
    ids = settled(lesson(30) | {wrong: "ham"})
    version = learn().version
    card = shelf.card_of(folder, version)
    alone = card_page.alone(version, card, releases.of_version(folder, version), "en", is_in_use=True)

    assert text_of("<main" + section_of(alone)) == text_of("<main" + section_of(page(version)))
    assert ids[wrong] in alone
    assert "href=" not in alone


def test_no_text_of_a_comment_is_told(settled, learn, page):
    settled(lesson(30) | {spam(140)[-1]: "ham", honest(140)[-1]: None})
    html = page(learn().version).lower()

    assert [word for word in ("roofer", "mulched", "kettering") if word in html] == []


class TestGate:
    @pytest.fixture(autouse=True)
    def closed(self, monkeypatch):
        """Whatever is learned is refused."""
        monkeypatch.setattr(gate, "_ALL", (("all our spam", "caught", -1.0), ("all", "held", 1.0)))

    def test_a_site_that_was_refused_is_told_with_the_reason(self, settled, learn, page, put, folder, monkeypatch):
        settled(lesson(30))
        with monkeypatch.context() as opened:
            opened.setattr(gate, "_ALL", (("all our spam", "caught", 1.0), ("all", "held", 1.0)))
            before = learn()
        found = learn()
        told = text_of("<main" + section_of(page(found.version)))

        kept = len(before.learned[0].fit.own.index)
        assert f"blog ✕ refused 60 30 30 60 {kept} " in told.replace(",", "")
        assert f"Started from {before.before.version} In use before it {before.version}" in told
        assert re.search(r"blog : all our spam: of the spam [\d.]+ % would be caught as shipped, [\d.]+ % after", told)

    def test_that_it_was_passed_over_is_told_with_the_reason(self, settled, learn, page):
        settled(lesson(30))
        found = learn(forced="I have <i>read</i> them.")
        html = section_of(page(found.version))

        assert "The gate was passed over, because I have <i>read</i> them." in text_of("<main" + html)
        assert "blog ! passed over 60" in text_of("<main" + html)
        assert "all our spam: of the spam" in text_of("<main" + html)
        assert "<i>" not in html


def test_every_thing_that_the_gate_measures_has_its_words(settled, learn, folder):
    settled(lesson(30))
    checks = shelf.card_of(folder, learn().version)[ADAPTED]["sites"]["blog"]["checks"]
    checks += [check._asdict() for check in gate.on_contested(np.ones(20, dtype=bool))]
    names = {check["what"] for check in checks}

    assert {check["measure"] for check in checks} == {"caught", "held", "error", "contested"}
    assert {name for name in names if not name.endswith((", spam", ", ham"))} == set(taught_words.WHATS)
    speaker = card_page.Speaker("en")
    told = [taught_words.sentence(speaker, each["what"], each["measure"], 0.5, 0.25) for each in checks]
    assert "our examples of links: of the honest comments 50 % would be held as shipped, 25 % after it." in told
    assert "the site's decisions: 25 % of them contradict all others." in told
    assert all(told)


def test_the_command_says_the_same():
    check = gate.Check("links, ham", "held", 0.004, 0.031, 0.007)

    assert retrain_command._sentence(check) == (
        "our examples of links: of the honest comments 0.4 % would be held as shipped, 3.1 % after it."
    )


def test_what_sites_taught_is_gone_when_they_take_it_back(settled, learn, page, client):
    settled(lesson(30))
    learn()
    wired(client).store.take_back_said(Teacher("jana"), "2026-11-01", "2026-12-01", "2026-12-01T00:00:00.000Z")
    told = text_of("<main" + section_of(page(learn().version)))

    assert "No site changes it: it judges as the model that it started from." in told
    assert "Site by site" not in told


def test_the_list_marks_models_that_sites_have_taught(client, put):
    put({"places": {"a": {"entries": 3}, "b": {"entries": 1}, "c": {"entries": 0}}})
    put({"places": {"a": {"entries": 3}}})
    put({"places": {}, "shipped": "x"})
    page = text_of(signed_in(client, role="viewer").get(PATH).text)

    assert re.findall(r"(2026-11-20\.\d) (learned from \d sites?)?", page) == [
        ("2026-11-20.3", ""),
        ("2026-11-20.2", "learned from 1 site"),
        ("2026-11-20.1", "learned from 2 sites"),
    ]


def test_a_card_that_tells_nothing_of_sites_shows_nothing_of_them(client, page, folder):
    assert 'id="taught"' not in page(shelf.current_version(folder))


def test_a_site_with_too_few_decisions_is_named(page, put):
    told = text_of("<main" + section_of(page(put({"too_few": {"blog": 8, "shop": "x"}}))))

    assert "Too few decisions to learn from blog (8), shop (–)" in told


SITE = {
    "decisions": 1200,
    "spam": 700,
    "ham": 500,
    "by_moderators": 1100,
    "weights_changed": 9,
    "passed": False,
    "checks": [],
    "contested": 60,
    "contested_comments": [f"c_{number}" for number in range(50)],
    "flips": 70,
    "flipped": [{"id": f"c_f{number}", "label": "ham", "before": "hold", "after": "publish"} for number in range(50)],
}


def test_what_the_card_does_not_name_is_counted(page, put):
    told = text_of("<main" + section_of(page(put({"sites": {"blog": SITE}, "places": {"blog": {"entries": 7}}}))))

    assert "blog ✕ refused 1 200 700 500 1 100 7" in told
    assert "c_48 , c_49 and 10 more" in told
    assert "c_f49 blog ✓ not spam held published – –" in told
    assert "20 more are not named here." in told
    assert "Where the gate refused, this is what it prevented." in told


def test_a_refusal_has_a_reason_even_where_rounding_hides_it():
    checks = [
        {"what": "a, ham", "measure": "held", "before": 0.1, "after": 0.102, "limit": 0.002, "passed": True},
        {"what": "b, ham", "measure": "held", "before": 0.1, "after": 0.102, "limit": 0.002, "passed": False},
    ]
    (site,) = taught.read({ADAPTED: {"sites": {"blog": {**SITE, "checks": checks}}}}).sites

    assert [check.what for check in site.failed] == ["b, ham"]


CHECK = {"what": "all our spam", "measure": "caught", "before": 0.9, "after": 0.1, "limit": 0.002}


@pytest.mark.parametrize(
    "adapted",
    [
        pytest.param(7, id="a-number"),
        pytest.param("x", id="a-text"),
        pytest.param([{}], id="a-list"),
        pytest.param(None, id="null"),
        pytest.param({"sites": [], "places": [], "too_few": 3, "shipped": {}, "before": [], "forced": {}}, id="types"),
        pytest.param({"sites": {"a": 1, "b": None, "c": []}, "places": {"a": 1, "b": {"entries": "x"}}}, id="sites"),
        pytest.param({"sites": {"a": {name: {} for name in SITE}}}, id="site-of-objects"),
        pytest.param({"sites": {"a": dict.fromkeys(SITE, -1)}}, id="site-of-negatives"),
        pytest.param({"sites": {"a": dict.fromkeys(SITE, "x")}}, id="site-of-texts"),
        pytest.param({"sites": {"a": {name: [[], {}, None, "x"] for name in SITE}}}, id="site-of-lists"),
        pytest.param({"sites": {"a": dict.fromkeys(SITE, 10 ** 400)}}, id="site-of-vast-numbers"),
        pytest.param({"sites": {"a": {name: float("nan") for name in SITE}}}, id="site-of-nan"),
        pytest.param(
            {"sites": {"a": {**SITE, "checks": [{**CHECK, name: value} for name in CHECK for value in ({}, -7, "%(x)s")]}}},
            id="odd-checks",
        ),
        pytest.param(
            {"sites": {"a": {**SITE, "flipped": [{"id": "c_1", "label": [], "before": {}, "after": 3, "score_after": 7}]}}},
            id="odd-flips",
        ),
        pytest.param({"sites": {"\ud800": SITE}, "shipped": "\udfff", "forced": "\ud800"}, id="half-letters"),
    ],
)  # fmt: skip
def test_a_damaged_account_is_shown_as_far_as_it_goes(client, put, adapted):
    version = put(adapted)
    viewer = signed_in(client, role="viewer")

    assert [viewer.get(path).status_code for path in (PATH, f"{PATH}/{version}")] == [200, 200]
    assert card_page.alone(version, {**CARD, ADAPTED: adapted}, [], "de", is_in_use=False).encode("utf-8", "replace")


def test_what_it_says_is_never_markup_and_leads_nowhere_else(page, put):
    ids = [ODD, "../../etc", "javascript:alert(1)", "c_1/../rules", "c_1?x", "c_", "c_1\n", ["c_1"], 7]
    site = {
        **SITE,
        "checks": [{**CHECK, "what": ODD}, {**CHECK, "what": f"{ODD}, spam"}, {**CHECK, "measure": ODD}],
        "contested_comments": ids,
        "flipped": [{"id": each, "label": ODD, "before": ODD, "after": ODD} for each in [*ids, "c_2"]],
    }
    told = {"sites": {ODD: site}, "too_few": {ODD: 1}, "shipped": ODD, "before": "../rules", "forced": ODD}
    html = section_of(page(put(told)))

    assert "<img" not in html
    assert re.findall(r'href="([^"]*)"', html) == ["/review/c_2"]
    assert f"Started from {ODD} In use before it ../rules The gate was passed over, because {ODD}" in text_of(
        "<main" + html
    )
    assert f"{ODD} : our examples of {ODD}: of the spam 90 %" in text_of("<main" + html)


def test_a_card_of_very_many_sites_is_cut(page, put):
    site = {**SITE, "checks": [CHECK] * 5, "flipped": SITE["flipped"][:9]}
    html = page(put({"sites": {f"site {number}": site for number in range(1_000)}}))

    assert len(html) < 400_000
    assert "800 more sites are not shown." in text_of(html)


@pytest.mark.parametrize(
    ("language", "ending"),
    [
        ("de", ", wie auf dieser Website entschieden."),
        ("fr", ", comme décidé sur ce site."),
        ("es", ", según lo decidido en este sitio."),
        ("sk", ", ako sa rozhodlo na tomto webe."),
    ],
)
def test_a_reason_that_was_decided_on_this_site_says_so_in_every_language(known, language, ending):
    code = next(iter(known.reasons))
    above = known.reasons[code][0]
    said = wording.label_in(Reason(code, above.rstrip(".") + AS_DECIDED, 1.0, "text", 0, 0, "", 0.5), known, language)

    assert said == wording.sentence_of(code, 1.0, known, language).rstrip(".") + ending
