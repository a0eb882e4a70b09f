"""An audit: source -> chunks -> processes -> spool."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import astuple, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from app import lists, models
from app.audit.judging import Chunk, Job, judge_of
from app.audit.report import About
from app.audit.sources import ExportSource, Item, Source, StoreSource
from app.audit.spool import Spool
from app.core.comment import Comment, History
from app.importing.imported import Skipped
from app.processes import in_processes
from app.store.sql import SqlStore

CHUNK_ITEMS = 200
CHUNK_CHARACTERS = 1 << 20
CHUNK_READ = 50_000
"""Records that are not looked at make no chunk, but a long row of them is written down too."""

Watch = Callable[[int, int], None]
"""Called with how much was read, in the source's unit, and how many comments were judged."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is audited, and how."""

    source: Source
    job: Job
    about: About

    def identity(self) -> dict[str, Any]:
        """What the findings depend on, as JSON values."""
        rules = {site: [astuple(rule) for rule in each.rules] for site, each in self.job.histories.items()}
        return {
            **self.source.identity(),
            "model": self.job.version,
            "thresholds": {site: astuple(limits) for site, limits in self.about.thresholds.items()},
            "rules": rules,
            "at_least": self.job.at_least,
            "all": self.about.everything,
        }


def setting_of(
    models_folder: Path,
    version: str,
    export: Path | None,
    kind: str,
    store: SqlStore | None,
    site: str,
    now: str,
    *,
    at_least: float | None,
    everything: bool,
) -> Setting:
    """An audit of an export, or without one of what the store holds.

    Args:
        models_folder: where the models are.
        version: of the model; empty: the one in use.
        export: a file or folder.
        kind: of the export; empty to tell it by its beginning.
        store: needed where there is no export, or a site.
        site: whose thresholds hold, and of a store whose comments are looked at; empty: the model's, and all.
        now: RFC 3339, UTC.
        at_least: see Job.
        everything: what visitors do not see, or a moderator called no spam, is judged and listed too.

    Of an export no rule and no campaign decides: they are about what arrives. In a store the site's rules are the
    operator's word on what it holds, and a page's title and text are as the comments brought them.

    Raises:
        ModelUnusable, ExportUnusable, SiteUnknown, StoreUnavailable: see there.
    """
    version = version or models.current_version(models_folder)
    limits = models.load(models_folder, version, lists.load()).thresholds
    source = _source(export, kind, store, site, everything=everything)
    histories = _histories(store, site, now, with_rules=export is None)
    thresholds = {name: each.thresholds or limits for name, each in histories.items()}
    what = export.name if export else "the database"
    about = About(what, now, version, thresholds, at_least, everything, source.has_wordpress_ids)
    return Setting(source, Job(models_folder, version, histories, at_least), about)


def _source(export: Path | None, kind: str, store: SqlStore | None, site: str, *, everything: bool) -> Source:
    if export is not None:
        return ExportSource(export, kind, site)
    if store is None:
        raise ValueError("Without an export a store is needed.")
    return StoreSource(store, site, everything=everything)


def _histories(store: SqlStore | None, site: str, now: str, *, with_rules: bool) -> dict[str, History]:
    """What decides, by site; under the empty name for comments of no site."""
    if store is None:
        return {"": History()}
    names = [site] if site else [each.name for each in store.sites()]
    known = {name: store.history_of(name, Comment(), now) for name in names}
    return {name: History(each.thresholds, each.rules if with_rules else ()) for name, each in known.items()}


def run(setting: Setting, spool: Spool, workers: int, watch: Watch) -> None:
    """Judge what the spool does not have yet, until the source ends.

    Args:
        setting: what is audited.
        spool: where everything goes; it says how far an earlier run had come.
        workers: processes.
        watch: called after every chunk.

    Raises:
        ExportUnusable, StoreUnavailable, ModelUnusable, ListUnusable, CommandRefused: what was judged before is kept.
    """
    read = 0

    def advance(size: int) -> None:
        nonlocal read
        read += size

    chunks = _chunks(setting.source.records(spool.place, advance), everything=setting.about.everything)
    with closing(in_processes(chunks, partial(judge_of, setting.job), workers, "winnow audit")) as judged:
        for each in judged:
            spool.add(each)
            watch(read, spool.comments)
    spool.finish()


def _chunks(records: Iterator[Item | Skipped], *, everything: bool) -> Iterator[Chunk]:
    items: list[Item] = []
    skipped: list[Skipped] = []
    read, size, last = 0, 0, ""
    for record in records:
        read += 1
        if isinstance(record, Skipped):
            skipped.append(record)
            last = record.where
        else:
            last = record.imported.where
            if everything or record.imported.is_public:
                items.append(record)
                size += len(record.imported.comment.text) + len(record.imported.comment.page_text)
        if len(items) + len(skipped) >= CHUNK_ITEMS or size >= CHUNK_CHARACTERS or read >= CHUNK_READ:
            yield Chunk(items, skipped, read, last)
            items, skipped, read, size = [], [], 0, 0
    if read:
        yield Chunk(items, skipped, read, last)
