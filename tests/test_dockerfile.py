"""The Dockerfile, read and acted out: no container runtime is needed."""

import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import pytest

from tests.ports import free_port

ROOT = Path(__file__).parents[1]
START_WITHIN_S = 60
NO_NETWORK = re.compile(r"error sending request|name resolution|dns error|new connection|Network is unreachable")


@dataclass(frozen=True)
class Step:
    """One instruction of a Dockerfile."""

    word: str
    rest: str


def stages_of(text: str) -> list[list[Step]]:
    """The stages of a Dockerfile, each with its FROM first; comments left out, continued lines joined."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    stages: list[list[Step]] = []
    for line in joined.splitlines():
        word, _, rest = line.partition(" ")
        if word == "FROM":
            stages.append([])
        stages[-1].append(Step(word, rest.strip()))
    return stages


STAGES = stages_of((ROOT / "Dockerfile").read_text(encoding="utf-8"))
BUILD, FINAL = STAGES


def rests(stage: list[Step], word: str) -> list[str]:
    return [step.rest for step in stage if step.word == word]


def copied(rest: str) -> tuple[list[str], str]:
    """Sources and destination of a COPY from the build context."""
    *sources, destination = [part for part in rest.split() if not part.startswith("--")]
    return sources, destination


def from_context(stage: list[Step]) -> list[str]:
    return [source for rest in rests(stage, "COPY") if "--from=" not in rest for source in copied(rest)[0]]


def is_ignored(name: str, patterns: list[str]) -> bool:
    """As Docker reads .dockerignore: the last line that matches the path or a folder above it counts."""
    ignored = False
    parents = ["/".join(name.split("/")[: i + 1]) for i in range(name.count("/") + 1)]
    for pattern in patterns:
        wanted = pattern.startswith("!")
        plain = pattern.lstrip("!").removeprefix("**/")
        candidates = [Path(each).name for each in parents] if "**/" in pattern else parents
        if any(fnmatch.fnmatchcase(each, plain) for each in candidates):
            ignored = not wanted
    return ignored


def ignore_patterns() -> list[str]:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("source", from_context(BUILD) + from_context(FINAL))
def test_what_is_copied_is_there_and_not_ignored(source):
    assert (ROOT / source).exists()
    assert not is_ignored(source, ignore_patterns())


@pytest.mark.parametrize(
    "name", ["var/winnow.db", ".git/config", ".venv/bin/python", "tests/bench.py", "app/__pycache__/x.pyc"]
)
def test_nothing_private_or_needless_gets_into_the_image(name):
    assert is_ignored(name, ignore_patterns())


def test_both_stages_have_the_same_python():
    bases = [stage[0].rest.split()[0] for stage in STAGES]

    assert bases == ["python:3.11", "python:3.11-slim"]  # the first has the compiler


def test_requirements_are_installed_by_their_hashes():
    (install,) = [rest for rest in rests(BUILD, "RUN") if "requirements.txt" in rest]

    assert "--require-hashes" in install


def test_the_service_does_not_run_as_administrator():
    assert rests(FINAL, "USER") == ["10001:10001"]


def test_state_is_kept_on_a_volume_of_that_user():
    words = [step.word for step in FINAL]

    assert "WINNOW_HOME=/data" in " ".join(rests(FINAL, "ENV")).split()
    assert rests(FINAL, "VOLUME") == ["/data"]
    assert any("chown 10001:10001 /data" in rest for rest in rests(FINAL, "RUN"))
    assert words.index("RUN") < words.index("VOLUME")  # what is done to a volume after it is declared is lost


def test_the_start_line_gets_its_signals_itself():
    assert json.loads(rests(FINAL, "CMD")[0]) == ["winnow", "serve", "--host", "0.0.0.0", "--port", "8000"]
    assert rests(FINAL, "STOPSIGNAL") == ["SIGTERM"]
    assert rests(FINAL, "EXPOSE") == ["8000"]
    assert rests(FINAL, "ENTRYPOINT") == []


def healthcheck() -> list[str]:
    (rest,) = rests(FINAL, "HEALTHCHECK")
    program: list[str] = json.loads(rest.partition("CMD ")[2])
    return program


def test_health_is_asked_with_what_is_in_the_image():
    program = healthcheck()

    assert program[:2] == ["python", "-c"]
    assert "http://127.0.0.1:8000/readyz" in program[2]


def test_the_image_says_what_it_is():
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    labels = " ".join(rests(FINAL, "LABEL"))

    assert re.findall(r'image\.version="([^"]+)"', labels) == re.findall(r'^version = "(.+)"', pyproject, re.M)
    assert "image.title=" in labels


def act_out(line: str, root: Path, cwd: Path) -> None:
    """Run one line of the build below `root`; uv does pip's work where there is one, in seconds."""
    uv = shutil.which("uv")
    words = [word.replace("/opt/", f"{root}/opt/") for word in line.split()]
    if words[:3] == ["python", "-m", "venv"]:
        words = [uv, "venv", "-q", "--python", sys.executable, words[3]] if uv else [sys.executable, *words[1:]]
    elif uv and words[1:4] == ["-m", "pip", "install"]:
        pip_only = {"--no-cache-dir", "--disable-pip-version-check"}
        words = [
            uv,
            "pip",
            "install",
            "-q",
            "--python",
            words[0],
            *(w for w in words[4:] if w not in pip_only),
        ]
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    told = done.stdout + done.stderr
    if done.returncode and NO_NETWORK.search(told):
        pytest.skip("the packages cannot be fetched from here")
    assert done.returncode == 0, f"{line}\n{told[-3000:]}"


