"""A running service takes up the model that `current` names, and refuses one that it cannot trust."""

import shutil
import time

import pytest

from app import lists
from app.errors import ModelUnusable
from app.web.following import AGAIN_S, Following
from tests.web.conftest import beside_another, wired

WITHIN_S = 20
"""Two seconds, on a machine that does nothing else."""


@pytest.fixture
def folder(tmp_path, models):
    """A models folder of its own with the version in use and a copy under another name, and what they are called."""
    return beside_another(tmp_path / "models", models, "2099-01-01.1")


@pytest.fixture
def running(make_client, folder):
    return make_client(models=folder)


def judging(client):
    return client.get("/readyz").json()["parts"]["model"]


def waited_for(question):
    """Whether it becomes true before the time is over."""
    ends = time.monotonic() + WITHIN_S
    while not question():
        if time.monotonic() > ends:
            return False
        time.sleep(0.05)
    return True


def counted(client, outcome):
    told = client.app.state.wiring.metrics.exposition().body.decode()
    lines = [line for line in told.splitlines() if line.startswith(f'winnow_model_changes_total{{outcome="{outcome}"')]
    return float(lines[0].split()[-1]) if lines else 0.0


def test_the_model_that_current_names_judges_without_a_restart(running, folder):
    before = judging(running)
    (folder / "current").write_text("2099-01-01.1\n")

    assert before != "2099-01-01.1"
    assert waited_for(lambda: judging(running) == "2099-01-01.1")
    assert running.post("/classify", json={"text": "Hello there"}).json()["model"] == "2099-01-01.1"
    assert counted(running, "followed") == 1

    (folder / "current").write_text(f"{before}\n")
    assert waited_for(lambda: judging(running) == before)


@pytest.mark.parametrize("damage", ["weights", "card", "gone", "nothing-named"])
def test_one_that_cannot_be_trusted_is_refused_once_and_the_old_one_goes_on(running, folder, damage, caplog):
    before = judging(running)
    bad = folder / "2099-01-01.1"
    if damage == "weights":
        (bad / "weights.npz").write_bytes((bad / "weights.npz").read_bytes()[:-100])
    elif damage == "card":
        (bad / "card.json").write_text("{")
    elif damage == "gone":
        shutil.rmtree(bad)
    (folder / "current").write_text("" if damage == "nothing-named" else "2099-01-01.1\n")

    assert waited_for(lambda: counted(running, "refused") == 1)
    time.sleep(1.2)  # looked at once more
    assert (counted(running, "refused"), judging(running)) == (1, before)
    assert running.post("/classify", json={"text": "Hello there"}).json()["model"] == before
    assert "goes on, for another one is refused" in caplog.text

    (folder / "current").write_text(f"{before}\n")
    time.sleep(1.2)
    assert wired(running).model.version == before


def test_a_folder_that_is_repaired_is_taken_up_without_being_named_anew(folder):
    (folder / "current").write_text("2099-01-01.1\n")
    whole = (folder / "2099-01-01.1" / "weights.npz").read_bytes()
    (folder / "2099-01-01.1" / "weights.npz").write_bytes(whole[:-1])
    now = [0.0]
    following = Following(folder, lists.load(), "another", lambda: now[0])

    with pytest.raises(ModelUnusable):
        following.newer()
    assert following.newer() is None  # said once
    now[0] += AGAIN_S
    assert following.newer() is None  # looked at again, and nothing new to say
    (folder / "2099-01-01.1" / "weights.npz").write_bytes(whole)
    assert following.newer() is None  # not yet looked at again
    now[0] += AGAIN_S
    assert following.newer().version == "2099-01-01.1"
    now[0] += AGAIN_S
    assert following.newer() is None
