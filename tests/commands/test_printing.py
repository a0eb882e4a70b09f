"""What strangers wrote is harmless in a terminal; JSON is always JSON."""

import json

from hypothesis import given
from hypothesis import strategies as st

from app.commands import printing


@given(st.text())
def test_nothing_invisible_reaches_the_terminal(text: str) -> None:
    assert printing.shown(text).isprintable()


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_a_json_line_is_one_line_that_reads_back(value: dict[str, object]) -> None:
    line = printing.json_line(value)
    assert line.count(b"\n") == 1
    assert json.loads(line) == value


def test_half_a_character_becomes_a_question_mark() -> None:
    assert printing.json_line("\ud800") == b'"?"\n'
