"""What others do with the same rows: the bar to clear. Never shipped, never served."""

import re
from collections.abc import Sequence
from pathlib import Path

import ahocorasick_rs
import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from app.core.comment import Comment
from app.errors import ExamplesUnusable
from app.training.dataset import FOLDS, Dataset
from app.training.examples import Example

_ADDRESS = re.compile(r"https?://[^\s<>\"'\]]+")


def plain_scores(data: Dataset) -> npt.NDArray[np.float64]:
    """(examples,) log-odds of a plain scikit-learn model, each fitted without the example's fold.

    Hashed words 1-2 and character 4-grams of the text, words of links and author fields, L2-normalised, logistic
    regression: what anyone would build in an afternoon.
    """
    rows = _plain_rows(data.examples)
    scores = np.full(len(data.examples), np.nan)
    for fold in range(1, FOLDS + 1):
        train, out = np.flatnonzero(data.fold != fold), np.flatnonzero(data.fold == fold)
        if len(out):
            learner = LogisticRegression(C=10.0, max_iter=100, tol=1e-3)
            learner.fit(rows[train], data.is_spam[train], sample_weight=data.weight[train])
            scores[out] = learner.decision_function(rows[out])
    return scores


def _plain_rows(examples: Sequence[Example]) -> sparse.csr_matrix:
    def hashed(analyzer: str, sizes: tuple[int, int], texts: list[str]) -> sparse.csr_matrix:
        vectorizer = HashingVectorizer(analyzer=analyzer, ngram_range=sizes, n_features=1 << 18, alternate_sign=False)
        return vectorizer.transform(texts)

    comments = [example.comment for example in examples]
    texts = [comment.text for comment in comments]
    links = [" ".join(_ADDRESS.findall(comment.text)) for comment in comments]
    authors = [f"{comment.author} {comment.author_url} {comment.author_email}" for comment in comments]
    parts = [hashed("word", (1, 2), texts), hashed("char", (4, 4), texts), hashed("word", (1, 1), links)]
    return normalize(sparse.hstack([*parts, hashed("word", (1, 1), authors)]).tocsr())


def read_keys(path: Path) -> frozenset[str]:
    """The words of a WordPress disallowed-keys file, one a line, in lower case.

    Raises:
        ExamplesUnusable: it cannot be read, or holds no word.
    """
    remedy = "Name a UTF-8 text file with one word a line."
    try:
        words = frozenset(line.strip().lower() for line in path.read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError) as error:
        raise ExamplesUnusable(str(path), f"The keys cannot be read ({type(error).__name__}).", remedy) from error
    if not words - {""}:
        raise ExamplesUnusable(str(path), "There are no words in it.", remedy)
    return words - {""}


def keyword_hits(comments: Sequence[Comment], words: frozenset[str]) -> npt.NDArray[np.bool_]:
    """(comments,) whether WordPress's disallowed keys would hold the comment back.

    As WordPress does it: case-insensitive, anywhere in author, e-mail, address, text, IP or user agent.
    """
    automaton = ahocorasick_rs.AhoCorasick(sorted(words))
    fields = ("author", "author_email", "author_url", "text", "author_ip", "user_agent")
    return np.array(
        [any(automaton.find_matches_as_indexes(getattr(c, name).lower()) for name in fields) for c in comments],
        dtype=bool,
    )
