"""A candidate looks on or judges a share, in a running service; what it would have done is written down."""

import hashlib
import json
import threading
import time

import pytest

from app import models as shelf
from app.core.model import card_bytes
from app.store.shadowed import Pair, by_site
from app.web import shadow as shadowing
from tests.web.conftest import CASINO, beside_another, wired
from tests.web.review.conftest import signed_in

WITHIN_S = 20
"""Four seconds, on a machine that does nothing else."""


@pytest.fixture
def folder(tmp_path, models):
    """The model in use, and beside it `2099.strict`, which holds everything and rejects what the other does."""
    made = beside_another(tmp_path / "models", models, "2099.strict")
    card = made / "2099.strict" / "card.json"
    told = json.loads(card.read_text())
    told["thresholds"] = {**told["thresholds"], "hold": 0.0}
    card.write_bytes(card_bytes(told))
    return made


@pytest.fixture
def running(make_client, folder):
    return make_client(models=folder)


def waited_for(question):
    ends = time.monotonic() + WITHIN_S
    while not question():
        if time.monotonic() > ends:
            return False
        time.sleep(0.05)
    return True


def tried(client, folder, said):
    """Has the service take up what the file `candidate` says."""
    (folder / "candidate").write_text(said)
    return waited_for(
        lambda: wired(client).trial and f"{wired(client).trial.share:g}" == (said.split()[1:] or ["0"])[0]
    )


def found(client):
    return by_site(wired(client).store.shadow_counts("2099.strict"))


def outcomes(client):
    exposed = wired(client).metrics.exposition().body.decode().splitlines()
    return {line.split('"')[1]: float(line.split()[-1]) for line in exposed if line.startswith("winnow_shadow_total{")}


def test_it_looks_on_and_changes_no_answer(running, folder):
    before = running.post("/classify", json={"text": "Thanks, that helped me."}).json()
    assert tried(running, folder, "2099.strict\n")

    answer = running.post("/classify", json={"text": "Thanks, that helped me."}).json()
    running.post("/classify", json={"text": CASINO})
    running.post("/classify", json={"text": "Thanks, and for looking too.", "check_only": True})

    assert {name: answer[name] for name in ("action", "model", "score")} == {
        name: before[name] for name in ("action", "model", "score")
    }
    assert before["action"] == "publish"
    store = wired(running).store
    assert waited_for(lambda: found(running) and store.shadow_changes("2099.strict", None, 10))
    together, blog = found(running)
    assert (together.compared, together.changed, together.passed_over) == (3, 2, 0)
    assert (blog.site, blog.changes) == ("blog", (("publish", "hold", 2),))
    (shown,) = store.shadow_changes("2099.strict", None, 10)
    assert (shown.change.comment, shown.site, shown.text) == (answer["id"], "blog", "Thanks, that helped me.")
    assert (shown.change.action, shown.change.candidate_action) == ("publish", "hold")
    assert shown.change.score == shown.change.candidate_score == answer["score"]
    assert outcomes(running) == {"same": 1, "changed": 2}


def test_with_a_share_it_judges_so_many_comments_for_real(running, folder):
    assert tried(running, folder, "2099.strict 0.3\n")
    current = shelf.current_version(folder)

    comments = [{"text": f"Thanks, number {number}.", "comment_id": number} for number in range(200)]
    answers = running.post("/classify/batch", json={"comments": comments}).json()["results"]
    again = running.post("/classify/batch", json={"comments": comments}).json()["results"]

    judged = [each["model"] for each in answers]
    assert set(judged) == {current, "2099.strict"}
    assert 40 <= judged.count("2099.strict") <= 80
    assert [each["model"] for each in again] == judged
    assert {each["action"] for each in answers if each["model"] == "2099.strict"} <= {"hold"}
    by_model = {each.model: each.comments for each in wired(running).store.by_model("blog", "")}
    assert by_model == {name: 2 * judged.count(name) for name in by_model}
    # Whoever gave the answer: the model in use is compared with the candidate.
    assert waited_for(lambda: found(running) and found(running)[0].compared == 400)
    assert {(action, other) for action, other, _ in found(running)[0].changes} == {("publish", "hold")}


def test_it_ends_when_the_file_is_gone_or_the_candidate_is_put_in_use(running, folder):
    assert tried(running, folder, "2099.strict 1\n")
    assert running.post("/classify", json={"text": "Hello"}).json()["model"] == "2099.strict"
    before = shelf.current_version(folder)

    (folder / "current").write_text("2099.strict\n")
    assert waited_for(lambda: wired(running).trial is None)
    (folder / "current").write_text(f"{before}\n")
    assert waited_for(lambda: wired(running).trial is not None)
    (folder / "candidate").unlink()
    assert waited_for(lambda: wired(running).trial is None)

    assert running.post("/classify", json={"text": "Hello"}).json()["model"] == before


