"""How much each disguise costs: recall and false positives of a finished model before and after, at its thresholds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from app.core.comment import Comment
from app.core.features import measure
from app.core.lists import Lists
from app.core.model import Model
from app.training.disguise_parts import Surroundings
from app.training.disguises import DISGUISES, Disguise
from app.training.examples import Example

MAX_NEW_FALSE_POSITIVES = 0.2
"""Points of honest comments that a disguise may have rejected on top."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares in percent of some comments, as written and disguised."""

    comments: int
    """Those that the disguise changes."""
    rejected: float
    rejected_disguised: float
    held: float
    """Held or worse."""
    held_disguised: float


@dataclass(frozen=True, slots=True)
class Row:
    """What one disguise did."""

    family: str
    disguise: str
    spam: Rates
    ham: Rates
    most: float
    """Points of recall it may cost."""

    @property
    def drop(self) -> float:
        """Points of spam that is rejected as written and is not disguised; NaN without spam."""
        return self.spam.rejected - self.spam.rejected_disguised

    @property
    def new_false_positives(self) -> float:
        """Points of honest comments that are rejected only disguised; NaN without ham."""
        return self.ham.rejected_disguised - self.ham.rejected

    @property
    def reached(self) -> bool:
        """Whether both stay within their targets; also when there was nothing to measure."""
        return not (self.drop > self.most or self.new_false_positives > MAX_NEW_FALSE_POSITIVES)


class Measurer:
    """Disguises comments and scores them; what was scored as written is scored once."""

    def __init__(self, model: Model, lists: Lists, seed: int = 1) -> None:
        self._model = model
        self._lists = lists
        self._seed = seed
        self._known: dict[str, float] = {}

    def row(
        self, disguise: Disguise, spam: Sequence[Example], ham: Sequence[Example], most_spam: int, most_ham: int
    ) -> Row:
        """Apply one disguise to spam and ham, to as many of each as it changes and at most so many."""
        good = [example.comment.text for example in ham if len(example.comment.text.split()) > 40]
        return Row(
            disguise.family,
            disguise.name,
            self._rates(disguise, spam, most_spam, good),
            self._rates(disguise, ham, most_ham, good),
            disguise.most,
        )

    def _rates(self, disguise: Disguise, examples: Sequence[Example], most: int, good: Sequence[str]) -> Rates:
        before: list[float] = []
        after: list[float] = []
        for number, example in enumerate(examples):
            if len(before) == most:
                break
            random = Random(f"{self._seed} {disguise.name} {example.id}")  # noqa: S311  not for secrets
            around = Surroundings(self._lists, good[number % len(good)] if good else "")
            changed = disguise.apply(example.comment, random, around)
            if changed != example.comment:
                before.append(self._as_written(example))
                after.append(self._score(changed))
        limits = self._model.thresholds

        def share(scores: list[float], threshold: float) -> float:
            return 100 * sum(s >= threshold for s in scores) / len(scores) if scores else float("nan")

        return Rates(
            len(before),
            share(before, limits.reject),
            share(after, limits.reject),
            share(before, limits.hold),
            share(after, limits.hold),
        )

    def _as_written(self, example: Example) -> float:
        if example.id not in self._known:
            self._known[example.id] = self._score(example.comment)
        return self._known[example.id]

    def _score(self, comment: Comment) -> float:
        return round(self._model.score(measure(comment, self._lists)).probability, 4)


def measure_robustness(
    model: Model,
    lists: Lists,
    examples: Sequence[Example],
    most_spam: int = 1000,
    most_ham: int = 2000,
    seed: int = 1,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Row]:
    """A row for each disguise, family by family.

    Args:
        model: whose thresholds hold.
        lists: that go with it.
        examples: labelled comments; each source gives as many as any other, as long as it has some.
        most_spam: spam comments to disguise, of those that a disguise changes.
        most_ham: the same for honest ones.
        seed: of the sample and of the disguises.
        progress: called with the number of disguises done since the last call.
    """
    spam = sample([example for example in examples if example.is_spam], seed)
    ham = sample([example for example in examples if not example.is_spam], seed)
    measurer = Measurer(model, lists, seed)
    rows = []
    for disguise in DISGUISES:
        rows.append(measurer.row(disguise, spam, ham, most_spam, most_ham))
        progress(1)
    return rows


def sample(examples: Sequence[Example], seed: int) -> list[Example]:
    """The examples in a seeded order that takes one of each source in turn, so that none drowns the others."""
    random = Random(seed)  # noqa: S311  not for secrets
    by_source: dict[str, list[Example]] = {}
    for example in examples:
        by_source.setdefault(example.source, []).append(example)
    ranked: list[tuple[int, str, Example]] = []
    for source, found in by_source.items():
        random.shuffle(found)
        ranked += [(rank, source, example) for rank, example in enumerate(found)]
    ranked.sort(key=lambda each: each[:2])
    return [example for _, _, example in ranked]


def worst_of_families(rows: Sequence[Row]) -> list[Row]:
    """Of each family the row that is farthest beyond its target of recall, or nearest to it."""
    families = dict.fromkeys(row.family for row in rows)
    measured = [row for row in rows if row.drop == row.drop]
    inside = {family: [row for row in measured if row.family == family] for family in families}
    return [max(found, key=lambda row: row.drop - row.most) for found in inside.values() if found]
