"""The clients, as they are published: the rows of the table, and how each is run."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.web.problems import PROBLEMS
from tests.e2e.clients import install, private_host
from tests.e2e.clients.calls import BLOG, CALLS, WRONG_KEY, Call

HERE = Path(__file__).parent
DRIVERS = HERE / "drivers"
INTEGRATIONS = HERE.parents[2] / "integrations"
LIMIT_S = 90
"""For all calls of one client."""
HELP = f"{PROBLEMS['key-unknown'].title} "
"""How the header X-akismet-debug-help begins, which some clients pass on."""

Run = Callable[[list[str], str, Mapping[str, str], int], dict[str, Any]]
"""Command, input, environment, limit in seconds -> exit_code, out, err."""


@dataclass(frozen=True, slots=True)
class Client:
    """One client, led to the service in one way."""

    name: str
    driver: str
    arguments: tuple[str, ...] = ()
    packages: str = ""
    """The folder of a Python client."""
    recipe: str = ""
    """The file under integrations/ by which it is led there, and then on any host and port; empty when the client
    is as it is published, with no option that its users would not have, and only names and a certificate lead it."""
    not_offered: frozenset[str] = frozenset()
    """Calls that it cannot make, though others can."""
    also_offered: frozenset[str] = frozenset()
    """Calls that it can make, though others cannot."""
    own_answers: dict[str, str] = field(default_factory=dict)
    """What it makes of an answer where others do otherwise, or how it words its refusal."""

    @property
    def calls(self) -> tuple[Call, ...]:
        """What it offers, in order."""
        return tuple(
            call
            for call in CALLS
            if (call.name in self.also_offered if call.is_rare else call.name not in self.not_offered)
        )

    def expected(self, call: Call) -> str:
        """How the answer must begin."""
        return self.own_answers.get(call.name, call.answer)

    @property
    def is_led_by_names(self) -> bool:
        """Whether it needs the private host."""
        return not self.recipe

    def hindrance(self) -> str:
        """Why it cannot be run here; empty when it can."""
        if self.driver.endswith(".py"):
            there, remedy = install.python_folder(self.packages) / ".installed", "make clients"
        elif self.driver.endswith(("js",)):
            there, remedy = install.NODE_MODULES.parent / ".installed", "make clients, with node 20 or newer"
        else:
            package = "ruby-akismet" if self.driver.endswith(".rb") else "libnet-akismet-perl"
            there, remedy = install.DEBIAN[package], f"apt-get install {package}"
        return "" if there.exists() else f"not installed: {remedy}"

    def command(self, scratch: Path) -> list[str]:
        """The driver with its interpreter."""
        if self.driver.endswith(".py"):
            return [sys.executable, "-S", str(DRIVERS / self.driver), *self.arguments]
        if self.driver.endswith("js"):
            return ["node", str(beside_node_modules(scratch) / self.driver), *self.arguments]
        if self.driver.endswith(".rb"):
            return ["ruby", "-I", str(INTEGRATIONS / "ruby"), str(DRIVERS / self.driver), *self.arguments]
        return ["perl", "-I", str(INTEGRATIONS / "perl"), str(DRIVERS / self.driver), *self.arguments]

    def environment(self) -> dict[str, str]:
        """Little more than the place of the client and of its recipe."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        path = os.pathsep.join([str(install.python_folder(self.packages)), str(INTEGRATIONS / "python")])
        # Its own setting. The default of 1 s measures a busy test machine; tests/akismet_load.py measures us.
        return {**kept, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "PYTHON_AKISMET_TIMEOUT": "20"}


def beside_node_modules(scratch: Path) -> Path:
    """A folder with the drivers, the recipes and node_modules, as in a project that had copied a recipe."""
    folder = scratch / "node"
    if not folder.exists():
        folder.mkdir(parents=True)
        for file in (*DRIVERS.glob("*.[cm]js"), *(INTEGRATIONS / "node").glob("*.[cm]js")):
            shutil.copy(file, folder)
        (folder / "node_modules").symlink_to(install.NODE_MODULES)
    return folder


