"""Installs the clients that the conformance suite drives: `make clients`, or `python -m tests.e2e.clients.install`.

Python and npm packages go under the virtual environment, each Python client with a folder of its own, for two
versions of one package cannot share one. Debian's packages are installed only by root, and only where apt-get is.
What cannot be had is told and left out; the tests of that client are then skipped.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
INSTALLED = Path(sys.prefix) / "clients"
"""Where the Python and npm packages are; `make clean` removes it with the environment."""
REQUIREMENTS = HERE / "requirements"
PACKAGE_JSON = HERE / "npm" / "package.json"
NODE_MODULES = INSTALLED / "npm" / "node_modules"
DEBIAN = {
    "chromium": Path("/usr/bin/chromium"),
    "fonts-dejavu-core": Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
    "ruby-akismet": Path("/usr/lib/ruby/vendor_ruby/akismet.rb"),
    "libnet-akismet-perl": Path("/usr/share/perl5/Net/Akismet.pm"),
}
"""Debian package -> the file that tells that it is installed."""
LIMIT_S = 240
NODE_FROM = 20
"""@cedx/akismet asks for it."""


@dataclass(frozen=True, slots=True)
class Locked:
    """Packages that a file pins and that have a folder of their own."""

    name: str
    wanted: Path
    folder: Path
    command: Sequence[str]
    hindrance: str = ""
    """Why it cannot even be tried."""

    def is_installed(self) -> bool:
        """Whether the folder holds what the file asks for now."""
        stamp = self.folder / ".installed"
        return stamp.exists() and stamp.read_text(encoding="utf-8") == self._digest()

    def install(self) -> str:
        """Anew; what is wrong, or empty when all went well."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        shutil.copy(self.wanted, self.folder)
        wrong = ran(self.command)
        if not wrong:
            (self.folder / ".installed").write_text(self._digest(), encoding="utf-8")
        return wrong

    def _digest(self) -> str:
        return hashlib.sha256(self.wanted.read_bytes()).hexdigest()


@dataclass(frozen=True, slots=True)
class Debian:
    """Packages of the system."""

    name: str
    missing: Sequence[str]
    hindrance: str

    def is_installed(self) -> bool:
        """Whether none is missing."""
        return not self.missing

    def install(self) -> str:
        """With the lists of packages made new, for a fresh machine has none."""
        apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
        return ran([*apt, "update"]) or ran([*apt, "install", "--no-install-recommends", "-y", *self.missing])


def python_folder(name: str) -> Path:
    """What PYTHONPATH must name for one client, such as akismet-1.1."""
    return INSTALLED / name


def everything() -> Iterator[Locked | Debian]:
    """All that the suite can drive, in the order of installation."""
    uv = shutil.which("uv")
    pip = [uv, "pip", "install", "--python", sys.executable] if uv else [sys.executable, "-m", "pip", "install"]
    for file in sorted(REQUIREMENTS.glob("*.txt")):
        folder = python_folder(file.stem)
        command = [*pip, "-q", "--require-hashes", "--target", str(folder), "-r", str(file)]
        yield Locked(file.stem, file, folder, command)
    npm = ["npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    folder = NODE_MODULES.parent
    yield Locked("the npm clients", PACKAGE_JSON, folder, [*npm, "--prefix", str(folder)], _node_hindrance())
    missing = [name for name, file in DEBIAN.items() if not file.exists()]
    hindrance = "" if shutil.which("apt-get") else "there is no apt-get"
    if not hindrance and os.geteuid() != 0:
        hindrance = f"only root may install them; try: apt-get install {' '.join(missing)}"
    yield Debian(" and ".join(missing), missing, hindrance)


def _node_hindrance() -> str:
    if not shutil.which("npm") or not shutil.which("node"):
        return "there is no node with npm"
    told = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False, timeout=30).stdout
    major = told.strip().lstrip("v").partition(".")[0]
    return "" if major.isdigit() and int(major) >= NODE_FROM else f"node {told.strip()} is older than {NODE_FROM}"


def ran(command: Sequence[str]) -> str:
    """Runs it; what is wrong, or empty when all went well."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=LIMIT_S,
        )
    except subprocess.TimeoutExpired:
        return f"{command[0]} did not end within {LIMIT_S} s"
    wrong = " ".join((done.stderr or done.stdout).split())[-300:]
    return (wrong or f"{command[0]} failed") if done.returncode else ""


def main() -> int:
    """Install what is missing and say what is left out; nothing that cannot be had is an error."""
    for each in everything():
        if each.is_installed():
            continue
        print(f"Installing {each.name} for the tests ...", flush=True)
        if reason := each.hindrance or each.install():
            print(f"  left out, their tests will be skipped: {reason}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
