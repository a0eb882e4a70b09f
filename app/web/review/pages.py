"""Rendering: a template, in the moderator's language and time zone, under a policy that runs nothing but our module."""

import gettext
import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from app.core.showing import percent

if TYPE_CHECKING:
    from app.web.review.session import Visit

WEB = Path(__file__).parents[1]
TEMPLATES, STATIC, LOCALE = WEB / "templates", WEB / "static", WEB / "locale"
LANGUAGES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "sk": "Slovenčina"}
"""Of the interface, each by its own name."""
THEMES = ("auto", "light", "dark")
THEME_COOKIE = "winnow-theme"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: with that a browser sends `Origin: null` with our own forms too.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""Of every page. A page holds comments and must not be kept by anybody on the way."""


_STAY = "%:/?#[]@!$&'()*+,;=~"
"""Of an address, besides letters and digits (RFC 3986)."""


def N_(sentence: str) -> str:  # noqa: N802  the name that gettext's tools look for
    """Marks a sentence of a table, which is translated where it is shown.

    >>> N_("Saved.")
    'Saved.'
    """
    return sentence


def html_response(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A page with the headers of all pages."""
    return Response(text, status, {**HEADERS, **(headers or {})}, "text/html; charset=utf-8")


def see_other(url: str) -> Response:
    """To another page of ours, by GET, after something was done; a header takes ASCII alone, so the rest is encoded."""
    return Response("", 303, {**HEADERS, "Location": quote(url, safe=_STAY)})


def rendered(template: str, language: str, zone: str, request: Request, **values: Any) -> str:
    """A template as HTML.

    Args:
        template: its name under app/web/templates/.
        language: one of LANGUAGES.
        zone: IANA name; anything else is UTC.
        request: for the theme's cookie.
        values: what the template shows; every string among them is escaped.
    """
    theme = request.cookies.get(THEME_COOKIE, "auto")
    shared = {
        "language": language,
        "theme": theme if theme in THEMES else "auto",
        "moment": _moments(zone),
        "zone": zone,
        "path": request.url.path,
    }
    return _environment(language).get_template(template).render({**shared, **values})


def alone(template: str, language: str, **values: Any) -> str:
    """A template as a page that stands by itself, outside of the service; every string among the values is escaped."""
    return _environment(language).get_template(template).render(language=language, **values)


def show(visit: "Visit", template: str, status: int = 200, **values: Any) -> Response:
    """A page for whoever looks at it; the template knows them as `visit`."""
    return html_response(rendered(template, visit.language, visit.zone, visit.request, visit=visit, **values), status)


def language_of(request: Request, chosen: str = "") -> str:
    """The moderator's choice, else the first of the browser's languages that there is, else English.

    >>> language_of(Request({"type": "http", "headers": [(b"accept-language", b"pt, sk-SK;q=0.9, de")]}))
    'sk'
    """
    if chosen in LANGUAGES:
        return chosen
    for wanted in request.headers.get("accept-language", "")[:200].split(","):
        tag = wanted.partition(";")[0].strip().lower().partition("-")[0]
        if tag in LANGUAGES:
            return tag
    return "en"


@lru_cache(maxsize=len(LANGUAGES))
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; English, and what is not translated, is what stands in the code.

    >>> translations("en").gettext("Sign in")
    'Sign in'
    """
    return gettext.translation("winnow", LOCALE, [language], fallback=True)


@lru_cache(maxsize=len(LANGUAGES))
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        auto_reload=False,
    )
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(static=static_url, languages=LANGUAGES, themes=THEMES, address=address)
    environment.filters["percent"] = percent
    return environment


@cache
def static_url(name: str) -> str:
    """Where a file of app/web/static/ is had; the address changes with its bytes, so that browsers may keep it.

    >>> static_url("review.css").partition("?")[0]
    '/review/static/review.css'
    """
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/review/static/{name}?{digest}"


def address(path: str, /, **parameters: Any) -> str:
    """A path with a query; parameters that are empty are left out.

    >>> address("/review", tab="spam", q="", site=None)
    '/review?tab=spam'
    """
    query = urlencode({name: value for name, value in parameters.items() if value not in ("", None, False)})
    return f"{path}?{query}" if query else path


def _moments(zone: str) -> Callable[[str], str]:
    try:
        known = ZoneInfo(zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = ZoneInfo("UTC")

    def moment(at: str) -> str:
        """RFC 3339 -> what a person of that zone reads, to the minute; empty for no time."""
        return datetime.fromisoformat(at).astimezone(known).strftime("%Y-%m-%d %H:%M") if at else ""

    return moment
