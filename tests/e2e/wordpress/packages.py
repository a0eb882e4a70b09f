"""The Debian packages of a real WordPress with the official Akismet plugin: found, or installed when that may be done."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

NEEDED = ("wordpress", "php-cli", "php-mysql", "mariadb-server")
WORDPRESS = Path("/usr/share/wordpress")
AKISMET = WORDPRESS / "wp-content" / "plugins" / "akismet"
ADMINISTRATOR_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])


def tool(name: str) -> str | None:
    """Where a program is, also where only an administrator's PATH leads."""
    return shutil.which(name, path=ADMINISTRATOR_PATH)


def missing() -> list[str]:
    """What a WordPress cannot run without, and is not here."""
    lacking = [name for name in ("php", "mariadbd", "mariadb-install-db") if tool(name) is None]
    lacking += [str(path) for path in (WORDPRESS / "wp-load.php", AKISMET / "akismet.php") if not path.is_file()]
    if "php" not in lacking:
        modules = subprocess.run([tool("php") or "php", "-m"], capture_output=True, text=True, check=True, timeout=60)
        lacking += ["php-mysqli"] * ("mysqli" not in modules.stdout.split())
    return lacking


def require() -> None:
    """Returns when all is there; else skips the test with the reason."""
    with (Path(tempfile.gettempdir()) / "winnow-wordpress-packages.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lacking = missing()
        if lacking and os.geteuid() == 0 and shutil.which("apt-get"):
            lacking = _install() or missing()
    if lacking:
        pytest.skip(f"no {', '.join(lacking)}; on Debian, as root: apt-get install {' '.join(NEEDED)}")


def _install() -> list[str]:
    """Nothing when it worked, else what apt-get said last."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    wait = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "-qq"]
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *NEEDED]):
        done = subprocess.run(
            [*wait, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=900
        )
        if done.returncode:
            return [f"packages (apt-get {arguments[0]}: {done.stderr.strip()[-200:]})"]
    return []
