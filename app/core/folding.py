"""One spelling for letters that mean the same: case, accents, and Unicode's alternative forms."""

import unicodedata
from functools import lru_cache

# Latin letters that Unicode does not take apart.
_UNDECOMPOSED = {
    "ı": "i",
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "ß": "ss",
    "ŋ": "n",
}

MAX_EXPANSION = 8
"""Letters that one character may become. Unicode's longest, ﷺ, has 18: its texts would grow eighteenfold."""


def fold(text: str) -> str:
    """Lower case, without accents on Latin, Greek and Cyrillic letters, in Unicode's plain forms.

    Other scripts keep their marks, which are letters there. Characters that show nothing are left out.

    >>> fold("PÔŽIČKA Łódź Ёлка ＣＡＳＩＮＯ")
    'pozicka lodz елка casino'
    """
    if text.isascii():
        return text.lower()
    return "".join([fold_character(character) if character > "\x7f" else character.lower() for character in text])


def letters(text: str) -> str:
    """The letters and digits of a text, folded and run together.

    >>> letters("Mr. Žák-Online 24")
    'mrzakonline24'
    """
    return "".join(filter(str.isalnum, fold(text)))


@lru_cache(maxsize=65536)
def fold_character(character: str) -> str:
    """`fold` of one character; may be empty (a lone accent) or longer than one (`½`, `ß`).

    >>> fold_character("Ž"), fold_character("\\u0301"), fold_character("\\u200b"), fold_character("ﷺ") == ""
    ('z', '', '', False)
    """
    if unicodedata.category(character) == "Cf":
        return ""
    plain = unicodedata.normalize("NFKC", character).casefold()
    if len(plain) > MAX_EXPANSION:
        return character
    folded = []
    for letter in plain:
        if letter in _UNDECOMPOSED:
            folded.append(_UNDECOMPOSED[letter])
        elif letter < "\u0530" or "\u1e00" <= letter <= "\u1fff":
            folded.append("".join(c for c in unicodedata.normalize("NFD", letter) if not "\u0300" <= c <= "\u036f"))
        else:
            folded.append(letter)
    return "".join(folded)
