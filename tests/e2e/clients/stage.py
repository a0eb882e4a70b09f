"""Where the clients meet the service: every client has a site of its own, and is run once."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from app.store.records import new_key
from tests.e2e import server
from tests.e2e.clients import clients, inside, private_host
from tests.e2e.clients.calls import WRONG_KEY
from tests.e2e.clients.clients import CLIENTS, Client


class NotHere(Exception):
    """This client cannot be run on this machine."""


def run_here(command: list[str], text: str, environment: Mapping[str, str], limit_s: int) -> dict[str, Any]:
    """A client on this host, to its end or the limit."""
    return inside.run({"command": command, "input": text, "environment": environment, "limit_s": limit_s})


class Stage:
    """Two services, started when they are first needed: one on any port, one in a private host; and one run of each client."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keys = {client.name: new_key() for client in CLIENTS}
        self._stack = ExitStack()
        self._port = 0
        self._host: private_host.PrivateHost | None = None
        self._answers: dict[str, dict[str, str]] = {}

    def __enter__(self) -> "Stage":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def answers(self, client: Client) -> dict[str, str]:
        """Call -> answer.

        Raises:
            NotHere: with the reason.
        """
        if client.name not in self._answers:
            if reason := client.hindrance():
                raise NotHere(reason)
            run, url = self._led_by_names(client) if client.is_led_by_names else self._led_by_recipe(client)
            key = self._keys[client.name]
            self._answers[client.name] = clients.answers(client, run, key, url, self._folder)
        return self._answers[client.name]

    def decisions(self, client: Client) -> dict[str, str | None]:
        """Text of a comment of the client's site -> what was decided of it."""
        return server.decisions(self._home_of(client), client.name)

    def comments(self, client: Client) -> int:
        """How many comments of the client's site are kept."""
        return server.comments(self._home_of(client), client.name)

    def _home_of(self, client: Client) -> Path:
        return self._folder / ("home-inside" if client.is_led_by_names else "home")

    def _made_home(self, client: Client) -> Path:
        home = self._home_of(client)
        server.add_sites(home, self._keys)
        return home

    def _led_by_recipe(self, client: Client) -> tuple[clients.Run, str]:
        if not self._port:
            self._port = self._stack.enter_context(server.serving(self._made_home(client)))
        return run_here, f"http://127.0.0.1:{self._port}"

    def _led_by_names(self, client: Client) -> tuple[clients.Run, str]:
        if self._host is None:
            if reason := private_host.hindrance():
                raise NotHere(reason)
            keys = [*self._keys.values(), WRONG_KEY]
            started = private_host.started(self._folder / "inside", self._made_home(client), keys)
            self._host = self._stack.enter_context(started)
        return self._host.run, ""
