"""The inner loops: hashing of names, n-grams and runs, and sums of weights. Array in, array out, nothing remembered.

`_kernels.c` is the same in C, some five to twenty times as fast; tests/core/test_kernels.py holds that both give the
same bits. `kernels` is whichever of them there is.
"""

import re
from functools import lru_cache
from typing import TypeVar
from unicodedata import category
from zlib import crc32

import numpy as np
import numpy.typing as npt

from app.core.blocks import NAMED, RHYTHM, WORDING, Block
from app.core.sequences import MULTIPLIER, PRIME, codes_of, runs_of

Indices = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

GRAM_SIZES = (3, 4, 5)
"""Characters in an n-gram of an alphabetic script; scripts without spaces take 1 and 2."""
UNSPACED = r"\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
"""Letters of scripts without spaces between words, for a class in a pattern."""
SHARED, OWN = "\x01", "\x02"
"""What an address begins with in a running text instead of the host's name; see running.py."""
HEAD_TOKENS, TAIL_TOKENS = 2000, 1000
"""Of a longer text so many words and signs are read from its beginning and its end."""
LONGEST_WORDING, LONGEST_RHYTHM = 3, 5
"""Words, and shapes, in the longest runs."""
SHINGLE = 5
"""Letters in a shingle of `least_hashes`."""

_MARKS = r"\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0dff"
"""Vowel signs that belong to the word they stand in; Python takes them for signs."""
_WORD_OR_SIGN = re.compile(rf"[{UNSPACED}]|(?:(?![{UNSPACED}])[\w{_MARKS}])+|[^\w\s]|\n")
_SHAPED = re.compile(rf"""(?i)https?://[^\s"<>]*[^\s"<>.,;:!?)]|[{SHARED}{OWN}][^\s"<>]*|[\w{_MARKS}]+|[^\w\s]|\n""")
_SHAPE_OF_ADDRESS = {SHARED: "SHARED URL", OWN: "OWN URL"}
_KNOWN_CHARS = 24
_NOT_IN_WORDS = re.compile(r"[\W_]")
_ASCII_NOT_IN_WORDS = {code: " " for code in range(128) if not chr(code).isalnum()}
_BLANK = re.compile(r"\s")
_SPACE = 32
_FIRST_UNSPACED = 0x0E00
"""Thai and what follows: Han, Kana, Hangul. Below it stand the scripts that put spaces between words."""
_UNUSED_BITS = np.uint32(32 - NAMED.bits)
_GAP = np.uint32(0x9E3779B1)
"""Stands for a token that is left out."""
_Token = TypeVar("_Token")


def name_buckets(names: list[str]) -> Indices:
    """(names,) the weights of named features, the same on every machine.

    >>> name_buckets(["w:casino", "w:bonus"]).tolist()
    [691327, 997575]
    """
    return (codes_of(names) * np.uint32(0x9E3779B1) >> _UNUSED_BITS).astype(np.int64)


