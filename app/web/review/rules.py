"""/review/rules: what is always published or rejected, for a site or for all; added with a look at what it would do."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from app.core.folding import fold
from app.core.times import shifted
from app.errors import ValueRefused
from app.store.rules import StandingRule
from app.web.review import pages
from app.web.review.pages import N_
from app.web.review.rule_forms import Meant, Wanted, caution_of, meant, refusal_of, search_of, wanted, words
from app.web.review.rule_previews import LOOKED_BACK, look_through, waiting
from app.web.review.session import Visit, poster, visitor
from app.web.whole import whole

router = APIRouter(include_in_schema=False, tags=["review"])
RULES = "/review/rules"
OF_ALL_SITES, OF_SITE = "all", "site:"
"""What the filter says for the rules that hold for all sites, and before a site's name."""
DONE = {
    "removed": N_("The rule is removed. What it decided stays as it is."),
    "gone": N_("That rule was removed already."),
}
"""What `?done=` may say, besides `added`."""
_THERE = N_("That very rule is there already. Remove it first if it should end at another time.")


@router.get(RULES)
def rules(visit: Annotated[Visit, Depends(visitor())]) -> Response:
    """Those for all sites, then each site's, then what has expired; and the form that adds one."""
    done = DONE.get(visit.request.query_params.get("done", ""), "")
    return rules_page(visit, wanted(visit), done=visit.say(done) if done else "")


@router.post(RULES)
def add(visit: Annotated[Visit, Depends(poster())]) -> Response:
    """Adds a rule; with the field `preview`, shows first what it would have done."""
    form = wanted(visit)
    try:
        found = meant(visit, form)
    except ValueRefused as error:
        return rules_page(visit, form, 422, wrong=refusal_of(visit, error))
    if visit.field("preview"):
        return _preview(visit, form, found)
    number = visit.store.add_rule(found.site, found.rule, visit.now(), visit.moderator.name, found.expires_at)
    if number is None:
        return rules_page(visit, form, 409, wrong=visit.say(_THERE))
    return pages.see_other(pages.address(RULES, done="added", rule=number, back=form.back))


@router.post(f"{RULES}/remove")
def remove(visit: Annotated[Visit, Depends(poster())]) -> Response:
    """Removes the rule with the number in the field `id`."""
    known = _numbered(visit, visit.field("id"))
    by = visit.moderator.name
    removed = known is not None and visit.store.remove_rule(known.site, known.rule, visit.now(), by)
    done = "removed" if removed else "gone"
    return pages.see_other(pages.address(RULES, done=done, of=visit.field("of"), q=visit.field("q")))


def rules_page(visit: Visit, form: Wanted, status: int = 200, *, done: str = "", wrong: str = "") -> Response:
    """The list with its form, filled in as given."""
    asked, now = visit.request.query_params, visit.now()
    of, q = asked.get("of", ""), asked.get("q", "")
    everything = visit.store.rules(hits_since=shifted(now, -LOOKED_BACK))
    shown = [each for each in everything if _is_asked_for(each, of, q)]
    return pages.show(
        visit,
        "rules.html",
        status,
        form=form,
        done=done,
        wrong=wrong,
        added=_added(visit),
        of=of,
        q=q,
        sites=[site.name for site in visit.store.sites()],
        total=len(everything),
        groups=_grouped([each for each in shown if not each.is_over(now)]),
        expired=[each for each in shown if each.is_over(now)],
        **words(visit),
    )


def _is_asked_for(standing: StandingRule, of: str, q: str) -> bool:
    is_of_it = standing.site is None if of == OF_ALL_SITES else f"{OF_SITE}{standing.site}" == of
    return (not of or is_of_it) and fold(q.strip()) in fold(standing.rule.value)


def _grouped(standing: Sequence[StandingRule]) -> list[tuple[str | None, list[StandingRule]]]:
    """By site, those for all sites first; of each site the newest first."""
    groups: dict[str | None, list[StandingRule]] = {}
    for each in sorted(standing, key=lambda each: (each.site is not None, each.site or "", -each.id)):
        groups.setdefault(each.site, []).append(each)
    return list(groups.items())


def _numbered(visit: Visit, number: str) -> StandingRule | None:
    id = whole(number)
    return None if id is None else visit.store.rule(id)


def _added(visit: Visit) -> dict[str, Any] | None:
    """What to say after a rule was added: which, and which waiting comments it speaks of."""
    asked = visit.request.query_params
    standing = _numbered(visit, asked.get("rule", "")) if asked.get("done") == "added" else None
    if standing is None:
        return None
    query = search_of(standing.rule)
    found = waiting(visit, standing.rule, standing.site)
    settle = pages.address("/review", tab="review", site=standing.site, q=query) if query and found.matching else ""
    return {"standing": standing, "waiting": found.matching, "settle": settle, "back": wanted(visit).back}


def _preview(visit: Visit, form: Wanted, found: Meant) -> Response:
    looked = look_through(visit, found.rule, found.site)
    return pages.show(
        visit,
        "rule_preview.html",
        form=form,
        rule=found.rule,
        site=found.site,
        expires_at=found.expires_at,
        cautions=[caution_of(visit, caution) for caution in found.cautions],
        looked=looked,
        found=looked.found,
        **words(visit),
    )
