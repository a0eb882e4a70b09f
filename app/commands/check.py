"""winnow check: one comment, its verdict and the reasons, in the terminal."""

import sys
from typing import Annotated, Any, Literal

import typer
from rich.text import Text

from app.commands import opening, printing
from app.errors import CommandRefused

Field = Annotated[str, typer.Option(help="As the CMS would send it.")]
Format = Annotated[
    Literal["auto", "plain", "html", "markdown", "bbcode"],
    typer.Option("--format", help="What the markup is."),
]
Words = Annotated[str, typer.Argument(metavar="TEXT", help="The comment; - reads it from stdin.")]
ExitCode = Annotated[bool, typer.Option("--exit-code", help="Exit with 1 when it is spam, for scripts.")]
ModelVersion = Annotated[str, typer.Option("--model", metavar="VERSION", help="Another model than the one in use.")]
Taught = Annotated[str, typer.Option("--site", help="Judge as this site's own decisions have taught, see retrain.")]
_COLOURS = {"ham": "bold green", "unsure": "bold yellow", "spam": "bold red"}


def check(
    text: Words = "",
    author: Field = "",
    author_url: Field = "",
    author_email: Field = "",
    page_url: Field = "",
    page_title: Field = "",
    page_text: Field = "",
    text_format: Format = "auto",
    model: ModelVersion = "",
    site: Taught = "",
    exit_code: ExitCode = False,
    json: printing.Json = False,
) -> None:
    """Judge one comment and say why. Nothing is stored, no site's rules apply.

    Example: winnow check "Nice post! https://casino.example/bonus" --author Bob --page-title "Knitting for two"
    """
    sent = {
        "text": sys.stdin.buffer.read().decode("utf-8", "replace") if text == "-" else text,
        "text_format": text_format,
        "author": author,
        "author_url": author_url,
        "author_email": author_email,
        "page_url": page_url,
        "page_title": page_title,
        "page_text": page_text,
    }
    if not sent["text"].strip() and not author_url.strip():
        raise CommandRefused("winnow check", "There is nothing to judge.", "Give a text or an --author-url.")
    answer = _judged(sent, model, site)
    if json:
        printing.print_json(answer)
    else:
        _show(answer)
    if exit_code and answer["spam"]:
        raise typer.Exit(1)


def _judged(sent: dict[str, str], version: str, site: str) -> dict[str, Any]:
    """The answer of POST /classify, apart from what only a service knows."""
    from ulid import ULID

    from app.core.classify import classify
    from app.core.comment import History
    from app.training.examples import comment_of
    from app.web import answers

    model, lists = opening.open_model(opening.read_settings(), version, site)
    found = classify(comment_of(sent), History(), model, lists)
    answer = answers.judged(f"c_{ULID()}", "", found)
    return {key: value for key, value in answer.items() if key not in ("site", "campaign", "review_url")}


def _show(answer: dict[str, Any]) -> None:
    colour = _COLOURS[answer["verdict"]]
    score = f"  score {answer['score']:.4f}, {answer['action']}"
    printing.out().print(Text.assemble((answer["verdict"], colour), score))
    printing.say(answer["summary"])
    if answer["reasons"]:
        typer.echo()
        printing.table(
            ("Weight", "Why", "Evidence"),
            [(printing.bar(each["weight"]), each["label"], each["evidence"]) for each in answer["reasons"]],
        )
    if answer["links"]:
        typer.echo()
        printing.table(
            ("By itself", "Link", "Host"),
            [(f"{each['score']:.2f}", each["url"], _host(each)) for each in answer["links"]],
        )
    limits = ", ".join(f"{name} from {limit:g}" for name, limit in answer["thresholds"].items())
    missing = f"; {', '.join(answer['missing'])} would help" if answer["missing"] else ""
    typer.echo()
    printing.say(f"Model {answer['model']}: {limits}{missing}.", "dim")


def _host(link: dict[str, Any]) -> str:
    return f"{link['host']} ({link['host_kind']})"
