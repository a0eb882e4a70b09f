"""`winnow serve` as its operator runs it: several processes, behind nginx, stopped and started."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.e2e import server
from tests.ports import free_port

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
ENDS_WITHIN_S = 60
_CONFIGURATION = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    upstream winnow {{
        {servers}
        keepalive 16;
        keepalive_timeout 4s;
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://winnow;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }}
    }}
}}
"""
"""As in docs/operations.md; `proxy_next_upstream` as nginx has it: no POST is sent twice once it has been sent."""


def has_nginx() -> bool:
    """Whether nginx is installed."""
    return Path(NGINX).exists()


class Service:
    """One `winnow serve` on a port, which can be ended and started again."""

    def __init__(self, home: Path, port: int, *options: str, others: Mapping[str, str] | None = None) -> None:
        """`others` are added to its environment."""
        self.port = port
        self._words = server.command(port, *options)
        self.environment = {**server.environment(home), **(others or {})}
        self._log = home / f"log-{port}"

    def start(self) -> None:
        """Returns when it is ready."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                self._words,
                env=self.environment,
                cwd=self._log.parent,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        end = time.monotonic() + server.STARTS_WITHIN_S
        while not is_ready(self.port):
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < end, self.log()
            time.sleep(0.02)

    def end(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Its exit code, and how long its end took in seconds."""
        began = time.monotonic()
        self.process.send_signal(how)
        return self.process.wait(ENDS_WITHIN_S), time.monotonic() - began

    def log(self) -> str:
        """What it and its workers have said."""
        return self._log.read_text(errors="replace")

    def workers(self) -> list[int]:
        """The processes that serve, where there are several."""
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def standing(self) -> str:
        """What it says of its workers; empty when it does not answer."""
        return str(parts(self.port).get("workers", ""))


@contextmanager
def running(service: Service) -> Iterator[Service]:
    """Started; ended with the block, whatever became of it."""
    try:
        service.start()
        yield service
    finally:
        if service.process.poll() is None:
            service.process.terminate()
            try:
                service.process.wait(ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                service.process.kill()
                service.process.wait()


def parts(port: int, timeout_s: float = 5.0) -> dict[str, str]:
    """Of /readyz on a connection of its own; empty when there is no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
    try:
        connection.request("GET", "/readyz")
        told = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return {}
    finally:
        connection.close()
    return {**told.get("parts", {}), "status": told.get("status")}


def is_ready(port: int) -> bool:
    """Whether /readyz says so."""
    return parts(port).get("status") == "ready"


def until(question: Callable[[], bool], service: Service) -> None:
    """Wait for it, but not for ever."""
    end = time.monotonic() + 120
    while not question():
        assert time.monotonic() < end, f"{parts(service.port)}\n{service.log()}"
        time.sleep(0.05)


@contextmanager
def nginx(folder: Path, *ports: int) -> Iterator[int]:
    """nginx before services on these ports; the port that it listens on."""
    folder.mkdir()
    port, servers = free_port(), " ".join(f"server 127.0.0.1:{each} max_fails=0;" for each in ports)
    (folder / "conf").write_text(_CONFIGURATION.format(folder=folder, port=port, servers=servers))
    words = [NGINX, "-c", str(folder / "conf"), "-e", str(folder / "error.log"), "-p", str(folder)]
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, env={"PATH": os.environ["PATH"]})
    try:
        end = time.monotonic() + 20
        while not is_ready(port):
            assert process.poll() is None, (folder / "error.log").read_text()
            assert time.monotonic() < end, (folder / "error.log").read_text()
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()
