"""Visitors who can be looked for, sent in by every door, rightly and wrongly; then everything that is there is read."""

import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from app.commands import opening
from app.settings import MODELS_BESIDE_THE_APP
from app.store.people import Person
from app.store.pseudonyms import key_file
from tests.attacks.doors import BEARER, METRICS_KEY, Call, Service, Visitor, right_calls, served, wrong_calls
from tests.e2e.server import environment, settings_of
from tests.figures import Outcome

AIM = (
    "50 e-mail addresses, IP addresses, names and texts by every door: addresses and networks nowhere, the others in the "
    "database alone; after erasure nowhere, freed pages included"
)
VISITORS, FEW = 50, 2


def run(long: bool) -> Outcome:
    """Plant, look, erase, look again."""
    visitors = [Visitor(number) for number in range(1, (VISITORS if long else FEW) + 1)]
    with tempfile.TemporaryDirectory() as folder:
        return _run(Path(folder) / "home", visitors, learns=long)


def _run(home: Path, visitors: list[Visitor], learns: bool) -> Outcome:
    with served(home, log=home.with_name("log"), keep_spam_days="0") as service:
        echoed, planted = _planted(service, visitors)
        metrics = service.ask(Call("GET", "/metrics", {"Authorization": f"Bearer {METRICS_KEY}"})).body
        running = _bytes(home.iterdir())
    told = metrics + service.log.read_bytes()
    stopped = _bytes(home.iterdir())
    backup = home.with_name("backup.db")
    with closing(sqlite3.connect(home / "winnow.db")) as database:
        database.execute("VACUUM INTO ?", (str(backup),))
    learned = _learned(home) if learns else b""
    key = key_file(str(home / "winnow.db")).read_text().split()[1].encode()
    found = {
        "in error answers": echoed,
        "in log and metrics": _of(told, _all(visitors)),
        "addresses in home or backup": _of(running + stopped + backup.read_bytes(), _addresses(visitors)),
        "in learned models": _of(learned, _all(visitors)),
        "keys of networks in database or backup": _of(stopped.replace(_bytes([key_file(str(home / "winnow.db"))]), b"")
                                                     + backup.read_bytes(), [key]),
    }  # fmt: skip
    is_planted = len(_of(stopped, [visitor.email.encode() for visitor in visitors])) == len(visitors)
    _erase(home, visitors)
    found["after erasure in home"] = _of(_bytes(home.iterdir()), _all(visitors))
    told_counts = ", ".join(f"{len(each)} {where}" for where, each in found.items())
    is_met = is_planted and not any(found.values())
    if not is_met:
        print({where: each[:20] for where, each in found.items() if each}, is_planted, file=sys.stderr)
    return Outcome(f"{len(visitors)} visitors, {planted} requests; canaries found: {told_counts}", is_met)


def _planted(service: Service, visitors: list[Visitor]) -> tuple[list[bytes], int]:
    """What of a visitor came back in an answer that refuses; how many requests."""
    echoed: list[bytes] = []
    requests = 0
    for visitor in visitors:
        for call in (*right_calls(visitor), *wrong_calls(visitor)):
            answer = service.ask(call)
            requests += 1
            assert answer.status < 500, (call, answer)
            is_page = call.path.startswith("/review")  # the form of sign-in keeps what was typed into it
            if answer.status >= 400 and not is_page:
                echoed += _of(answer.headers.encode() + answer.body, _all([visitor]))
        assert service.ask(Call("GET", "/decisions", BEARER)).status == 200
    return echoed, requests


def _erase(home: Path, visitors: list[Visitor]) -> None:
    with opening.open_store(settings_of(home)) as store:
        for visitor in visitors:
            site = Person(email=visitor.email)
            store.erase(site, opening.now(), "", with_rules=True)
        # Two doors bring a text without who wrote it: such comments are found by what they say, and erased by id.
        left = [row.id for row in store.story(_everything(), opening.now()).seen]
        store.erase(Person(ids=tuple(left)), opening.now(), "", with_rules=False)


def _everything():
    from app.core.query import parse

    return parse("")


def _learned(home: Path) -> bytes:
    """Every file of a models folder after a retraining from what is stored."""
    models = home.with_name("models")
    subprocess.run(["cp", "-r", str(MODELS_BESIDE_THE_APP), str(models)], check=True)
    winnow = str(Path(sys.executable).with_name("winnow"))
    told = environment(home, models)
    subprocess.run([winnow, "retrain"], env=told, capture_output=True, check=False)
    return _bytes(path for path in models.rglob("*") if path.is_file())


def _all(visitors: Iterable[Visitor]) -> list[bytes]:
    return [said.encode() for visitor in visitors for said in (*visitor.said, visitor.ip, visitor.network)]


def _addresses(visitors: Iterable[Visitor]) -> list[bytes]:
    return [said.encode() for visitor in visitors for said in (visitor.ip, visitor.network)]


def _of(found: bytes, canaries: Iterable[bytes]) -> list[bytes]:
    lower = found.lower()
    return [each for each in canaries if each.lower() in lower]


def _bytes(paths: Iterable[Path]) -> bytes:
    return b"\n".join(path.read_bytes() for path in paths if path.is_file())
