"""The page behind a one-time link: a moderator chooses their password, language and time zone, and is signed in."""

from functools import cache
from zoneinfo import available_timezones

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.store.accounts import Moderator
from app.web import forms
from app.web.forms import Fields
from app.web.review import pages, passwords
from app.web.review.origins import refuse_foreign
from app.web.review.session import browser_zone, is_zone, set_cookie
from app.web.review.signing_in import begin_session
from app.web.wiring import wiring

router = APIRouter(include_in_schema=False, tags=["review"])


@router.get("/review/set-up/{token}")
def set_up_form(request: Request) -> Response:
    """Looking uses nothing up: programs that preview links do that."""
    wired = wiring(request)
    invited = wired.store.invited(request.path_params["token"], wired.now())
    return _form(request, invited, {}) if invited else _gone(request)


@router.post("/review/set-up/{token}")
async def set_up(request: Request) -> Response:
    """Uses the link up, and signs in."""
    wired = wiring(request)
    refuse_foreign(request, wired.settings.public_url)
    fields = await forms.read(request, wired.settings.max_body_bytes)
    token = request.path_params["token"]
    invited = await run_in_threadpool(wired.store.invited, token, wired.now())
    if invited is None:
        return _gone(request)
    password = forms.first(fields, "password")
    wrong = passwords.objection(password, forms.first(fields, "password_again"), invited.name)
    if wrong:
        return _form(request, invited, fields, wrong)
    hashed = await wired.passwords.hashed(password)
    language, zone = chosen_language(fields), chosen_zone(fields) or ""

    def used() -> Response:
        if wired.store.use_invitation(token, hashed, language, zone, wired.now()) is None:
            return _gone(request)  # somebody was quicker
        response = pages.see_other("/review")
        set_cookie(response, wired.settings, begin_session(request, wired, invited.name))
        return response

    return await run_in_threadpool(used)


def chosen_language(fields: Fields) -> str:
    """The field `language`; empty, as for anything that is none of ours, is the browser's."""
    language = forms.first(fields, "language")
    return language if language in pages.LANGUAGES else ""


def chosen_zone(fields: Fields) -> str | None:
    """The field `zone`; empty is the browser's, None is no time zone."""
    zone = forms.first(fields, "zone").strip()
    return zone if not zone or is_zone(zone) else None


@cache
def zones() -> tuple[str, ...]:
    """Names of time zones to choose from, by alphabet."""
    return tuple(sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")))


def _form(request: Request, invited: Moderator, fields: Fields, wrong: str = "") -> Response:
    language = chosen_language(fields) or pages.language_of(request, invited.language)
    values = {
        "name": invited.name,
        "wrong": pages.translations(language).gettext(wrong) if wrong else "",
        "chosen_language": chosen_language(fields) or invited.language,
        "chosen_zone": forms.first(fields, "zone") or invited.zone,
        "zones": zones(),
        "action": request.url.path,
    }
    text = pages.rendered("set_up.html", language, browser_zone(request), request, **values)
    return pages.html_response(text, 422 if wrong else 200)


def _gone(request: Request) -> Response:
    language = pages.language_of(request)
    text = pages.rendered("set_up_gone.html", language, browser_zone(request), request)
    return pages.html_response(text, 410)
