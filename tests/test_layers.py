"""The arrows of docs/architecture.md, checked on every run."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

APP = Path(__file__).parents[1] / "app"
MODULES = sorted(APP.rglob("*.py"))

# Each layer may import these of our own. What is not named here is an arrow that runs back.
OURS = {
    "errors": set(),
    "settings": set(),
    "processes": {"app.errors"},
    "disk": set(),
    "core": {"app.core", "app.errors"},
    "lists": {"app.core", "app.lists", "app.errors"},
    "models": {"app.core", "app.disk", "app.errors"},
    "releases": {"app.disk"},
    "store": {"app.store", "app.core", "app.disk", "app.errors"},
    "hooks": {"app.hooks", "app.store", "app.core", "app.errors"},
    "importing": {"app.importing", "app.store", "app.core", "app.errors"},
    "audit": {
        "app.audit",
        "app.importing",
        "app.store",
        "app.core",
        "app.errors",
        "app.lists",
        "app.models",
        "app.processes",
        "app.disk",
    },
    "training": {
        "app.training",
        "app.importing",
        "app.store",
        "app.core",
        "app.errors",
        "app.lists",
        "app.models",
        "app.disk",
        "app.settings",
    },
    "retraining": {
        "app.retraining",
        "app.training",
        "app.store",
        "app.core",
        "app.errors",
        "app.lists",
        "app.models",
        "app.disk",
    },
    "web": {
        "app.web",
        "app.importing",
        "app.store",
        "app.core",
        "app.errors",
        "app.lists",
        "app.models",
        "app.releases",
        "app.settings",
    },
    "commands": {
        "app.commands",
        "app.audit",
        "app.processes",
        "app.disk",
        "app.hooks",
        "app.web",
        "app.training",
        "app.retraining",
        "app.importing",
        "app.store",
        "app.core",
        "app.errors",
        "app.lists",
        "app.models",
        "app.releases",
        "app.settings",
    },
    "cli": {"app.commands", "app.settings", "app.errors"},
    "main": {"app.web", "app.hooks", "app.importing", "app.store", "app.core", "app.errors", "app.lists", "app.models", "app.settings"},
}  # fmt: skip

# Packages of the world that belong to certain layers alone.
THEIRS = {
    "sklearn": {"training", "retraining"},
    "scipy": {"training", "retraining"},
    "fastapi": {"web", "main"},
    "starlette": {"web", "main"},
    "uvicorn": {"commands"},
    "sqlalchemy": {"store", "commands"},  # commands: winnow doctor asks a database whether it is whole
    "alembic": {"store", "commands"},
    "sqlite3": {"store", "importing"},  # importing: Isso keeps its comments in SQLite
    "yaml": {"importing"},
    "standardwebhooks": {"hooks"},
    "typer": {"cli", "commands"},
    "rich": {"cli", "commands"},
}
NOWHERE = {"pickle", "joblib", "dill", "cloudpickle", "shelve", "marshal"}

CORE_PACKAGES = {"numpy", "re2", "can_ada", "ahocorasick_rs"}
NOT_IN_CORE = {
    "asyncio",
    "concurrent",
    "ctypes",
    "fileinput",
    "ftplib",
    "glob",
    "http",
    "importlib",
    "logging",
    "mmap",
    "multiprocessing",
    "os",
    "pathlib",
    "random",
    "secrets",
    "select",
    "shutil",
    "signal",
    "smtplib",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "sys",
    "tempfile",
    "threading",
    "time",
    "urllib.request",
    "uuid",
}
"""Modules of the standard library that read, write, wait, roll dice or tell the time."""
BUILTINS_NOT_IN_CORE = {"open", "input", "print", "exec", "eval", "__import__"}


def imports_of(source: str) -> set[str]:
    """Every name a source imports, written out: `from app import lists` is app.lists.

    A relative import begins with a dot.
    """
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {"." * node.level + f"{node.module or ''}.{alias.name}" for alias in node.names}
    return names


def within(name: str, packages: set[str]) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def complaints(module: str, source: str) -> list[str]:
    """A sentence for each arrow that runs back; `module` is its path below app/, such as core/text.py."""
    layer = module.removesuffix(".py").partition("/")[0]
    if layer == "__init__":
        return []
    found = []
    for name in sorted(imports_of(source)):
        package = name.partition(".")[0]
        if name.startswith("."):
            found.append(f"app/{module} imports {name}: write the full name, app.…")
        elif package == "app" and within(name, {"app.main"}):
            found.append(f"app/{module} imports app.main, which nothing may import.")
        elif package == "app" and not within(name, OURS.get(layer, set())):
            found.append(f"app/{module} imports {name}, but {layer} may not: that arrow runs back.")
        elif package in NOWHERE:
            found.append(f"app/{module} imports {package}: nothing is ever unpickled here.")
        elif layer not in THEIRS.get(package, {layer}):
            found.append(f"app/{module} imports {package}, which belongs to {', '.join(sorted(THEIRS[package]))}.")
        elif layer == "core":
            found += _impure(module, name)
    return found + (_impure_calls(module, source) if layer == "core" else [])


def _impure(module: str, name: str) -> list[str]:
    package = name.partition(".")[0]
    if within(name, NOT_IN_CORE):
        return [f"app/{module} imports {name}: core does no I/O and has no clock and no chance."]
    if package not in CORE_PACKAGES | {"app"} and package not in sys.stdlib_module_names:
        return [f"app/{module} imports {package}: core needs no package but {', '.join(sorted(CORE_PACKAGES))}."]
    return []


def _impure_calls(module: str, source: str) -> list[str]:
    return [
        f"app/{module}:{node.lineno} calls {node.func.id}(): core does no I/O."
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BUILTINS_NOT_IN_CORE
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(APP)))
def test_imports_follow_the_arrows(path):
    module = path.relative_to(APP).as_posix()

    assert complaints(module, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("module", "source", "complaint"),
    [
        pytest.param(
            "core/text.py", "import sqlite3", "sqlite3, which belongs to importing, store", id="core-meets-sql"
        ),
        pytest.param("core/text.py", "from pathlib import Path", "core does no I/O", id="core-meets-the-disk"),
        pytest.param("core/text.py", "from urllib import request", "core does no I/O", id="core-meets-the-net"),
        pytest.param("core/text.py", "def f():\n    import time", "no clock", id="core-meets-the-clock-inside"),
        pytest.param("core/text.py", "open('x')", "calls open()", id="core-opens-a-file"),
        pytest.param("core/text.py", "import requests", "core needs no package but", id="core-meets-a-package"),
        pytest.param("core/text.py", "from app import lists", "app.lists, but core may not", id="core-meets-lists"),
        pytest.param("store/sql.py", "from app.web import body", "app.web.body, but store", id="store-meets-web"),
        pytest.param("web/x.py", "from app import training", "app.training, but web", id="web-meets-training"),
        pytest.param("web/x.py", "import app.training.fit", "app.training.fit, but web", id="web-meets-fit"),
        pytest.param("web/x.py", "from app.hooks import sending", "app.hooks.sending, but web", id="web-calls-out"),
        pytest.param("training/x.py", "from app.web import body", "but training may not", id="training-meets-web"),
        pytest.param("audit/x.py", "from app.web import answers", "but audit may not", id="audit-meets-web"),
        pytest.param("web/x.py", "from app.audit import page", "but web may not", id="web-meets-audit"),
        pytest.param("processes.py", "from app.core import text", "but processes may not", id="processes-meet-core"),
        pytest.param("commands/x.py", "from app.main import create_app", "app.main", id="somebody-meets-main"),
        pytest.param("web/x.py", "import sklearn.svm", "belongs to retraining, training", id="web-meets-sklearn"),
        pytest.param(
            "commands/x.py", "from scipy import sparse", "belongs to retraining, training", id="commands-meet-scipy"
        ),
        pytest.param("training/x.py", "import joblib", "nothing is ever unpickled", id="training-meets-joblib"),
        pytest.param("errors.py", "from app.core import text", "but errors may not", id="errors-meet-core"),
        pytest.param("web/x.py", "from . import body", "write the full name", id="relative"),
    ],
)
def test_an_arrow_that_runs_back_is_named(module, source, complaint):
    (sentence,) = complaints(module, source)

    assert sentence.startswith(f"app/{module}")
    assert complaint in sentence


@pytest.mark.parametrize(
    ("module", "source"),
    [
        pytest.param("core/x.py", "import re\nimport numpy as np\nfrom urllib.parse import unquote", id="core"),
        pytest.param("web/x.py", "from app import lists\nfrom app.store.sql import SqlStore", id="web"),
        pytest.param("training/x.py", "import sklearn\nfrom app.core.model import Model", id="training"),
        pytest.param("core/x.py", "out.open('text.words')", id="a-method-called-open"),
    ],
)
def test_an_arrow_that_runs_forward_is_not(module, source):
    assert complaints(module, source) == []


def test_every_layer_has_its_rule():
    layers = {path.relative_to(APP).parts[0].removesuffix(".py") for path in MODULES}

    assert layers - {"__init__"} <= set(OURS)


def test_the_serving_process_does_not_load_what_fits():
    program = (
        "import sys, app.cli, app.main, app.settings\n"
        "app.main.create_app(app.settings.Settings())\n"
        "print(*sorted({'sklearn', 'scipy', 'joblib', 'pandas'} & sys.modules.keys()))\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=APP.parent)

    assert done.stdout.split() == []
