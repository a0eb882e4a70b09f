"""What a hostile text costs; see costly_texts. The suite shares its machine, so only the ratio is asserted here."""

from tests.attacks.costly_texts import MAX_TEXT_CHARS, MAY_BE_TIMES, honest, milliseconds


def test_many_short_hosts_cost_little_more_than_honest_words():
    hostile = milliseconds("x.co " * (MAX_TEXT_CHARS // 5))

    assert hostile < MAY_BE_TIMES * milliseconds(honest())
