"""Other models taken up under load, as a Markdown table: `python -m tests.reload_load [RELOADS]`.

Clients ask without a pause while `winnow models use` changes the model in use, again and again: does any request fail,
how soon does every answer come from the new model, how long do answers take meanwhile? Nothing is asserted here.
"""

import http.client
import json
import shutil
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from app.commands.models import put_in_use
from app.models import CURRENT
from app.settings import MODELS_BESIDE_THE_APP
from tests.e2e import server

KEY = "loadloadload"
CLIENTS = 4
OTHER = "2099-01-01.1"
FOLLOWS_WITHIN_S = 30.0
"""The longest that one reload is waited for."""
COMMENT = json.dumps({"text": "Thank you, see https://tea.example/pots for the pots", "author": "Jana"}).encode()


@dataclass(slots=True)
class Told:
    """What the clients saw."""

    answers: int = 0
    failed: list[str] = field(default_factory=list)
    """A status other than 200, or what broke."""
    slowest_s: float = 0.0
    followed_s: list[float] = field(default_factory=list)
    """For each reload, until the first answer of the new model."""
    model: str = ""
    """Of the newest answer."""


def measure(reloads: int) -> Told:
    """Change the model so many times under load; ends by itself."""
    told = Told()
    with tempfile.TemporaryDirectory() as folder:
        home, models = Path(folder) / "home", Path(folder) / "models"
        names = two_models(models)
        server.add_sites(home, {"blog": KEY})
        with server.serving(home, models=models) as port:
            stop = threading.Event()
            clients = [threading.Thread(target=_ask, args=(port, told, stop)) for _ in range(CLIENTS)]
            for client in clients:
                client.start()
            try:
                for number in range(reloads):
                    _change(models, names[(number + 1) % 2], told)
            finally:
                stop.set()
                for client in clients:
                    client.join()
    return told


def two_models(folder: Path) -> tuple[str, str]:
    """A models folder with the shipped model under two names, the first of which is in use."""
    folder.mkdir()
    version = (MODELS_BESIDE_THE_APP / CURRENT).read_text().strip()
    for name in (version, OTHER):
        shutil.copytree(MODELS_BESIDE_THE_APP / version, folder / name)
    (folder / CURRENT).write_text(f"{version}\n")
    return version, OTHER


def _change(models: Path, version: str, told: Told) -> None:
    put_in_use(models, version)
    began = time.monotonic()
    while told.model != version and time.monotonic() < began + FOLLOWS_WITHIN_S:
        time.sleep(0.005)
    told.followed_s.append(time.monotonic() - began)


def _ask(port: int, told: Told, stop: threading.Event) -> None:
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    while not stop.is_set():
        began = time.monotonic()
        try:
            connection.request("POST", "/classify", COMMENT, headers)
            answer = connection.getresponse()
            told_of = json.loads(answer.read())
            if answer.status != 200:
                told.failed.append(str(answer.status))
            else:
                told.model = told_of["model"]
        except (OSError, http.client.HTTPException, ValueError) as error:
            told.failed.append(type(error).__name__)
            connection.close()
        told.answers += 1
        told.slowest_s = max(told.slowest_s, time.monotonic() - began)
    connection.close()


def main() -> None:
    """Measure and print."""
    told = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
    ordered = sorted(told.followed_s)
    print("| reloads | answers | failed | taken up after, median | the longest | slowest answer |")
    print("|--:|--:|--:|--:|--:|--:|")
    print(
        f"| {len(ordered)} | {told.answers:,} | {len(told.failed)} | {ordered[len(ordered) // 2]:.2f} s "
        f"| {ordered[-1]:.2f} s | {told.slowest_s * 1_000:.0f} ms |"
    )


if __name__ == "__main__":
    main()
