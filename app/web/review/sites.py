"""/review/sites: every CMS that asks, at a glance, and another one."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from app.core.site_values import checked_name
from app.core.times import shifted
from app.errors import SiteExists, ValueRefused
from app.store.audit import Doer
from app.store.records import HEX_ALPHABET, KEY_ALPHABET, new_key
from app.web.review import pages, watching
from app.web.review.rule_previews import LOOKED_BACK
from app.web.review.session import Visit, poster, visitor

router = APIRouter(include_in_schema=False, tags=["review"])
SITES = "/review/sites"


@router.get(SITES)
def sites(visit: Annotated[Visit, Depends(visitor("admin"))]) -> Response:
    """All of them by name."""
    return _list(visit)


@router.post(SITES)
def add(visit: Annotated[Visit, Depends(poster("admin"))]) -> Response:
    """Adds a site and shows its key: it stands in this one answer and nowhere else."""
    written = visit.field("name")
    try:
        name = checked_name(written)
        key = key_for(visit)
        visit.store.add_site(name, key, visit.now(), Doer(visit.now(), visit.moderator.name))
    except ValueRefused as error:
        return _list(visit, 422, written=written, wrong=f"{visit.say(error.what)} {visit.say(error.remedy)}")
    except SiteExists:
        wrong = visit.say("A site of that name is there already. Choose another name.")
        return _list(visit, 409, written=written, wrong=wrong)
    return show_key(visit, name, key)


def key_for(visit: Visit) -> str:
    """A new key; with the field `hex` one that WordPress' settings page takes."""
    return new_key(HEX_ALPHABET if visit.field("hex") else KEY_ALPHABET)


def show_key(visit: Visit, name: str, key: str) -> Response:
    """The one page that a key stands in."""
    return pages.show(visit, "site_key.html", name=name, key=key)


def _list(visit: Visit, status: int = 200, *, written: str = "", wrong: str = "") -> Response:
    return pages.show(
        visit,
        "sites.html",
        status,
        alarms=watching.alarms(visit),
        states=visit.store.site_states(shifted(visit.now(), -LOOKED_BACK)),
        written=written,
        wrong=wrong,
    )
