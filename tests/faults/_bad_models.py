"""One sound model, and the ways to spoil a copy of it."""

import bz2
import hashlib
import io
import json
import lzma
import os
import pickle
import shutil
import socket
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from app import lists, models
from app.core import adaptation
from app.core.blocks import WEIGHTS
from app.core.features import fingerprint
from app.core.model import ADAPTED, SEAL, card_bytes, pack

NAME = "v"
MARKER = "ran"
"""A file that every payload would make beside the models folder."""
FILES = ("card.json", models.WEIGHTS, models.SITES)
HUGE = 10 << 30
Spoil = Callable[[Path, Random], None]
"""Spoils the models folder at a path, in which the version NAME is in use."""


class Evil:
    """A pickle that does something as it is loaded."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.marker),)


def make(folder: Path, name: str = NAME, bias: float = -0.5) -> None:
    """A sound model with what two sites taught; nearly all its weights are 0, so that its files are small."""
    weights = np.zeros(WEIGHTS, np.float32)
    weights[::50_000] = bias
    packed = pack(weights)
    site = adaptation.Adaptation(np.arange(0, 9_000, 3, dtype=np.int32), np.full(3_000, 0.25, np.float16))
    told, taught = adaptation.pack({"blog": site, "shop": site})
    card = {
        "version": name,
        "features": fingerprint(lists.load()),
        "weights_sha256": hashlib.sha256(packed).hexdigest(),
        "thresholds": {"hold": 0.35, "reject": 0.8, "discard": 0.995},
        "bias": bias,
        "link_scale": 0.5,
        "link_bias": 0.0,
        ADAPTED: {**told, "shipped": "w"},
        "data": {"rows": 12_345, "sites": ["blog", "shop"], "of": "2026-12-01"},
    }
    (folder / name).mkdir(parents=True)
    for file, content in zip(FILES, (card_bytes(card), packed, taught), strict=True):
        (folder / name / file).write_bytes(content)
    (folder / models.CURRENT).write_text(f"{name}\n")


def _rewrite(change: Callable[[bytearray, Random], bytearray], file: str, resealed: bool) -> Spoil:
    def spoil(folder: Path, chance: Random) -> None:
        path = folder / NAME / file
        before = after = path.read_bytes()
        while after == before:
            after = bytes(change(bytearray(before), chance))
        path.write_bytes(after)
        if resealed:
            reseal(folder)

    return spoil


def reseal(folder: Path, **others: Any) -> None:
    """The card names the files as they are now: what only somebody who may write models can do."""
    version = folder / NAME
    card = json.loads((version / "card.json").read_bytes())
    card["weights_sha256"] = hashlib.sha256((version / models.WEIGHTS).read_bytes()).hexdigest()
    card[ADAPTED]["sites_sha256"] = hashlib.sha256((version / models.SITES).read_bytes()).hexdigest()
    (version / "card.json").write_bytes(card_bytes({**card, **others}))


def _flipped(content: bytearray, chance: Random) -> bytearray:
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return content


def _cut(content: bytearray, chance: Random) -> bytearray:
    return content[: chance.randrange(len(content))]


def _garbled(content: bytearray, chance: Random) -> bytearray:
    begin = chance.randrange(len(content))
    piece = chance.randbytes(chance.randint(2, 200))[: len(content) - begin]
    content[begin : begin + len(piece)] = piece
    return content


def _blanked(content: bytearray, chance: Random) -> bytearray:
    begin = chance.randrange(len(content) // 512 + 1) * 512
    content[begin : begin + 512] = bytes(len(content[begin : begin + 512]))
    return content


def _longer(content: bytearray, chance: Random) -> bytearray:
    return content + b"}" + chance.randbytes(chance.randint(1, 4_096))


def accidents() -> Iterator[tuple[str, Spoil]]:
    """What disks, copies and crashes do. The card's hashes stay as they were."""
    for file in FILES:
        for change in (_flipped, _flipped, _flipped, _cut, _cut, _garbled, _blanked, _longer):
            yield f"{change.__name__[1:]} {file}", _rewrite(change, file, resealed=False)


