"""The service follows the models folder: when `current` names another version, that one judges from then on."""

import asyncio
import logging
from pathlib import Path

from app import models
from app.core.lists import Lists
from app.core.model import Model
from app.errors import ModelUnusable
from app.web.wiring import Wiring

_log = logging.getLogger(__name__)
EVERY_S = 1.0
"""Reading a line of a file costs 20 µs; a new model judges within two seconds."""


class Following:
    """What one process knows of the models folder."""

    def __init__(self, folder: Path, lists: Lists, version: str) -> None:
        """`version` is the one that judges now."""
        self._folder = folder
        self._lists = lists
        self._seen = version
        """What `current` named last, usable or not: a bad model is refused once, not every second."""

    def newer(self) -> Model | None:
        """The model that `current` names, if it is another one than before and can be trusted; else None.

        Raises:
            ModelUnusable: it names one that must not be served, or none; said once.
        """
        try:
            version = models.current_version(self._folder)
        except ModelUnusable:
            version = ""
        if version == self._seen:
            return None
        self._seen = version
        return models.load_current(self._folder, self._lists)


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
        if model and model.version != wiring.model.version:
            _log.info("the model %s judges from now on instead of %s", model.version, wiring.model.version)
            wiring.model = model
            wiring.metrics.model_followed("followed")
