"""winnow doctor: what is wrong with this installation, and what to do about it."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text

from app.commands import printing

Host = Annotated[str, typer.Option(help="Where winnow serve is to listen.")]
Port = Annotated[int, typer.Option(min=1, max=65_535, help="Its port.")]


def doctor(host: Host = "127.0.0.1", port: Port = 8000, json: printing.Json = False) -> None:
    """Look at everything Winnow needs, one line each. Changes nothing; exits with 1 if there is a problem."""
    from app.commands.diagnosis import examine

    findings = examine(host, port)
    well = all(each.ok for each in findings)
    if json:
        printing.print_json({"ok": well, "checks": [asdict(each) for each in findings]})
    else:
        for each in findings:
            mark = ("ok      ", "green") if each.ok else ("problem ", "bold red")
            told = f"{each.name:<9} {printing.shown(f'{each.detail} {each.remedy}')}"
            printing.out().print(Text.assemble(mark, told))
    if not well:
        raise typer.Exit(1)
