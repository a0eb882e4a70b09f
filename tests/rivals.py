"""Other filters on the rows of `winnow loso`: `make rivals DATA=...`, or `python -m tests.rivals DATA`.

Each rival learns from the other folds' examples, as Winnow does, and scores what the fold leaves out. bogofilter,
SpamAssassin's Bayes and rspamd read each comment as a small e-mail; scikit-learn reads the same fields as one string.
docs/models.md holds the result. Everything is made in a temporary folder, and nothing is asked of the network.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from email.header import Header
from importlib.metadata import version
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt

from app.commands.learning import OURS, percent
from app.core.comment import Comment
from app.errors import WinnowError
from app.training import loso
from app.training.dataset import FOLDS, Dataset, unmeasured
from app.training.examples import Example, read_examples
from app.training.sources import read_sources
from tests import rspamd as rspamd_here

TIMEOUT_S = 3600
"""One program on one fold. SpamAssassin took 6.5 minutes to learn 51,885 rows and score 31,491 on a busy machine."""
NO_OPINION = 0.5
"""For a comment of which SpamAssassin's Bayes knows no word: it then adds nothing to the mail's score."""
SENDER = "comment@comment.invalid"
MANY_AT_ONCE = 4
"""E-mails that rspamd is asked about at a time."""
PERL = Path(__file__).with_name("rivals_bayes.pl")

Scores = npt.NDArray[np.float64]
Rival = Callable[[Sequence[Example], Scores, Sequence[Example]], Scores]
"""Given examples to learn from, their weights, and examples to score: (scored,) higher is more like spam."""


class RivalUnusable(WinnowError):
    """A rival is not installed, or did not do what it was asked."""


def mail_of(comment: Comment) -> bytes:
    """A comment as the e-mail that bogofilter and SpamAssassin are given.

    Without the title of its page: with it bogofilter catches 27.2 %, without it 47.9 % (mean at 1 %, 2026-11-23).
    """
    name = Header(" ".join(comment.author.split()), "utf-8").encode(linesep="\n") if comment.author.strip() else ""
    head = f"From: {name} <{SENDER}>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
    body = f"{comment.author_url}\n\n{comment.text}\n"
    return f"{head}Content-Transfer-Encoding: 8bit\n\n{body}".encode()


def text_of(comment: Comment) -> str:
    """The same fields as one string."""
    return "\n".join((comment.author, comment.author_url, comment.text))


def mailbox(examples: Sequence[Example]) -> bytes:
    """E-mails in one mbox file; a line in them that would begin another one gets a `>`."""
    mails = (re.sub(rb"(?m)^(>*From )", rb">\1", mail_of(example.comment)) for example in examples)
    return b"".join(b"From %s Thu Jan  1 00:00:00 1970\n%s\n" % (SENDER.encode(), mail) for mail in mails)


def run(command: list[str], told: bytes, home: str) -> list[str]:
    """What a program answers, a line each.

    Raises:
        RivalUnusable: it failed, or took longer than TIMEOUT_S.
    """
    environment = {"PATH": os.environ["PATH"], "HOME": home, "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(command, input=told, capture_output=True, check=False, timeout=TIMEOUT_S, env=environment)
    except subprocess.TimeoutExpired as error:
        what = f"It took longer than {TIMEOUT_S} s."
        raise RivalUnusable(command[0], what, "Try --sample 0.1.") from error
    if done.returncode:
        what = f"It failed ({done.returncode}): {done.stderr.decode(errors='replace')[-500:].strip()}"
        raise RivalUnusable(" ".join(command), what, "Leave it out, or install it anew.")
    return done.stdout.decode().splitlines()


def as_scores(name: str, answers: Sequence[str], examples: Sequence[Example]) -> Scores:
    """Answers as numbers, one an example.

    Raises:
        RivalUnusable: there are more or fewer of them.
    """
    if len(answers) != len(examples):
        what = f"It answered {len(answers)} times to {len(examples)} comments."
        raise RivalUnusable(name, what, "Leave it out, or compare its version with that of docs/models.md.")
    return np.array([NO_OPINION if answer == "-" else float(answer) for answer in answers])


def bogofilter(train: Sequence[Example], weight: Scores, out: Sequence[Example]) -> Scores:
    """Spamicity with all 16 decimals, by a database made of `train`; no configuration is read."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["bogofilter", "-C", "-d", folder, "-M"]
        for flag, is_spam in (("-s", True), ("-n", False)):
            run([*command, flag], mailbox([example for example in train if example.is_spam == is_spam]), folder)
        return as_scores("bogofilter", run([*command, "-e", "-TT"], mailbox(out), folder), out)


