"""A spammer who may ask a hundred times for each comment, and learns a verdict or a score each time.

Words of honest comments are added, letters disguised, links written otherwise; the link has to stay one that a person
can follow. Who sees verdicts tries mixtures at random; who sees scores goes on from the best one so far.

`DATA=folder make faults ONLY=query` takes spam and honest words from corpora of yours; without, our own examples, on
which the model has been trained.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from app.core.comment import Comment
from app.core.features import measure
from app.training.disguise_parts import Change, Surroundings
from app.training.disguises import DISGUISES
from app.training.examples import Example, read_examples
from tests.attacks.fuzz_targets import known
from tests.figures import Outcome

AIM = "100 queries per comment: with verdicts at most 5 % of caught spam gets published, with scores at most 20 %"
QUERIES, COMMENTS = 100, 110
MAY_PASS_BY_VERDICT, MAY_PASS_BY_SCORE = 5.0, 20.0
MAX_CHARACTERS = 20_000
DECIMALS = 2
"""To which scores would be rounded for keys that strangers can ask through."""


def run(long: bool) -> Outcome:
    """The same spam against both."""
    spam, ham = examples()
    caught = [each for each in chosen(spam, COMMENTS if long else 12) if is_held(score(each.comment))]
    queries = QUERIES if long else 10
    passed = {
        "verdicts": [by_verdict(each.comment, ham, Random(f"v{each.id}"), queries) for each in caught],
        "scores": [by_score(each.comment, ham, Random(f"s{each.id}"), queries) for each in caught],
        "rounded scores": [by_score(each.comment, ham, Random(f"s{each.id}"), queries, DECIMALS) for each in caught],
    }
    shares = {name: 100 * sum(map(bool, each)) / len(caught) for name, each in passed.items()}
    told = ", ".join(f"{share:.1f} % by {name} ({_median(passed[name])})" for name, share in shares.items())
    is_met = shares["verdicts"] <= MAY_PASS_BY_VERDICT and shares["scores"] <= MAY_PASS_BY_SCORE
    return Outcome(f"of {len(caught)} caught, {queries} queries each, published: {told}", is_met)


def _median(needed: Sequence[int]) -> str:
    found = sorted(each for each in needed if each)
    return f"median {found[len(found) // 2]} queries" if found else "none"


def examples() -> tuple[list[Example], list[str]]:
    """Spam, and the texts of honest comments to take words from."""
    folder = os.environ.get("DATA")
    files = sorted(Path(folder).glob("blog-*.jsonl*")) if folder else [Path(__file__).parents[2] / "training_data"]
    found = read_examples(files)
    spam = [each for each in found if each.is_spam]
    return spam, [each.comment.text for each in found if not each.is_spam and len(each.comment.text.split()) >= 15]


def chosen(spam: Sequence[Example], most: int) -> list[Example]:
    """So many, of each campaign one, drawn with a fixed seed."""
    one_each = {each.campaign or each.id: each for each in spam}
    return Random(1).sample(list(one_each.values()), min(most, len(one_each)))


def score(comment: Comment) -> float:
    """As the answer tells it."""
    lists, model = known()
    return round(model.score(measure(comment, lists)).probability, 4)


def is_held(probability: float) -> bool:
    """Whether it is not published."""
    return probability >= known()[1].thresholds.hold


def by_verdict(spam: Comment, ham: Sequence[str], dice: Random, queries: int) -> int:
    """After how many queries a mixture of one to four moves was published; 0: never."""
    for query in range(1, queries + 1):
        tried = spam
        for move in moves(ham, dice, dice.randint(1, 4)):
            tried = _moved(tried, move, ham, dice)
        if tried != spam and not is_held(score(tried)):
            return query
    return 0


def by_score(spam: Comment, ham: Sequence[str], dice: Random, queries: int, decimals: int = 4) -> int:
    """After how many queries going on from what scored lowest was published; 0: never.

    Args:
        spam: as it is caught.
        ham: honest texts.
        dice: chance.
        queries: at most so many.
        decimals: of the scores that are told.
    """
    best, lowest = spam, round(score(spam), decimals)
    for query in range(1, queries + 1):
        (move,) = moves(ham, dice, 1)
        tried = _moved(best, move, ham, dice)
        found = score(tried)
        if not is_held(found):
            return query
        if round(found, decimals) <= lowest:
            best, lowest = tried, round(found, decimals)
    return 0


def moves(ham: Sequence[str], dice: Random, number: int) -> Iterator[Change]:
    """Half of them add honest words, half are disguises of app/training/disguises.py."""
    for _ in range(number):
        yield (
            _honest_words(dice.choice((5, 15, 40, 100)), dice) if dice.random() < 0.5 else dice.choice(DISGUISES).apply
        )


def _honest_words(number: int, dice: Random) -> Change:
    def apply(comment: Comment, random: Random, around: Surroundings) -> Comment:
        words = around.ham_text.split()
        begin = random.randrange(max(1, len(words) - number))
        added = " ".join(words[begin : begin + number])
        where = random.random() < 0.5
        return replace(comment, text=f"{added}\n{comment.text}" if where else f"{comment.text}\n{added}")

    return apply


def _moved(comment: Comment, move: Change, ham: Sequence[str], dice: Random) -> Comment:
    made = move(comment, dice, Surroundings(known()[0], dice.choice(ham)))
    return made if len(made.text) <= MAX_CHARACTERS else comment
