"""Form bodies, read from their raw bytes: in any charset, as PHP would, with nothing refused that a client sends.

Starlette decodes percent-encoded bytes as UTF-8, whatever the form says of itself, and turns ISO-8859-1 into U+FFFD.
"""

import codecs
import json
import re
from urllib.parse import unquote_to_bytes

from starlette.requests import Request

from app.web import body
from app.web.problems import RefusedRequest

FORM_TYPE = "application/x-www-form-urlencoded"
MAX_FIELDS = 1_000
"""PHP's own limit (max_input_vars); WordPress sends some sixty, old clients every server variable."""
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s\";]+)", re.IGNORECASE)
_INDEX = re.compile(r"\[[^\]]*\]$")
_BROWSERS_READ = {"iso8859-1": "cp1252", "ascii": "cp1252", "latin-1": "cp1252"}
"""What is called Latin-1 on the web is windows-1252 (WHATWG Encoding Standard)."""

Fields = dict[str, list[str]]
"""Name -> its values in order; `name[]` and `name[0]` stand under `name`."""


async def read(request: Request, max_bytes: int) -> Fields:
    """The fields of query and body, form or JSON.

    Raises RefusedRequest: the body is too large, compressed, or neither a form nor a JSON object.
    """
    sent = await body.read_bytes(request, max_bytes)
    fields = parse(request.url.query.encode(), "utf-8")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise RefusedRequest("content-encoding-unsupported")
    if kind.endswith("json"):
        return fields | _of_json(sent)
    if kind not in ("", FORM_TYPE, "text/plain"):
        raise RefusedRequest("content-type-unsupported", f"Send {FORM_TYPE} or application/json.")
    return fields | parse(sent, charset_of(request, sent))


def first(fields: Fields, *names: str) -> str:
    """The value of the first of these names that has one; of several values the last, as in PHP."""
    return next((fields[name][-1] for name in names if fields.get(name) and fields[name][-1]), "")


def charset_of(request: Request, sent: bytes) -> str:
    """The charset that Content-Type or the field `blog_charset` names; UTF-8 when it is unknown."""
    told = _CHARSET.search(request.headers.get("content-type", ""))
    blog = re.search(rb"(?:^|&)blog_charset=([A-Za-z0-9_.:-]{1,40})", sent)
    for name in ((blog and blog[1].decode()) or "", (told and told[1]) or ""):
        try:
            found = codecs.lookup(name).name if name else ""
        except LookupError:
            continue
        if found and codecs.lookup(found)._is_text_encoding:  # `hex` and `zip` are codecs too
            return _BROWSERS_READ.get(found, found)
    return "utf-8"


def parse(sent: bytes, charset: str) -> Fields:
    """The fields of a form; blank pairs without `=`, `&` at the end and doubled `&` are taken as they come.

    >>> parse(b"a=J%E1n&b&c[0]=1&c[]=2&", "cp1252")
    {'a': ['Ján'], 'b': [''], 'c': ['1', '2']}
    """
    fields: Fields = {}
    for pair in sent.split(b"&", MAX_FIELDS)[:MAX_FIELDS]:
        name, _, value = pair.partition(b"=")
        if name.strip():
            fields.setdefault(_INDEX.sub("", _decoded(name, charset)).strip(), []).append(_decoded(value, charset))
    return fields


def _decoded(written: bytes, charset: str) -> str:
    raw = unquote_to_bytes(written.replace(b"+", b" "))
    if charset == "utf-8":
        try:
            text = raw.decode()
        except UnicodeDecodeError:  # a form that says UTF-8, or nothing, and is not
            text = raw.decode("cp1252", "replace")
    else:
        text = raw.decode(charset, "replace")
    return str(body.sanitised(text)[0])


def _of_json(sent: bytes) -> Fields:
    value = body.sanitised(body.parse(sent, 4))[0]
    if not isinstance(value, dict):
        raise RefusedRequest("json-invalid", "A JSON object of the form's fields is expected.")
    return {name: _values(item) for name, item in value.items()}


def _values(item: object) -> list[str]:
    items = item if isinstance(item, list) else [item]
    return [
        "" if each is None else each if isinstance(each, str) else json.dumps(each, ensure_ascii=False)
        for each in items
    ]
