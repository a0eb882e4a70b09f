"""Who looks at a page or acts on it: the dependencies of all handlers under /review."""

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.core.moderation import Role, may
from app.core.times import shifted
from app.errors import StoreUnavailable
from app.settings import Settings
from app.store.accounts import Moderator, Session
from app.store.sql import SqlStore
from app.web import forms
from app.web.forms import Fields
from app.web.problems import RefusedRequest
from app.web.review import keys, pages, pending
from app.web.review.origins import path_of, refuse_foreign
from app.web.review.pending import Pending
from app.web.wiring import Wiring, wiring

TOUCHED_AFTER = timedelta(minutes=1)
ZONE_COOKIE = "winnow-zone"
"""Set by the pages' module: the browser's time zone, for who has chosen none."""
SIGN_IN = "/review/sign-in"


class Instead(Exception):
    """Stops a handler with another answer than its own; as RefusedRequest it is no failure."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


@dataclass(frozen=True, slots=True)
class Visit:
    """A signed-in moderator's request."""

    request: Request
    wired: Wiring
    moderator: Moderator
    token: str
    """The session's, from the cookie."""
    session: Session
    fields: Fields
    """Of query and form; empty where only a page is looked at."""

    @property
    def store(self) -> SqlStore:
        """Everything there is to read and write."""
        return self.wired.store

    @property
    def csrf(self) -> str:
        """What every form of this session carries in its field `csrf`, or the header X-CSRF-Token."""
        return csrf_of(self.token)

    @property
    def language(self) -> str:
        """One of pages.LANGUAGES."""
        return pages.language_of(self.request, self.moderator.language)

    @property
    def zone(self) -> str:
        """IANA name of the zone in which times are shown."""
        return self.moderator.zone or browser_zone(self.request)

    @property
    def keys_json(self) -> str:
        """The keyboard for the pages' module, see keys.in_use."""
        return json.dumps(keys.in_use(self.moderator.keys), ensure_ascii=False, separators=(",", ":"))

    @property
    def wants_json(self) -> bool:
        """Whether the pages' module asks and not the browser itself."""
        return wants_json(self.request)

    def may(self, role: Role) -> bool:
        """Whether the moderator's role includes that one."""
        return may(self.moderator.role, role)

    def say(self, sentence: str, **values: object) -> str:
        """A sentence in the moderator's language; values fill its `%(name)s`."""
        found = pages.translations(self.language).gettext(sentence)
        return found % values if values else found

    def saying(self, singular: str, plural: str, n: int, **values: object) -> str:
        """A sentence about `%(n)s` things, in the moderator's language."""
        return pages.translations(self.language).ngettext(singular, plural, n) % {"n": n, **values}

    def field(self, name: str) -> str:
        """The last value of a field; empty without one."""
        return (self.fields.get(name) or [""])[-1]

    def now(self) -> str:
        """RFC 3339, UTC, with milliseconds."""
        return self.wired.now()


def visitor(role: Role = "viewer") -> Callable[[Request], Visit]:
    """The dependency of a page: who is signed in with that role or a higher one.

    Nobody is: the browser is sent to sign in and comes back, the module gets 401 `sign-in-needed`. A lower role: 403.
    """

    def visiting(request: Request) -> Visit:
        wired = wiring(request)
        visit = signed_in(request, wired)
        if visit is not None:
            return _with_role(visit, role)
        if wants_json(request):
            raise RefusedRequest("sign-in-needed")
        query = request.url.query
        back = f"{path_of(request)}?{query}" if query else path_of(request)
        raise Instead(pages.see_other(pages.address(SIGN_IN, next=back if back != "/review" else "")))

    return visiting


def poster(role: Role = "moderator") -> Callable[[Request], Awaitable[Visit]]:
    """The dependency of an act: who sent this form from a page of ours, with that role or a higher one.

    Nobody is signed in, or the form is of an earlier session: nothing of it is lost, see pending. From another site's
    page, or with a lower role: 403.
    """

    async def posting(request: Request) -> Visit:
        wired = wiring(request)
        refuse_foreign(request, wired.settings.public_url)
        fields = await forms.read(request, wired.settings.max_body_bytes)
        return await run_in_threadpool(_acting, request, wired, fields, role)

    return posting


