"""The service calls nobody but webhooks: watched by strace, and run where there is no network at all.

`python -m tests.attacks.outgoing` knocks on the doors of a service of its own; `run` has that done in an empty network
namespace.
"""

import http.server
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from app.commands import opening
from app.store.outbox import new_secret
from app.store.records import Decision
from tests.attacks.doors import Call, Visitor, right_calls, served, wrong_calls
from tests.e2e.server import settings_of
from tests.figures import Outcome

AIM = "every door: no connection is opened but to a webhook; the same, and the suite's parts, without any network"
PARTS = (
    *(f"tests/web/test_{name}.py" for name in ("classify", "batch", "akismet", "perspective", "coral", "feedback")),
    "tests/web/review/test_every_page.py",
    "tests/hooks",
    "tests/training/test_train.py",
)
"""Doors, pages, webhooks and training."""
_CALLS = re.compile(r"(?:connect|sendto|sendmsg)\(.*?sa_family=AF_INET6?, sin6?_port=htons\((\d+)\)")
"""To an internet address: what is sent on a connection that is there already names none."""
DELIVERED_WITHIN_S = 15.0
VISITORS = 20


def run(long: bool) -> Outcome:
    """Watched; in long also alone, and parts of the suite alone."""
    tried = [watched(VISITORS if long else 1)]
    if long:
        tried += [alone(VISITORS), suite()]
    told = [said for said, _ in tried]
    is_met = all(is_good for _, is_good in tried)
    return Outcome("; ".join(told), is_met)


def missing() -> str:
    """Which tool is not there that this needs; empty when all are."""
    if shutil.which("strace") is None or shutil.which("unshare") is None or shutil.which("ip") is None:
        return "strace, unshare and ip are needed"
    tried = subprocess.run(_in_namespace("true"), capture_output=True, check=False)
    return "" if tried.returncode == 0 else "this user may make no network namespace"


def watched(visitors: int) -> tuple[str, bool]:
    """Every door under strace, with a webhook that is called, so that it is seen that calls are seen."""
    with tempfile.TemporaryDirectory() as folder, _Receiver() as receiver:
        home, trace = Path(folder) / "home", Path(folder) / "trace"
        strace = ("strace", "-f", "-qq", "-s", "0", "-e", "trace=connect,sendto,sendmsg", "-o", str(trace))
        with served(home, before=strace) as service:
            with opening.open_store(settings_of(home)) as store:
                store.add_webhook("blog", f"http://127.0.0.1:{receiver.port}/hook", True, new_secret(), opening.now())
            requests = _knock(service.ask, visitors)
            with opening.open_store(settings_of(home)) as store:
                first = json.loads(service.ask(right_calls(Visitor(1))[0]).body)["id"]
                store.add_decision("blog", first, Decision("spam", "jana", opening.now(), "moderator"))
            until = time.monotonic() + DELIVERED_WITHIN_S
            while not receiver.heard and time.monotonic() < until:
                time.sleep(0.05)
            calls = [int(port) for port in _CALLS.findall(trace.read_text())]
    elsewhere = [port for port in calls if port != receiver.port]
    said = (
        f"{requests} requests under strace: {len(calls) - len(elsewhere)} calls to the webhook, {len(elsewhere)} others"
    )
    return said, bool(calls) and not elsewhere


def alone(visitors: int) -> tuple[str, bool]:
    """The same service where there is no network but this machine's own."""
    command = _in_namespace(sys.executable, "-m", "tests.attacks.outgoing", str(visitors))
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return f"without a network: {ended.stdout.strip() or ended.stderr[-500:]}", ended.returncode == 0


def suite() -> tuple[str, bool]:
    """Parts of the suite where there is no network."""
    command = _in_namespace(sys.executable, "-m", "pytest", "-n", "0", "-p", "no:randomly", "-q", *PARTS)
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    last = ended.stdout.strip().splitlines()[-1:] or [ended.stderr[-300:]]
    if ended.returncode:
        print(ended.stdout[-3_000:], file=sys.stderr)
    return f"parts of the suite without a network: {' '.join(PARTS)}: {last[0]}", ended.returncode == 0


def _knock(ask, visitors: int) -> int:
    calls: list[Call] = []
    for number in range(1, visitors + 1):
        calls += (*right_calls(Visitor(number)), *wrong_calls(Visitor(number)))
    for call in calls:
        assert ask(call).status < 500, call
    return len(calls)


def _in_namespace(*command: str) -> list[str]:
    return ["unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *command]


class _Receiver:
    """Listens as a webhook would."""

    def __init__(self) -> None:
        heard = self.heard = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                heard.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port

    def __enter__(self) -> "_Receiver":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made, served(Path(made) / "home") as alone_service:
        print(f"{_knock(alone_service.ask, int(sys.argv[1]))} requests answered, 0 with 5xx")
