"""What moderators choose for themselves: language, zone, colours, password, keyboard; and where they are signed in."""

from typing import Annotated, Any

from anyio import from_thread
from fastapi import APIRouter, Depends
from starlette.responses import Response

from app.web import forms
from app.web.review import keys, pages, passwords
from app.web.review.pages import N_
from app.web.review.session import SIGN_IN, Visit, is_over, poster, set_cookie, visitor
from app.web.review.setting_up import chosen_language, chosen_zone, zones
from app.web.review.signing_in import attempt_of, begin_session, waiting

router = APIRouter(include_in_schema=False, tags=["review"])
PROFILE = "/review/profile"
YEAR_S = 365 * 86_400
SESSION_CHARACTERS = 16
"""Of a session's hash, that tell a moderator's few sessions apart in a form."""

Posted = Annotated[Visit, Depends(poster("viewer"))]


DONE = {
    "saved": N_("Saved."),
    "password": N_("The password is changed. Everywhere else you are signed out."),
    "keys": N_("The keys are saved."),
    "reset": N_("The keys are as shipped."),
    "ended": N_("That session has ended."),
}
"""What `?done=` may say."""


@router.get(PROFILE)
def profile(visit: Annotated[Visit, Depends(visitor())]) -> Response:
    """All of it on one page."""
    return _page(visit, done=DONE.get(visit.request.query_params.get("done", ""), ""))


@router.post(PROFILE)
def save(visit: Posted) -> Response:
    """Language, time zone and colours."""
    zone, theme = chosen_zone(visit.fields), visit.field("theme")
    if zone is None:
        return _page(visit, 422, wrong=N_("There is no time zone of that name. Choose one from the list."))
    _keep(visit, language=chosen_language(visit.fields), zone=zone)
    response = _back("saved")
    if theme in pages.THEMES:
        response.set_cookie(pages.THEME_COOKIE, theme, max_age=YEAR_S, path="/", samesite="lax")
    return response


@router.post(f"{PROFILE}/password")
def change_password(visit: Posted) -> Response:
    """Asks for the present one: whoever finds an open browser must not be able to take the account over."""
    store, hashing, name = visit.store, visit.wired.passwords, visit.moderator.name
    attempt = attempt_of(visit.request, visit.wired, name)
    if wait := store.try_sign_in(attempt.name, attempt.network, visit.now(), attempt.browser):
        return _page(visit, 429, wrong=waiting(visit.language, wait))
    _, present = store.password_hash(name)
    if not from_thread.run(hashing.fits, visit.field("present_password"), present):
        return _page(visit, 422, wrong=N_("The present password is another one."))
    store.sign_in_worked(*attempt)
    new = visit.field("password")
    if wrong := passwords.objection(new, visit.field("password_again"), name):
        return _page(visit, 422, wrong=wrong)
    store.set_password(name, from_thread.run(hashing.hashed, new), visit.now())
    response = _back("password")
    set_cookie(response, visit.wired.settings, begin_session(visit.request, visit.wired, name))
    return response


@router.post(f"{PROFILE}/keys")
def save_keys(visit: Posted) -> Response:
    """Which key does what, or that none does anything."""
    if visit.field("reset"):
        _keep(visit, keys=None)
        return _back("reset")
    wanted = {action: visit.field(f"key.{action}").strip() for action in keys.SHIPPED}
    typed = {"on": bool(visit.field("on")), "keys": wanted}
    if wrong := _objection(visit, wanted):
        return _page(visit, 422, wrong=wrong, typed=typed)
    _keep(visit, keys={"on": typed["on"], "keys": keys.changed(wanted)})
    return _back("keys")


@router.post(f"{PROFILE}/end-session")
def end_session(visit: Posted) -> Response:
    """Signs out in one browser."""
    wanted = visit.field("session")
    for session in visit.store.sessions_of(visit.moderator.name):
        if session.token_hash[:SESSION_CHARACTERS] == wanted:
            visit.store.end_session(session, visit.now())
    return _back("ended")


@router.post(f"{PROFILE}/sign-out-everywhere")
def sign_out_everywhere(visit: Posted) -> Response:
    """Also here."""
    visit.store.end_sessions(visit.moderator.name, visit.now(), visit.moderator.name)
    response = pages.see_other(SIGN_IN)
    set_cookie(response, visit.wired.settings, "")
    return response


def _keep(visit: Visit, **changes: Any) -> None:
    kept = {name: getattr(visit.moderator, name) for name in ("language", "zone", "keys")}
    if kept | changes != kept:
        visit.store.set_preferences(visit.moderator.name, visit.now(), **(kept | changes))


def _back(done: str) -> Response:
    return pages.see_other(pages.address(PROFILE, done=done))


def _objection(visit: Visit, wanted: dict[str, str]) -> str:
    """Why the keys cannot be like that; empty when they can."""
    if unusable := keys.unusable(wanted):
        sentence = N_("“%(action)s” needs one character, or two with a blank between them.")
        return visit.say(sentence, action=visit.say(keys.SENTENCES[unusable[0]]))
    if conflicts := keys.conflicts(wanted):
        first, second = (visit.say(keys.SENTENCES[action]) for action in conflicts[0])
        sentence = N_("“%(first)s” and “%(second)s” cannot have the same key, nor one that begins the other's.")
        return visit.say(sentence, first=first, second=second)
    return ""


def _page(visit: Visit, status: int = 200, *, done: str = "", wrong: str = "", typed: Any = None) -> Response:
    now, settings = visit.now(), visit.wired.settings
    values = {
        "done": visit.say(done) if done else "",
        "wrong": visit.say(wrong) if wrong else "",
        "chosen_language": visit.moderator.language,
        "chosen_zone": forms.first(visit.fields, "zone") or visit.moderator.zone,
        "zones": zones(),
        "keyboard": typed or keys.in_use(visit.moderator.keys),
        "actions": {action: visit.say(sentence) for action, sentence in keys.SENTENCES.items()},
        "shipped": keys.SHIPPED,
        "sessions": [
            (each, each.token_hash[:SESSION_CHARACTERS], each.token_hash == visit.session.token_hash)
            for each in visit.store.sessions_of(visit.moderator.name)
            if not is_over(each, settings, now)
        ],
    }
    return pages.show(visit, "profile.html", status, **values)
