"""The application with its escaping switched off, for tests alone: what holds then is the policy of its pages.

`python -m tests.e2e.review.unescaped HOME` serves on a free port of the loopback and prints its address.
"""

import json
import socket
import sys
from functools import lru_cache
from pathlib import Path

import uvicorn

from app.main import create_app
from app.web.review import pages
from tests.e2e import server


def switch_off() -> None:
    """From now on every template of this process writes what it is given."""
    made = pages._environment.__wrapped__

    @lru_cache
    def unescaped(language):
        environment = made(language)
        environment.autoescape = False
        return environment

    pages._environment = unescaped


def main(home: str) -> None:
    """Serves the home of a service that may be running beside it."""
    switch_off()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(json.dumps({"url": f"http://127.0.0.1:{listening.getsockname()[1]}"}), flush=True)
        config = uvicorn.Config(create_app(server.settings_of(Path(home))), log_level="warning", access_log=False)
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(sys.argv[1])