def garbage_with_its_hash() -> Iterator[tuple[str, Spoil]]:
    """The same, by somebody who writes the hashes anew: the reader of arrays is all that stands in between."""
    for file in FILES[1:]:
        for change in (_flipped, _cut, _garbled, _blanked, _longer):
            yield f"{change.__name__[1:]} {file} with its hash", _rewrite(change, file, resealed=True)


def _replaced(file: str, put: Callable[[Path], object]) -> Spoil:
    def spoil(folder: Path, chance: Random) -> None:
        path = folder / file
        path.unlink(missing_ok=True)
        put(path)

    return spoil


def _link_out(path: Path) -> None:
    path.symlink_to(_sound(path))


def _sound(path: Path) -> Path:
    root = next(parent for parent in path.parents if parent.name == "models").parent
    return root / "sound" / path.relative_to(root / "models")


def _sparse(path: Path) -> None:
    with path.open("wb") as out:
        out.truncate(HUGE)


def _device(path: Path) -> None:
    """An endless one where this is allowed, and a socket elsewhere."""
    try:
        os.mknod(path, 0o20644, os.makedev(1, 5))
    except PermissionError:
        _socket(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as bound:
        before = Path.cwd()
        os.chdir(path.parent)  # a socket's address has room for 100 characters
        try:
            bound.bind(path.name)
        finally:
            os.chdir(before)


def _to(target: str) -> Callable[[Path], None]:
    def put(path: Path) -> None:
        path.symlink_to(target)

    return put


def no_files() -> Iterator[tuple[str, Spoil]]:
    """What stands where a file should: links, pipes, devices, folders, endless files, nothing."""
    put: dict[str, Callable[[Path], object]] = {
        "link out": _link_out, "link to /dev/zero": _to("/dev/zero"), "link to itself": lambda path: path.symlink_to(path.name),
        "pipe": os.mkfifo, "device": _device, "socket": _socket, "folder": os.mkdir, "10 GB of nothing": _sparse,
        "link to nowhere": _to("/nowhere/at/all"),
    }  # fmt: skip
    for kind, how in put.items():
        for file in (*(f"{NAME}/{each}" for each in FILES), models.CURRENT):
            yield f"{kind} for {file}", _replaced(file, how)
    yield "link out for the folder", _folder_is_a_link
    for file in FILES:
        yield f"no {file}", _replaced(f"{NAME}/{file}", lambda path: None)


def _folder_is_a_link(folder: Path, chance: Random) -> None:
    shutil.rmtree(folder / NAME)
    (folder / NAME).symlink_to(folder.parent / "sound" / NAME)


LIMITS = {"hold": 0.35, "reject": 0.8, "discard": 0.995}
NUMBERS: tuple[Any, ...] = (
    None,
    "much",
    [],
    {},
    [1.0],
    float("nan"),
    float("inf"),
    -float("inf"),
    10**400,
    -(10**4000),
)


def wrong_cards() -> Iterator[tuple[str, Spoil]]:
    """Cards that say what cannot be, sealed as if it were so."""
    wrong: list[dict[str, Any]] = [{name: value} for name in ("bias", "link_scale", "link_bias") for value in NUMBERS]
    wrong += [{"thresholds": {**LIMITS, name: value}} for name in LIMITS for value in NUMBERS]
    wrong += [{"thresholds": value} for value in (None, [], {}, "x", 7, {"hold": 0.9, "reject": 0.1, "discard": 1})]
    wrong += [{name: value} for name in ("weights_sha256", "features") for value in (None, "", "0" * 64, [], 7)]
    wrong += [{ADAPTED: value} for value in (7, "x", [1], {"places": {}}, {"sites_sha256": 7, "places": {}})]
    for others in wrong:
        yield f"card with {others}", _sealed_with(others)
    places = [
        {"first": first, "entries": entries} for first in (-1, 0, 10**12) for entries in (-1, 10**12, 6_000, None)
    ]
    for place in (*places, {"first": float("inf"), "entries": 1}, {"first": 0}, [], None, "x"):
        yield f"a site at {place}", _placed(place)
    for content in (
        b"",
        b"[]",
        b"null",
        b"\xff\xfe{",
        b"[" * 500_000,
        b'{"a":' * 100_000,
        b'{"a":' + b"1" * 99_999 + b"}",
    ):
        yield (
            f"card {content[:8]!r}",
            _rewrite(lambda _before, _chance, put=content: bytearray(put), "card.json", False),
        )


def _sealed_with(others: dict[str, Any]) -> Spoil:
    def spoil(folder: Path, chance: Random) -> None:
        path = folder / NAME / "card.json"
        told = {**json.loads(path.read_bytes()), **others}
        told.pop(SEAL)
        path.write_text(json.dumps(told))

    return spoil


def _placed(place: Any) -> Spoil:
    def spoil(folder: Path, chance: Random) -> None:
        path = folder / NAME / "card.json"
        told = json.loads(path.read_bytes())
        told[ADAPTED]["places"]["blog"] = place
        told.pop(SEAL)
        path.write_text(json.dumps(told))

    return spoil


def _npy(array: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def _archive(*members: tuple[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how) as out, warnings.catch_warnings(action="ignore"):  # of names twice
        for name, content in members:
            out.writestr(name, content)
    return buffer.getvalue()


def _header(text: str, body: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    padded = text.encode().ljust(118 if len(text) < 118 else len(text) + 1)[:-1] + b"\n"
    return b"\x93NUMPY" + version + struct.pack("<H", len(padded)) + padded + body


def _lying(content: bytes, claimed: int) -> bytes:
    """An archive whose member is longer than its directory says."""
    packed = _archive(("weights.npy", content))
    return packed.replace(len(content).to_bytes(4, "little"), claimed.to_bytes(4, "little"))


def _encrypted(packed: bytes) -> bytes:
    entry = packed.index(b"PK\x01\x02")
    changed = bytearray(packed)
    changed[6] |= 1
    changed[entry + 8] |= 1
    return bytes(changed)


def _with_long_end(packed: bytes) -> bytes:
    """The longer form of an archive's end, which says that there are 2^60 members."""
    end = packed[-22:]
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1 << 60, 1 << 60, 1 << 60, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(packed) - 22, 1)
    return packed[:-22] + record + locator + end


def _greedy(packed: bytes) -> bytes:
    """An LZMA member that asks for a dictionary of 4 GB."""
    properties = bytes([9, 4, 5, 0]) + bytes([0x5D]) + (0xFFFF_FFFF).to_bytes(4, "little")
    at = packed.index(bytes([9, 4, 5, 0]))
    return packed[:at] + properties + packed[at + len(properties) :]


def hostile_arrays(marker: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Files that weights.npz may be, in the hands of somebody who can name them in the card."""
    sound, evil = np.zeros(WEIGHTS, np.float16), Evil(marker)
    descr, shape = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", f"({WEIGHTS},)"
    one = _archive(("weights.npy", _npy(sound)))
    yield "a pickle", lambda: pickle.dumps(evil)
    yield "a pickle of protocol 0", lambda: pickle.dumps(evil, protocol=0)
    yield "a packed pickle", lambda: lzma.compress(pickle.dumps(evil)) + bz2.compress(pickle.dumps(evil))
    yield "an array of objects", lambda: _npy(np.array([evil], dtype=object))
    yield "objects in the archive", lambda: _archive(("weights.npy", _npy(np.array([evil], dtype=object))))
    yield "as many objects", lambda: _archive(("weights.npy", _header(descr % ("|O", shape), pickle.dumps(evil))))
    yield "objects in a structure", lambda: _archive(("weights.npy", _npy(np.array([(evil, 1)], dtype="O,i4"))))
    yield "a pickle for the array", lambda: _archive(("weights.npy", pickle.dumps(evil)))
    yield "a pickle beside it", lambda: _archive(("weights.npy", _npy(sound)), ("evil.pkl", pickle.dumps(evil)))
    yield "a member twice", lambda: _archive(("weights.npy", _npy(sound)), ("weights.npy", pickle.dumps(evil)))
    call = f"__import__('os').mkdir({str(marker)!r})"
    yield "a call in the header", lambda: _archive(("weights.npy", _header(call)))
    yield "a call for the shape", lambda: _archive(("weights.npy", _header(descr % ("<f2", call))))
    yield "a deep header", lambda: _archive(("weights.npy", _header("(" * 900 + ")" * 900)))
    yield "a long header", lambda: _archive(("weights.npy", _header("{" + "1" * 60_000 + "}")))
    yield (
        "a newer header",
        lambda: _archive(("weights.npy", _header(descr % ("<f2", shape), bytes(2 * WEIGHTS), b"\x03\x00"))),
    )
    for size in ("(1000000000000,)", "(-1,)", "(2, 4)", "()", f"({WEIGHTS - 1},)", "('a',)", "(1e9,)", "None"):
        yield (
            f"of shape {size}",
            lambda size=size: _archive(("weights.npy", _header(descr % ("<f2", size), bytes(2 * WEIGHTS)))),
        )
    for kind in ("<f4", ">f2", "<i2", "|V2", "|S2", "<M8[s]", "[('a', '<f2')]", "nonsense", "<f2,"):
        yield (
            f"of type {kind}",
            lambda kind=kind: _archive(("weights.npy", _header(descr % (kind, shape), bytes(2 * WEIGHTS)))),
        )
    for value in (np.nan, np.inf, -np.inf):
        yield f"with {value}", lambda value=value: _archive(("weights.npy", _npy(np.full(WEIGHTS, value, np.float16))))
    yield "a bomb", lambda: _archive(("weights.npy", bytes(300_000_000)))
    yield "a bomb that says it is none", lambda: _lying(_npy(sound) + bytes(50_000_000), 2 * WEIGHTS + 128)
    yield "bombs in a bomb", lambda: _archive(("weights.npy", _archive(("weights.npy", bytes(100_000_000)))))
    for how, name in ((zipfile.ZIP_BZIP2, "bzip2"), (zipfile.ZIP_LZMA, "LZMA")):
        yield f"packed with {name}", lambda how=how: _archive(("weights.npy", _npy(sound)), how=how)
    yield "a dictionary of 4 GB", lambda: _greedy(_archive(("weights.npy", _npy(sound)), how=zipfile.ZIP_LZMA))
    yield "encrypted", lambda: _encrypted(one)
    yield "a longer end", lambda: _with_long_end(one)
    yield "100,000 members", lambda: _archive(*((f"{number}.npy", b"") for number in range(100_000)))
    yield "another name", lambda: _archive(("../../weights.npy", _npy(sound)))
    yield "no members", _archive
    yield "nothing", lambda: b""
    yield "zeros", lambda: bytes(15 << 20)


def _named(content: Callable[[], bytes], file: str) -> Spoil:
    def spoil(folder: Path, chance: Random) -> None:
        (folder / NAME / file).write_bytes(content())
        reseal(folder)

    return spoil


def attacks(marker: Path) -> Iterator[tuple[str, Spoil]]:
    """Each of `hostile_arrays` as weights.npz, and as sites.npz."""
    for name, content in hostile_arrays(marker):
        for file in FILES[1:]:
            yield f"{name} for {file}", _named(content, file)


NAMES = (
    b"", b"\n", b" ", b".", b"..", b"../sound/v", b"/etc/passwd", b"v/../v", b"v\x00", b"v\x00w", b"\xff\xfev", b"v\nw",
    b"v\x1b[2J", b"v" * 300, b"v" * 2_000, "v\u202e".encode(), b"\\\\host\\v", b"no-such-version", b"v w", b"-v", bytes(1 << 20),
)  # fmt: skip
SHARES = (b"v -1", b"v nan", b"v inf", b"v 2", b"v 1e-9", b"v 0x1", b"v 0.5 0.5", b"v \xd9\xa1", b"v 0,5", b"v 1_0")


def wrong_names() -> Iterator[tuple[str, Spoil]]:
    """What `current` may say."""
    for said in NAMES:
        yield f"current {said[:20]!r}", _said(models.CURRENT, said)


def wrong_candidates() -> Iterator[tuple[str, Spoil]]:
    """What `candidate` may say, or be."""
    for said in (*NAMES, *SHARES):
        yield f"candidate {said[:20]!r}", _said(models.CANDIDATE, said)
    for kind, how in (("pipe", os.mkfifo), ("device", _device), ("10 GB of nothing", _sparse), ("folder", os.mkdir)):
        yield f"{kind} for the candidate", _replaced(models.CANDIDATE, how)


def _said(file: str, said: bytes) -> Spoil:
    def spoil(folder: Path, chance: Random) -> None:
        (folder / file).write_bytes(said)

    return spoil
