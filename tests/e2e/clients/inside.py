"""The inner side of a private host: the first process of namespaces of its own, started by private_host.py.

It brings up the loopback interface, puts its own /etc/hosts in place, starts the service on port 80 and a TLS
forwarder on port 443, and then runs the clients that it is told to run, one JSON line for each. It ends when its
standard input does or after LIFETIME_S; as it is the first process of its namespace, everything ends with it.
"""

import contextlib
import fcntl
import json
import os
import signal
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

LIFETIME_S = 900
IDLE_S = 60
"""How long a forwarded connection may be silent."""
PLAIN, TLS = ("127.0.0.1", 80), ("127.0.0.1", 443)
SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 0x1, 0x40


def bring_up_loopback() -> None:
    """A new network namespace has one interface, and it is down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", IFF_UP | IFF_RUNNING)
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, request)


def copy(source: socket.socket, target: socket.socket) -> None:
    """Bytes from one to the other, until one of them ends."""
    with contextlib.suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def forward(outer: socket.socket, context: ssl.SSLContext) -> None:
    """One TLS connection, decrypted, to the service and back."""
    with contextlib.suppress(OSError), contextlib.ExitStack() as opened:
        opened.enter_context(outer).settimeout(IDLE_S)
        decrypted = opened.enter_context(context.wrap_socket(outer, server_side=True))
        inner = opened.enter_context(socket.create_connection(PLAIN, timeout=IDLE_S))
        back = threading.Thread(target=copy, args=(inner, decrypted), daemon=True)
        back.start()
        copy(decrypted, inner)
        back.join(IDLE_S)


def forward_all(listener: socket.socket, context: ssl.SSLContext) -> None:
    """Every connection in a thread of its own; clients make one at a time."""
    while True:
        outer, _ = listener.accept()
        threading.Thread(target=forward, args=(outer, context), daemon=True).start()


def start_service(command: list[str]) -> None:
    """The service; returns when it answers."""
    # The process stays ours to the end of the namespace, so nobody waits for it.
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    if not (process.stdout and process.stdout.readline()):
        sys.exit("winnow serve did not start; what it said is above")
    deadline = time.monotonic() + IDLE_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(PLAIN, timeout=IDLE_S) as probe:
            probe.settimeout(IDLE_S)
            probe.sendall(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            if probe.recv(64).startswith(b"HTTP/1.1 200"):
                return
        time.sleep(0.05)
    sys.exit("winnow serve is not ready")


def run(job: dict[str, Any]) -> dict[str, Any]:
    """One client: its command, environment and input; what it printed."""
    try:
        done = subprocess.run(
            job["command"],
            env=job["environment"],
            input=job["input"],
            capture_output=True,
            text=True,
            timeout=job["limit_s"],
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        told = late.stdout or b""  # bytes also where text was asked for
        out = told if isinstance(told, str) else told.decode(errors="replace")
        return {"exit_code": -1, "out": out, "err": f"not done within {job['limit_s']} s"}
    return {"exit_code": done.returncode, "out": done.stdout, "err": done.stderr}


def main() -> None:
    """Arguments: the folder with hosts, server.pem and server.key; then the command of the service."""
    folder, command = Path(sys.argv[1]), sys.argv[2:]
    signal.alarm(LIFETIME_S)
    signal.signal(signal.SIGALRM, lambda *_: os._exit(1))
    bring_up_loopback()
    subprocess.run(["mount", "--bind", str(folder / "hosts"), "/etc/hosts"], check=True)
    start_service(command)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    listener = socket.create_server(TLS)
    threading.Thread(target=forward_all, args=(listener, context), daemon=True).start()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
