"""The root: help, version, and how a failure is told."""

import subprocess
import sys
from typing import Any

import pytest

from app.commands import doctor, opening
from app.errors import ModelUnusable

COMMANDS = (
    ["check", "score", "serve", "doctor", "train", "evaluate", "loso", "benchmark path"]
    + [f"site {each}" for each in ["add", "list", "rotate-key", "allow", "deny", "remove-rule", "rules", "thresholds"]]
    + [f"models {each}" for each in ["list", "show", "use", "rollback"]]
)


def test_help_groups_the_commands_and_shows_examples(run: Any) -> None:
    told = run("--help").output
    for words in ("Judge comments", "Run the service", "Learn", "winnow score comments.jsonl"):
        assert words in told


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_takes_json(run: Any, command: str) -> None:
    result = run(*command.split(), "--help")

    assert result.exit_code == 0
    assert "--json" in result.output


def test_version(run: Any) -> None:
    result = run("--version")
    assert (result.exit_code, result.output.split()[0]) == (0, "winnow")


def test_a_failure_is_a_sentence_with_its_remedy(run: Any) -> None:
    result = run("check", "hello", WINNOW_MODELS="/nowhere")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "no file `current`" in result.stderr
    assert "winnow models use VERSION" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_setting_that_cannot_be_used_is_named(run: Any) -> None:
    result = run("check", "hello", WINNOW_MAX_BODY_BYTES="lots")
    assert result.exit_code == 2
    assert "WINNOW_MAX_BODY_BYTES" in result.stderr


@pytest.mark.parametrize(
    ("raised", "code"), [(KeyboardInterrupt(), 130), (ModelUnusable("a", "Altered.", "Retrain."), 2)]
)
def test_what_a_command_raises_becomes_an_exit_code(
    run: Any, monkeypatch: pytest.MonkeyPatch, raised: BaseException, code: int
) -> None:
    def fail() -> None:
        raise raised

    monkeypatch.setattr(opening, "read_settings", fail)
    assert run("site", "list").exit_code == code


def test_a_terminal_without_unicode_gets_the_rest(environment: dict[str, str]) -> None:
    code = "from app.cli import app; app(['check', 'hi', '--author', 'Ďuro'])"
    shown = subprocess.run(
        [sys.executable, "-c", code],
        env={**environment, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert (shown.returncode, shown.stderr) == (0, b"")


@pytest.mark.parametrize("module", ["app.cli", "app.main", "app.commands.bulk", "app.commands.check"])
def test_nothing_that_serves_or_scores_imports_scikit_learn(module: str) -> None:
    code = f"import sys, {module}; print('sklearn' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code]) == b"False\n"


@pytest.mark.parametrize("arguments", [["check", "hi"], ["score", "in.jsonl"], ["doctor"]])
def test_no_such_command_imports_scikit_learn(environment: dict[str, str], tmp_path: Any, arguments: list[str]) -> None:
    (tmp_path / "in.jsonl").write_text('{"text": "hi"}\n')
    code = (
        "import atexit, sys; from app.cli import app\n"
        "atexit.register(lambda: print('sklearn' in sys.modules, file=sys.stderr))\n"
        f"app({arguments!r})"
    )
    ran = subprocess.run([sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, check=False)
    assert ran.stderr.endswith(b"False\n")


def test_the_doctors_module_loads_nothing_early() -> None:
    assert not hasattr(doctor, "examine")
