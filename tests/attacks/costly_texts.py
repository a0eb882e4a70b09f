"""Texts as long as is read, made to take long to judge, beside an honest one of the same length."""

import time
from pathlib import Path

from app.core.campaign import kept, signature
from app.core.classify import classify
from app.core.comment import Comment, History
from app.core.features import MAX_TEXT_CHARS, look
from app.training.examples import read_examples
from tests.attacks.fuzz_targets import known
from tests.core.test_growth import HOSTILE, WRAPPED
from tests.figures import Outcome

AIM = f"any text of {MAX_TEXT_CHARS:,} characters: at most 10 times an honest one's processor time, and at most 50 ms"
MAY_TAKE_MS, MAY_BE_TIMES = 50.0, 10.0
RUNS = 3


def run(long: bool) -> Outcome:
    """All generators of tests/core/test_growth.py; in short every eighth, to see that the measurement works."""
    texts = {repr(piece): piece * (MAX_TEXT_CHARS // len(piece)) for piece in HOSTILE}
    texts |= {name: make(MAX_TEXT_CHARS - 100) for name, make in WRAPPED.items()}
    chosen = list(texts.items())[:: 1 if long else 8]
    honest_ms = milliseconds(honest())
    took = sorted(((milliseconds(text), name) for name, text in chosen), reverse=True)
    over = [each for each in took if each[0] > MAY_TAKE_MS]
    worst = ", ".join(f"{name} {ms:.0f} ms" for ms, name in took[:6])
    told = f"honest {honest_ms:.0f} ms; {len(chosen)} texts, {len(over)} over {MAY_TAKE_MS:.0f} ms; worst: {worst}"
    most = took[0][0]
    return Outcome(f"{told}; {most / honest_ms:.1f} times", most <= MAY_TAKE_MS and most <= MAY_BE_TIMES * honest_ms)


def honest() -> str:
    """Honest comments of our own examples, one after the other."""
    examples = read_examples([Path(__file__).parents[2] / "training_data" / "topics"])
    words = " ".join(each.comment.text for each in examples if not each.is_spam and "http" not in each.comment.text)
    return (words * (MAX_TEXT_CHARS // len(words) + 1))[:MAX_TEXT_CHARS]


def milliseconds(text: str) -> float:
    """The least processor time of judging a comment with this text, of RUNS."""
    lists, model = known()
    comment, took = Comment(text=text), []
    for _ in range(RUNS):
        begun = time.process_time()
        looked = look(comment, lists)
        signed = signature(looked, lists)
        kept(signed, looked, classify(comment, History(), model, lists, looked), lists)
        took.append((time.process_time() - begun) * 1_000)
    return min(took)
