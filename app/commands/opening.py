"""What several commands open: settings, home, database, lists and model."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.errors import CommandRefused

if TYPE_CHECKING:
    from app.core.lists import Lists
    from app.core.model import Model
    from app.settings import Settings
    from app.store.audit import Doer
    from app.store.sql import SqlStore


def read_settings() -> "Settings":
    """The settings of the environment.

    Raises:
        CommandRefused: one of them cannot be used.
    """
    from pydantic import ValidationError

    from app.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
        names = ", ".join(f"WINNOW_{each['loc'][0]}".upper() for each in wrong)
        what = " ".join(f"{each['msg']}." for each in wrong)
        raise CommandRefused(names, what, "Correct the environment variable or unset it.") from None


def make_home(settings: "Settings") -> None:
    """Make the home folder, which only its owner may enter; one that is there stays as it is."""
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        remedy = "Set WINNOW_HOME to a folder that can be made."
        what = f"The home folder cannot be made: {error.strerror}."
        raise CommandRefused(str(settings.home), what, remedy) from None


@contextmanager
def open_store(settings: "Settings") -> Iterator["SqlStore"]:
    """The store, made and migrated if need be, also before the first start; closed at the end.

    Raises:
        StoreUnavailable: see app.store.database.
    """
    from app.store.database import migrate, open_engine
    from app.store.sql import SqlStore

    make_home(settings)
    engine = open_engine(settings.database_url)
    store = SqlStore(engine)
    try:
        migrate(engine)
        yield store
    finally:
        store.close()


def open_model(settings: "Settings", version: str = "", site: str = "") -> "tuple[Model, Lists]":
    """A model, by default the one in use, and the lists it goes with.

    Args:
        settings: where the models are.
        version: another one than the one in use.
        site: the one whose own decisions are to count; empty: as shipped.

    Raises:
        ModelUnusable, ListUnusable: see app.models and app.lists.
        CommandRefused: the model has learned nothing from that site.
    """
    from app import lists, models

    known = lists.load()
    model = models.load(settings.models, version or models.current_version(settings.models), known)
    require_taught(model, site)
    return model.of(site), known


def require_taught(model: "Model", site: str) -> None:
    """Refuse a site that the model has learned nothing from; an empty name is none.

    Raises:
        CommandRefused: its name is written otherwise, or nothing was learned from it yet.
    """
    if site and site not in model.sites:
        known = ", ".join(model.sites) or "none"
        what = f"The model {model.version} has learned nothing from a site of that name; it has from: {known}."
        raise CommandRefused(site, what, "Leave --site out, or let it learn first: winnow retrain")


def make_link(store: "SqlStore", name: str, base: str, *, keep_earlier: bool = False) -> str:
    """A one-time link by which that moderator chooses a password.

    Args:
        store: keeps only its hash.
        name: as it is written.
        base: what people reach Winnow under; empty: where winnow serve listens by default.
        keep_earlier: whether links that were made before go on working.
    """
    from app.core.times import shifted
    from app.store.accounts import INVITED_FOR, new_token

    token, at = new_token(), now()
    store.make_invitation(name, token, shifted(at, INVITED_FOR), at, keep_earlier=keep_earlier)
    return f"{base or 'http://127.0.0.1:8000'}/review/set-up/{token}"


def now() -> str:
    """RFC 3339, UTC, to the second: when a site or a rule was added."""
    return moment().isoformat(timespec="seconds").replace("+00:00", "Z")


def doer() -> "Doer":
    """Who acts now, for the audit: the command line."""
    from app.store.audit import Doer

    return Doer(now())


def moment() -> datetime:
    """The commands' one clock, in UTC."""
    return datetime.now(UTC)
