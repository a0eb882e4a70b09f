"""rspamd with its Bayes classifier on loopback, in a folder of its own: learns e-mails and checks them.

Debian's stock rules, one worker, everything off that asks the network, redis for the Bayes tokens; so it is what rspamd
does without its lists. Needs rspamd and redis-server, and root, for it starts as root and runs as its own user.
"""

import http.client
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_port, wait_for

ENDS_WITHIN_S = 30.0
_OFF = (
    "antivirus arc asn aws_s3 bimi clickhouse dcc dkim dkim_signing dmarc elastic external_relay external_services "
    "fuzzy_check greylist history_redis maillist metadata_exporter metric_exporter mx_check neural p0f phishing "
    "ratelimit rbl replies reputation rspamd_update spf surbl url_redirector whitelist"
).split()
"""Modules that ask somebody else, or remember who wrote before."""
_MANY_TOKENS = 'min_tokens = 1; min_learns = 10; learn_condition = "return function() return true end";'


@dataclass(frozen=True, slots=True)
class Rspamd:
    """A running one."""

    worker: int
    """Port of /checkv2."""
    controller: int
    """Port that learns."""
    process: int
    """The main one, whose child the worker is; redis's is apart."""

    def learn(self, mail: bytes, is_spam: bool) -> None:
        """Learn one e-mail; one that is known already is passed over."""
        _asked(self.controller, "/learnspam" if is_spam else "/learnham", mail)

    def check(self, mail: bytes) -> float:
        """Its score; from 6.0 on rspamd marks it, from 15.0 on it rejects."""
        return float(_asked(self.worker, "/checkv2", mail)["score"])


def is_installed() -> bool:
    """Whether it can be started here."""
    return bool(shutil.which("rspamd") and shutil.which("redis-server")) and os.geteuid() == 0


@contextmanager
def running() -> Iterator[Rspamd]:
    """Start it; it ends with the block."""
    with tempfile.TemporaryDirectory() as folder:
        worker, controller, redis = free_port(), free_port(), free_port()
        _configure(Path(folder), worker, controller, redis)
        commands = (
            ["redis-server", "--port", str(redis), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
            ["rspamd", "-f", "-i", "-c", "/etc/rspamd/rspamd.conf", *_variables(folder)],
        )
        started = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for command in commands]
        try:
            wait_for(redis, worker, controller)
            yield Rspamd(worker, controller, started[1].pid)
        finally:
            for process in reversed(started):
                process.send_signal(signal.SIGTERM)
                process.wait(ENDS_WITHIN_S)


def _variables(folder: str) -> list[str]:
    places = {"LOCAL_CONFDIR": folder, "DBDIR": folder, "RUNDIR": folder, "LOGDIR": folder}
    return [f"--var={name}={place}" for name, place in places.items()]


def _configure(folder: Path, worker: int, controller: int, redis: int) -> None:
    folder.chmod(0o777)  # it runs as its own user
    local = folder / "local.d"
    local.mkdir()
    written = {
        "worker-normal.inc": f'bind_socket = "127.0.0.1:{worker}"; count = 1;',
        "worker-controller.inc": f'bind_socket = "127.0.0.1:{controller}"; secure_ip = "127.0.0.1"; count = 1;',
        "worker-proxy.inc": "enabled = false;",
        "worker-fuzzy.inc": "enabled = false;",
        "redis.conf": f'servers = "127.0.0.1:{redis}";',
        "classifier-bayes.conf": f'backend = "redis"; servers = "127.0.0.1:{redis}"; {_MANY_TOKENS}',
        "logging.inc": 'type = "file"; filename = "/dev/null"; level = "error";',
        "options.inc": 'dns { nameserver = ["127.0.0.1"]; timeout = 0.01s; retransmits = 1; }',
        **{f"{module}.conf": "enabled = false;" for module in _OFF},
    }
    for name, content in written.items():
        (local / name).write_text(content + "\n")


def _asked(port: int, path: str, mail: bytes) -> dict[str, object]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("POST", path, mail)
        told: dict[str, object] = json.loads(connection.getresponse().read())
        return told
