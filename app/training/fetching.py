"""One file from the network, whole and checked: bounded in size, never from another scheme than it was asked by."""

import hashlib
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage, HTTPResponse
from typing import IO, BinaryIO
from urllib.parse import urlsplit

from app.errors import CorpusUnusable
from app.training.corpora import LOOPBACK, CorpusFile

TRIES = 3
"""A download that breaks off is begun again so often in all."""
_TIMEOUT_S = 30.0
"""For each answer or piece of one; what trickles is bounded by who watches."""
_PIECE = 1 << 16
_UNCHANGED = "Nothing was changed."


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came."""

    sha256: str
    bytes: int


class _Broken(Exception):
    """The connection ended, or failed, before all had come."""


class _SameScheme(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but none that leads from https to http, or to a file."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        """The request for the new address."""
        if urlsplit(newurl).scheme != urlsplit(req.full_url).scheme:
            fp.close()
            what = f"It leads on to {newurl[:200]}, which is not {urlsplit(req.full_url).scheme}."
            raise CorpusUnusable(req.full_url, what, f"{_UNCHANGED} Do not trust it; ask its publisher.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch(file: CorpusFile, into: BinaryIO, progress: Callable[[int], None] = lambda _: None) -> Fetched:
    """Fetch a file; what breaks off is begun again, TRIES times in all.

    Args:
        file: which. Its checksum is compared if it has one.
        into: where it goes; emptied before each try.
        progress: called with the bytes that have come, of this try.

    Raises:
        CorpusUnusable: it cannot be reached, breaks off, is larger than it may be, leads to another scheme, or is not
            the file that it should be.
    """
    failure = ""
    for _ in range(TRIES):
        into.seek(0)
        into.truncate()
        try:
            got = _once(file, into, progress)
        except _Broken as broken:
            failure = str(broken)
            continue
        if file.sha256 and got.sha256 != file.sha256:
            what = f"Its SHA-256 is {got.sha256}, not {file.sha256}: it is not the file that the list knows."
            raise CorpusUnusable(file.url, what, f"{_UNCHANGED} Look for a newer list, or ask its publisher.")
        return got
    remedy = f"{_UNCHANGED} Look whether the machine reaches the internet, and try again later."
    raise CorpusUnusable(file.url, f"{failure} It was tried {TRIES} times.", remedy)


def _once(file: CorpusFile, into: BinaryIO, progress: Callable[[int], None]) -> Fetched:
    # Only http and https: read_corpora has looked, and a redirect keeps the scheme.
    request = urllib.request.Request(file.url, headers={"User-Agent": "Winnow", "Accept-Encoding": "identity"})  # noqa: S310
    near = urlsplit(file.url).hostname in LOOPBACK  # a proxy that the environment names is not asked for this machine
    opener = urllib.request.build_opener(_SameScheme, *([urllib.request.ProxyHandler({})] if near else []))
    try:
        with opener.open(request, timeout=_TIMEOUT_S) as answer:
            return _received(file, answer, into, progress)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code >= 500:
            raise _Broken(f"The server answered {error.code}.") from None
        away = ", which leads to where nobody follows" if error.code < 400 else ""
        remedy = f"{_UNCHANGED} It may have moved: look at the corpus' page."
        raise CorpusUnusable(file.url, f"The server answered {error.code}{away}.", remedy) from None
    except (OSError, HTTPException, ValueError) as error:
        raise _Broken(f"It could not be fetched ({_why(error)}).") from error


def _received(file: CorpusFile, answer: HTTPResponse, into: BinaryIO, progress: Callable[[int], None]) -> Fetched:
    told = answer.headers.get("Content-Length", "")
    length = int(told) if told.isdigit() else None
    if length is None and not file.sha256 and not answer.chunked:
        what = "The server does not say how long it is, so that nobody could tell whether all has come."
        raise CorpusUnusable(file.url, what, f"{_UNCHANGED} Try again later, or ask its publisher.")
    _refuse_large(file, length or 0)
    digest, came = hashlib.sha256(), 0
    while piece := answer.read(_PIECE):
        came += len(piece)
        _refuse_large(file, came)
        digest.update(piece)
        into.write(piece)
        progress(came)
    if length is not None and came != length:
        raise _Broken(f"It broke off after {came:,} of {length:,} bytes.")
    return Fetched(digest.hexdigest(), came)


def _refuse_large(file: CorpusFile, size: int) -> None:
    if size > file.most_bytes:
        what = f"It is larger than the {file.most_bytes:,} bytes that it may be."
        raise CorpusUnusable(file.url, what, f"{_UNCHANGED} Look for a newer list, or ask its publisher.")


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    return str(getattr(reason, "strerror", None) or reason or type(error).__name__)[:200]
