"""What judging costs, as a Markdown table: `make bench`, or `python -m tests.bench`.

Microseconds depend on the machine; the ratio to a fixed reference workload, timed in the same rounds, depends on
it much less. So two runs are compared by their ratios. docs/performance.md says how.
"""

import hashlib
import http.client
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from app import lists, models
from app.core.blocks import WEIGHTS
from app.core.classify import classify
from app.core.comment import Comment, History
from app.core.features import fingerprint
from app.core.model import Model, pack
from app.settings import Settings
from app.web.schemas import CLASSIFY_EXAMPLE

ROUNDS = 5
ROUND_S = 0.25
"""CPU seconds of one workload in one round; long enough for the clock, short enough to wait for."""
VARIANTS = 64
"""Comments of one kind that differ in words and link, so that caches help no more than they do in a service."""

BULK = 10_000
"""Comments in one file; the start of the processes is part of what is measured."""
LINKED = "200 characters with one link"

Workload = Callable[[int], object]
"""Called with a running number."""

_PAGE = {"page_title": "Private package feeds, compared", "page_url": "https://blog.example/2026/11/feeds"}
_SENTENCES = (
    "I moved our builds to a private feed last spring and have not looked back since.",
    "The retention settings in section {n} are what finally convinced the rest of the team.",
    "Ďakujem za článok, presne toto som hľadal celý týždeň.",
    "Does anybody know how the quota of {n} GB is counted when a package is unlisted?",
    "We measured it: restoring went from four minutes to forty seconds on the same runner.",
)
_REFERENCE = {"id": 7, "text": "x" * 200, "list": list(range(50)), "nested": {"a": [1.5, None, True]}}
_REFERENCE_TIMES = 20


def reference(_: int) -> object:
    """The fixed workload: a small object to JSON and back, twenty times."""
    for _ in range(_REFERENCE_TIMES):
        json.loads(json.dumps(_REFERENCE))
    return None


def prose(number: int, characters: int) -> str:
    """Sentences as people write them, cut to a length; another number gives other ones."""
    text = ""
    turn = number
    while len(text) < characters:
        text += _SENTENCES[turn % len(_SENTENCES)].replace("{n}", str(turn)) + " "
        turn += 1
    return text[:characters].rstrip()


def with_link(number: int) -> Comment:
    link = f" https://docs{number}.example.org/feeds/how-to-{number}"
    return Comment(text=prose(number, 200 - len(link)) + link, author="Jana Nová", **_PAGE)


def worst_case(number: int) -> Comment:
    """As much of everything as is looked at: 30,000 characters of links, markup, disguise and scripts."""
    piece = (
        f'<a href="http://shop{number}.example/c?u=http://go{{i}}.example/x">c&#97;s.i.n.o</a> '
        "[url=bonus.example/{i}]𝐛𝐨𝐧𝐮𝐬[/url] сasіno viagra c a s i n o hxxp://a[.]b{i}.example купить диплом 赌场在线 "
    )
    text = "".join(piece.replace("{i}", str(i)) for i in range(300))[:30_000]
    return Comment(text=text, author="Best casino online", page_text=prose(number, 20_000), **_PAGE)


def workloads(model: Model, known: lists.Lists) -> dict[str, Workload]:
    """Each kind of comment, as something to call."""
    sample = {name: value for name, value in CLASSIFY_EXAMPLE.items() if isinstance(value, str)}
    kinds = {
        LINKED: [with_link(n) for n in range(VARIANTS)],
        "the sample of the README": [Comment(**sample)],
        "2,000 characters, no link": [Comment(text=prose(n, 2_000), **_PAGE) for n in range(VARIANTS)],
        "worst case, 30,000 characters": [worst_case(n) for n in range(4)],
    }

    def judging(comments: Sequence[Comment], with_reasons: bool = True) -> Workload:
        return lambda number: classify(
            comments[number % len(comments)], History(), model, known, with_reasons=with_reasons
        )

    judged = {name: judging(comments) for name, comments in kinds.items()}
    return {f"{LINKED}, without reasons": judging(kinds[LINKED], with_reasons=False), **judged}


def cpu_us(work: Workload, calls: int) -> float:
    """CPU microseconds of one call."""
    began = time.process_time()
    for number in range(calls):
        work(number)
    return (time.process_time() - began) * 1e6 / calls


def calls_for(work: Workload) -> int:
    """How many calls fill a round; the first ones, which fill the caches, are not counted."""
    cpu_us(work, 3)
    return max(3, int(ROUND_S * 1e6 / cpu_us(work, 3)))


