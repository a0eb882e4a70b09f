"""The short forms of what happens to the database: `make faults` runs the long ones."""

import pytest

from tests.faults import _disk, store_backup, store_faults, store_kill, store_order, store_places, store_server


def test_what_was_acknowledged_outlives_sigkill():
    found = store_kill.run(long=False)

    assert found.is_met, found.measured


@pytest.mark.skipif(store_order.STRACE is None, reason="strace is not installed")
def test_every_acknowledgement_comes_after_its_sync_and_a_mutant_is_caught():
    found = store_order.run(long=False)

    assert found.is_met, found.measured


@pytest.mark.skipif(_disk.COMPILER is None, reason="gcc is not installed")
def test_a_database_that_fails_costs_no_answer_and_nothing_is_pretended():
    found = store_faults.run(long=False)

    assert found.is_met, found.measured


def test_a_damaged_database_is_named_and_restored():
    found = store_places.run(long=False)

    assert found.is_met, found.measured


def test_a_backup_under_load_lacks_nothing():
    found = store_backup.run(long=False)

    assert found.is_met, found.measured


def test_a_server_that_ends_at_once_costs_no_answer_and_nothing_that_was_acknowledged():
    found = store_server.run(long=False)

    assert found.is_met, found.measured
