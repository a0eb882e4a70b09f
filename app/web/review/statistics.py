"""GET /review/statistics: what came in, what became of it, and what other thresholds would have made of it."""

from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends
from starlette.responses import Response

from app.core.showing import percent
from app.core.threshold_goals import ordered
from app.core.times import shifted
from app.store.audit import Doer
from app.store.statistics import ANSWERS_READ, EXACT, MOST_SCORED, Delay, Pace, Period, by_hour, paces, usual_s
from app.web.problems import RefusedRequest
from app.web.review import choosing, pages, pictures, watching, wording
from app.web.review.pages import address
from app.web.review.pictures import Picture, Table, share_of, within
from app.web.review.session import Visit, poster, visitor
from app.web.review.ticks import number
from app.web.review.windows import DEFAULT_DAYS, WINDOWS, Window, window_of, zone_of

router = APIRouter(include_in_schema=False, tags=["review"])

PATH = "/review/statistics"
SPOKE_LEAST = 5
"""A reason that spoke in fewer comments is not shown: its share would say nothing."""


class Choices(NamedTuple):
    """What the page is asked to show."""

    site: str
    """Empty: all sites."""
    sites: tuple[str, ...]
    days: int

    @property
    def only(self) -> str | None:
        """The site, as the store takes it."""
        return self.site or None


class ReasonRow(NamedTuple):
    """How often a reason was right."""

    sentence: str
    right: str
    share: float
    interval: str


@router.get(PATH)
def statistics(visit: Annotated[Visit, Depends(visitor())]) -> Response:
    """The page. `site` and `days` choose what is counted, `hold` and `reject` ask about other thresholds."""
    query = visit.request.query_params
    choices = _choices(visit, query.get("site", ""), query.get("days", ""))
    window = window_of(visit.now(), choices.days, zone_of(visit.zone))
    periods = visit.store.outcomes(choices.only, window.spans)
    together = sum(periods[1:], periods[0])
    waiting = visit.store.waiting(choices.only, [shifted(visit.now(), -age) for age in pictures.AGES])
    told: dict[str, Any] = {"queue": pictures.queue(visit, waiting) if waiting.comments else None, "waiting": waiting}
    if together.comments:
        told |= _counted(visit, choices, window, periods)
    done = visit.say("The thresholds were set.") if query.get("done") == "thresholds" else ""
    told |= {"choices": choices, "windows": WINDOWS, "window": window, "together": together}
    told |= {"done": done, "number": number}
    told["alarms"] = watching.alarms(visit, choices.only)
    told["observed"] = [each for each in visit.store.observed_sites() if choices.site in ("", each)]
    return pages.show(visit, "statistics.html", **told)


@router.post(f"{PATH}/thresholds")
def set_thresholds(visit: Annotated[Visit, Depends(poster("admin"))]) -> Response:
    """Makes the thresholds of the form the site's own."""
    choices = _choices(visit, visit.field("site"), visit.field("days"))
    if not choices.site:
        raise RefusedRequest("not-found")
    back = {"site": choices.site, "days": choices.days}
    stands = visit.store.thresholds(choices.site) or visit.wired.model.thresholds
    asked = choosing.asked_for(visit, visit.field("hold"), visit.field("reject"), stands)
    if asked.thresholds is None:  # the page says what is wrong with them
        return pages.see_other(address(PATH, **back, hold=asked.hold, reject=asked.reject))
    thresholds = ordered(asked.thresholds.hold, asked.thresholds.reject, stands)
    visit.store.set_thresholds(choices.site, thresholds, Doer(visit.now(), visit.moderator.name))
    return pages.see_other(address(PATH, **back, done="thresholds"))


def _choices(visit: Visit, site: str, days: str) -> Choices:
    """Raises RefusedRequest for a site that there is not; of one site alone everything is that site's."""
    names = tuple(each.name for each in visit.store.sites())
    if site and site not in names:
        raise RefusedRequest("not-found")
    chosen = int(days) if days in map(str, WINDOWS) else DEFAULT_DAYS
    return Choices(site or (names[0] if len(names) == 1 else ""), names, chosen)


