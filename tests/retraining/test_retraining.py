"""From moderators' decisions in a real store to a model that a service loads."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app import lists as loading
from app import models
from app.core.classify import classify
from app.core.comment import Comment, History
from app.core.lists import Lists
from app.core.model import ADAPTED, Model
from app.core.reasons import AS_DECIDED
from app.errors import CommandRefused
from app.retraining import gate, releasing
from app.retraining.retraining import Retrained, Wanted, retrain
from app.settings import MODELS_BESIDE_THE_APP
from app.store.sql import SqlStore, temporary_store
from app.store.sql_taking_back import Teacher
from tests.retraining.garden import BEGAN, honest, lesson, settle, spam

OURS = Path(__file__).parents[2] / "training_data" / "remarks"
"""One of our sets is enough here, and quicker than all."""
NOW = BEGAN + timedelta(days=2)
NEW_SPAM, NEW_HAM = spam(140)[-1], honest(140)[-1]


@pytest.fixture(scope="session")
def lists() -> Lists:
    return loading.load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A models folder with the shipped model in use."""
    there = tmp_path / "models"
    version = models.current_version(MODELS_BESIDE_THE_APP)
    shutil.copytree(MODELS_BESIDE_THE_APP / version, there / version)
    (there / models.CURRENT).write_text(f"{version}\n")
    return there


@pytest.fixture
def model(folder: Path, lists: Lists) -> Model:
    return models.load_current(folder, lists)


@pytest.fixture
def store() -> Iterator[SqlStore]:
    with temporary_store() as store:
        store.add_site("garden", "gardengarden", "2026-11-01T00:00:00Z")
        store.add_site("shop", "shopshopshop", "2026-11-01T00:00:00Z")
        yield store


@pytest.fixture
def learn(store: SqlStore, folder: Path, lists: Lists) -> Callable[..., Retrained]:
    """Retrain, and put the result in use."""

    def run(**wanted: object) -> Retrained:
        found = retrain(store, folder, lists, OURS, NOW, Wanted(**wanted))  # type: ignore[arg-type]
        if found.version:
            (folder / models.CURRENT).write_text(f"{found.version}\n")
        return found

    return run


def score(folder: Path, lists: Lists, text: str, site: str = "garden") -> float:
    model = models.load_current(folder, lists).of(site)
    return classify(Comment(text=text), History(), model, lists).score


def test_what_moderators_decided_is_known_of_what_comes_next(store, folder, model, lists, learn) -> None:
    assert score(folder, lists, NEW_SPAM) < 0.01
    settle(store, model, lists, "garden", lesson(30))
    found = learn()

    assert [(each.material.name, each.fit.failed) for each in found.learned] == [("garden", [])]
    assert score(folder, lists, NEW_SPAM) > 0.9
    assert score(folder, lists, NEW_HAM) < 0.01


def test_it_changes_nothing_for_other_sites(store, folder, model, lists, learn) -> None:
    before = score(folder, lists, NEW_SPAM, "shop")
    settle(store, model, lists, "garden", lesson(30))
    learn()

    assert score(folder, lists, NEW_SPAM, "shop") == before


def test_reasons_say_that_it_was_decided_on_this_site(store, folder, model, lists, learn) -> None:
    settle(store, model, lists, "garden", lesson(30))
    learn()
    found = classify(Comment(text=NEW_SPAM), History(), models.load_current(folder, lists).of("garden"), lists)

    assert found.reasons[0].label.endswith(AS_DECIDED)
    assert "roofer" in " ".join(reason.evidence for reason in found.reasons)
    assert AS_DECIDED in found.summary


def test_it_starts_from_the_shipped_weights_every_time(store, folder, model, lists, learn) -> None:
    settle(store, model, lists, "garden", lesson(30))
    first, second = learn(), learn()
    once, twice = (models.load(folder, found.version, lists) for found in (first, second))

    assert (once.weights == model.weights).all()
    assert once.sites["garden"].change.tolist() == twice.sites["garden"].change.tolist()
    assert twice.card[ADAPTED]["shipped"] == model.version
    assert twice.card[ADAPTED]["before"] == first.version


