"""winnow audit: what is already published and looks like spam."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import audit_output, opening, printing
from app.commands.files import terminable
from app.commands.watching import progress
from app.errors import CommandRefused, ExportUnusable

if TYPE_CHECKING:
    from app.audit.auditing import Setting
    from app.audit.findings import Findings
    from app.audit.spool import Spool
    from app.store.sql import SqlStore

Export = Annotated[str, typer.Argument(metavar="EXPORT|PAGE.html", help="What another program exported, or a page.")]
Stored = Annotated[bool, typer.Option("--store", help="What Winnow's own database holds, instead of an export.")]
OfSite = Annotated[str, typer.Option("--site", metavar="NAME", help="That site's thresholds; of a store its comments.")]
Out = Annotated[str, typer.Option("--out", "-o", metavar="FOLDER", help="Where the report goes; it must not be there.")]
IntoQueue = Annotated[bool, typer.Option("--into-queue", help="Also put the findings into that site's queue.")]
Decided = Annotated[
    bool, typer.Option("--decided", help="Instead: what moderators decided on such findings, as lists for WordPress.")
]
Kind = Annotated[str, typer.Option("--kind", help="Of the export, where it is not recognised.")]
Everything = Annotated[bool, typer.Option("--all", help="Also what visitors do not see or a moderator let stand.")]
AtLeast = Annotated[float | None, typer.Option("--at-least", min=0.0, max=1.0, help="A finding has such a score.")]
Most = Annotated[int, typer.Option("--most", min=1, max=10_000, help="Rows in the terminal, where no -o is given.")]
Workers = Annotated[int, typer.Option("--workers", min=0, max=256, help="How many processes; 0 is one for each core.")]
ModelVersion = Annotated[str, typer.Option("--model", metavar="VERSION", help="Another model than the one in use.")]
Anew = Annotated[bool, typer.Option("--anew", help="Throw away what an interrupted audit had found.")]


@dataclass(frozen=True, slots=True)
class _Asked:
    """The command line."""

    export: str
    stored: bool
    site: str
    folder: Path | None
    kind: str
    everything: bool
    at_least: float | None
    most: int
    workers: int
    model: str
    anew: bool
    into_queue: bool
    decided: bool
    json: bool


def audit(
    export: Export = "",
    stored: Stored = False,
    site: OfSite = "",
    out: Out = "",
    kind: Kind = "",
    everything: Everything = False,
    at_least: AtLeast = None,
    most: Most = 20,
    workers: Workers = 0,
    model: ModelVersion = "",
    anew: Anew = False,
    into_queue: IntoQueue = False,
    decided: Decided = False,
    json: printing.Json = False,
) -> None:
    """Find what is already published and looks like spam.

    With -o FOLDER: a page to look at (report.html), all findings as JSONL and CSV, and lists of ids for WordPress's
    wp command. The folder appears only when all is done; the same command goes on with an interrupted audit. Without
    -o the worst are printed. The exit code is 1 when a record could not be read.

    With --into-queue --site NAME moderators find them under /review (search: client:audit), and what they decide
    goes back as always; --decided --site NAME -o FOLDER gives it as lists.

    Example: winnow audit wordpress.2026-11-30.xml -o report
    """
    folder = Path(out).absolute() if out else None
    asked = _Asked(
        export, stored, site, folder, kind, everything, at_least, most, workers, model, anew, into_queue, decided, json
    )
    _refuse_contradictions(asked)
    if _carry_out(asked):
        raise typer.Exit(1)


def _refuse_contradictions(asked: _Asked) -> None:
    from app.audit.report import refuse_taken

    if [bool(asked.export), asked.stored, asked.decided].count(True) != 1:
        raise CommandRefused("winnow audit", "It takes an export or a page, or --store.", "Name one of them.")
    if asked.into_queue and not (asked.export and asked.site):
        what = "--into-queue takes an export, and the site whose queue it is."
        raise CommandRefused("winnow audit", what, "Name both: winnow audit EXPORT --site NAME --into-queue.")
    if asked.decided and not (asked.site and asked.folder):
        what = "--decided takes a site, and a folder to write to."
        raise CommandRefused("winnow audit", what, "Name both: winnow audit --decided --site NAME -o FOLDER.")
    if asked.folder:
        refuse_taken(asked.folder)


def _carry_out(asked: _Asked) -> int:
    """Everything, and the number of records that could not be judged."""
    from app.audit.auditing import setting_of

    settings = opening.read_settings()
    with terminable(), ExitStack() as opened:
        store = opened.enter_context(opening.open_store(settings)) if asked.stored or asked.site else None
        if asked.decided and store and asked.folder:
            audit_output.write_decided(asked.folder, store, asked.site, as_json=asked.json)
            return 0
        setting = setting_of(
            settings.models,
            asked.model,
            Path(asked.export) if asked.export else None,
            asked.kind,
            store,
            asked.site,
            opening.now(),
            at_least=asked.at_least,
            everything=asked.everything,
        )
        return _audit(setting, asked, store if asked.into_queue else None)


def _audit(setting: "Setting", asked: _Asked, queue: "SqlStore | None") -> int:
    from app.audit.auditing import run
    from app.audit.findings import Findings
    from app.audit.spool import Spool
    from app.settings import usable_cores

    with _spare(asked.folder) as spare, Spool.opened(spare, setting.identity(), anew=asked.anew) as spool:
        if spool.place.read:
            printing.note(f"An interrupted audit goes on behind record {spool.place.read:,}; --anew begins again.")
        with progress(setting.source.size()) as watch:
            run(setting, spool, asked.workers or usable_cores(), watch)
        findings = Findings(spool)
        if queue:  # before the report: if this fails, the same command can go on
            _queue(setting, findings, queue, asked.site)
        _report(setting, findings, spool, asked)
        return spool.skipped


def _report(setting: "Setting", findings: "Findings", spool: "Spool", asked: _Asked) -> None:
    from app.audit import report

    if asked.json:
        audit_output.print_findings(findings)
    if asked.folder:
        summary = report.write_report(asked.folder, spool.folder / "report", findings, spool.skipped, setting.about)
    else:
        summary = report.summary_of(findings, report.tally_of(findings), spool.skipped, setting.about)
    audit_output.note_summary(summary, findings, asked.folder)
    if not asked.folder and not asked.json:
        audit_output.print_table(findings, asked.most)


def _queue(setting: "Setting", findings: "Findings", store: "SqlStore", site: str) -> None:
    from app.audit.queueing import enqueue

    with progress(len(findings)) as watch:
        queued = enqueue(findings, store, site, setting.about, opening.now(), lambda done: watch(done, done))
    audit_output.note_queued(queued)


@contextmanager
def _spare(folder: Path | None) -> Iterator[Path]:
    """Where the audit keeps what it has found until it is done; beside the report, so that it can go on from there."""
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="winnow-audit-") as spare:
            yield Path(spare)
        return
    from app.audit.spool import remove

    spare_folder = folder.with_name(f"{folder.name}.part")
    try:
        yield spare_folder
    except ExportUnusable:  # it would break off there again
        remove(spare_folder)
        raise
    except (KeyboardInterrupt, SystemExit):
        printing.note("Interrupted; the same command goes on from there.")
        raise
    remove(spare_folder)