def grams(folded: str, salt: str, block: Block = NAMED, signs: bool = False) -> tuple[Indices, Indices]:
    """The character n-grams of a folded text: (n-grams,) the weight of each, and the position of its middle character.

    Args:
        folded: the text. Anything but letters and digits separates words, or only blanks do when signs count as
            letters; an n-gram may begin or end with the gap, but not span it.
        salt: their namespace; texts under the same one share what their n-grams mean.
        block: where their weights stand.
        signs: whether they count as letters.

    >>> [len(grams(text, "")[0]) for text in ("casino", "", "so!")], len(grams("so!", "", signs=True)[0])
    ([15, 0, 3], 6)
    """
    if signs:
        spaced = _BLANK.sub(" ", folded)
    else:
        spaced = folded.translate(_ASCII_NOT_IN_WORDS) if folded.isascii() else _NOT_IN_WORDS.sub(" ", folded)
    codes = np.frombuffer(f" {spaced} ".encode("utf-32-le", "replace"), dtype=np.uint32)
    starts = _starts(codes)
    hashed = codes ^ np.uint32(seed_of(salt))
    found: list[npt.NDArray[np.uint32]] = []
    for size in range(1, max(GRAM_SIZES) + 1):
        if size > 1:
            hashed = hashed[:-1] * MULTIPLIER ^ codes[size - 1 :]
        if size in starts:
            found.append(hashed[starts[size]])
    middles = np.concatenate([at + (size // 2 - 1) for size, at in starts.items()])
    return block.spread(np.concatenate(found)), np.maximum(np.minimum(middles, len(codes) - 3), 0)


@lru_cache(maxsize=64)
def seed_of(salt: str) -> int:
    """What the hashes of a namespace begin with."""
    return crc32(salt.encode()) * PRIME & 0xFFFFFFFF


def _starts(codes: npt.NDArray[np.uint32]) -> dict[int, Indices]:
    """Where n-grams begin, by their size, in a text with a space around it."""
    starts: dict[int, Indices] = {}
    unspaced = codes >= _FIRST_UNSPACED
    if unspaced.any():
        starts[1] = unspaced.nonzero()[0]
        starts[2] = (unspaced[:-1] & unspaced[1:]).nonzero()[0]
    visible = codes != _SPACE
    kept = visible[1:-1]
    for size in GRAM_SIZES:
        if size > GRAM_SIZES[0]:
            kept = kept[:-1] & visible[size - 2 : -1]
        starts[size] = kept.nonzero()[0]
    return starts


def wording(running: str) -> tuple[Indices, Indices]:
    """Runs of up to three words and signs with their capitals, and of three without the middle one.

    (runs,) the weight of each in WORDING, and where its middle token begins; of two tokens the second.

    >>> wording("Great post!")[1].tolist()
    [0, 6, 10, 6, 10, 6, 6]
    """
    found = _read([match.span() for match in _WORD_OR_SIGN.finditer(running)])
    codes = codes_of([running[begin:end] for begin, end in found])
    runs = [runs_of(codes, size) for size in range(1, LONGEST_WORDING + 1)]
    middles = [np.arange(len(run)) + size // 2 for size, run in enumerate(runs, start=1)]
    if len(codes) > 2:
        runs.append((codes[:-2] * MULTIPLIER ^ _GAP) * MULTIPLIER ^ codes[2:])
        middles.append(np.arange(len(codes) - 2) + 1)
    begins = np.array([begin for begin, _ in found], dtype=np.int64)
    return WORDING.spread(np.concatenate(runs)), begins[np.concatenate(middles)]


def rhythm(running: str) -> Indices:
    """Runs of up to five shapes: how long words are written, where capitals and signs stand, whatever the words.

    (runs,) the weight of each in RHYTHM.

    >>> rhythm("Great post!").tolist() == rhythm("Small step!").tolist()
    True
    """
    tokens = _read(_SHAPED.findall(running))
    shapes = [_known_shape(token) if len(token) <= _KNOWN_CHARS else shape_of(token) for token in tokens]
    codes = codes_of(shapes)
    return RHYTHM.spread(np.concatenate([runs_of(codes, size) for size in range(1, LONGEST_RHYTHM + 1)]))


def _read(found: list[_Token]) -> list[_Token]:
    if len(found) <= HEAD_TOKENS + TAIL_TOKENS:
        return found
    return found[:HEAD_TOKENS] + found[-TAIL_TOKENS:]


def shape_of(token: str) -> str:
    """A token without its letters: whose address, `0` for a number, a sign as it is, else its capitals and any digits.

    >>> [shape_of(token) for token in ("https://a.example/b", "\\x01/b", "42", "!", "Great", "WIN", "I", "h264")]
    ['URL', 'SHARED URL', '0', '!', 'Aa', 'AA', 'Aa', 'a0']
    """
    first = token[0]
    if first in _SHAPE_OF_ADDRESS:
        return _SHAPE_OF_ADDRESS[first]
    if token[:4].lower() == "http" and "://" in token:
        return "URL"
    if not (first.isalnum() or first == "_" or len(token) > 1 or category(first)[0] == "M"):
        return token
    if token.isdigit():
        return "0"
    capitals = "AA" if len(token) > 1 and token.isupper() else "Aa" if first.isupper() else "a"
    return capitals + ("0" if any(map(str.isdigit, token)) else "")


_known_shape = lru_cache(maxsize=8192)(shape_of)
"""Words come again and again; the long ones, which would fill the memory, do not."""


def damped(index: Indices) -> Numbers:
    """(entries,) values with an L2 norm of 1.0 together, where what comes c times counts as sqrt(c).

    >>> damped(np.array([7, 7, 7, 7])).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    _, kind, counts = np.unique(index, return_inverse=True, return_counts=True)
    values: Numbers = 1 / np.sqrt(counts[kind] * len(index))
    return values


def by_unit(weights: npt.NDArray[np.float16], index: Indices, value: Numbers, unit: Indices, units: int) -> Numbers:
    """(units,) the sum of weight times value over the entries of each piece of evidence.

    Args:
        weights: (WEIGHTS,) of the model.
        index: (entries,) the weight of each, 0 to WEIGHTS - 1.
        value: (entries,)
        unit: (entries,) 0 to units - 1.
        units: how many there are.

    >>> by_unit(np.array([1, 2], "f2"), np.array([0, 1, 1]), np.array([1.0, 1.0, 0.5]), np.array([0, 0, 1]), 3).tolist()
    [3.0, 1.0, 0.0]
    """
    sums = np.bincount(unit, weights=weights[index].astype(np.float64) * value, minlength=units)
    return sums.astype(np.float64, copy=False)


def least_hashes(letters: str, multipliers: npt.NDArray[np.uint32]) -> tuple[int, bytes]:
    """How many different shingles a text has, and for each hash function the least hash of any of them.

    Args:
        letters: the text; shorter than a shingle, it has none, and what is least is 2**32 - 1.
        multipliers: (hashes,) odd numbers, one for each function.

    Returns the least ones as uint32, one behind the other.
    """
    codes = np.frombuffer(letters.encode("utf-32-le", "replace"), dtype=np.uint32)
    if len(codes) < SHINGLE:
        return 0, b"\xff" * 4 * len(multipliers)
    hashed = codes
    for size in range(1, SHINGLE):
        hashed = hashed[:-1] * MULTIPLIER ^ codes[size:]
    hashed = _stirred(hashed)
    least = (hashed * multipliers[:, np.newaxis]).min(axis=1)
    return len(np.unique(hashed)), least.astype(np.uint32).tobytes()


def _stirred(hashed: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Every bit of a hash made to depend on every other, as MurmurHash3 does at its end."""
    hashed = (hashed ^ hashed >> np.uint32(16)) * np.uint32(0x85EBCA6B)
    hashed = (hashed ^ hashed >> np.uint32(13)) * np.uint32(0xC2B2AE35)
    return hashed ^ hashed >> np.uint32(16)
