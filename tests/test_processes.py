"""Work in processes: in order, made once in each, refused before it starts; what `winnow score` and `audit` stand on."""

import os

import pytest

from app.errors import CommandRefused
from app.processes import INLINE_CHUNKS, in_processes


def make_doubling():
    return lambda number: (number * 2, os.getpid())


def make_nothing():
    raise ValueError("no model")


def make_dying():
    return die_in_a_process


def die_in_a_process(parent):
    if os.getpid() != parent:
        os._exit(1)


@pytest.mark.parametrize("workers", [1, 2])
def test_every_chunk_comes_back_once_and_in_order(workers):
    done = list(in_processes(iter(range(50)), make_doubling, workers, "winnow score"))

    assert [number for number, _ in done] == [2 * number for number in range(50)]
    assert (os.getpid() in {process for _, process in done}) is (workers == 1)


def test_for_a_few_chunks_no_process_is_started():
    done = list(in_processes(iter(range(INLINE_CHUNKS - 1)), make_doubling, 2, "winnow score"))

    assert {process for _, process in done} == {os.getpid()}


def test_what_cannot_be_made_is_told_before_anything_is_read():
    def source():
        raise AssertionError("it was read")
        yield

    with pytest.raises(ValueError, match="no model"):
        next(in_processes(source(), make_nothing, 2, "winnow score"))


def test_a_process_that_dies_is_a_sentence_with_the_command():
    with pytest.raises(CommandRefused, match="winnow audit: One of the scoring processes was killed"):
        list(in_processes(iter([os.getpid()] * 20), make_dying, 2, "winnow audit"))