@pytest.mark.parametrize("said", ["2099.none\n", "", "../2099.strict\n", "2099.strict 2\n", "2099.strict 0.1 x\n"])
def test_a_candidate_that_cannot_be_is_refused_once(running, folder, caplog, said):
    (folder / "candidate").write_text(said)

    assert waited_for(lambda: "the candidate is refused" in caplog.text)
    time.sleep(1.5)  # looked at once more
    assert caplog.text.count("the candidate is refused") == 1
    assert wired(running).trial is None
    assert running.post("/classify", json={"text": "Hello"}).status_code == 200


def test_an_altered_candidate_is_refused(running, folder, caplog):
    weights = folder / "2099.strict" / "weights.npz"
    weights.write_bytes(weights.read_bytes()[:-100])
    assert hashlib.sha256(weights.read_bytes())
    (folder / "candidate").write_text("2099.strict 1\n")

    assert waited_for(lambda: "the candidate is refused" in caplog.text)
    assert wired(running).trial is None


def test_what_comes_while_too_many_wait_is_passed_over_and_counted(running, folder, monkeypatch):
    """The writing of what was found takes long: comments go on being answered, and few of them wait."""
    monkeypatch.setattr(shadowing, "MOST_WAITING", 5)
    monkeypatch.setattr(shadowing, "FLUSH_S", 0.05)
    wiring = wired(running)
    goes_on = threading.Event()

    class Slow:
        def note_shadow(self, counts, changes, at):
            goes_on.wait(WITHIN_S)
            wiring.store.note_shadow(counts, changes, at)

    wiring.shadow = shadowing.Shadow(Slow(), wiring.now, wiring.metrics.shadowed)
    assert tried(running, folder, "2099.strict\n")
    for number in range(20):
        assert running.post("/classify", json={"text": f"Hello {number}"}).status_code == 200
        time.sleep(0.02)
    assert len(wiring.shadow._waiting) <= 5
    goes_on.set()
    wiring.shadow.close(WITHIN_S)

    dropped = outcomes(running)["dropped"]
    assert dropped >= 5
    assert found(running)[0].passed_over == dropped
    assert found(running)[0].compared + dropped <= 20


def test_what_could_not_be_written_is_written_later(running, folder):
    assert tried(running, folder, "2099.strict\n")
    wiring = wired(running)
    with wiring.store._transaction() as connection:
        connection.exec_driver_sql("ALTER TABLE shadow_counts RENAME TO away")
    running.post("/classify", json={"text": "Hello"})
    time.sleep(2 * shadowing.FLUSH_S)
    with wiring.store._transaction() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO shadow_counts")

    assert waited_for(lambda: found(running) and found(running)[0].compared == 1)


class TestPage:
    def test_it_shows_what_the_candidate_would_have_done(self, running, folder):
        jana = signed_in(running)
        assert "No candidate looks on now." in jana.get("/review/shadow").text
        assert tried(running, folder, "2099.strict 0.5\n")
        assert "Nothing has been compared yet" in jana.get("/review/shadow").text
        id = running.post("/classify", json={"text": "Hello <b>you</b>", "author": "Bob"}).json()["id"]
        assert waited_for(lambda: wired(running).store.shadow_changes("2099.strict", None, 10))

        page = jana.get("/review/shadow").text

        assert "<bdi>2099.strict</bdi> looks on. It judges 50 % of the comments." in page
        assert "1 Published → Held" in page
        assert f'href="/review/{id}"' in page
        assert "Hello &lt;b&gt;you&lt;/b&gt;" in page
        assert f'href="/review/{id}"' not in jana.get("/review/shadow?site=shop").text
        assert jana.get("/review/shadow?candidate=none").status_code == 404
        assert jana.get("/review/shadow?site=none").status_code == 404

    def test_erasing_a_comment_takes_its_difference_away(self, running, folder):
        wiring = wired(running)
        id = running.post("/classify", json={"text": "Hello"}).json()["id"]
        pair = Pair("2099.strict", "m", "blog", "publish", "hold")
        change = shadowing.Change(id, "2099.strict", "m", "publish", 0.1, "hold", 0.5)
        wiring.store.note_shadow({pair: 1}, [change], wiring.now())
        assert wiring.store.shadow_changes("2099.strict", "blog", 10)

        with wiring.store._transaction() as connection:
            connection.exec_driver_sql("DELETE FROM comments")

        assert wiring.store.shadow_changes("2099.strict", None, 10) == ()
