"""What Winnow is made of: no version below a known advisory, no secret, no finding of bandit that nobody looked at."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = {
    "alembic": "1.4", "certifi": "2024.7.4", "fastapi": "0.109.1", "filelock": "3.20.1", "h11": "0.16.0", "idna": "3.15",
    "jinja2": "3.1.6", "mako": "1.2.2", "pygments": "2.15.1", "python-multipart": "0.0.18", "pyyaml": "5.4",
    "requests": "2.32.4", "scikit-learn": "1.5.0", "skops": "0.13", "starlette": "1.3.1", "urllib3": "2.5.0",
    "uvicorn": "0.11.7",
}  # fmt: skip
"""The first version without a known advisory, whether or not we use the package; docs/security.md names the advisories."""
LOOKED_AT = {
    ("B701", "app/web/letters.py"): "letters are plain text; the page that shows one escapes it",
    ("B704", "app/audit/page.py"): "a file of ours",
    ("B704", "app/web/review/acts.py"): "a sentence of ours; what stands in it is escaped",
    ("B704", "app/web/review/card_page.py"): "files of ours",
    ("B104", "app/commands/server.py"): "compared with, never bound to by default",
    ("B608", "app/importing/isso.py"): "names of columns from a list of ours",
}
NO_SECRETS = {
    "app/commands/webhook.py", "app/store/accounts.py", "app/store/database.py", "app/store/records.py",
    "app/training/disguises.py", "app/web/schemas.py", "integrations/wordpress/winnow/includes/settings.php",
    "models/2026-11-30.3/card.json", "training_data/corpora.toml",
}  # fmt: skip
"""Files in which detect-secrets sees one that is none: examples, hashes, an alphabet, sentences about secrets."""


def version_of(written: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", written)[:4])


def locked(name: str) -> list[tuple[str, str]]:
    return re.findall(r"^([A-Za-z0-9_.-]+)==([0-9][^ ;\\]*)", (ROOT / name).read_text(encoding="utf-8"), re.M)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_nothing_locked_is_below_a_known_advisory(name):
    below = [
        f"{package}=={version}"
        for package, version in locked(name)
        if package in FLOORS and version_of(version) < version_of(FLOORS[package])
    ]

    assert len(locked(name)) > 40
    assert below == []


def test_what_is_asked_for_cannot_be_below_one_either():
    """For who installs without the lock."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    least = dict(re.findall(r"^([A-Za-z0-9_.-]+)>=([0-9.]+)", "\n".join(asked), re.M))

    below = {
        package for package, version in least.items() if version_of(version) < version_of(FLOORS.get(package, "0"))
    }
    assert below == set()
    assert len(least) > 15


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_everything_locked_has_hashes(name):
    text = (ROOT / name).read_text(encoding="utf-8")

    without = [
        part.split("==")[0].strip()
        for part in re.split(r"\n(?=[A-Za-z0-9])", text)
        if "==" in part and "--hash=sha256:" not in part
    ]
    assert without == []


def tool(name: str) -> str:
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not installed; pip install -e .[attacks]")
    return found


def test_bandit_finds_nothing_that_nobody_looked_at():
    """Low ones are ruff's rules S, which run with make check."""
    asked = [tool("bandit"), "-q", "-r", "app", "-f", "json", "--severity-level", "medium"]
    ended = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)

    found = {(each["test_id"], each["filename"]) for each in json.loads(ended.stdout)["results"]}
    assert found <= set(LOOKED_AT), found - set(LOOKED_AT)


def test_no_file_holds_a_secret():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    kept = re.compile(r"\.(?:py|php|toml|json|md|sh|js|css|html|yml|yaml|rb)$|Makefile|Dockerfile")
    files = [each for each in tracked if kept.search(each) and not each.startswith("tests/") and (ROOT / each).exists()]
    if not files:
        pytest.skip("this is no checkout")

    ended = subprocess.run(
        [tool("detect-secrets"), "scan", *files], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert set(json.loads(ended.stdout)["results"]) - NO_SECRETS == set()
