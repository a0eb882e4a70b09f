"""Signing in and out."""

from typing import NamedTuple

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.store.accounts import MAX_NAME_CHARACTERS, Session, new_token, token_hash
from app.web import answers, forms
from app.web.forms import Fields
from app.web.problems import RefusedRequest
from app.web.review import pages, passwords, pending
from app.web.review.origins import our_page, refuse_foreign
from app.web.review.session import (
    SIGN_IN,
    Visit,
    cookie_name,
    oldest,
    poster,
    set_cookie,
    sign_in_page,
    signed_in,
    signed_in_page,
    wants_json,
)
from app.web.sender import sending_network
from app.web.wiring import Wiring, wiring


class Attempt(NamedTuple):
    """Whose failure it is when a sign-in fails; see SqlSessions.try_sign_in."""

    name: str
    network: str
    browser: str


router = APIRouter(include_in_schema=False, tags=["review"])
MAX_AGENT_CHARACTERS = 300
MINUTE_S = 60


@router.get(SIGN_IN)
def sign_in_form(request: Request) -> Response:
    """The page that asks for name and password; the module learns by it whether somebody is signed in."""
    visit = signed_in(request, wiring(request))
    if wants_json(request):
        if visit is None:
            raise RefusedRequest("sign-in-needed")
        return answers.json_response({"csrf": visit.csrf, "name": visit.moderator.name})
    next_page = our_page(request.query_params.get("next", ""))
    return pages.see_other(next_page) if visit else sign_in_page(request, next_page=next_page)


@router.post(SIGN_IN)
async def sign_in(request: Request) -> Response:
    """Begins a session; what was about to be done when the last one ended is shown with a button that does it."""
    wired = wiring(request)
    refuse_foreign(request, wired.settings.public_url)
    fields = await forms.read(request, wired.settings.max_body_bytes)
    attempt = await run_in_threadpool(attempt_of, request, wired, forms.first(fields, "name"))
    wait = await run_in_threadpool(wired.store.try_sign_in, attempt.name, attempt.network, wired.now(), attempt.browser)
    if wait:
        return _throttled(request, fields, attempt.name, wait)
    name, hashed = await run_in_threadpool(wired.store.password_hash, attempt.name)
    password = forms.first(fields, "password")
    if not await wired.passwords.fits(password, hashed):
        return _wrong(request, fields, attempt.name)
    renewed = await wired.passwords.hashed(password) if passwords.is_outdated(hashed) else ""

    def welcomed() -> Response:
        wired.store.sign_in_worked(*attempt)
        if renewed:
            wired.store.renew_hash(name, hashed, renewed)
        return _welcomed(request, wired, fields, name)

    return await run_in_threadpool(welcomed)


@router.post("/review/sign-out")
async def sign_out(request: Request) -> Response:
    """Ends the session of this browser."""
    visit = await poster("viewer")(request)
    await run_in_threadpool(visit.store.end_session, visit.session, visit.now())
    response = pages.see_other(SIGN_IN)
    set_cookie(response, visit.wired.settings, "")
    return response


def begin_session(request: Request, wired: Wiring, name: str) -> str:
    """A new session of this moderator in this browser, and its token; the browser's earlier session ends."""
    now = wired.now()
    before = request.cookies.get(cookie_name(wired.settings), "")
    token = new_token()
    agent = request.headers.get("user-agent", "")[:MAX_AGENT_CHARACTERS]
    session = Session(token_hash(token), name, now, now, agent)
    wired.store.add_session(session, forget_before=oldest(wired.settings, now), instead_of=before)
    return token


def attempt_of(request: Request, wired: Wiring, typed: str) -> Attempt:
    """Who counts as having tried; a session that is over still tells whose browser this is."""
    name = typed.strip()[:MAX_NAME_CHARACTERS]
    session = wired.store.session(request.cookies.get(cookie_name(wired.settings), ""))
    is_known = session is not None and session[1].name.casefold() == name.casefold()
    return Attempt(name, sending_network(request), session[0].token_hash[:16] if session and is_known else "")


def _welcomed(request: Request, wired: Wiring, fields: Fields, name: str) -> Response:
    token = begin_session(request, wired, name)
    begun = wired.store.session(token)
    if begun is None:  # disabled in this very moment
        return _wrong(request, fields, name)
    visit = Visit(request, wired, begun[1], token, begun[0], fields)
    act = pending.of_form(fields)
    if visit.wants_json:
        response = answers.json_response({"csrf": visit.csrf, "name": name})
    elif act.path:
        response = signed_in_page(visit, act)
    else:
        response = pages.see_other(our_page(visit.field("next")))
    set_cookie(response, wired.settings, token)
    return response


def _throttled(request: Request, fields: Fields, name: str, wait_s: int) -> Response:
    headers = {"Retry-After": str(wait_s)}
    if wants_json(request):
        raise RefusedRequest("sign-in-throttled", f"Wait {wait_s} seconds.", headers=headers)
    response = _again(request, fields, 429, name, waiting(pages.language_of(request), wait_s))
    response.headers.update(headers)
    return response


def waiting(language: str, wait_s: int) -> str:
    """When to try again, as a sentence."""
    ngettext = pages.translations(language).ngettext
    if wait_s < MINUTE_S:
        return ngettext(
            "Too many failed sign-ins. Try again in %(n)s second.",
            "Too many failed sign-ins. Try again in %(n)s seconds.",
            wait_s,
        ) % {"n": wait_s}
    minutes = -(-wait_s // MINUTE_S)
    return ngettext(
        "Too many failed sign-ins. Try again in %(n)s minute.",
        "Too many failed sign-ins. Try again in %(n)s minutes.",
        minutes,
    ) % {"n": minutes}


def _wrong(request: Request, fields: Fields, name: str) -> Response:
    if wants_json(request):
        raise RefusedRequest("sign-in-wrong")
    gettext = pages.translations(pages.language_of(request)).gettext
    return _again(request, fields, 401, name, gettext("Name and password do not fit."))


def _again(request: Request, fields: Fields, status: int, name: str, wrong: str) -> Response:
    next_page = our_page(forms.first(fields, "next"))
    act = pending.of_form(fields)
    return sign_in_page(request, status=status, act=act, next_page=next_page, name=name, wrong=wrong)
