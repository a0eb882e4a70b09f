"""Bytes nobody thought of; see guided_fuzzing."""

import pytest

from app.core.query import parse
from tests.attacks import guided_fuzzing
from tests.attacks.fuzz_targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_breaks_on_bytes_that_were_changed_at_random(name):
    assert guided_fuzzing.changed_at_random(name, guided_fuzzing.CHANGED) == ""


def test_a_host_of_stars_is_no_domain():
    """Found by the fuzzer on 2026-12-01: it was read as one, and its own spelling was not."""
    query = parse("-domain:n:ww@*")

    assert parse(query.text()).groups == query.groups
