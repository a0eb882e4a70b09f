"""The service follows the models folder: when `current` names another version, that one judges from then on."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from app import models
from app.core.lists import Lists
from app.core.model import Model
from app.errors import ModelUnusable
from app.web.watch import described
from app.web.wiring import Wiring

_log = logging.getLogger(__name__)
EVERY_S = 1.0
"""Reading a line of a file costs 20 µs; a new model judges within two seconds."""
AGAIN_S = 30.0
"""After which time a model that was refused is looked at again: 40 ms of a thread."""


class Refusals:
    """What was refused is looked at again from time to time, and said again only for another reason.

    Who repairs a folder does not have to name it anew, and a process that had no memory or no file handle left for a
    moment does not stay behind the others for ever.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._again_at: float | None = None
        self._reason = ""

    def is_due(self) -> bool:
        """Whether something was refused, so long ago that it is worth another look."""
        return self._again_at is not None and self._clock() >= self._again_at

    def is_news(self, error: ModelUnusable) -> bool:
        """Something is refused: for another reason than before?"""
        self._again_at = self._clock() + AGAIN_S
        known, self._reason = self._reason, str(error)
        return known != self._reason

    def forget(self) -> None:
        """What was refused is not asked for any more, or is well now."""
        self._again_at, self._reason = None, ""


class Following:
    """What one process knows of the models folder."""

    def __init__(self, folder: Path, lists: Lists, version: str, clock: Callable[[], float] = monotonic) -> None:
        """`version` is the one that judges now."""
        self._folder = folder
        self._lists = lists
        self._seen = version
        """What `current` named last, usable or not: a bad model is refused once, not every second."""
        self._refusals = Refusals(clock)

    def newer(self) -> Model | None:
        """The model that `current` names, if it is another one than before and can be trusted; else None.

        Raises:
            ModelUnusable: it names one that must not be served, or none; said once.
        """
        try:
            version = models.current_version(self._folder)
        except ModelUnusable:
            version = ""
        if version == self._seen and not self._refusals.is_due():
            return None
        if version != self._seen:
            self._refusals.forget()
        self._seen = version
        try:
            model = models.load_current(self._folder, self._lists)
        except ModelUnusable as error:
            if self._refusals.is_news(error):
                raise
            return None
        self._refusals.forget()
        return model


async def keep_following(wiring: Wiring) -> None:
    """Look every second, until it is cancelled. A model that cannot be trusted is refused, and the old one goes on."""
    following = Following(wiring.settings.models, wiring.lists, wiring.model.version)
    while True:
        await asyncio.sleep(EVERY_S)
        try:
            # In a thread: unpacking 16 MB takes a quarter of a second, and comments are judged meanwhile.
            model = await asyncio.to_thread(following.newer)
        except ModelUnusable as error:
            wiring.metrics.model_followed("refused")
            _log.error("the model %s goes on, for another one is refused: %s", wiring.model.version, error)
            continue
        except Exception as error:  # noqa: BLE001  the last resort: who follows no more serves an old model for ever
            _log.error("the models folder could not be looked at: %s", described(error))
            continue
        if model and model.version != wiring.model.version:
            _log.info("the model %s judges from now on instead of %s", model.version, wiring.model.version)
            wiring.model = model
            wiring.metrics.model_followed("followed")
