"""Akismet's protocol: whatever speaks it is served unchanged, and is told why beside the word it expects.

Every answer is 200 with one literal word or sentence, for clients compare it as a whole and raise at any other status.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from itertools import product

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.core.verdict import Classification
from app.errors import SiteUnknown, StoreUnavailable
from app.store.records import Decision, content_hash
from app.web import akismet_reports, deciding, forms
from app.web.akismet_fields import Sent, sent_of
from app.web.auth import Caller, key_of
from app.web.clients import client_of
from app.web.forms import Fields, first
from app.web.judging import judge
from app.web.problems import RefusedRequest
from app.web.review_links import pages_of, review_url
from app.web.wiring import Wiring, wiring

router = APIRouter(tags=["akismet"])

THANKS = "Thanks for making the web a better place."
RECHECK_AFTER_S = 300
"""When the site's own rules could not be read: WordPress holds the comment and asks again."""
REASONS_TOLD = 5
_KEY = re.compile(r"[a-z0-9]{12}")
_PLAIN = "text/plain; charset=utf-8"


async def verify_key(request: Request, wired: Wiring, caller: Caller, fields: Fields) -> Response:
    """`valid`: an unknown key never gets here."""
    return word(request, "valid")


async def comment_check(request: Request, wired: Wiring, caller: Caller, fields: Fields) -> Response:
    """`true` for what must not be published unseen, `false` for the rest."""
    sent = sent_of(fields)
    site = caller.site.name
    record = judge(wired, site, sent.comment, caller.degraded, client_of(request, "akismet"))
    causes = record.classification.degraded
    id = record.id
    known = deciding.find_unchanged(wired, site, sent.comment) if sent.is_recheck and not causes else None
    if known:
        id = known  # asked again, as after an edit of something else: one comment stands in the queue once
    elif not sent.is_test:
        causes += await wired.recorder.record([record])
    flagged = record.told.action != "publish"
    url = None if sent.is_test else review_url(pages_of(request, wired.settings.public_url), id)
    return word(request, "true" if flagged else "false", _told(record.told, id, causes, sent, url))


async def submit(label: str, request: Request, wired: Wiring, caller: Caller, fields: Fields) -> Response:
    """A person says what it is: a decision on the comment that was checked, or on one that is kept now."""
    sent = sent_of(fields)
    if not (sent.guid or content_hash(sent.comment)):
        raise RefusedRequest("nothing-to-judge", "Send the comment's fields as in comment-check, or its guid.")
    if not sent.is_test:
        site = caller.site.name
        id = await deciding.found_or_kept(wired, site, sent.comment, sent.guid, client_of(request, "akismet"))
        await deciding.decide(wired, site, id, Decision(label, sent.reporter or "cms", wired.now()))
    return word(request, THANKS)


async def deactivate(request: Request, wired: Wiring, caller: Caller, fields: Fields) -> Response:
    """The CMS stops asking; its key goes on working, for what it sent is still there to be reviewed."""
    return word(request, "deactivated")


def word(request: Request, said: str, headers: Mapping[str, str] | None = None) -> Response:
    """An answer that is compared as a whole: no newline, with Content-Length."""
    return _closing(
        request, Response(said, headers={"Cache-Control": "no-store", **(headers or {})}, media_type=_PLAIN)
    )


def _closing(request: Request, answer: Response) -> Response:
    """Old clients send no Connection header and read until we close: with keep-alive each call took them 5 s."""
    if "keep-alive" not in request.headers.get("connection", "").lower():
        answer.headers["Connection"] = "close"
    return answer


def key_in(request: Request, fields: Fields) -> str:
    """The key, however it comes: field, header, path before `/1.1/`, or first label of the Host; any case.

    Empty without one. A path or host that merely stands in front of the service is none.
    """
    # WordPress tries a key as `key`, and adds the one it already has as `api_key`.
    given = first(fields, "key", "api_key")
    if given:
        return given.lower()
    label = request.headers.get("host", "").partition(".")[0]
    others = (key_of(request), request.path_params.get("prefix", ""), label)
    return next((other.lower() for other in others if _KEY.fullmatch(other.lower())), "")