def test_what_is_taken_back_is_unlearned(store, folder, model, lists, learn) -> None:
    settle(store, model, lists, "garden", lesson(30), by="mallory")
    learn()
    store.take_back_said(Teacher("mallory"), "2026-11-01", "2026-12-01", "2026-12-01T00:00:00.000Z")
    found = learn()

    assert found.version
    assert models.load_current(folder, lists).sites == {}
    assert score(folder, lists, NEW_SPAM) < 0.01


def test_too_few_decisions_teach_nothing(store, folder, model, lists, learn) -> None:
    settle(store, model, lists, "garden", lesson(4))
    found = learn()

    assert (found.version, found.learned, found.too_few) == ("", (), {"garden": 8})
    assert models.current_version(folder) == model.version


def test_comments_that_would_get_another_action_are_told(store, folder, model, lists, learn) -> None:
    labels = lesson(30) | {NEW_SPAM: None, NEW_HAM: None}
    ids = settle(store, model, lists, "garden", labels)
    (garden,) = learn().learned
    flipped = {flip.id: (flip.label, flip.before, flip.after != "publish") for flip in garden.flips}

    assert flipped[ids[-2]] == (None, "publish", True)
    assert ids[-1] not in flipped
    assert len(flipped) == 31
    assert learn(days=1).learned[0].flips == ()  # all of them are older than a day


class TestGate:
    @pytest.fixture
    def closed(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
        """Whatever is learned is refused from now on."""
        return lambda: monkeypatch.setattr(gate, "_ALL", (("all our spam", "caught", -1.0), ("all", "held", -1.0)))

    def test_who_is_refused_keeps_what_it_had(self, store, folder, model, lists, learn, closed) -> None:
        settle(store, model, lists, "garden", lesson(30))
        before = learn()
        closed()
        found = learn()

        assert [each.material.name for each in found.refused] == ["garden"]
        kept = models.load_current(folder, lists)
        assert kept.card[ADAPTED]["refused"] == ["garden"]
        assert kept.sites["garden"].index.tolist() == before.learned[0].fit.own.index.tolist()

    def test_who_is_refused_at_first_has_learned_nothing(self, store, folder, model, lists, learn, closed) -> None:
        closed()
        settle(store, model, lists, "garden", lesson(30))

        assert learn().version == ""
        assert models.current_version(folder) == model.version

    def test_it_can_be_passed_over_for_a_reason_that_the_card_keeps(
        self, store, folder, model, lists, learn, closed
    ) -> None:
        closed()
        settle(store, model, lists, "garden", lesson(30))
        found = learn(forced="I have read them all.")

        assert found.refused == ()
        assert models.load_current(folder, lists).card[ADAPTED]["forced"] == "I have read them all."
        assert score(folder, lists, NEW_SPAM) > 0.9

    def test_a_site_that_was_taught_wrongly_does_not_go_on_with_it(
        self, store, folder, model, lists, learn, closed
    ) -> None:
        settle(store, model, lists, "garden", lesson(30))
        learn()
        closed()
        learn(untrusted=frozenset({"garden"}))

        assert models.load_current(folder, lists).sites == {}


class TestReleasing:
    def test_one_at_a_time(self, store, folder, lists, learn) -> None:
        with releasing.alone(folder), pytest.raises(CommandRefused, match="Another retraining is running"):
            learn()

    def test_old_ones_go_but_not_those_in_use(self, folder, model) -> None:
        made = []
        for number in range(releasing.KEPT + 3):
            made.append(releasing.write(folder, model, {}, {}, NOW + timedelta(days=number)))
        removed = releasing.prune(folder, {made[0]})

        assert removed == made[1:3]
        assert set(models.versions(folder)) == {model.version, made[0], *made[3:]}
        assert not list(folder.glob(".*-removed"))

    def test_what_a_killed_run_left_is_swept_away_later(self, folder) -> None:
        left = folder / ".2026-11-30.9-x1y2"
        left.mkdir()
        releasing.sweep(folder, left.stat().st_mtime - 1)
        assert left.exists()
        releasing.sweep(folder, left.stat().st_mtime + 1)
        assert not left.exists()