def build(root: Path) -> Path:
    """What both stages leave at /opt/winnow, below `root`, from the copied files alone."""
    workdir = root / rests(FINAL, "WORKDIR")[0].lstrip("/")
    workdir.mkdir(parents=True)
    for step in [*BUILD, *(step for step in FINAL if step.word == "COPY")]:
        if step.word == "COPY" and "--from=" not in step.rest:
            sources, destination = copied(step.rest)
            for source in sources:
                target = workdir / destination
                if (ROOT / source).is_dir():
                    shutil.copytree(ROOT / source, target, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(ROOT / source, target)
        elif step.word == "RUN":
            act_out(step.rest, root, workdir)
    return workdir


@contextmanager
def started(words: list[str], workdir: Path, environment: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("wb") as told:
        process = subprocess.Popen(words, cwd=workdir, env=environment, stdout=told, stderr=told)
        try:
            yield
        finally:
            process.terminate()
            code = process.wait(timeout=30)
    assert code in (0, -15, 143), log.read_text()


def answered(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not (ROOT / "models" / "current").exists(), reason="there is no models/current yet")
def test_its_install_and_start_lines_give_a_service_that_is_ready(tmp_path):
    workdir = build(tmp_path)
    port = str(free_port())
    program, *words = json.loads(rests(FINAL, "CMD")[0])
    words = [port if word == "8000" else "127.0.0.1" if word == "0.0.0.0" else word for word in words]
    bin_folder = tmp_path / "opt" / "venv" / "bin"
    environment = {
        "PATH": f"{bin_folder}:{os.environ['PATH']}",
        "WINNOW_HOME": str(tmp_path / "data"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    log = tmp_path / "log"

    with started([str(bin_folder / program), *words], workdir, environment, log):
        deadline = time.monotonic() + START_WITHIN_S
        while not answered(f"http://127.0.0.1:{port}/readyz") and time.monotonic() < deadline:
            time.sleep(0.2)
        interpreter, *check = [word.replace(":8000/", f":{port}/") for word in healthcheck()]
        healthy = subprocess.run([str(bin_folder / interpreter), *check], check=False, env=environment)

    assert healthy.returncode == 0, log.read_text()
    assert (tmp_path / "data" / "winnow.db").is_file()
