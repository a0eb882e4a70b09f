"""What winnow serve becomes: everything that can be wrong is found first, then uvicorn runs."""

import errno
import json
import os
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.commands import INTERRUPTED, REFUSED, opening, server
from app.commands.open_files import allow_open_files
from app.errors import CommandRefused, WinnowError

if TYPE_CHECKING:
    from app.settings import Settings
    from app.store.sql import SqlStore

FIRST_SITE = "default"
FIRST_MODERATOR = "admin"


@dataclass(frozen=True, slots=True)
class Opening:
    """What to try first."""

    site: str
    key: str
    """Empty when the site was there already: then nobody knows its key but the operator."""
    set_up: str
    """Link by which the first moderator chooses a password; empty as soon as anybody has one."""


def start(host: str, port: int, workers: int, as_json: bool) -> None:
    """Serve until Ctrl+C or SIGTERM, after telling where, and the key of a first site.

    Raises:
        WinnowError: something cannot work, such as the model, the database or the port; nothing has been told then.
    """
    from app import lists, models

    settings = opening.read_settings()
    models.check_current(settings.models, lists.load())
    opening.make_home(settings)
    if too_few := allow_open_files():
        print(too_few, file=sys.stderr)
    with _listening(host, port) as listener:
        url = _url(host, listener.getsockname()[1])
        _announce(url, first_of_all(settings, url), as_json)
        if workers == 1:
            server.run(listener, 1, settings.silence_seconds)
        else:  # who only watches over the workers does not need what is loaded by now
            os.execv(sys.executable, server.command(listener.fileno(), workers, settings.silence_seconds))


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens already, so that what is printed next works at once."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError):
        raise CommandRefused(host, "There is no such address.", "Use --host 127.0.0.1.") from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, server.UNSENT_BYTES)
        listener.bind(address)
        listener.listen(server.BACKLOG)
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


def first_of_all(settings: "Settings", url: str) -> Opening:
    """The site to show, which is a new one with its key when there was none; and the first moderator's link."""
    from app.store.records import new_key

    with opening.open_store(settings) as store:
        set_up = _set_up(store, settings.public_url or url)
        names = [site.name for site in store.sites()]
        if names:
            return Opening(FIRST_SITE if FIRST_SITE in names else names[0], "", set_up)
        key = new_key()
        return Opening(store.add_site(FIRST_SITE, key, opening.now()).name, key, set_up)


def _set_up(store: "SqlStore", base: str) -> str:
    """A link for an admin while nobody has a password; the first start makes that admin."""
    everybody = [seen.moderator for seen in store.moderators()]
    if any(each.has_password for each in everybody):
        return ""
    if not everybody:
        everybody = [store.add_moderator(FIRST_MODERATOR, "admin", opening.now())]
    admin = next((each.name for each in everybody if each.role == "admin" and not each.disabled_at), "")
    return opening.make_link(store, admin, base, keep_earlier=True) if admin else ""


def _url(host: str, port: int) -> str:
    name = server.EVERYWHERE.get(host, host)
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


def _announce(url: str, first: Opening, as_json: bool) -> None:
    command = curl_line(url, first.key)
    if as_json:
        told = json.dumps(
            {
                "url": url,
                "site": first.site,
                "key": first.key or None,
                "set_up": first.set_up or None,
                "curl": command,
            }
        )
    else:
        known = f"Keys are shown once. A new one: winnow site rotate-key {first.site}"
        new = f"Key of the site {first.site}: {first.key}  (shown this once; keep it)"
        link = f"Moderators' pages: choose a password at {first.set_up}"
        pages = link if first.set_up else f"Moderators' pages: {url}/review"
        begun = f"Winnow serves on {url} (Ctrl+C stops it)."
        told = f"{begun}\n{pages}\n{new if first.key else known}\nTry it:\n\n{command}\n"
    print(told, flush=True)


def main(arguments: Sequence[str]) -> int:
    """Host, port, workers and perhaps --json -> the exit code."""
    try:
        start(arguments[0], int(arguments[1]), int(arguments[2]), "--json" in arguments[3:])
    except WinnowError as error:
        from app.commands import printing  # what winnow serve left behind, but here nothing goes on

        printing.note(str(error), "red")
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
