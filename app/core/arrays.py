"""The arrays of an .npz file, nothing of which is trusted: no pickle, no more memory than expected."""

import io
import struct
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

_END = struct.Struct("<4s4H2LH")
"""How a zip archive ends: signature, four counts, the last of its members, size and place of the directory."""
_HEADER_BYTES = 1_024
"""The longest header of an array that is read; numpy writes 128."""
_NAME_BYTES = 256
"""The most that one member may take in the archive's directory."""


def unpacked(packed: bytes, kinds: Mapping[str, npt.DTypeLike], most: int) -> tuple[npt.NDArray[Any], ...]:
    """The arrays of an .npz file, in the order of `kinds`.

    Args:
        packed: the bytes of the file.
        kinds: name of each array -> its type. These have to be there, and no others.
        most: the most entries of one array.

    Raises:
        ValueError: it does not hold these arrays, each one-dimensional, as `numpy.savez_compressed` writes them.
    """
    try:
        _require_short(packed, len(kinds))
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            members = {member.filename.removesuffix(".npy"): member for member in archive.infolist()}
            if set(members) != set(kinds):
                raise ValueError("other members")
            return tuple(_array(archive, members[name], np.dtype(kind), most) for name, kind in kinds.items())
    except Exception as error:  # zipfile, zlib and numpy raise a dozen kinds of errors for bytes that are wrong
        raise ValueError("no such arrays") from error


def _require_short(packed: bytes, members: int) -> None:
    """A directory is read as a whole: one of 100 MB, or one that another, longer form of the end points to, is not."""
    signature, _, _, _, entries, size, _, comment = _END.unpack(packed[-_END.size :])
    is_longer_form = packed[-_END.size - 20 :].startswith(b"PK\x06\x07")
    if signature != b"PK\x05\x06" or entries != members or size > members * _NAME_BYTES or comment or is_longer_form:
        raise ValueError("the archive's end")


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, kind: np.dtype[Any], most: int) -> npt.NDArray[Any]:
    # Other ways of packing may ask for gigabytes before the first byte comes out.
    is_plain = member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) and not member.flag_bits & 1
    if not is_plain or member.file_size > most * kind.itemsize + _HEADER_BYTES:
        raise ValueError("a member")
    with archive.open(member) as file:
        if np.lib.format.read_magic(file) != (1, 0):
            raise ValueError("the header's form")
        shape, _, found = np.lib.format.read_array_header_1_0(file, max_header_size=_HEADER_BYTES)
        if found != kind or len(shape) != 1 or member.file_size != file.tell() + shape[0] * kind.itemsize:
            raise ValueError("the header")
    with archive.open(member) as file:
        array: npt.NDArray[Any] = np.lib.format.read_array(file, allow_pickle=False, max_header_size=_HEADER_BYTES)
        if file.read(1):  # which makes zipfile compare the checksum, too
            raise ValueError("the end")
    return array
