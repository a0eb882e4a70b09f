"""What stands in integrations/wordpress/, read without running it."""

import subprocess

import pytest

from tests.e2e.wordpress import packages
from tests.e2e.wordpress.packages import tool
from tests.e2e.wordpress.site import PLUGINS

FILES = sorted(PLUGINS.rglob("*.php"))
NAMES = [str(path.relative_to(PLUGINS)) for path in FILES]
MAX_LINES = 150


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_a_file_is_small_and_says_what_it_is_for(path):
    text = path.read_text(encoding="utf-8")

    assert text.count("\n") <= MAX_LINES
    assert text.startswith("<?php\n/**")


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_a_file_cannot_be_run_by_itself(path):
    """Asked for by its address it would only print an error, with the path of the site in it."""
    text = path.read_text(encoding="utf-8")

    assert path.name == "winnow-akismet.php" or "|| exit;" in text


@pytest.mark.skipif(tool("php") is None, reason="no php")
@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_php_understands_it(path):
    done = subprocess.run([tool("php"), "-l", path], capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 0, done.stderr


def test_every_part_of_the_plugin_is_loaded():
    main = (PLUGINS / "winnow" / "winnow.php").read_text(encoding="utf-8")

    parts = [path.stem for path in (PLUGINS / "winnow" / "includes").glob("*.php")]
    assert [part for part in parts if f"'{part}'" not in main and f"/{part}.php'" not in main] == []


def test_uninstalling_takes_away_every_value_that_is_kept():
    said = (PLUGINS / "winnow" / "includes" / "record.php").read_text(encoding="utf-8").partition("*/")[0]
    removed = (PLUGINS / "winnow" / "uninstall.php").read_text(encoding="utf-8")

    names = [word.rstrip(",") for word in said.split() if word.startswith("winnow_")]
    assert len(names) == 10
    assert [name for name in names if f"'{name.removeprefix('winnow_')}'" not in removed] == []


@pytest.mark.parametrize(
    ("user", "words"), [(1000, "no php; on Debian, as root: apt-get install"), (0, "no mirror today")]
)
def test_what_is_missing_and_cannot_be_installed_skips_with_the_reason(monkeypatch, user, words):
    monkeypatch.setattr(packages, "missing", lambda: ["php"])
    monkeypatch.setattr(packages.os, "geteuid", lambda: user)
    monkeypatch.setattr(packages.shutil, "which", lambda name, path=None: f"/usr/bin/{name}")
    failed = subprocess.CompletedProcess([], 100, "", "E: no mirror today")
    monkeypatch.setattr(packages.subprocess, "run", lambda *_, **__: failed)

    with pytest.raises(pytest.skip.Exception, match=words):
        packages.require()
