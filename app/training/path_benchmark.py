"""The benchmark "path against host": links to good hosts, each judged without having seen its host or its trade."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt

from app.core import links, text
from app.core.comment import Comment
from app.core.lists import Lists
from app.errors import ExamplesUnusable
from app.training import measures
from app.training.crossing import Crossed, calibrate, cross, worst_links
from app.training.dataset import FOLDS, Dataset
from app.training.examples import Example
from app.training.thresholds import choose_thresholds
from app.training.unseen import GROUPS, Sharing, dealt, services_of, sharing, trades_of

SOURCE = "path-against-host"
"""The folder of training_data that it tests on."""
STEPS = FOLDS + GROUPS * GROUPS
"""Models that are fitted in one run."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One example of the benchmark and its score by a model that has not seen its host or its trade."""

    id: str
    is_spam: bool
    score: float
    """Calibrated probability with four decimals, as served."""
    trade: str
    """Empty for ham."""
    language: str
    kind: str
    """`bare` or `with words`."""
    host: str
    text: str


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure beside what it should be."""

    name: str
    value: float
    limit: float
    at_least: bool
    """Whether the limit is the least; else it is the most."""

    @property
    def is_met(self) -> bool:
        """Whether the figure is on the right side of its limit, or on it."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit


@dataclass(frozen=True, slots=True)
class Report:
    """What came out of a run."""

    rows: tuple[Judged, ...]
    hold: float
    reject: float

    @property
    def counts(self) -> measures.Counts:
        """Right and wrong of all rows."""
        return self._counted(self.rows)

    @property
    def auc(self) -> float:
        """Chance that a row that sells scores above an honest one."""
        scores = np.array([row.score for row in self.rows])
        is_spam = np.array([row.is_spam for row in self.rows], dtype=bool)
        return measures.auc(scores[is_spam], scores[~is_spam])

    @property
    def goals(self) -> tuple[Goal, ...]:
        """The figures that the project has promised."""
        counts = self.counts
        return (
            Goal("AUC", self.auc, 0.985, at_least=True),
            Goal("honest held", counts.ham_held / counts.ham, 0.02, at_least=False),
            Goal("selling held", counts.spam_held / counts.spam, 0.95, at_least=True),
            Goal("selling rejected", counts.spam_rejected / counts.spam, 0.85, at_least=True),
        )

    def by(self, field: str) -> dict[str, measures.Counts]:
        """Right and wrong for each trade, language or kind, the largest first."""
        sizes = Counter(str(getattr(row, field)) for row in self.rows)
        names = sorted((name for name in sizes if name), key=lambda name: (-sizes[name], name))
        return {name: self._counted([row for row in self.rows if getattr(row, field) == name]) for name in names}

    @property
    def misses(self) -> list[Judged]:
        """Rows that sell and were let through, the lowest score first."""
        return sorted((row for row in self.rows if row.is_spam and row.score < self.hold), key=lambda row: row.score)

    @property
    def false_alarms(self) -> list[Judged]:
        """Honest rows that were held or worse, the highest score first."""
        return sorted((r for r in self.rows if not r.is_spam and r.score >= self.hold), key=lambda r: -r.score)

    def _counted(self, rows: Sequence[Judged]) -> measures.Counts:
        scores = np.array([row.score for row in rows])
        is_spam = np.array([row.is_spam for row in rows], dtype=bool)
        return measures.counts(scores, is_spam, self.hold, self.reject)


def kind_of(comment: Comment, lists: Lists) -> str:
    """Whether a comment is nothing but its links.

    >>> from app.lists import load
    >>> kind_of(Comment(text="[url]https://www.example.com/a[/url]"), load())
    'bare'
    >>> kind_of(Comment(text="<a href='https://www.example.com/a'>see this</a>"), load())
    'with words'
    """
    visible = text.read(comment.text, comment.text_format, lists.lookalikes).plain.text
    for begin, end in reversed(links.bare_spans(visible, lists)):
        visible = visible[:begin] + visible[end:]
    return "with words" if any(character.isalpha() for character in visible) else "bare"


