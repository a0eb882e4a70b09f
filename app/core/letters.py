"""What a single character stands for: its plain form, and whether its place makes it a disguise."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from app.core.folding import MAX_EXPANSION

_INDICATORS = re.compile(r"[\U0001f1e6-\U0001f1ff]+")

_ALPHABET_ENDS = "\u0180"
_OWN_LETTERS = "əƏɓƁɗƊƙƘƴƳɛƐɔƆ"
"""Letters of Azerbaijani, Hausa, Ewe and Akan; these and those before _ALPHABET_ENDS are no disguise."""

_RUSSIAN_ENDINGS = frozenset("ом ов ой ами ах ка ки ку ке".split())
"""Cases of a Latin name in a Russian sentence, spelt in letters that all look Latin."""

_KEPT_PUNCTUATION = frozenset("！（），；？［］｛｝＂＇＜＞…")
"""Full-width punctuation stays what it is: it ends an address where its plain form might not."""

# ISO 3166-1 alpha-2 and what Unicode's RGI flags add to it: the pairs of indicators that make a flag.
_FLAGS = frozenset(
    (
        "AC AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS "
        "BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CP CR CU CV CW CX CY CZ DE DG DJ DK DM DO DZ EA "
        "EC EE EG EH ER ES ET EU FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY "
        "HK HM HN HR HT HU IC ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA "
        "LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ "
        "NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW "
        "SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TF TG TH TJ TK TL TM TN TO "
        "TR TT TV TW TZ UA UG UM UN US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW "
    ).split()
)


def flag_positions(text: str) -> frozenset[int]:
    """Where regional indicators stand that make flags; in other runs they are letters in squares."""
    at: list[int] = []
    for match in _INDICATORS.finditer(text):
        letters = "".join(chr(ord(c) - 0x1F1E6 + ord("A")) for c in match.group())
        if all(letters[i : i + 2] in _FLAGS for i in range(0, len(letters), 2)):
            at.extend(range(*match.span()))
    return frozenset(at)


def in_word(text: str, at: int) -> bool:
    """Whether a disguised letter has a Latin letter, disguised or not, beside it."""
    if _INDICATORS.match(text, at):
        return True  # no flag: see flag_positions
    if not undisguised(text[at])[0].isalpha():
        return False
    near = [text[at - 1 : at], text[at + 1 : at + 2]]
    if text[at] >= "\U0001d400":  # these are written with spaces between them, too
        near += [text[at + way * 2] for way in (-1, 1) if 0 <= at + way * 2 < len(text) and text[at + way] == " "]
    beside = [undisguised(c)[0] for c in near if c]
    return any(c.isascii() and c.isalpha() for c in beside)


def between_letters(text: str, at: int) -> bool:
    """Whether both neighbours are letters of scripts that never need an invisible character."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return before.isalnum() and after.isalnum() and before < "\u0530" and after < "\u0530"


@lru_cache(maxsize=65536)
def undisguised(character: str) -> tuple[str, str]:  # noqa: PLR0911  a list of cases, one line each
    """A character's plain form and the name of its disguise, each empty if there is none."""
    code = ord(character)
    category = unicodedata.category(character)
    if character in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069":
        return "", "bidi" if character in "\u202d\u202e" else ""
    if (
        category == "Cf"
        or 0xFE00 <= code <= 0xFE0F
        or 0xE0000 <= code <= 0xE0FFF
        or character in "\u115f\u1160\u3164\u034f"
    ):
        return "", "invisible"
    if character == "\u20e3":  # the box of a keycap emoji
        return "", ""
    if (category in ("Mn", "Me") and 0x0300 <= code <= 0x036F) or category == "Me":
        return "", "marks"
    if 0x1F150 <= code <= 0x1F189 or 0x1F1E6 <= code <= 0x1F1FF:  # letters in squares, which NFKC keeps
        return chr(ord("A") + (code - 0x1F1E6 if code >= 0x1F1E6 else (code - 0x1F150) % 32)), "letters"
    if category == "Zs":
        return " ", ""
    plain = unicodedata.normalize("NFKC", character)
    if character in _KEPT_PUNCTUATION or len(plain) > MAX_EXPANSION:
        return character, ""
    if (
        plain != character
        and plain.isascii()
        and plain.isalnum()
        and (code >= 0x1D400 or 0x2460 <= code <= 0x24FF or code >= 0xFF00)
    ):
        return plain, "letters"
    return plain, ""


@lru_cache(maxsize=65536)
def is_foreign(character: str) -> bool:
    """Whether it is a letter that no Latin alphabet has."""
    if character < _ALPHABET_ENDS or character in _OWN_LETTERS or not character.isalpha():
        return False
    return not unicodedata.normalize("NFD", character)[0].isascii()


@lru_cache(maxsize=4096)
def mixes_scripts(word: str) -> bool:
    """Whether a word has Latin letters and foreign ones, and not the way honest words have both.

    Honest are Greek letters of science at the ends of a word (`kΩ`, `Δt`, `μmol`) and a Russian ending on a Latin
    abbreviation (`SMSка`).
    """
    word = word.strip("0123456789")
    foreign = [i for i, c in enumerate(word) if is_foreign(c)]
    if not foreign or not any("a" <= c <= "z" or "A" <= c <= "Z" for c in word):
        return False
    if foreign in ([0], [len(word) - 1]) and "\u0370" <= word[foreign[0]] <= "\u03ff":
        return False
    head, ending = word[: foreign[0]], word[foreign[0] :]
    return not (
        len(head) > 1 and head.isascii() and head.isupper() and ending.islower() and len(foreign) == len(ending)
    )


def glues_words(word: str, lookalikes: Mapping[str, str]) -> bool:
    """Whether a word changes its script once, as where two honest words meet: `кафеBar`, `Windowsом`.

    A disguise changes it only where letters look alike: `саsino`.
    """
    letters = [c for c in word if c.isalpha()]
    scripts = [is_foreign(c) for c in letters]
    change = scripts.index(not scripts[0])
    if scripts[0] in scripts[change:]:
        return False
    head, tail = letters[:change], letters[change:]
    if len(tail) > 1 and head[-1].islower() and tail[0].isupper():
        return True
    if len(head) > 2 and "".join(tail) in _RUSSIAN_ENDINGS:
        return True
    alike = [all(c in (lookalikes if is_foreign(c) else cyrillic_for(lookalikes)) for c in run) for run in (head, tail)]
    if len(head) == len(tail):
        return not any(alike)
    return not alike[len(tail) < len(head)]


def cyrillic_for(lookalikes: Mapping[str, str]) -> Mapping[str, str]:
    """The same table the other way round, for Russian words with Latin letters slipped in."""
    back: dict[str, str] = {}
    for letter in "авсеуорхкмтин":
        latin = lookalikes.get(letter, "")
        back.setdefault(latin, letter)
        back.setdefault(latin.upper(), letter)
    back.pop("", None)
    return back
