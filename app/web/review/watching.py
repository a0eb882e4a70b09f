"""What an operator is to know without asking: sites that send nothing or only ham, and scores that drift."""

from typing import NamedTuple

from app.core.alarms import REMEDIES, SENTENCES, values
from app.core.drift import BINS, EDGES, NO_SAMPLE, READINGS, Drift, Week, drift, weeks
from app.core.showing import percent
from app.store.sql_watching import week_spans
from app.web.review.pictures import Table, share_of
from app.web.review.session import Visit
from app.web.review.ticks import number


class AlarmTold(NamedTuple):
    """An alarm in the moderator's language."""

    site: str
    sentence: str
    remedy: str


def alarms(visit: Visit, site: str | None = None) -> list[AlarmTold]:
    """Those that stand now, of one site or of all."""
    return [
        AlarmTold(name, visit.say(SENTENCES[each.kind], **values(each)), visit.say(REMEDIES[each.kind]))
        for name, each in visit.store.alarms(visit.now())
        if site in (None, name)
    ]


class DriftTold(NamedTuple):
    """How scores and decisions have changed, in words and tables."""

    sentence: str
    spread: Table
    """Scores by bin, of this week and before."""
    weeks: Table
    caution: str


def drifting(visit: Visit, site: str | None) -> DriftTold | None:
    """The last nine weeks, up to now, whatever days the page shows; None when nothing came that a score decided."""
    now = visit.now()
    cells = visit.store.weeks(site, now)
    if not cells:
        return None
    spans = week_spans(now)
    models = [each.model for each in visit.store.by_model(site, spans[-1].since)]
    found = drift(cells)
    rows = tuple(_row(visit, span.since, week) for span, week in zip(spans, weeks(cells), strict=True))
    columns = (
        visit.say("Week from"),
        visit.say("Comments"),
        visit.say("Decided"),
        visit.say("Decided otherwise"),
        visit.say("Decided to be spam"),
        visit.say("Mean score"),
        visit.say("Calibration error"),
    )
    return DriftTold(_sentence(visit, found, models), _spread(visit, found), Table(columns, rows), visit.say(NO_SAMPLE))


def _sentence(visit: Visit, found: Drift, models: list[str]) -> str:
    said = [visit.say(READINGS[found.reading])]
    if found.stability is not None:
        told = {"index": f"{found.stability:.2f}", "chance": f"{found.by_chance:.2f}"}
        said.append(visit.say("Population stability index %(index)s; by chance alone it would be %(chance)s.", **told))
    if len(models) > 1:
        said.append(
            visit.say("Several models scored in that time, and may be the reason: %(names)s.", names=", ".join(models))
        )
    return " ".join(said)


def _spread(visit: Visit, found: Drift) -> Table:
    edges = (0.0, *EDGES, 1.0)
    totals = sum(found.this_week), sum(found.before)

    def cell(comments: int, total: int) -> str:
        return f"{number(comments)} ({percent(comments / total)})" if total else number(comments)

    rows = tuple(
        (f"{edges[n]:g}–{edges[n + 1]:g}", cell(found.this_week[n], totals[0]), cell(found.before[n], totals[1]))
        for n in range(BINS)
    )
    return Table((visit.say("Score"), visit.say("Last 7 days"), visit.say("Eight weeks before")), rows)


def _row(visit: Visit, since: str, week: Week) -> tuple[str, ...]:
    if week.calibration_error is None or week.by_chance is None:
        apart = visit.say("too few") if week.decided else "–"
    else:
        told = {"error": f"{week.calibration_error:.3f}", "chance": f"{week.by_chance:.3f}"}
        apart = visit.say("%(error)s (by chance %(chance)s)", **told)
    return (
        since[:10],
        number(week.comments),
        number(week.decided),
        share_of(visit, week.wrong, week.decided),
        share_of(visit, week.spam, week.decided),
        "–" if week.mean_score is None else percent(week.mean_score),
        apart,
    )
