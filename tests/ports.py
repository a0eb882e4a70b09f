"""Ports of 127.0.0.1."""

import socket
import time

WITHIN_S = 120.0
"""rspamd took 40 s to listen on a machine that was busy."""


def free_port() -> int:
    """One that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def wait_for(*ports: int) -> None:
    """Until somebody listens on each of them.

    Raises:
        OSError: nobody did within WITHIN_S.
    """
    deadline = time.monotonic() + WITHIN_S
    for port in ports:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
