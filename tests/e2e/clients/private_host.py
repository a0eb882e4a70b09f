"""A host of our own for clients whose server is hard-coded: nothing of the client is changed, only where names lead.

`unshare` gives a process its own mounts, network and process numbers. Inside, /etc/hosts names 127.0.0.1 for
rest.akismet.com and KEY.rest.akismet.com, and a certificate of a private authority, made by `openssl` for this one
run, answers on port 443. Nothing outside can reach it, and it reaches nothing outside.
"""

import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e import server

API_HOST = "rest.akismet.com"
WILDCARD_HOST = "spam.example"
"""Stands for an operator's own domain with a DNS entry for every name below it."""
STARTS_WITHIN_S = 90
_DAYS = "7"
_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

Environment = Mapping[str, str]


def unshare() -> list[str]:
    """The command that makes the namespaces; who is not root becomes it inside only."""
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", *as_root, "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]


def hindrance() -> str:
    """Why there can be none on this machine; empty when there can."""
    if sys.platform != "linux":
        return "needs the namespaces of Linux"
    if missing := [name for name in ("unshare", "openssl", "mount") if not shutil.which(name)]:
        return f"needs the command {missing[0]}"
    tried = subprocess.run([*unshare(), "true"], capture_output=True, text=True, check=False, timeout=30)
    return f"namespaces are not allowed here: {tried.stderr.strip()}" if tried.returncode else ""


def make_certificates(folder: Path) -> None:
    """ca.pem, which the clients are told to trust, and server.pem with its key, for the names above."""
    names = ",".join(f"DNS:{each}" for host in (API_HOST, WILDCARD_HOST) for each in (host, f"*.{host}"))
    (folder / "names").write_text(f"subjectAltName={names}\n", encoding="utf-8")
    common = ["openssl", "req", *_KEY, "-days", _DAYS]
    limits = ",".join(f"permitted;DNS:{host}" for host in (API_HOST, WILDCARD_HOST))
    authority = ["-x509", "-subj", "/CN=Only for our filter", "-addext", f"nameConstraints=critical,{limits}"]
    authority += ["-keyout", "ca.key", "-out", "ca.pem"]
    request = ["-subj", f"/CN={API_HOST}", "-keyout", "server.key", "-out", "server.csr"]
    signed = ["-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", _DAYS]
    for command in (
        [*common, *authority],
        ["openssl", "req", *_KEY, *request],
        ["openssl", "x509", *signed, "-extfile", "names", "-out", "server.pem"],
    ):
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)


def hosts(keys: Iterable[str]) -> str:
    """An /etc/hosts in which every name of the service leads to this host, a key also in upper case."""
    names = [API_HOST, WILDCARD_HOST, *(f"{key}.{host}" for key in keys for host in (API_HOST, WILDCARD_HOST))]
    return "127.0.0.1 localhost\n" + "".join(f"127.0.0.1 {name}\n" for name in names)


class PrivateHost:
    """Runs clients inside."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self._process = process
        self._authority = str(folder / "ca.pem")

    def run(self, command: list[str], text: str, environment: Environment, limit_s: int) -> dict[str, Any]:
        """A client that trusts the authority; exit_code, out and err."""
        trusting = dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"), self._authority)
        job = {"command": command, "input": text, "environment": {**environment, **trusting}, "limit_s": limit_s}
        assert self._process.stdin is not None
        print(json.dumps(job), file=self._process.stdin, flush=True)
        return self.answer(limit_s + 10)

    def answer(self, limit_s: int) -> dict[str, Any]:
        """The next line from inside."""
        assert self._process.stdout is not None
        readable, _, _ = select.select([self._process.stdout], [], [], limit_s)
        line = self._process.stdout.readline() if readable else ""
        assert line, "the private host gave no answer; what it said is above"
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def started(folder: Path, home: Path, keys: Iterable[str]) -> Iterator[PrivateHost]:
    """With the service of that home on ports 80 and 443, until the end of the block."""
    folder.mkdir()
    make_certificates(folder)
    (folder / "hosts").write_text(hosts(keys), encoding="utf-8")
    inside = [sys.executable, str(Path(__file__).with_name("inside.py")), str(folder)]
    process = subprocess.Popen(
        [*unshare(), *inside, *server.command(80)],
        env=server.environment(home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        host = PrivateHost(process, folder)
        host.answer(STARTS_WITHIN_S)
        yield host
    finally:
        assert process.stdin is not None
        process.stdin.close()  # which ends it, and everything inside with it
        try:
            process.wait(timeout=server.STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stdout is not None
        process.stdout.close()
