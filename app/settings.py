"""Every knob of the service: its name with the unit, its default, and one sentence."""

import os
import re
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MODELS_BESIDE_THE_APP = Path(__file__).resolve().parents[1] / "models"

_ORIGIN = re.compile(r"(https?)://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?")


def _sqlite_in_home(earlier: dict[str, Any]) -> str:
    return f"sqlite:///{earlier.get('home', Path('var')) / 'winnow.db'}"


class Settings(BaseSettings):
    """What an operator can set, each by the environment variable WINNOW_<NAME>.

    The environment is read when `Settings()` is called, never on import.
    """

    model_config = SettingsConfigDict(env_prefix="WINNOW_", extra="ignore", frozen=True)

    home: Path = Field(
        default=Path("var"),
        description="The one folder with this installation's state: database, keys, logs.",
    )
    database_url: str = Field(
        default_factory=_sqlite_in_home,
        description="The database, as a URL of SQLite or PostgreSQL; without it, winnow.db in the home folder.",
    )
    models: Path = Field(
        default=MODELS_BESIDE_THE_APP,
        description="The folder with the models and the file `current` that names the one in use.",
    )
    max_body_bytes: int = Field(
        default=262_144,
        ge=1_024,
        description="The largest comment accepted, as a request body or as one item of a batch.",
    )
    max_batch_bytes: int = Field(
        default=16 * 1_048_576,
        ge=1_024,
        description="The largest body of POST /classify/batch.",
    )
    max_batch_comments: int = Field(
        default=1_000,
        ge=1,
        description="The most comments in one POST /classify/batch.",
    )
    max_json_depth: int = Field(
        default=32,
        ge=2,
        le=200,
        description="How deep JSON in a body may nest before it is refused.",
    )
    max_connections: int = Field(
        default=8_192,
        ge=16,
        description="The most connections of one process at once; the system's limit of open files may make it fewer.",
    )
    request_patience_s: int = Field(
        default=10,
        ge=1,
        description="How long a client may take to send address and headers, a body of 10 kB, or to read as much.",
    )
    site_comments_per_second: float = Field(
        default=100.0,
        ge=0,
        description="How many comments a second one site may go on sending to one process; 0 is no limit.",
    )
    site_comments_burst: int = Field(
        default=2_000,
        ge=1,
        description="How many comments a site may send at once after it has been quiet.",
    )
    record_patience_ms: int = Field(
        default=150,
        ge=0,
        description="How long an answer waits for its record to be on disk before it goes out marked `store.slow`.",
    )
    metrics_key: SecretStr = Field(
        default=SecretStr(""),
        description="The bearer key of /metrics on the main port; empty closes /metrics there.",
    )
    metrics_port: int = Field(
        default=0,
        ge=0,
        le=65_535,
        description="A port of 127.0.0.1 that serves /metrics without a key; 0 is off.",
    )
    public_url: str = Field(
        default="",
        description="The address under which people reach Winnow, as https://winnow.example; empty: whatever they use.",
    )
    session_idle_hours: int = Field(
        default=12,
        ge=1,
        description="After how many hours without a page a moderator has to sign in again.",
    )
    session_days: int = Field(
        default=30,
        ge=1,
        le=400,
        description="After how many days a moderator has to sign in again in any case.",
    )
    silence_seconds: int = Field(
        default=6,
        ge=2,
        le=600,
        description="How long a serving process may hang before another one takes its place.",
    )

    keep_spam_days: int = Field(
        default=0,
        ge=0,
        le=36_500,
        description="Days after which a spam comment is deleted with all that is stored of it; 0: never.",
    )
    keep_ham_days: int = Field(
        default=0,
        ge=0,
        le=36_500,
        description="Days after which any other comment is deleted, whether or not somebody has decided it; 0: never.",
    )
    keep_audit_days: int = Field(
        default=0,
        ge=0,
        le=36_500,
        description="Days after which what moderators did is deleted from the audit; 0: never.",
    )

    @field_validator("public_url")
    @classmethod
    def _origin(cls, written: str) -> str:
        """Without a slash at the end, in lower case, as browsers write an origin."""
        if not written:
            return ""
        found = _ORIGIN.fullmatch(written.strip().rstrip("/").lower())
        if found is None:
            raise ValueError("an address without a path is expected, such as https://winnow.example")
        default = {"http": ":80", "https": ":443"}[found[1]]
        return found[0].removesuffix(default)


def usable_cores() -> int:
    """How many processes may work at once: in a container or under taskset fewer than the machine has cores."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
