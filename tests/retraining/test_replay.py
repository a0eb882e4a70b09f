"""The replay and the attacks, played through on a small site of our own making."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from app import lists as loading
from app import models
from app.commands.benchmark_retraining import print_attacks, print_steps
from app.commands.replay_plot import drawn
from app.core.comment import Comment
from app.retraining import poisoning, replay
from app.retraining.frozen import frozen
from app.retraining.replay import Scene, Step, Unseen, steps
from app.retraining.served import Served
from app.settings import MODELS_BESIDE_THE_APP
from app.training.examples import Example, read_examples
from app.training.matrix import build
from tests.retraining.garden import honest, lesson

OURS = Path(__file__).parents[2] / "training_data" / "remarks"


@pytest.fixture(scope="module")
def scene() -> Scene:
    """A garden forum whose spam the shipped model misses altogether."""
    model = models.load_current(MODELS_BESIDE_THE_APP, loading.load())
    examples = [
        Example(
            f"e{number}", Comment(text=text, posted_at=f"2026-11-{1 + number // 24:02}"), label == "spam", "g", "", "g"
        )
        for number, (text, label) in enumerate(lesson(80).items())
    ]
    ours = read_examples([OURS])
    return Scene(
        Unseen("g", model, examples, build([example.comment for example in examples])),
        frozen(model, ours, build([example.comment for example in ours])),
        Served(model, build([Comment(text=text) for text in honest(200)[100:]])),
    )


@pytest.fixture(scope="module")
def found(scene: Scene) -> list[Step]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replay, "_ORDERS", 1)  # of chance; three take a minute
        return list(steps(scene))


def test_misses_fall_with_decisions(found: list[Step]) -> None:
    after = {step.decisions: step for step in found if step.order == "dates"}

    assert set(after) == {10, 30, 100}
    assert after[100].recall[1] == 1.0
    assert after[100].held == (0.0, 0.0)
    assert after[100].is_passed


def test_the_order_is_that_of_the_dates(scene: Scene) -> None:
    assert scene.site.by_date().tolist() == list(range(160))


def test_each_attack_is_played_by_both_teachers(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poisoning, "SHARES", (0.0, 0.1))
    told = list(poisoning.attacks(scene, seeds=[0]))

    assert (told[0].attack, told[0].is_stopped) == ("none", False)
    assert len({(each.attack, each.teacher) for each in told}) == 1 + 5 * 2
    flipped = [each for each in told if each.attack == "flipped labels"]
    assert all(each.is_stopped or each.recall_lost <= 0 for each in flipped)


def test_a_site_with_too_little_to_judge_is_passed_over(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (poisoning, replay):
        monkeypatch.setattr(module, "LEAST_LATER", 1_000)

    assert list(poisoning.attacks(scene, seeds=[0])) == []
    assert list(steps(scene)) == []


def test_curves_are_an_svg_with_a_line_for_each_way(found: list[Step]) -> None:
    picture = ET.fromstring(drawn(found))
    lines = picture.findall(".//{http://www.w3.org/2000/svg}polyline")

    assert len(lines) == 2 * 3
    assert all(len(line.attrib["points"].split()) == 3 for line in lines)


def test_tables_say_what_was_found(found: list[Step], capsys: pytest.CaptureFixture[str]) -> None:
    print_steps(found)
    print_attacks([poisoning.Attacked("g", "frame", "key", 0.05, False, 0.01, 0.02, 0.0)])
    told = capsys.readouterr().out

    assert "dates" in told
    assert "1.00 (1.00)" in told
