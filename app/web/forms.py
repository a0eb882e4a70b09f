"""Form bodies, read from their raw bytes: in any charset, as PHP would, with nothing refused that a client sends.

Starlette decodes percent-encoded bytes as UTF-8, whatever the form says of itself, and turns ISO-8859-1 into U+FFFD.
"""

import json
import re
from urllib.parse import unquote_to_bytes

from starlette.requests import Request

from app.web import body
from app.web.problems import RefusedRequest

FORM_TYPE = "application/x-www-form-urlencoded"
MAX_FIELDS = 1_000
"""PHP's own limit (max_input_vars); WordPress sends some sixty, old clients every server variable."""
MAX_NAME_BYTES = 200
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s\";]{1,40})", re.IGNORECASE)
_CHARSETS = {
    "cp1252": "windows-1252 cp1252 iso-8859-1 iso8859-1 iso_8859-1 latin1 latin-1 l1 us-ascii ascii",
    "iso8859-2": "iso-8859-2 iso8859-2 latin2",
    "iso8859-5": "iso-8859-5 iso8859-5",
    "iso8859-7": "iso-8859-7 iso8859-7 greek",
    "iso8859-15": "iso-8859-15 iso8859-15 latin9",
    "cp1254": "iso-8859-9 iso8859-9 latin5 windows-1254 cp1254",
    "cp1250": "windows-1250 cp1250",
    "cp1251": "windows-1251 cp1251",
    "cp1253": "windows-1253 cp1253",
    "cp1255": "windows-1255 cp1255 iso-8859-8",
    "cp1256": "windows-1256 cp1256 iso-8859-6",
    "cp1257": "windows-1257 cp1257 iso-8859-13 iso-8859-4",
    "cp1258": "windows-1258 cp1258",
    "koi8-r": "koi8-r koi8",
    "koi8-u": "koi8-u",
    "gb18030": "gb2312 gbk gb18030 euc-cn",
    "big5hkscs": "big5 big5-hkscs",
    "euc_jp": "euc-jp",
    "shift_jis": "shift_jis shift-jis sjis windows-31j",
    "cp949": "euc-kr ks_c_5601-1987 cp949",
    "cp874": "tis-620 windows-874 iso-8859-11",
}
_CODECS = {label: codec for codec, labels in _CHARSETS.items() for label in labels.split()}
"""What browsers read under a label (WHATWG Encoding Standard). Python's own look-up knows codecs that take a minute for
one body, and keeps what it did not find for good: what a caller may choose from stands here."""

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
    names = (blog[1].decode() if blog else "", told[1] if told else "")
    return next((_CODECS[name.lower()] for name in names if name.lower() in _CODECS), "utf-8")


def parse(sent: bytes, charset: str) -> Fields:
    """The fields of a form; blank pairs without `=`, `&` at the end and doubled `&` are taken as they come.

    >>> parse(b"a=J%E1n&b&c[0]=1&c[]=2&", "cp1252")
    {'a': ['Ján'], 'b': [''], 'c': ['1', '2']}
    """
    fields: Fields = {}
    for pair in sent.split(b"&", MAX_FIELDS)[:MAX_FIELDS]:
        name, _, value = pair.partition(b"=")
        if name.strip() and len(name) <= MAX_NAME_BYTES:
            fields.setdefault(_without_index(_decoded(name, charset)), []).append(_decoded(value, charset))
    return fields


def _without_index(name: str) -> str:
    """`tags` of `tags[]` and `tags[0]`."""
    return (name[: name.rfind("[")] if name.endswith("]") and "[" in name else name).strip()


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
