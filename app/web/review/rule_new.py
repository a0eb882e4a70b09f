"""/review/rules/new: the rules that a comment suggests, each with what it would have done."""

from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends
from starlette.responses import Response

from app.core.cautions import cautions
from app.core.comment import EFFECTS, Rule
from app.core.preview import Preview
from app.core.proposals import Proposal, proposals
from app.store.records import Record
from app.store.rules import StandingRule
from app.web.problems import RefusedRequest
from app.web.review import pages
from app.web.review.rule_forms import caution_of, wanted, words
from app.web.review.rule_previews import look_through
from app.web.review.rules import RULES, rules_page
from app.web.review.session import Visit, visitor

router = APIRouter(include_in_schema=False, tags=["review"])
MOST_COUNTED = 1_000
"""Comments looked at for each value; whether it is that many or more makes no difference to who chooses."""
NARROWEST_FIRST = ("url_pattern", "registrable_domain", "host", "email", "author", "ip_range")
"""The first of these that a comment suggests is chosen beforehand."""


class Line(NamedTuple):
    """One value that a rule could have."""

    proposal: Proposal
    found: Preview
    is_cut: bool
    cautions: tuple[str, ...]
    standing: tuple[StandingRule, ...]
    """Rules that say so already."""


@router.get(f"{RULES}/new")
def new(visit: Annotated[Visit, Depends(visitor("moderator"))]) -> Response:
    """A form with everything of the comment that a rule can name; without a comment, the empty form."""
    id = visit.request.query_params.get("comment", "")
    form = wanted(visit)
    if not id:
        return rules_page(visit, form)
    record = _record(visit, id)
    urls = [link.url for link in record.classification.links if link.field != "author_email"]  # that is named as e-mail
    suggested = proposals(record.comment, urls, record.author_network, visit.wired.lists)
    now = visit.now()
    standing = [each for each in visit.store.rules(record.site) if not each.is_over(now)]
    return pages.show(
        visit,
        "rule_new.html",
        record=record,
        lines=[_line(visit, each, standing) for each in suggested],
        chosen=next((each for kind in NARROWEST_FIRST for each in suggested if each.kind == kind), None),
        form=form,
        back=form.back or f"/review/{record.id}",
        has_more_sites=len(visit.store.sites()) > 1,
        **words(visit),
    )


def _record(visit: Visit, id: str) -> Record:
    site = visit.store.site_of_comment(id)
    record = visit.store.comment(site, id) if site is not None else None
    if record is None:
        raise RefusedRequest("comment-unknown")
    return record


def _line(visit: Visit, proposal: Proposal, standing: list[StandingRule]) -> Line:
    denied = Rule("deny", *proposal)
    looked = look_through(visit, denied, None, MOST_COUNTED)
    said = tuple(caution_of(visit, each) for each in cautions(denied, visit.wired.lists))
    same = tuple(each for each in standing if each.rule in [Rule(effect, *proposal) for effect in EFFECTS])
    return Line(proposal, looked.found, looked.is_cut, said, same)
