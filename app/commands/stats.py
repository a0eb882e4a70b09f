"""winnow stats: whether sites still send, scores are spread as before, and people agree with the answers."""

from typing import Annotated, Any

import typer

from app.commands import opening, printing
from app.core.alarms import REMEDIES, SENTENCES, Alarm, values
from app.core.drift import EDGES, NO_SAMPLE, READINGS, Drift, Week, drift, weeks
from app.core.times import written
from app.errors import SiteUnknown

Of = Annotated[str, typer.Argument(metavar="[SITE]", help="One site; without it, all of them together.")]


def stats(site: Of = "", json: printing.Json = False) -> None:
    """Show alarms, the drift of scores, and by week how often people disagreed and how true the scores were.

    Example: winnow stats blog
    """
    from app.store.sql_watching import week_spans

    now = written(opening.moment())
    with opening.open_store(opening.read_settings()) as store:
        if site and site not in {each.name for each in store.sites()}:
            raise SiteUnknown(site, "There is no site of that name.", "winnow site list shows them.")
        alarms = [(name, alarm) for name, alarm in store.alarms(now) if site in ("", name)]
        cells = store.weeks(site or None, now)
        spans = week_spans(now)
        models = [each.model for each in store.by_model(site or None, spans[-1].since)]
    found, told = drift(cells), weeks(cells)
    since = [span.since for span in spans]
    if json:
        printing.print_json(
            {
                "site": site or None,
                "at": now,
                "alarms": [_alarm(name, alarm) for name, alarm in alarms],
                "drift": _drift(found, models),
                "weeks": [_week(at, each) for at, each in zip(since, told, strict=True)],
            }
        )
        return
    for name, alarm in alarms:
        printing.say(f"{name}: {SENTENCES[alarm.kind] % values(alarm)} {REMEDIES[alarm.kind]}", "bold red")
    printing.say(_said(found, models))
    columns = ("Week from", "Comments", "Decided", "Wrong", "Spam of the decided", "Mean score", "Calibration error")
    printing.table(columns, [_row(at, each) for at, each in zip(since, told, strict=True)])
    printing.note(NO_SAMPLE)


def _alarm(name: str, alarm: Alarm) -> dict[str, Any]:
    return {"site": name, "alarm": alarm.kind, "days": alarm.days, "comments": alarm.comments} | {
        "expected": round(alarm.expected, 1)
    }


def _drift(found: Drift, models: list[str]) -> dict[str, Any]:
    edges = [0.0, *EDGES, 1.0]
    return {
        "reading": found.reading,
        "stability_index": _rounded(found.stability),
        "stability_index_by_chance": _rounded(found.by_chance),
        "models": models,
        "bins": [
            {"from": low, "to": high, "this_week": now, "before": before}
            for low, high, now, before in zip(edges, edges[1:], found.this_week, found.before, strict=False)
        ],
    }


def _week(since: str, week: Week) -> dict[str, Any]:
    return {
        "since": since,
        "comments": week.comments,
        "decided": week.decided,
        "wrong": week.wrong,
        "error_low": _rounded(week.error.low),
        "error_high": _rounded(week.error.high),
        "spam": week.spam,
        "spam_low": _rounded(week.spam_share.low),
        "spam_high": _rounded(week.spam_share.high),
        "mean_score": _rounded(week.mean_score),
        "calibration_error": _rounded(week.calibration_error),
        "calibration_error_by_chance": _rounded(week.by_chance),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _said(found: Drift, models: list[str]) -> str:
    sentence = READINGS[found.reading]
    if found.stability is not None:
        sentence += f" Population stability index {found.stability:.3f}; chance alone gives {found.by_chance:.3f}."
    return f"{sentence} Models that scored in that time: {', '.join(models)}." if len(models) > 1 else sentence


def _row(since: str, week: Week) -> tuple[str, ...]:
    apart = "too few" if week.decided else "–"
    if week.calibration_error is not None:
        apart = f"{week.calibration_error:.3f} (by chance {week.by_chance:.3f})"
    return (
        since[:10],
        f"{week.comments:,}",
        f"{week.decided:,}",
        _share(week.wrong, week.decided, week.error.low, week.error.high),
        _share(week.spam, week.decided, week.spam_share.low, week.spam_share.high),
        "–" if week.mean_score is None else f"{week.mean_score:.1%}",
        apart,
    )


def _share(hits: int, of: int, low: float, high: float) -> str:
    return f"{hits:,}: {hits / of:.1%} ({low:.1%} to {high:.1%})" if of else "–"
