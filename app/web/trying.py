"""The service follows the file `candidate`: the version that it names looks on, or judges its share, within seconds."""

import asyncio
import logging
from pathlib import Path

from app import models
from app.core.lists import Lists
from app.core.shadow import Trial
from app.errors import ModelUnusable
from app.models import Candidate
from app.web.following import EVERY_S
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
            known, self._seen, self._trial = self._trial, said, None
            if isinstance(said, Candidate):
                is_known = known is not None and known.model.version == said.version
                model = known.model if known and is_known else models.load(self._folder, said.version, self._lists)
                self._trial = Trial(model, said.share)
        return self._trial


async def keep_trying(wiring: Wiring) -> None:
    """Look at once and then every second, until it is cancelled.

    A candidate that cannot be trusted, or is the model in use itself, is as none.
    """
    trying = Trying(wiring.settings.models, wiring.lists)
    while True:
        try:
            trial = await asyncio.to_thread(trying.now)
        except ModelUnusable as error:
            _log.error("the candidate is refused: %s", error)
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
