"""winnow benchmark relevance: what the page of a comment does to its score."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.commands import learning, printing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.training.page_ranks import PageRank
    from app.training.relevance import Answer, Report


def relevance(data: learning.Data = None, json: printing.Json = False) -> None:
    """Show that the page separates honest comments from promotion, and that an answer without a page is no worse.

    The examples of training_data/relevance stand under two pages each. Every one is scored by a model that has learned
    from all our other examples and from nothing under its two pages. With --data, one in five comments of the corpora
    trains along, and their own pages are ranked.

    Example: winnow benchmark relevance --data corpora/
    """
    from app import lists
    from app.training import page_ranks, relevance
    from app.training.dataset import FOLDS, assemble
    from app.training.examples import one_in_five, read_examples, read_rows
    from app.training.sources import read_sources

    file = learning.OURS / relevance.SOURCE / "examples.jsonl"
    languages = {str(row.get("id")): str(row.get("language") or "") for _, row in read_rows(file)}
    ours, corpora = read_examples([learning.OURS]), read_examples(data or [])
    examples = [*ours, *one_in_five(corpora)]
    with learning.progress() as shown:
        task = shown.add_task("Working out features", total=100)
        sources = read_sources(learning.OURS / "sources.toml")
        rows = assemble(examples, sources, lambda share: shown.advance(task, 100 * share))
        task = shown.add_task("Fitting without each fold", total=FOLDS)
        found = relevance.compare(rows, languages, lambda _: shown.advance(task))
        task = shown.add_task("Ranking pages", total=None)
        ranks = page_ranks.page_ranks(corpora, lists.load(), lambda n: shown.advance(task, n))
    if json:
        told: dict[str, Any] = asdict(found) | {"page_ranks": [asdict(row) for row in ranks]}
        printing.print_json(told)
        return
    _print(found, ranks)


def _print(found: "Report", ranks: "Sequence[PageRank]") -> None:
    printing.say("The same comment under its own page and under another", "bold")
    twins = {"all": found.twins, **found.twins_by_language}
    printing.table(
        ("Language", "Pairs", "told apart %", "Log-odds between"),
        [(n, str(t.pairs), learning.percent(t.told_apart), f"{t.median_gap:+.2f}") for n, t in twins.items()],
    )
    printing.say("\nThe examples under two pages, by models that have not seen the site", "bold")
    _print_answers(found.examples)
    for head, answers in (("All other examples", found.others), ("Sites that the corpora leave out", found.sites)):
        if answers:
            printing.say(f"\n{head}, by models that have not seen the site", "bold")
            _print_answers(answers)
    if ranks:
        printing.say("\nShare of a site's other pages that have less in common with the comment; 50 is chance", "bold")
        printing.table(
            ("Source", "", "Comments", "Rank %", "nothing in common %"),
            [
                (
                    row.source,
                    "spam" if row.is_spam else "ham",
                    str(row.comments),
                    learning.percent(row.rank),
                    learning.percent(row.silent),
                )
                for row in ranks
            ],
        )


def _print_answers(answers: "Sequence[Answer]") -> None:
    def share(some: int, of: int) -> str:
        return learning.percent(some / of)

    printing.table(
        ("Way", "AUC", "Recall at 1 %", "Spam held %", "rejected %", "Ham held %", "rejected %"),
        [
            (
                each.way,
                f"{each.auc:.4f}",
                learning.percent(each.recall),
                share(each.counts.spam_held, each.counts.spam),
                share(each.counts.spam_rejected, each.counts.spam),
                share(each.counts.ham_held, each.counts.ham),
                share(each.counts.ham_rejected, each.counts.ham),
            )
            for each in answers
        ],
    )
