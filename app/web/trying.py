"""The service follows the file `candidate`: the version that it names looks on, or judges its share, within seconds."""

import asyncio
import logging
from pathlib import Path

from app import models
from app.core.lists import Lists
from app.core.shadow import Trial
from app.errors import ModelUnusable
from app.models import Candidate
from app.web.following import EVERY_S, Refusals
from app.web.watch import described
from app.web.wiring import Wiring

_log = logging.getLogger(__name__)


class Trying:
    """What one process knows of the file."""

    def __init__(self, folder: Path, lists: Lists) -> None:
        self._folder = folder
        self._lists = lists
        self._seen: Candidate | str | None = None
        """What it said last, usable or not: a bad candidate is refused once, not every second."""
        self._trial: Trial | None = None
        self._refusals = Refusals()

    def now(self) -> Trial | None:
        """The candidate that it names, loaded; None when it names none, or one that was refused.

        Raises:
            ModelUnusable: it names one that must not be served, or makes no sense; said once.
        """
        try:
            said: Candidate | str | None = models.candidate(self._folder)
        except ModelUnusable as error:
            said = str(error)
            if said != self._seen:
                self._seen, self._trial = said, None
                raise
        if said != self._seen:
            self._refusals.forget()
        if said != self._seen or self._refusals.is_due():
            known, self._seen, self._trial = self._trial, said, None
            if isinstance(said, Candidate):
                self._trial = self._loaded(said, known)
        return self._trial

    def _loaded(self, said: Candidate, known: Trial | None) -> Trial | None:
        if known and known.model.version == said.version:
            return Trial(known.model, said.share)
        try:
            model = models.load(self._folder, said.version, self._lists)
        except ModelUnusable as error:
            if self._refusals.is_news(error):
                raise
            return None
        self._refusals.forget()
        return Trial(model, said.share)


async def keep_trying(wiring: Wiring) -> None:
    """Look at once and then every second, until it is cancelled.

    A candidate that cannot be trusted, or is the model in use itself, is as none.
    """
    trying = Trying(wiring.settings.models, wiring.lists)
    while True:
        try:
            trial = await asyncio.to_thread(trying.now)
        except ModelUnusable as error:
            wiring.metrics.model_followed("candidate-refused")
            _log.error("the candidate is refused: %s", error)
            trial = None
        except Exception as error:  # noqa: BLE001  the last resort: whatever it is, it is looked at again
            _log.error("the candidate could not be looked at: %s", described(error))
            trial = None
        if trial and trial.model.version == wiring.model.version:
            trial = None
        if trial is not wiring.trial:
            _log.info("%s", _said(trial))
            wiring.trial = trial
        await asyncio.sleep(EVERY_S)


def _said(trial: Trial | None) -> str:
    if trial is None:
        return "no candidate is tried out"
    return f"the candidate {trial.model.version} looks on, and judges {trial.share:.2%} of the comments"