NO_ROLE = frozenset({"administrator"})
REPORTS = frozenset({"usage-limit", "key-sites"})
AKISMET_25 = {
    "driver": "pypi_akismet_25.py",
    "packages": "akismet-25.10.1",
    "also_offered": REPORTS,
    "own_answers": {"check-wrong-key": "refused: APIKeyError: Akismet API key and/or site URL are invalid."},
}
AKISMET_1 = {
    "driver": "pypi_akismet_1.py",
    "packages": "akismet-1.1",
    "own_answers": {"check-wrong-key": f"refused: APIKeyError: Akismet key ({WRONG_KEY}, "},
}
AKISMET_ASYNC = {
    "driver": "pypi_akismet_async.py",
    "packages": "akismet-async-0.0.1",
    "not_offered": NO_ROLE,
    "own_answers": {"check-wrong-key": "refused: JSONDecodeError: "},
}
AKISMET_API = {
    "driver": "npm_akismet_api.cjs",
    "own_answers": {"check-wrong-key": "refused: Error: Invalid API key"},
}
NPM_AKISMET = {
    "driver": "npm_akismet.cjs",
    "own_answers": {"check-wrong-key": "false"},  # it takes whatever is not `true` for ham
}
CEDX = {
    "driver": "npm_cedx_akismet.mjs",
    "own_answers": {"check-wrong-key": f"refused: Error: {HELP}"},
}
RUBY = {
    "driver": "ruby_akismet.rb",
    "own_answers": {"check-wrong-key": f"refused: Akismet::Error: {HELP}"},
}
PERL = {
    "driver": "perl_net_akismet.pl",
    "not_offered": NO_ROLE,
}
FORGETS_ITS_KEY = {"own_answers": {**AKISMET_25["own_answers"], "key-sites": "refused: APIKeyError"}}
HOST_OPTION = {"arguments": (private_host.WILDCARD_HOST,)}

CLIENTS = (
    Client("pypi-akismet-25.10.1", arguments=("sync",), **(AKISMET_25 | FORGETS_ITS_KEY)),
    Client("pypi-akismet-25.10.1-async", arguments=("async",), **(AKISMET_25 | FORGETS_ITS_KEY)),
    Client("pypi-akismet-1.1", **AKISMET_1),
    Client("pypi-akismet-async-0.0.1", **AKISMET_ASYNC),
    Client("npm-akismet-api-6.0.0", **AKISMET_API),
    Client("npm-akismet-api-6.0.0-option-host", **AKISMET_API, **HOST_OPTION),
    Client("npm-akismet-2.0.7", **NPM_AKISMET),
    Client("npm-cedx-akismet-16.2.1", **CEDX),
    Client("ruby-akismet-3.0.0", **RUBY),
    Client("perl-net-akismet-0.05", **PERL),
    Client("perl-net-akismet-0.05-option-host", **PERL, **HOST_OPTION),
    Client("recipe-pypi-akismet-25.10.1", recipe="python/winnow_akismet.py", arguments=("sync",), **AKISMET_25),
    Client("recipe-pypi-akismet-25.10.1-async", recipe="python/winnow_akismet.py", arguments=("async",), **AKISMET_25),
    Client("recipe-pypi-akismet-1.1", recipe="python/winnow_akismet_1.py", **AKISMET_1),
    Client("recipe-npm-akismet-api-6.0.0", recipe="node/akismet-api.cjs", **AKISMET_API),
    Client("recipe-npm-akismet-2.0.7", recipe="node/akismet.cjs", **NPM_AKISMET),
    Client("recipe-npm-cedx-akismet-16.2.1", recipe="node/cedx-akismet.mjs", **CEDX),
    Client("recipe-ruby-akismet-3.0.0", recipe="ruby/winnow_akismet.rb", **RUBY),
    Client("recipe-perl-net-akismet-0.05", recipe="perl/Winnow/Akismet.pm", **PERL),
)


def answers(client: Client, run: Run, key: str, server: str, scratch: Path) -> dict[str, str]:
    """Call -> what the client made of it; with the client's own words after a refusal."""
    calls = [call.as_json() for call in client.calls]
    job = {"key": key, "wrong_key": WRONG_KEY, "blog": BLOG, "server": server, "calls": calls}
    done = run(client.command(scratch), json.dumps(job), client.environment(), LIMIT_S)
    told = [json.loads(line) for line in done["out"].splitlines() if line.startswith("{")]
    found = {each["name"]: each["answer"] + (f": {each['why']}" if "why" in each else "") for each in told}
    for call in calls:
        found.setdefault(str(call["name"]), f"no answer: exit {done['exit_code']}, {done['err'].strip()[-600:]}")
    return found
