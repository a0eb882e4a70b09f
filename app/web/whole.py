"""Whole numbers as they stand in addresses and forms, which anybody may have written."""

MOST = 2**63 - 1
"""What a database's integer holds."""


def whole(written: str, most: int = MOST) -> int | None:
    """The number, at most `most`; None for what is no whole number of ASCII digits.

    >>> whole("17"), whole("99", 50), whole("-1"), whole("٣"), whole("9" * 5_000) == MOST
    (17, 50, None, None, True)
    """
    if not (written.isascii() and written.isdigit()):
        return None
    digits = written.lstrip("0")[:20]  # Python reads thousands of digits slowly; 20 are more than any number of ours
    return min(int(digits or "0"), most)