def _acting(request: Request, wired: Wiring, fields: Fields, role: Role) -> Visit:
    visit = signed_in(request, wired, fields)
    if visit is not None and _has_csrf(visit):
        return _with_role(visit, role)
    if wants_json(request):
        known = {"name": visit.moderator.name, "csrf": visit.csrf} if visit else {}
        raise RefusedRequest("sign-in-needed", extra=known)
    act = pending.of_request(request, fields)
    if visit is None:
        raise Instead(sign_in_page(request, status=401, act=act))
    raise Instead(signed_in_page(visit, act, 403) if act.path else pages.see_other("/review"))


def signed_in(request: Request, wired: Wiring, fields: Fields | None = None) -> Visit | None:
    """The visit of whoever is signed in in this browser; None when nobody is, or not any more."""
    token = request.cookies.get(cookie_name(wired.settings), "")
    found = wired.store.session(token) if token else None
    if found is None:
        return None
    session, moderator = found
    now = wired.now()
    if is_over(session, wired.settings, now):
        return None
    if session.last_at <= shifted(now, -TOUCHED_AFTER):
        try:
            wired.store.touch_session(session, now)
        except StoreUnavailable:  # who only reads may go on
            wired.metrics.store_failed("session")
    return Visit(request, wired, moderator, token, session, fields or {})


def is_over(session: Session, settings: Settings, now: str) -> bool:
    """Whether a session has not been used for too long, or is too old in any case."""
    is_idle = session.last_at <= shifted(now, -timedelta(hours=settings.session_idle_hours))
    return is_idle or session.created_at <= oldest(settings, now)


def oldest(settings: Settings, now: str) -> str:
    """Sessions that began before then have ended, however much they are used."""
    return shifted(now, -timedelta(days=settings.session_days))


def _with_role(visit: Visit, role: Role) -> Visit:
    if not visit.may(role):
        raise RefusedRequest("role-too-low")
    return visit


def csrf_of(token: str) -> str:
    """What only a page of the session with that token can know."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()


def _has_csrf(visit: Visit) -> bool:
    given = visit.request.headers.get("x-csrf-token") or visit.field("csrf")
    return hmac.compare_digest(given.encode("utf-8", "replace"), visit.csrf.encode())


def wants_json(request: Request) -> bool:
    """Whether an answer for a program is asked for, and not a page."""
    return "application/json" in request.headers.get("accept", "")


def browser_zone(request: Request) -> str:
    """What the browser's cookie says of its zone; UTC without one."""
    zone = request.cookies.get(ZONE_COOKIE, "")
    return zone if is_zone(zone) else "UTC"


def is_zone(name: str) -> bool:
    """Whether there is a time zone of that name."""
    try:
        return bool(name) and len(name) <= 64 and ZoneInfo(name) is not None
    except (ValueError, OSError, KeyError):  # among them ZoneInfoNotFoundError
        return False


def cookie_name(settings: Settings) -> str:
    """`__Host-` has browsers take the cookie from this very host alone, over TLS alone."""
    return "__Host-winnow" if settings.public_url.startswith("https:") else "winnow"


def set_cookie(response: Response, settings: Settings, token: str) -> None:
    """Have the browser keep the session's token; an empty one has it forget."""
    name = cookie_name(settings)
    age = settings.session_days * 86_400 if token else 0
    is_secure = name.startswith("__Host-")
    response.set_cookie(name, token, max_age=age, path="/", secure=is_secure, httponly=True, samesite="lax")


def sign_in_page(
    request: Request,
    *,
    status: int = 200,
    act: Pending = pending.NOTHING,
    next_page: str = "",
    name: str = "",
    wrong: str = "",
) -> Response:
    """The page that asks for name and password, and keeps what was about to be done."""
    language = pages.language_of(request)
    values = {"act": act, "next_page": next_page, "name": name, "wrong": wrong}
    text = pages.rendered("sign_in.html", language, browser_zone(request), request, **values)
    return pages.html_response(text, status, {"WWW-Authenticate": "Cookie"} if status == 401 else None)


def signed_in_page(visit: Visit, act: Pending, status: int = 200) -> Response:
    """The page after signing in again, with one button that does what was about to be done."""
    return pages.show(visit, "signed_in.html", status, act=act)