def run(
    data: Dataset, ours: int, lists: Lists, everywhere: bool = False, step: Callable[[], None] = lambda: None
) -> Report:
    """Judge every example of the benchmark once, and count.

    Hosts and trades are dealt to GROUPS groups each. An example that sells is judged by a model that was fitted
    without its group of hosts and without its group of trades; an honest one has no trade and is put with a group of
    trades by its id. Calibration and thresholds are those that `winnow train` would choose on the same data.

    Args:
        data: Winnow's own examples first, then others.
        ours: how many of them are Winnow's own.
        lists: to find links and trade words.
        everywhere: also leave out what shares a host or a trade in the others, not only in Winnow's own.
        step: called after each of STEPS fits.

    Raises:
        ExamplesUnusable: the benchmark lacks spam or ham, or a trade; or without a group nothing is left to train.
    """
    _require(data)
    services, trades = _known(data, len(data.examples) if everywhere else ours, lists)
    tested = [number for number, example in enumerate(data.examples) if example.source == SOURCE]
    shared, cells = _dealt(data, tested, services, trades)
    crossed = cross(data, lambda _: step())
    calibration = calibrate(data, crossed)
    limits = choose_thresholds(data, calibration.logits(crossed))
    whole, worst = np.full(len(data.examples), np.nan), np.full(len(data.examples), np.nan)
    for cell in range(GROUPS * GROUPS):
        out = np.array([row for row in tested if cells[row] == cell], dtype=np.int64)
        if len(out):
            fitted = data.fitted_on(np.flatnonzero(shared.may_train(*divmod(cell, GROUPS))))
            whole[out] = fitted.logits(data.matrix.comments[out])
            worst[out] = worst_links(data, fitted, out)
        step()
    scores = _probability(calibration.logits(Crossed(whole, worst), limits.hold))
    rows = tuple(_judged(data.examples[row], scores[row], services[row], lists) for row in tested)
    return Report(rows, limits.hold, limits.reject)


def _require(data: Dataset) -> None:
    rows = [example for example in data.examples if example.source == SOURCE]
    if {row.is_spam for row in rows} != {True, False}:
        raise ExamplesUnusable(SOURCE, "It needs spam and ham.", "Restore the folder from the repository.")
    for row in rows:
        if row.is_spam and not row.trade:
            raise ExamplesUnusable(f"{SOURCE}: {row.id}", "Its trade is not told.", "Give every spam row a `trade`.")


def _known(data: Dataset, considered: int, lists: Lists) -> tuple[list[tuple[str, ...]], list[frozenset[str]]]:
    """The services and the trades of each example; none for those behind the first `considered`."""
    rest = len(data.examples) - considered
    some = data.examples[:considered]
    services: list[tuple[str, ...]] = [services_of(example.comment, lists) for example in some]
    trades = [trades_of(example, lists) for example in some]
    return services + [()] * rest, trades + [frozenset()] * rest


def _dealt(
    data: Dataset, tested: list[int], services: list[tuple[str, ...]], trades: list[frozenset[str]]
) -> tuple[Sharing, dict[int, int]]:
    """What shares a host or a trade with which group; and for each tested row its host group * GROUPS + trade group."""
    for row in tested:
        if not services[row]:
            raise ExamplesUnusable(f"{SOURCE}: {data.examples[row].id}", "It has no link.", "Correct or remove it.")
    host_groups = dealt(Counter(services[row][0] for row in tested))
    trade_groups = dealt(Counter(data.examples[row].trade for row in tested if data.examples[row].is_spam))
    cells = {}
    for row in tested:
        example = data.examples[row]
        trade = trade_groups[example.trade] if example.is_spam else crc32(example.id.encode()) % GROUPS
        cells[row] = host_groups[services[row][0]] * GROUPS + trade
    return sharing(services, trades, host_groups, trade_groups), cells


def _probability(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.round(measures.probabilities(logits), 4)


def _judged(example: Example, score: float, services: tuple[str, ...], lists: Lists) -> Judged:
    comment = example.comment
    kind = kind_of(comment, lists)
    trade = example.trade if example.is_spam else ""
    return Judged(example.id, example.is_spam, float(score), trade, example.language, kind, services[0], comment.text)
