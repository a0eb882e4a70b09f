"""winnow serve: everything that can be wrong is found first, then uvicorn runs."""

import errno
import os
import socket
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, printing
from app.commands.server import BACKLOG
from app.errors import CommandRefused

if TYPE_CHECKING:
    from app.settings import Settings

FIRST_SITE = "default"
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Addresses that stand for all interfaces -> where this machine itself reaches them."""
Host = Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 is every interface.")]
Port = Annotated[int, typer.Option(min=0, max=65_535, help="The port; 0 takes a free one.")]
Workers = Annotated[int, typer.Option(min=1, max=256, help="How many processes serve.")]


@dataclass(frozen=True, slots=True)
class Opening:
    """The site to try first."""

    site: str
    key: str
    """Empty when the site was there already: then nobody knows its key but the operator."""


def serve(host: Host = "127.0.0.1", port: Port = 8000, workers: Workers = 1, json: printing.Json = False) -> None:
    """Serve the API. The first start makes the database and a site, and prints its key.

    Stops within 10 seconds after Ctrl+C or SIGTERM; requests in flight are answered first.

    Example: winnow serve --port 9000
    """
    settings = opening.read_settings()
    opening.open_model(settings)
    opening.make_home(settings)
    with _listening(host, port) as listener:
        site = _first_site(settings)
        url = _url(host, listener.getsockname()[1])
        if host in _EVERYWHERE:
            printing.note("Anyone on the network can reach it, and keys travel readable without TLS.", "yellow")
        _announce(url, site, json)
        _run(listener, workers)


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens already, so that what is printed next works at once."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError):
        raise CommandRefused(host, "There is no such address.", "Use --host 127.0.0.1.") from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise _refused(host, port, error) from None
    listener.set_inheritable(True)
    return listener


def _refused(host: str, port: int, error: OSError) -> CommandRefused:
    if error.errno == errno.EADDRINUSE:
        what, remedy = f"Port {port} is taken.", f"Stop what uses it, or choose another: --port {port + 1}."
    elif error.errno == errno.EACCES:
        what, remedy = f"Port {port} is for the administrator only.", "Choose one from 1024 on with --port."
    elif error.errno == errno.EADDRNOTAVAIL:
        what, remedy = "This machine does not have that address.", "Use --host 127.0.0.1."
    else:
        what, remedy = f"It cannot be listened on: {error.strerror}.", "Choose another --host or --port."
    return CommandRefused(host, what, remedy)


def _first_site(settings: "Settings") -> Opening:
    """The site to show: a new one with its key when there was none."""
    from app.store.records import new_key

    with opening.open_store(settings) as store:
        names = [site.name for site in store.sites()]
        if names:
            return Opening(FIRST_SITE if FIRST_SITE in names else names[0], "")
        key = new_key()
        return Opening(store.add_site(FIRST_SITE, key, opening.now()).name, key)


def _url(host: str, port: int) -> str:
    name = _EVERYWHERE.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def curl_line(url: str, key: str) -> str:
    """A command to paste, which posts the sample comment.

    >>> print(curl_line("http://127.0.0.1:8000", "k7f2m9q4x1z8"))  # doctest: +ELLIPSIS
    curl -sS http://127.0.0.1:8000/classify \\
      -H 'Authorization: Bearer k7f2m9q4x1z8' \\
      -H 'Content-Type: application/json' \\
      -d '{"text": "https://www.myget.org/feed/...-cheats"}'
    """
    from app.web.sample import SAMPLE_URL

    lines = (
        f"curl -sS {url}/classify",
        f"""-H {f"'Authorization: Bearer {key}'" if key else '"Authorization: Bearer $WINNOW_KEY"'}""",
        "-H 'Content-Type: application/json'",
        f"""-d '{{"text": "{SAMPLE_URL}"}}'""",
    )
    return " \\\n  ".join(lines)


def _announce(url: str, site: Opening, as_json: bool) -> None:
    command = curl_line(url, site.key)
    if as_json:
        printing.print_json({"url": url, "site": site.site, "key": site.key or None, "curl": command})
        return
    typer.echo(f"Winnow serves on {url} (Ctrl+C stops it).")
    if site.key:
        typer.echo(f"Key of the site {site.site}: {site.key}  (shown this once; keep it)")
    else:
        typer.echo(f"Keys are shown once. A new one: winnow site rotate-key {site.site}")
    typer.echo(f"Try it:\n\n{command}\n")


def _run(listener: socket.socket, workers: int) -> None:
    """Become the server: what only the command line needs (35 MB) is left behind with the old program."""
    sys.stdout.flush()
    sys.stderr.flush()
    arguments = [sys.executable, "-m", "app.commands.server", str(listener.fileno()), str(workers)]
    os.execv(sys.executable, arguments)
