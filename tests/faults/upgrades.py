"""An older version's two services and their database are brought to this version, one after the other, under load.

The older version is the commit before the newest migration, taken from the repository's own history.
"""

import io
import re
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from app.store.database import REVISION
from tests.e2e import server
from tests.faults import _load, _services
from tests.figures import Outcome
from tests.ports import free_port

AIM = "10 upgrades of two services behind nginx from the version before the newest migration, at 70 % load: 0 requests failed"
ROOT = Path(__file__).parents[2]
MIGRATIONS = "app/store/migrations/versions"
ADD_A_SITE = """
import sys
from app.commands import opening
from app.settings import Settings
with opening.open_store(Settings()) as store:
    store.add_site("blog", sys.argv[1], opening.now())
"""


def commit_before() -> str:
    """The one before the newest migration; empty where there is no history."""
    words = ["git", "-C", str(ROOT), "log", "--diff-filter=A", "--format=%H", "-1", "--", MIGRATIONS]
    added = subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()
    known = ["git", "-C", str(ROOT), "rev-parse", "--verify", "--quiet", f"{added}^"]
    return subprocess.run(known, capture_output=True, text=True, check=False).stdout.strip() if added else ""


def upgrade(older: Path, folder: Path) -> tuple[_load.Seen, str, Counter[str]]:
    """What the clients of nginx saw, at which revision the database was afterwards, and what nginx says of its own
    connections to the services, but for those that it could try elsewhere."""
    home = folder / "home"
    home.mkdir(mode=0o700)
    with_older = {"PYTHONPATH": str(older)}
    environment = {**server.environment(home), **with_older}
    subprocess.run([sys.executable, "-c", ADD_A_SITE, _load.KEY], env=environment, cwd=folder, check=True)
    ports = free_port(), free_port()
    one, other = (_services.Service(home, port, others=with_older) for port in ports)
    with (
        _services.running(one),
        _services.running(other),
        _services.nginx(folder / "nginx", *ports) as port,
        _load.steady(port) as seen,
    ):
        assert _revision(home) != REVISION
        for service in (one, other):
            service.end()
            service.environment = server.environment(home)
            service.start()
            time.sleep(1.0)
    return seen, _revision(home), _complaints(folder / "nginx" / "error.log")


def _complaints(log: Path) -> Counter[str]:
    """`upstream prematurely closed connection` and the like, and how often; a service that is not there is no fault."""
    said = re.findall(r"\*\d+ (.+?) while ", log.read_text(errors="replace"))
    return Counter(each for each in said if not each.startswith("connect() failed"))


def _revision(home: Path) -> str:
    """At which the database's tables are."""
    with closing(sqlite3.connect(home / "winnow.db")) as connection:
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(revision)


def run(long: bool) -> Outcome:
    """10 upgrades, or 1."""
    commit = commit_before()
    if not commit or not _services.has_nginx():
        return Outcome("no history of the repository, or no nginx: nothing was measured", is_met=False)
    all_seen, complaints = _load.Seen(), Counter[str]()
    with tempfile.TemporaryDirectory() as temporary:
        older = Path(temporary) / "older"
        archived = subprocess.run(
            ["git", "-C", str(ROOT), "archive", commit, "app", "models"], capture_output=True, check=True
        )
        with tarfile.open(fileobj=io.BytesIO(archived.stdout)) as packed:
            packed.extractall(older, filter="data")
        times = 10 if long else 1
        for number in range(times):
            (Path(temporary) / str(number)).mkdir()
            seen, revision, said = upgrade(older, Path(temporary) / str(number))
            all_seen.add(seen)
            complaints += said
            assert revision == REVISION
    told = "".join(f"; nginx: {number} x {what}" for what, number in complaints.items())
    return Outcome(f"{times} upgrades: {all_seen.sentence()}{told}", not all_seen.failed)
