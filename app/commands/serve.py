"""winnow serve: leaves the command line behind and becomes the process that serves."""

import os
import sys
from typing import Annotated

import typer

from app.commands import printing
from app.commands.server import EVERYWHERE

MALLOC = {"MALLOC_MMAP_THRESHOLD_": "262144"}
"""Has glibc give large blocks back to the system when they are freed: 5 MB less after the model has been read."""
Host = Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 is every interface.")]
Port = Annotated[int, typer.Option(min=0, max=65_535, help="The port; 0 takes a free one.")]
Workers = Annotated[int, typer.Option(min=1, max=256, help="How many processes serve.")]


def serve(host: Host = "127.0.0.1", port: Port = 8000, workers: Workers = 1, json: printing.Json = False) -> None:
    """Serve the API. The first start makes the database and a site, and prints its key.

    Stops within 10 seconds after Ctrl+C or SIGTERM; requests in flight are answered first.

    Example: winnow serve --port 9000
    """
    if host in EVERYWHERE:
        printing.note("Anyone on the network can reach it, and keys travel readable without TLS.", "yellow")
    sys.stdout.flush()
    sys.stderr.flush()
    # What only the command line needs (25 MB) is left behind with the old program.
    # -P: the folder in which somebody calls it may hold an `app` of its own, which must not be taken for ours.
    arguments = ["-P", "-m", "app.commands.serving", host, str(port), str(workers), *(["--json"] if json else [])]
    os.execve(sys.executable, [sys.executable, *arguments], MALLOC | os.environ)