def _counted(visit: Visit, choices: Choices, window: Window, periods: tuple[Period, ...]) -> dict[str, Any]:
    """Everything that there is to say where comments came in."""
    together = sum(periods[1:], periods[0])
    made = visit.store.decisions_made(choices.only, window.since)
    moderators = paces(made)
    models = visit.store.by_model(choices.only, window.since)
    held, others = visit.store.delays(choices.only, window.since)
    told: dict[str, Any] = {
        "volume": pictures.volume(visit, window, periods),
        "mistakes": pictures.mistakes(visit, window.by_week(periods)) if together.decided else None,
        "hours": pictures.hours(visit, by_hour(made, zone_of(visit.zone))) if made else None,
        "moderators": _of_moderators(visit, moderators),
        "delays": _of_delays(visit, held, others),
        "saved": _saved(visit, together, usual_s(moderators)),
        "models": models,
        "drift": watching.drifting(visit, choices.only),
        "model_rows": [
            (
                each.model,
                number(each.comments),
                number(each.decided),
                share_of(visit, each.false_positives, each.flagged),
                share_of(visit, each.missed, each.spam),
            )
            for each in models
        ],
    }
    return told | _reasons(visit, choices, window) | _scores(visit, choices, window, len(models))


def _scores(visit: Visit, choices: Choices, window: Window, models: int) -> dict[str, Any]:
    """The histogram, and for one site what it says of thresholds."""
    if not choices.site:
        scored = visit.store.scored(None, window.since, pictures.BINS)
        picture: Picture | None = pictures.scores(visit, scored, None) if scored else None
        return {"scores": picture, "choice": None}
    query = visit.request.query_params
    scored = visit.store.scored(choices.site, window.since, EXACT, MOST_SCORED)
    own, shipped = visit.store.thresholds(choices.site), visit.wired.model.thresholds
    asked = choosing.asked_for(visit, query.get("hold", ""), query.get("reject", ""), own or shipped)
    return {
        "scores": pictures.scores(visit, scored, own or shipped) if scored else None,
        "choice": choosing.choice_of(visit, scored, own, shipped, asked, models) if scored else None,
    }


def _reasons(visit: Visit, choices: Choices, window: Window) -> dict[str, Any]:
    """How often each reason was right, those that spoke most often first."""
    found = visit.store.by_reason(choices.only, window.since, ANSWERS_READ)
    rows = [
        ReasonRow(
            wording.sentence_of(each.code, 1.0, visit.wired.lists, visit.language) or each.code,
            visit.say("%(right)s of %(spoke)s", right=number(each.right), spoke=number(each.spoke)),
            each.right / each.spoke,
            within(visit, each.right, each.spoke),
        )
        for each in found.reasons
        if each.spoke >= SPOKE_LEAST
    ]
    return {"reasons": rows, "answers_read": number(found.comments), "spoke_least": SPOKE_LEAST}


def _of_moderators(visit: Visit, moderators: tuple[Pace, ...]) -> Table | None:
    if not moderators:
        return None
    columns = (
        visit.say("Moderator"),
        visit.say("Decisions"),
        visit.say("Median time of one"),
        visit.say("Decisions per minute"),
    )
    rows = tuple(
        (
            each.by,
            number(each.decisions),
            "–" if each.median_s is None else spell(visit, each.median_s),
            "–" if each.per_minute is None else f"{each.per_minute:.1f}",
        )
        for each in moderators
    )
    return Table(columns, rows)


def _of_delays(visit: Visit, held: Delay | None, others: Delay | None) -> Table | None:
    columns = (
        visit.say("Decided comments"),
        visit.say("How many"),
        visit.say("Half within"),
        visit.say("9 of 10 within"),
    )
    rows = tuple(
        (name, number(each.comments), spell(visit, each.median_s), spell(visit, each.ninetieth_s))
        for name, each in ((visit.say("Held"), held), (visit.say("Others"), others))
        if each is not None
    )
    return Table(columns, rows) if rows else None


def _saved(visit: Visit, together: Period, each_s: float | None) -> str:
    """How much nobody had to look at, and how long it would have taken."""
    sentence = visit.say(
        "Nobody had to look at %(untouched)s of %(comments)s comments (%(share)s).",
        untouched=number(together.untouched),
        comments=number(together.comments),
        share=percent(together.untouched / together.comments),
    )
    if each_s is None:
        return sentence
    time = visit.say(
        "At %(each)s a decision, as it takes here, that would have been %(all)s of work.",
        each=spell(visit, each_s),
        all=spell(visit, each_s * together.untouched),
    )
    return f"{sentence} {time}"


def spell(visit: Visit, seconds: float) -> str:
    """A length of time in the unit that suits it: `4.5 s`, `12 min`, `3.5 h`, `4 days`."""
    if seconds < 60:
        return visit.say("%(n)s s", n=f"{seconds:.1f}" if seconds < 10 else f"{seconds:.0f}")
    if seconds < 3600:
        return visit.say("%(n)s min", n=f"{seconds / 60:.0f}")
    hours = seconds / 3600
    if hours < 48:
        return visit.say("%(n)s h", n=f"{hours:.1f}" if hours < 10 else f"{hours:.0f}")
    return visit.saying("%(n)s day", "%(n)s days", round(hours / 24))
