"""winnow doctor: what is wrong with this installation, and what to do about it."""

from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.text import Text

from app.commands import opening, printing

Host = Annotated[str, typer.Option(help="Where winnow serve is to listen.")]
Port = Annotated[int, typer.Option(min=1, max=65_535, help="Its port.")]


Of = Annotated[str, typer.Option("--site", help="Look at one site: who asks, and what its CMS forgets to send.")]


def doctor(host: Host = "127.0.0.1", port: Port = 8000, site: Of = "", json: printing.Json = False) -> None:
    """Look at everything Winnow needs, one line each. Changes nothing; exits with 1 if there is a problem.

    Example: winnow doctor --site blog
    """
    if site:
        _of_site(site, json)
        return
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


def _of_site(name: str, as_json: bool) -> None:
    from app.core.times import written
    from app.web.site_diagnosis import examine

    settings = opening.read_settings()
    model, lists = opening.open_model(settings)
    with opening.open_store(settings) as store:
        found = examine(store, name, model, lists, written(opening.moment()))
    if as_json:
        printing.print_json(found)
        return
    if found["clients"]:
        names = ("client", "last_at", "requests", "failures", "last_failure")
        rows = [tuple(str(each[column]) for column in names) for each in found["clients"]]
        printing.table(("Who asks", "Last", "Requests", "Refused", "Last refusal"), rows)
    else:
        printing.say(f"Nobody has asked in the name of {name} yet. Try: winnow site rotate-key {name}, then a request.")
    for alarm in found["alarms"]:
        printing.say(f"{alarm['says']} {alarm['remedy']}", "bold red")
    if found["observed"]:
        printing.say(f"{name} is only observed: its CMS is told to publish whatever comes.")
    printing.say(f"Of the last {found['comments']} comments:")
    for each in found["missing"]:
        printing.say(f"{each['missing']} came without {each['field']}. {each['why']}{_effect(each)}")
    if found["comments"] and not found["missing"]:
        printing.say("None lacked anything that helps.")


def _effect(missing: dict[str, Any]) -> str:
    changed, stricter = missing["judged_otherwise"], missing["stricter"]
    if changed is None:
        return ""
    return f" With it {changed} would have been treated otherwise, {stricter} of them more strictly."
