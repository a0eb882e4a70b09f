"""What an audit has found so far, on disk: it grows with the export, and an interrupted audit goes on from it."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import numpy as np

from app.audit.judging import PLACES, Judged
from app.audit.sources import Place
from app.core.together import LINKS, TEXTS, Rows
from app.errors import CommandRefused

_SECONDS_BETWEEN = 5.0
"""So much work is done again at most."""
_FILES = ("comments.jsonl", "places.bin", "texts.bin", "links.bin", "skipped.jsonl")
_STATE = "state.json"


class Spool:
    """The files of one audit; use `opened`."""

    def __init__(self, folder: Path, identity: dict[str, Any]) -> None:
        self.folder = folder
        self._identity = identity
        self._files: dict[str, IO[bytes]] = {}
        self._written_at = time.monotonic()
        self._is_whole = True
        """False while a chunk is being added: a signal may come in between."""
        self.place = Place()
        self.skipped = 0
        """Records that could not be judged."""
        self.comments = 0

    @classmethod
    @contextmanager
    def opened(cls, folder: Path, identity: dict[str, Any], *, anew: bool = False) -> "Iterator[Spool]":
        """The spool in a folder, where an audit of the same identity left it; a new one if there is none.

        Args:
            folder: made if need be; two audits cannot have it at once.
            identity: what the findings depend on, as JSON values.
            anew: throw away what an earlier one found.

        Raises:
            CommandRefused: it belongs to another audit, which may be running; or it cannot be written.
        """
        spool = cls(folder, identity)
        with ExitStack() as stack:
            with named(folder):
                spool._open(stack, anew=anew)
            try:
                yield spool
            except BaseException:
                if spool._is_whole:  # what was judged until here need not be judged again
                    with suppress(OSError):
                        spool._checkpoint()
                raise

    def _open(self, stack: ExitStack, *, anew: bool) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        there = {each.name for each in self.folder.iterdir()}
        if there - {"lock", *_FILES} and _STATE not in there:
            raise CommandRefused(str(self.folder), "That holds something else.", "Name another folder.")
        lock = stack.enter_context((self.folder / "lock").open("wb"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            what = "Another audit is writing there."
            raise CommandRefused(str(self.folder), what, "Wait until it ends, or name another folder.") from None
        sizes = {} if anew else self._left()
        for name in _FILES:
            file = stack.enter_context((self.folder / name).open("ab"))
            file.truncate(sizes.get(name, 0))
            file.seek(0, os.SEEK_END)
            self._files[name] = file
        self._checkpoint()

    def add(self, judged: Judged) -> None:
        """What was kept of a chunk; on disk for good within some seconds, or with `finish`."""
        places, texts, links = judged.places.copy(), judged.texts.copy(), judged.links.copy()
        places["offset"] += self._files["comments.jsonl"].tell()
        texts["number"] += self.comments
        links["number"] += self.comments
        skipped = [
            json.dumps({"where": each.where, "why": each.why}, ensure_ascii=False) + "\n" for each in judged.skipped
        ]
        self._is_whole = False
        with named(self.folder):
            self._files["comments.jsonl"].write(judged.lines)
            for name, rows in (("places.bin", places), ("texts.bin", texts), ("links.bin", links)):
                self._files[name].write(rows.tobytes())
            self._files["skipped.jsonl"].write("".join(skipped).encode("utf-8", "replace"))
            self.comments += len(places)
            self.skipped += len(skipped)
            self.place = Place(self.place.read + judged.chunk[0], judged.chunk[1])
            self._is_whole = True
            if time.monotonic() - self._written_at >= _SECONDS_BETWEEN:
                self._checkpoint()

    def finish(self) -> None:
        """Everything is on disk."""
        with named(self.folder):
            self._checkpoint()

    def rows(self, name: str, kind: "np.dtype[Any]") -> Rows:
        """A file of rows, not read into memory."""
        path = self.folder / name
        return np.memmap(path, kind, "r") if path.stat().st_size else np.zeros(0, kind)

    def places(self) -> Rows:
        """A row of PLACES for each comment."""
        return self.rows("places.bin", PLACES)

    def texts(self) -> Rows:
        """Rows of TEXTS."""
        return self.rows("texts.bin", TEXTS)

    def links(self) -> Rows:
        """Rows of LINKS."""
        return self.rows("links.bin", LINKS)

    def _left(self) -> dict[str, int]:
        """How much of each file was on disk at the last checkpoint."""
        try:
            state = json.loads((self.folder / _STATE).read_bytes())
        except FileNotFoundError:
            return {}
        except ValueError:
            raise self._belongs_to("is damaged") from None
        if state["identity"] != json.loads(json.dumps(self._identity)):
            raise self._belongs_to("was of something else: another export, model or threshold")
        self.place, self.skipped, self.comments = Place(**state["place"]), state["skipped"], state["comments"]
        return {str(name): int(size) for name, size in state["sizes"].items()}

    def _belongs_to(self, what: str) -> CommandRefused:
        remedy = "Name another folder with -o, or throw it away with --anew."
        return CommandRefused(str(self.folder), f"The interrupted audit that is kept there {what}.", remedy)

    def _checkpoint(self) -> None:
        for file in self._files.values():
            file.flush()
            os.fsync(file.fileno())
        state = {
            "identity": self._identity,
            "place": {"read": self.place.read, "last": self.place.last},
            "skipped": self.skipped,
            "comments": self.comments,
            "sizes": {name: file.tell() for name, file in self._files.items()},
        }
        part = self.folder / f"{_STATE}.part"
        with part.open("wb") as written:
            written.write(json.dumps(state).encode())
            written.flush()
            os.fsync(written.fileno())
        part.replace(self.folder / _STATE)
        self._written_at = time.monotonic()


def remove(folder: Path) -> None:
    """Take a spool away; what cannot be removed stays."""
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Turns a failure to write into a sentence."""
    try:
        yield
    except OSError as error:
        what = f"It cannot be written: {error.strerror or type(error).__name__}."
        raise CommandRefused(str(path), what, "Choose another place or free some, and start the audit again.") from None