def _told(found: Classification, id: str, causes: tuple[str, ...], sent: Sent, url: str | None) -> dict[str, str]:
    """The headers of a verdict: Akismet's only where they are right, and ours."""
    flagged = found.action != "publish"
    headers = {"X-akismet-guid": id}
    if url:
        headers["X-Spam-Review-Url"] = url
    if found.action == "discard":
        headers["X-akismet-pro-tip"] = "discard"
    if not flagged and "store" in causes and found.override is None:
        headers["X-akismet-recheck-after"] = str(RECHECK_AFTER_S)
    if sent.wants_classification:
        headers["X-Akismet-Classification"] = "spam" if flagged else "ham"
    headers["X-Spam-Score"] = f"{found.score:.4f}"
    headers["X-Spam-Action"] = found.action
    if found.is_observed and found.override:
        headers["X-Spam-Observed"] = found.override.value
    if found.override:
        headers["X-Spam-Reasons"] = f"override.{found.override.rule}"
    else:
        told = [reason for reason in found.reasons if (reason.weight > 0) == flagged][:REASONS_TOLD]
        headers["X-Spam-Reasons"] = ", ".join(f"{reason.code}={reason.weight:.1f}" for reason in told)
    if causes:
        headers["X-Spam-Degraded"] = ", ".join(dict.fromkeys(causes))
    return headers


Call = Callable[[Request, Wiring, Caller, Fields], Awaitable[Response]]


def _answering(call: Call) -> Callable[[Request], Awaitable[Response]]:
    """Read, find the site, call; every failure is a word of the protocol with its cause in a header."""

    async def handler(request: Request) -> Response:
        wired = wiring(request)
        try:
            fields = await forms.read(request, wired.settings.max_body_bytes)
            return _closing(
                request,
                await call(
                    request, wired, wired.keys.caller(request, key_in(request, fields), by_network=True), fields
                ),
            )
        except SiteUnknown:
            return word(request, "invalid", {"X-akismet-debug-help": "The key's site has just been removed."})
        except RefusedRequest as refused:
            problem = refused.problem
            if site := getattr(request.state, "site", ""):
                wired.clients.note(site, client_of(request, "akismet"), problem.code)
            if problem.code == "rate-limited":  # neither word: the comment is held, and asked about again later
                await wired.keys.hold_back()
                why = f"{problem.title} {refused.detail}"
                return word(request, "error", {"X-akismet-error": why, **refused.headers})
            help_ = f"{problem.title} {refused.detail or problem.remedy}"
            return word(request, "invalid", {"X-akismet-debug-help": help_})
        except StoreUnavailable:
            return word(request, "error", {"X-akismet-error": "The database does not answer; try again."})

    return handler


async def connected(request: Request) -> Response:
    """For the connectivity test of old WordPress plugins."""
    return word(request, "connected")


_CALLS: tuple[tuple[str, str, Call, str], ...] = (
    ("/1.1/verify-key", "POST", verify_key, "valid or invalid"),
    ("/1.1/comment-check", "POST", comment_check, "true (not to be published unseen) or false"),
    ("/1.1/submit-spam", "POST", partial(submit, "spam"), THANKS),
    ("/1.1/submit-ham", "POST", partial(submit, "ham"), THANKS),
    ("/1.1/deactivate", "POST", deactivate, "deactivated"),
    ("/1.1/token", "POST", akismet_reports.token, "an opaque token"),
    ("/1.1/get-subscription", "POST", akismet_reports.subscription, "a JSON object"),
    ("/1.1/get-stats", "POST", akismet_reports.stats, "a JSON object"),
    ("/1.2/get-key-stats", "POST", akismet_reports.stats, "a JSON object"),
    ("/1.2/key-sites", "GET POST", akismet_reports.key_sites, "a JSON object, or CSV"),
    ("/1.2/usage-limit", "GET POST", akismet_reports.usage_limit, "a JSON object"),
)


def _route(path: str, methods: str, handler: Callable[[Request], Awaitable[Response]], answer: str) -> None:
    name = "akismet_" + re.sub(r"\W+", "_", path.partition("/1.")[2][2:])
    described = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": answer}}
    for prefix, method in product(("", "/{prefix}"), methods.split()):
        router.add_api_route(
            prefix + path,
            handler,
            methods=[method],
            name=f"{name}_{method.lower()}",
            summary=f"Akismet: {path.rpartition('/')[2]}",
            include_in_schema=not prefix,
            responses=described,  # type: ignore[arg-type]
        )


for _path, _methods, _call, _answer in _CALLS:
    _route(_path, _methods, _answering(_call), _answer)
_route("/1.1/test", "GET", connected, "connected")
