"""What is known about each source of examples: how much it weighs, and which fold leaves it out."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from app.errors import ExamplesUnusable


@dataclass(frozen=True, slots=True)
class Source:
    """One corpus, by the name of its file."""

    name: str
    weight: float = 1.0
    """How much an example of it counts beside one of a blog; chat and SMS are other genres."""
    fold: int = 0
    """Which leave-one-site-out fold tests on it, from 1; 0 is never left out."""
    licence: str = ""


def read_sources(path: Path) -> dict[str, Source]:
    """The sources named in sources.toml.

    Raises:
        ExamplesUnusable: the file cannot be read as such.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        return {name: Source(name, **entry) for name, entry in told.get("source", {}).items()}
    except (OSError, tomllib.TOMLDecodeError, TypeError, AttributeError) as error:
        raise ExamplesUnusable(
            str(path), "The file of sources cannot be read.", "Compare it with the repository's."
        ) from error
