"""GET /review/shadow: what a candidate would have done with live comments, beside the model in use."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from app import models as shelf
from app.core.showing import percent
from app.errors import ModelUnusable
from app.store.shadowed import ChangeShown, OfSite, by_site
from app.web.problems import RefusedRequest
from app.web.review import pages, pictures
from app.web.review.pictures import Table
from app.web.review.session import Visit, visitor
from app.web.review.ticks import number

router = APIRouter(include_in_schema=False, tags=["review"])

PATH = "/review/shadow"
MOST_SHOWN = 100


@router.get(PATH)
def shadow(visit: Annotated[Visit, Depends(visitor())]) -> Response:
    """The page. `candidate` chooses another that has looked on before, `site` whose comments are listed."""
    query = visit.request.query_params
    named = _named(visit)
    known = visit.store.shadow_candidates()
    choices = tuple(dict.fromkeys((*([named.version] if named else []), *known)))
    sites = tuple(each.name for each in visit.store.sites())
    chosen = query.get("candidate", "") or (choices[0] if choices else "")
    site = query.get("site", "")
    if (chosen and chosen not in choices) or (site and site not in sites):
        raise RefusedRequest("not-found")
    changes = visit.store.shadow_changes(chosen, site or None, MOST_SHOWN) if chosen else ()
    return pages.show(
        visit,
        "shadow.html",
        named=named,
        share=percent(named.share) if named else "",
        chosen=chosen,
        choices=choices,
        site=site,
        sites=sites,
        in_use=visit.wired.model.version,
        table=_table(visit, by_site(visit.store.shadow_counts(chosen))),
        changes=[(each, *_named_actions(visit, each)) for each in changes],
        most_shown=MOST_SHOWN,
    )


def _named(visit: Visit) -> shelf.Candidate | None:
    try:
        return shelf.candidate(visit.wired.settings.models)
    except ModelUnusable:
        return None  # the log says why


def _named_actions(visit: Visit, each: ChangeShown) -> tuple[str, str]:
    names = pictures.action_names(visit)
    return names[each.change.action], names[each.change.candidate_action]


def _table(visit: Visit, found: tuple[OfSite, ...]) -> Table | None:
    if not found:
        return None
    names = pictures.action_names(visit)
    columns = (
        visit.say("Site"),
        visit.say("Compared"),
        visit.say("Otherwise"),
        visit.say("Passed over"),
        visit.say("What the candidate would have done"),
    )
    rows = tuple(
        (
            each.site or visit.say("All sites"),
            number(each.compared),
            pictures.share_of(visit, each.changed, each.compared),
            number(each.passed_over),
            "; ".join(f"{number(n)} {names[action]} → {names[other]}" for action, other, n in each.changes) or "–",
        )
        for each in found
    )
    return Table(columns, rows)
