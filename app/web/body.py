"""Request bodies: bounded bytes in, strict JSON out, nothing in it that would break later.

Measured with the default parsers: 100 MB accepted; NaN, Infinity and lone surrogates end in a 500;
the last of two equal keys wins silently. All of that is refused or repaired here, once.
"""

import json
import math
import re
from typing import Any

from starlette.requests import ClientDisconnect, Request

from app.web.problems import RefusedRequest

JSON_TYPES = ("application/json", "text/json")
NDJSON_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines")
MAX_INT_DIGITS = 20
"""Enough for any 64-bit id; Python itself takes quadratic time on digits and stops at 4,300."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def content_type(request: Request, *, ndjson: bool = False) -> str:
    """`json` or `ndjson`, whichever the body claims to be; a body that claims nothing is JSON.

    Raises RefusedRequest (415) for anything else, a charset other than UTF-8, or a compressed body.
    """
    headers = request.headers
    if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise RefusedRequest("content-encoding-unsupported")
    claimed = headers.get("content-type", "")
    if claimed in ("application/json", ""):
        return "json"
    kind, _, parameters = claimed.lower().partition(";")
    kind = kind.strip()
    charset = re.search(r"charset\s*=\s*\"?([^\s\";]*)", parameters)
    if charset is None or charset[1] in ("utf-8", "utf8", "us-ascii"):
        if kind in JSON_TYPES or re.fullmatch(r"application/[a-z0-9.-]{1,100}\+json", kind):
            return "json"
        if ndjson and kind in NDJSON_TYPES:
            return "ndjson"
    raise RefusedRequest("content-type-unsupported")


async def read_bytes(request: Request, max_bytes: int, too_large: str = "body-too-large") -> bytes:
    """The body, read no further than `max_bytes`; a larger one is a 413, which closes the connection."""
    refusal = RefusedRequest(too_large, f"At most {max_bytes} bytes are read here.")
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and (len(announced) > 18 or int(announced) > max_bytes):
        raise refusal
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > max_bytes:
            raise refusal
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks) if len(chunks) > 1 else chunk


def parse(body: bytes, max_depth: int) -> Any:
    """The one JSON value in `body`: UTF-8 (a byte order mark is skipped), finite, no key twice.

    Raises RefusedRequest (400), whose detail says which of these it was and never quotes the body.
    """
    try:
        value = _DECODER.decode(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise RefusedRequest("json-invalid", "The body is not UTF-8.") from None
    except json.JSONDecodeError as error:
        where = f"It stops being JSON at line {error.lineno}, column {error.colno}."
        raise RefusedRequest("json-invalid", where if body.strip() else "The body is empty.") from None
    except RecursionError:
        raise RefusedRequest("json-too-deep") from None
    # Brackets inside strings count too, so this is only the quick way to say that it is flat.
    if body.count(b"{") + body.count(b"[") > max_depth and _is_deeper(value, max_depth):
        raise RefusedRequest("json-too-deep", f"At most {max_depth} levels are read.")
    return value


def sanitised(value: Any, *, key: bool = False) -> tuple[Any, bool]:
    """The value without what a database or an encoder would choke on, and whether anything was changed.

    Lone surrogates become U+FFFD and NUL goes, in every string, keys included.
    Raises RefusedRequest (400) when two keys become one by it. The depth was bounded by `parse`.

    >>> sanitised({"text": "a\\x00b"})
    ({'text': 'ab'}, True)
    """
    if isinstance(value, str):
        if not _UNSTORABLE.search(value):
            return value, False
        return _UNSTORABLE.sub(lambda found: "" if found[0] == "\x00" else "\ufffd", value), True
    if isinstance(value, list):
        items = [sanitised(item) for item in value]
        return [item for item, _ in items], any(changed for _, changed in items)
    if isinstance(value, dict):
        pairs = [(sanitised(name), sanitised(item)) for name, item in value.items()]
        clean = _object([(name[0], item[0]) for name, item in pairs])
        return clean, any(name[1] or item[1] for name, item in pairs)
    return value, False


def may_need_sanitising(body: bytes) -> bool:
    """False when `body` holds no escape that could make a NUL or a lone surrogate: the usual case."""
    return b"\\u" in body


def _is_deeper(value: Any, levels: int) -> bool:
    """Whether `value` nests deeper than `levels`; walks level by level, so that nothing recurses."""
    level = [value]
    for _ in range(levels):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
        level = [item for item in below if isinstance(item, dict | list)]
        if not level:
            return False
    return True


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise RefusedRequest("json-invalid", "An object holds the same key twice.")
    return made


def _whole(digits: str) -> int:
    if len(digits) > MAX_INT_DIGITS:
        raise RefusedRequest("json-invalid", f"A number has more than {MAX_INT_DIGITS} digits.")
    return int(digits)


def _fraction(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise RefusedRequest("json-invalid", "A number is too large.")
    return number


def _not_json(name: str) -> float:
    raise RefusedRequest("json-invalid", "NaN and Infinity are not JSON.")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_whole, parse_float=_fraction, parse_constant=_not_json
)
