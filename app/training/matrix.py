"""Examples -> sparse matrices, through the very functions that serve."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from app.core.blocks import WEIGHTS
from app.core.comment import Comment
from app.core.features import measure
from app.core.lists import Lists
from app.lists import load as load_lists
from app.settings import usable_cores

_CHUNK = 500

Rows = tuple[npt.NDArray[np.int32], npt.NDArray[np.float32], npt.NDArray[np.int64]]
"""Column of each entry, value of each entry, entries of each row."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Comments as the model sees them."""

    comments: sparse.csr_matrix
    """(comments, WEIGHTS) float32."""
    links: sparse.csr_matrix
    """(links, WEIGHTS) float32: each link's own evidence, as if it were the only link."""
    link_owner: npt.NDArray[np.int64]
    """(links,) row of `comments` that each link stands in, ascending."""

    def of(self, rows: npt.NDArray[np.int64]) -> "Matrix":
        """Some of the comments, in this order, with their links."""
        place = np.full(self.comments.shape[0], -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        links = np.flatnonzero(place[self.link_owner] >= 0)
        links = links[np.argsort(place[self.link_owner[links]], kind="stable")]
        return Matrix(self.comments[rows], self.links[links], place[self.link_owner[links]])


def build(comments: Sequence[Comment], progress: Callable[[int], None] = lambda _: None) -> Matrix:
    """The features of many comments, in their order, worked out on all cores.

    Args:
        comments: any number; none gives empty matrices.
        progress: called with the number of comments done since the last call.
    """
    chunks = [comments[i : i + _CHUNK] for i in range(0, len(comments), _CHUNK)]
    whole: list[Rows] = []
    links: list[Rows] = []
    owners: list[npt.NDArray[np.int64]] = []
    done = 0
    with _workers(len(chunks)) as mapped:
        for chunk, (rows, link_rows, owner) in zip(chunks, mapped(_rows_of, chunks), strict=True):
            whole.append(rows)
            links.append(link_rows)
            owners.append(owner + done)
            done += len(chunk)
            progress(len(chunk))
    owner_column = np.concatenate(owners) if owners else np.empty(0, dtype=np.int64)
    return Matrix(_stacked(whole), _stacked(links), owner_column)


@contextmanager
def _workers(chunks: int) -> Iterator[Callable[..., Iterable[Any]]]:
    """What maps chunks: processes, or this one where there is a single chunk, for they take seconds to start."""
    if chunks <= 1:
        _start()
        yield map
        return
    # spawn: the parent may hold threads (progress bars), which fork would copy in an unknown state.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(usable_cores(), mp_context=context, initializer=_start) as pool:
        yield pool.map


_lists: Lists | None = None


def _start() -> None:
    global _lists  # noqa: PLW0603 - one per process, set once before its first chunk
    _lists = _lists or load_lists()


def _rows_of(comments: Sequence[Comment]) -> tuple[Rows, Rows, npt.NDArray[np.int64]]:
    assert _lists is not None
    whole: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]] = []
    links: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]] = []
    owner: list[int] = []
    for number, comment in enumerate(comments):
        measured = measure(comment, _lists)
        features = measured.features
        whole.append((features.index, features.value))
        of_link = np.array([unit.link for unit in features.units], dtype=np.int64)[features.unit]
        for link in range(len(measured.links)):
            own = of_link == link
            links.append((features.index[own], features.value[own] / measured.link_shares[link]))
            owner.append(number)
    return _packed(whole), _packed(links), np.asarray(owner, dtype=np.int64)


def _packed(rows: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]]) -> Rows:
    if not rows:
        return np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0, np.int64)
    index = np.concatenate([row[0] for row in rows]).astype(np.int32)
    value = np.concatenate([row[1] for row in rows]).astype(np.float32)
    return index, value, np.asarray([len(row[0]) for row in rows], dtype=np.int64)


def _stacked(parts: list[Rows]) -> sparse.csr_matrix:
    if not parts:
        return sparse.csr_matrix((0, WEIGHTS), dtype=np.float32)
    index = np.concatenate([part[0] for part in parts])
    value = np.concatenate([part[1] for part in parts])
    ends = np.concatenate([[0], np.cumsum(np.concatenate([part[2] for part in parts]))])
    matrix = sparse.csr_matrix((value, index, ends), shape=(len(ends) - 1, WEIGHTS))
    matrix.sum_duplicates()
    return matrix
