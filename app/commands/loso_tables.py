"""What winnow loso prints for people."""

from typing import TYPE_CHECKING

import typer

from app.commands import learning, printing

if TYPE_CHECKING:
    from app.training.loso import KeywordRow, Table
    from app.training.mistakes import DisputedRow, Mistake
    from app.training.report import Group, HamSet, Report
    from app.training.runs import Comparison

RATES = ("1 %", "0.2 %", "0.1 %")
"""Heads of the columns that go with app.training.loso.RATES."""
FEWEST = 20
"""Languages with fewer comments than this are counted, not listed."""
SHOWN_IDS = 20


def _title(sentence: str) -> None:
    typer.echo()
    printing.say(sentence, "bold")


def print_table(found: "Table") -> None:
    """Recall of each left-out site, by one scorer."""
    from app.training.report import worst_site

    _title(f"{found.scorer}: recall in % at false positives of all {found.ham} left-out ham")
    rows = [
        (
            row.site,
            str(row.spam),
            str(row.ham),
            *(learning.percent(value) for value in row.recall),
            f"{row.auc:.4f}",
            _or_dash(row.calibration_error),
        )
        for row in found.rows
    ]
    recall, unseen = ([learning.percent(value) for value in values] for values in (found.mean, found.unseen))
    rows.append(("mean", "", "", *recall, _or_dash(found.mean_auc, 4), ""))
    rows.append(("campaigns not seen", "", "", *unseen, "", ""))
    printing.table(("Site", "Spam", "Ham", *RATES, "AUC", "Calibration error"), rows)
    if found.calibration_error == found.calibration_error:
        printing.say(f"Calibration error: {found.calibration_error:.3f}")
    at_1_percent = {row.site: row.recall[0] for row in found.rows}
    if at_1_percent:
        site, best = worst_site(found), max(at_1_percent.values())
        spread = learning.percent(best - at_1_percent[site])
        printing.say(f"Worst site at 1 %: {site}, {learning.percent(at_1_percent[site])}; {spread} below the best.")


def _or_dash(value: float, decimals: int = 3) -> str:
    return "-" if value != value else f"{value:.{decimals}f}"


def print_keywords(hits: "list[KeywordRow]") -> None:
    """The WordPress list beside Winnow at the same cost."""
    _title("WordPress disallowed keys, and Winnow holding back as many honest comments of that source")
    printing.table(
        ("Source", "Spam", "Ham", "keys catch %", "keys hold back %", "Winnow catches %"),
        [
            (
                row.source,
                str(row.spam),
                str(row.ham),
                learning.percent(row.recall),
                learning.percent(row.held_back),
                learning.percent(row.winnow),
            )
            for row in hits
        ],
    )


def print_report(found: "Report") -> None:
    """The breakdowns: kinds of spam, languages, sets of honest comments."""
    _title("Kinds of spam: recall in %")
    rows = [(kind.name, str(kind.spam), *map(learning.percent, kind.recall)) for kind in found.kinds]
    printing.table(("Kind", "Spam", *RATES), rows)
    _title("Languages: recall in %, and ham flagged in %")
    listed = [each for each in found.languages if each.spam + each.ham >= FEWEST]
    printing.table(
        ("Language", "Spam", *RATES, "Ham", *(f"ham at {rate}" for rate in RATES)), [_language(each) for each in listed]
    )
    if rest := [each for each in found.languages if each.spam + each.ham < FEWEST]:
        printing.say(f"And {sum(each.spam + each.ham for each in rest)} comments in {len(rest)} others.")
    _print_ham_sets(found)


def _language(each: "Group") -> tuple[str, ...]:
    recall, hit = map(learning.percent, each.recall), map(_fine, each.false_positives)
    return (each.name, str(each.spam), *recall, str(each.ham), *hit)


def _print_ham_sets(found: "Report") -> None:
    from app.training.report import ENOUGH_HAM

    limits = found.thresholds
    _title("Honest comments flagged in each set, in %")
    printing.table(
        ("Set", "Ham", *RATES, f"held from {limits.hold:.4f}", f"rejected from {limits.reject:.4f}"),
        [
            (each.source, str(each.ham), *(_fine(n / each.ham) for n in (*each.flagged, each.held, each.rejected)))
            for each in found.ham_sets
        ],
    )
    worst, large = found.worst_rejected(), found.worst_rejected(ENOUGH_HAM)
    if worst:
        printing.say(f"Most rejected: {_rejected(worst)}.")
    if large and large != worst:
        printing.say(f"Of sets with at least {ENOUGH_HAM}: {_rejected(large)}.")


def _rejected(each: "HamSet") -> str:
    return f"{each.source}, {_fine(each.rejected / each.ham)} % ({each.rejected} of {each.ham})"


def _fine(share: float) -> str:
    """A small share as a percentage with two decimals: 1 in 1,000 is what is asked for."""
    return "-" if share != share else f"{100 * share:.2f}"


def print_disputed(rows: "list[DisputedRow]") -> None:
    """Comments whose label a reader disagreed with."""
    if not rows:
        return
    _title("Disputed labels of left-out sites: neither learned from nor counted above")
    printing.table(
        ("Labelled", "Judged", "Comments", "flagged at 1 %", "seen as judged"),
        [
            (row.label, row.judged, str(row.count), str(row.like_spam),
             "-" if row.judged == "arguable" else str(row.with_reader))
            for row in rows
        ],
    )  # fmt: skip


def print_comparison(found: "Comparison") -> None:
    """What changed since an earlier run."""
    _title(f"Compared with the earlier run, on {found.shared:,} comments that both hold")
    if found.only_before or found.only_after:
        printing.say(f"Left aside: {found.only_before} of the earlier run, {found.only_after} of this one.")
    rows = []
    for site in found.sites:
        each = zip(site.before, site.after, site.outcome, strict=True)
        moves = (f"{learning.percent(before)} > {learning.percent(after)} {said}" for before, after, said in each)
        rows.append((site.site, *moves))
    printing.table(("Site", *RATES), rows)
    counts = [", ".join(f"{name} {found.count(name)[i]}" for name in ("won", "tied", "lost")) for i in range(3)]
    printing.say("Sites " + "; ".join(f"at {rate}: {count}" for rate, count in zip(RATES, counts, strict=True)) + ".")
    for sentence, ids in (
        ("Spam now caught at 1 %", found.spam_gained),
        ("Spam now missed at 1 %", found.spam_lost),
        ("Ham no longer flagged at 1 %", found.ham_freed),
        ("Ham now flagged at 1 %", found.ham_hit),
    ):
        more = f", and {len(ids) - SHOWN_IDS} more (--json has all)" if len(ids) > SHOWN_IDS else ""
        printing.say(f"{sentence}: {len(ids)}. {', '.join(ids[:SHOWN_IDS])}{more}")


def print_mistakes(label: str, some: "list[Mistake]") -> None:
    """Comments judged worst, as readable records."""
    said = "Honest comments that look most like spam" if label == "ham" else "Spam that looks most honest"
    _title(f"{said}, of each set in turn")
    for each in some:
        _title(f"{each.id}  {each.source}  score {each.score:.4f}  {each.kind}")
        printing.say("why: " + ", ".join(f"{code} {weight:+.2f}" for code, weight in each.reasons))
        for name in ("author", "author_url", "page_title", "text"):
            if value := getattr(each, name):
                printing.say(f"{name}: {value}")
