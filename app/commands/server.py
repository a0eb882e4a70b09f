"""The serving process: uvicorn on a socket that listens already."""

import socket
import sys
from logging.config import dictConfig
from typing import Any

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Addresses that stand for all interfaces -> where this machine itself reaches them."""
BACKLOG = 2048
UNSENT_BYTES = 65_536
"""Of answers that the system keeps for one slow reader; left to itself it takes megabytes."""
GRACE_S = 10
"""How long requests in flight may take after SIGTERM; container runtimes kill after 10 to 30 s."""
_LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"level": "WARNING", "handlers": ["stderr"]},
}


def run(listener: socket.socket, workers: int, silence_s: float, channel: socket.socket | None = None) -> None:
    """Serve until Ctrl+C or SIGTERM.

    Args:
        listener: a listening socket, which other processes may inherit.
        workers: how many processes serve, from 1.
        silence_s: how long one may hang before another one takes its place.
        channel: leads to the supervisor of several workers, of which this process is one.
    """
    if workers > 1:
        from app.commands.supervising import supervise

        dictConfig(_LOGGING)
        sys.exit(supervise(listener, workers, silence_s))
    import uvicorn  # here, so that what can be wrong is told before it is loaded

    from app.commands.worker import Worker

    config = uvicorn.Config(
        "app.main:create_app",
        factory=True,
        http="app.commands.connection:Connection",
        lifespan="on",
        ws="none",
        log_config=_LOGGING,
        access_log=False,
        proxy_headers=False,  # X-Forwarded-For is whatever a client writes: it must not open a site to it
        server_header=False,
        timeout_graceful_shutdown=GRACE_S - 6,  # the worker takes up to 5.5 s of it, see Worker.shutdown
        backlog=BACKLOG,
    )
    try:
        Worker(config, silence_s, channel).run(sockets=[listener])
    except KeyboardInterrupt:
        return  # Ctrl+C is how a server is stopped; uvicorn has closed everything by now


def command(listener: int, workers: int, silence_s: float) -> list[str]:
    """What to become, to run `workers` processes on a socket that is inherited by its number."""
    return [sys.executable, "-P", "-m", "app.commands.server", str(listener), str(workers), str(silence_s)]


if __name__ == "__main__":
    run(
        socket.socket(fileno=int(sys.argv[1])),
        int(sys.argv[2]),
        float(sys.argv[3]),
        socket.socket(fileno=int(sys.argv[4])) if len(sys.argv) > 4 else None,
    )