def spamassassin(train: Sequence[Example], weight: Scores, out: Sequence[Example]) -> Scores:
    """The probability of SpamAssassin's Bayes, before it becomes one of BAYES_00 to BAYES_999."""

    def frames() -> Iterator[bytes]:
        for number, example in enumerate([*train, *out]):
            action = "score" if number >= len(train) else "spam" if example.is_spam else "ham"
            mail = mail_of(example.comment)
            yield f"{action} {number} {len(mail)}\n".encode() + mail

    with tempfile.TemporaryDirectory() as folder:
        answers = run(["perl", str(PERL), folder], b"".join(frames()), folder)
        return as_scores("SpamAssassin", answers, out)


def rspamd(train: Sequence[Example], weight: Scores, out: Sequence[Example]) -> Scores:
    """Its score of each e-mail: its Bayes, learned from `train`, together with its stock rules."""
    with rspamd_here.running() as running, ThreadPoolExecutor(MANY_AT_ONCE) as pool:
        list(pool.map(lambda example: running.learn(mail_of(example.comment), example.is_spam), train))
        return np.array(list(pool.map(lambda example: running.check(mail_of(example.comment)), out)))


def scikit_learn(train: Sequence[Example], weight: Scores, out: Sequence[Example]) -> Scores:
    """Log-odds of TF-IDF and logistic regression, with the same weights by source as Winnow's own training."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_union

    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2, dtype=np.float32),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2, dtype=np.float32),
    )
    rows = features.fit_transform([text_of(example.comment) for example in train]).tocsr()
    # Of C 1 and 10, with and without weights, this caught most on the fold without blog-electronics-en, 2026-11-23.
    learner = LogisticRegression(C=10.0, max_iter=200)
    learner.fit(rows, [example.is_spam for example in train], sample_weight=weight)
    scores: Scores = learner.decision_function(
        features.transform([text_of(example.comment) for example in out]).tocsr()
    )
    return scores


RIVALS: dict[str, Rival] = {
    "bogofilter": bogofilter,
    "spamassassin": spamassassin,
    "rspamd": rspamd,
    "scikit-learn": scikit_learn,
}
_ASK_VERSION = {
    "bogofilter": ["bogofilter", "-V"],
    "spamassassin": ["perl", "-MMail::SpamAssassin", "-e", "print Mail::SpamAssassin::Version()"],
    "rspamd": ["rspamd", "--version"],
}


def version_of(name: str) -> str:
    """The version of a rival.

    Raises:
        RivalUnusable: it is not installed; with the remedy.
    """
    if name == "scikit-learn":
        return version(name)
    others = " ".join(f"--only {other}" for other in RIVALS if other != name)
    try:
        found = re.search(r"\d+(\.\d+)+", "\n".join(run(_ASK_VERSION[name], b"", tempfile.gettempdir())))
    except (OSError, RivalUnusable) as error:
        remedy = f"On Debian: apt-get install {name}. Or leave it out: {others}."
        raise RivalUnusable(name, "It is not installed.", remedy) from error
    return found.group() if found else "of an unknown version"


def in_sample(example: Example, share: float) -> bool:
    """Whether an example is in a fixed sample of that share; the same on every machine."""
    return crc32(f"{example.source} {example.id}".encode("utf-8", "replace")) < share * 2**32


def scored(rival: Rival, data: Dataset, share: float = 1.0) -> Scores:
    """(examples,) each left-out example's score by the rival that learnt without its fold; NaN for the others."""
    kept = np.array([in_sample(example, share) for example in data.examples], dtype=bool)
    scores = np.full(len(data.examples), np.nan)
    for fold in range(1, FOLDS + 1):
        train = np.flatnonzero((data.fold != fold) & kept)
        out = np.flatnonzero((data.fold == fold) & data.left_out)
        if len(out):
            examples = [data.examples[i] for i in train.tolist()]
            scores[out] = rival(examples, data.weight[train], [data.examples[i] for i in out.tolist()])
            print(f"  fold {fold}: {len(train)} learnt, {len(out)} scored", file=sys.stderr, flush=True)
    return scores