def measured(works: dict[str, Workload]) -> list[tuple[str, float, float]]:
    """Per workload its median CPU microseconds, and the median of its ratios to the reference of its round."""
    calls = {name: calls_for(work) for name, work in works.items()}
    reference_calls = calls_for(reference)
    times: dict[str, list[float]] = {name: [] for name in works}
    ratios: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        base = cpu_us(reference, reference_calls)
        for name, work in works.items():
            times[name].append(cpu_us(work, calls[name]))
            ratios[name].append(times[name][-1] / base)
    return [(name, statistics.median(times[name]), statistics.median(ratios[name])) for name in works]


def import_cpu_s() -> float:
    """CPU seconds of a fresh interpreter that imports the application; the median of three."""
    return statistics.median(_child_cpu_s([sys.executable, "-c", "import app.main"]) for _ in range(3))


def _child_cpu_s(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def started_worker(folder: Path, home: str) -> tuple[float, float]:
    """Seconds from the command to the answer to the first comment, and the resident MB after ten comments."""
    environment = os.environ | {"WINNOW_HOME": home, "WINNOW_MODELS": str(folder)}
    command = [sys.executable, "-c", "from app.cli import app; app()", "serve", "--port", "0", "--json"]
    began = time.monotonic()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            told = json.loads(process.stdout.readline())
            port = int(told["url"].rpartition(":")[2])
            _asked(port, "POST", "/classify", told["key"])
            seconds = time.monotonic() - began
            for _ in range(9):  # judging a few more loads what is loaded late
                _asked(port, "POST", "/classify", told["key"])
            return seconds, _resident_mb(process.pid)
        finally:
            process.terminate()


def _asked(port: int, method: str, path: str, key: str) -> None:
    body = json.dumps(CLASSIFY_EXAMPLE) if method == "POST" else None
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()


def _resident_mb(process: int) -> float:
    """From /proc, which Linux alone has; NaN elsewhere."""
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return float("nan")
    lines = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
    return int(lines["VmRSS"].split()[0]) / 1024


def model_folder(beside: Path, known: lists.Lists) -> Path:
    """The models folder of the settings, or one with a model of noise, which costs the same."""
    folder = Settings().models
    if (folder / models.CURRENT).exists():
        return folder
    weights = pack(np.random.default_rng(1).normal(0, 0.1, WEIGHTS).astype(np.float32))
    numbers = {"bias": -0.5, "link_scale": 0.5, "link_bias": 0.0}
    card = {
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
        "features": fingerprint(known),
        "thresholds": {"hold": 0.35, "reject": 0.8, "discard": 0.995},
        **numbers,
    }
    (beside / "noise").mkdir()
    (beside / "noise" / "weights.npz").write_bytes(weights)
    (beside / "noise" / "card.json").write_text(json.dumps(card))
    (beside / models.CURRENT).write_text("noise\n")
    return beside


def bulk_rates(folder: Path) -> list[tuple[str, float, float]]:
    """`winnow score`: how it was called, comments per CPU second, and per second of the clock."""
    file = folder / "comments.jsonl"
    made = [with_link(number) for number in range(BULK)]
    file.write_text("".join(json.dumps({"text": one.text, "author": one.author}) + "\n" for one in made))
    found = []
    for options in (("--workers", "1", "--no-reasons"), ("--workers", "1"), ("--workers", "0")):
        command = [
            sys.executable,
            "-c",
            "from app.cli import app; app()",
            "score",
            str(file),
            "-o",
            str(folder / "rows"),
        ]
        began = time.monotonic()
        used = _child_cpu_s([*command, *options, "--json"])
        found.append((" ".join(options), BULK / used, BULK / (time.monotonic() - began)))
    return found


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as scratch:
        known = lists.load()
        made = Path(scratch, "models")
        made.mkdir()
        folder = model_folder(made, known)
        model = models.load_current(folder, known)
        print(f"Model {model.version}, Python {platform.python_version()}, {platform.machine()}.\n", flush=True)
        print("| judging one comment, in process | µs CPU | times the reference |\n|---|--:|--:|", flush=True)
        for name, microseconds, ratio in measured(workloads(model, known)):
            print(f"| {name} | {microseconds:,.0f} | {ratio:.2f} |", flush=True)
        print("\n| `winnow score`, 200 characters with one link | comments a CPU second | a second |\n|---|--:|--:|")
        for options, per_cpu, per_second in bulk_rates(Path(scratch)):
            print(f"| `{options}` | {per_cpu:,.0f} | {per_second:,.0f} |", flush=True)
        seconds, resident = started_worker(folder, str(Path(scratch, "home")))
        print("\n| the service | |\n|---|--:|")
        print(f"| import of the application, s CPU | {import_cpu_s():.2f} |")
        print(f"| from `winnow serve` to its first verdict, s | {seconds:.2f} |")
        print(f"| resident memory of a worker after 10 comments, MB | {resident:.0f} |")


if __name__ == "__main__":
    main()