def markdown(table: loso.Table, tied: int) -> str:
    """A table for docs/models.md."""
    lines = ["| site left out | spam | ham | 1 % | 0.2 % | 0.1 % | AUC |", "|---|--:|--:|--:|--:|--:|--:|"]
    for row in table.rows:
        recall = " | ".join(percent(value) for value in row.recall)
        lines.append(f"| {row.site} | {row.spam:,} | {row.ham:,} | {recall} | {row.auc:.3f} |")
    mean, unseen = (" | ".join(percent(value) for value in values) for values in (table.mean, table.unseen))
    lines.append(f"| **mean** | | | {mean} | {table.mean_auc:.3f} |")
    lines.append(f"| campaigns not seen, by campaign | | | {unseen} | |")
    return "\n".join([*lines, "", f"{tied} of {table.ham} left-out ham share the highest score that any of it got."])


def measured(name: str, data: Dataset, share: float) -> tuple[loso.Table, int, float]:
    """A rival's table, how many left-out ham share the highest score of ham, and the seconds it all took."""
    print(name, file=sys.stderr, flush=True)
    began = time.monotonic()
    scores = scored(RIVALS[name], data, share)
    ham = scores[data.left_out & ~data.is_spam]
    title = f"{name} {version_of(name)}" + (f", trained on a sample of {share:g}" if share < 1 else "")
    return loso.table(title, data, scores, None), int((ham == ham.max()).sum()), time.monotonic() - began


def asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.rivals", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", nargs="+", type=Path, help="folders of labelled corpora, as for winnow loso")
    parser.add_argument("--only", action="append", choices=list(RIVALS), help="this rival; may be given several times")
    parser.add_argument("--sample", type=float, default=1.0, metavar="SHARE", help="learn from this share of the rows")
    parser.add_argument("--json", action="store_true", help="JSON instead of Markdown")
    told = parser.parse_args(arguments)
    if not 0 < told.sample <= 1:
        parser.error("--sample is a share: above 0, at most 1.")
    return told


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables."""
    told = asked(arguments)
    try:
        names = told.only or list(RIVALS)
        for name in names:
            version_of(name)  # before the first minutes are spent
        data = unmeasured(read_examples([OURS, *told.data]), read_sources(OURS / "sources.toml"))
        if not (data.left_out & ~data.is_spam).any():
            raise RivalUnusable(
                str(told.data[0]),
                "No honest comment of it is left out.",
                "Give it a fold in training_data/sources.toml.",
            )
        found = [measured(name, data, told.sample) for name in names]
    except WinnowError as error:
        sys.exit(str(error))
    if told.json:
        tables = [table.as_json() | {"ham_at_its_highest": tied} for table, tied, _ in found]
        print(json.dumps({"tables": tables}))
        return
    for table, tied, seconds in found:
        print(f"\n{table.scorer}, {seconds:.0f} s\n\n{markdown(table, tied)}")


if __name__ == "__main__":
    main()
