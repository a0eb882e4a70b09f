"""Who the moderators are, for admins: adding, roles, disabling, and one-time links, which are shown once."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from app.core.moderation import ROLES
from app.core.times import shifted
from app.errors import LastAdmin, ModeratorExists, ModeratorUnknown
from app.store.accounts import INVITED_FOR, is_name, new_token
from app.web.review import pages
from app.web.review.origins import our_origin
from app.web.review.pages import N_
from app.web.review.session import Visit, poster, visitor

router = APIRouter(include_in_schema=False, tags=["review"])
MODERATORS = "/review/moderators"
Posted = Annotated[Visit, Depends(poster("admin"))]

DONE = {
    "role": N_("The role is changed."),
    "disabled": N_("Nobody signs in with that name any more; its sessions have ended."),
    "enabled": N_("The name can be used again, with its old password."),
}
"""What `?done=` may say."""
_UNKNOWN = N_("There is no such moderator, or the name is disabled.")
_LAST = N_("That is the last admin, and nobody else could set Winnow up. Make somebody else an admin first.")


@router.get(MODERATORS)
def moderators(visit: Annotated[Visit, Depends(visitor("admin"))]) -> Response:
    """All of them, with role and when they were last here."""
    return _page(visit, done=DONE.get(visit.request.query_params.get("done", ""), ""))


@router.post(MODERATORS)
def add(visit: Posted) -> Response:
    """Adds somebody and shows their link: it stands in this one answer and nowhere else."""
    name, role = visit.field("name").strip(), visit.field("role")
    if not is_name(name) or role not in ROLES:
        return _page(visit, 422, wrong=N_("A name has 1 to 60 visible characters."))
    try:
        visit.store.add_moderator(name, role, visit.now(), visit.moderator.name)
    except ModeratorExists:
        return _page(visit, 409, wrong=N_("There is a moderator of that name already. Choose another name."))
    return _with_link(visit, name)


@router.post(f"{MODERATORS}/link")
def link(visit: Posted) -> Response:
    """A new link for who lost theirs or forgot the password; an earlier one ends."""
    return _with_link(visit, visit.field("name"))


@router.post(f"{MODERATORS}/role")
def set_role(visit: Posted) -> Response:
    """Acts at once, also on who is signed in."""
    role = visit.field("role")
    if role not in ROLES:
        return _page(visit, 422, wrong=N_("There is no such role."))
    try:
        visit.store.set_role(visit.field("name"), role, visit.now(), visit.moderator.name)
    except ModeratorUnknown:
        return _page(visit, 404, wrong=_UNKNOWN)
    except LastAdmin:
        return _page(visit, 409, wrong=_LAST)
    return pages.see_other(pages.address(MODERATORS, done="role"))


@router.post(f"{MODERATORS}/disable")
def disable(visit: Posted) -> Response:
    """What they decided stays; they are signed out everywhere."""
    try:
        visit.store.disable(visit.field("name"), visit.now(), visit.moderator.name)
    except ModeratorUnknown:
        return _page(visit, 404, wrong=_UNKNOWN)
    except LastAdmin:
        return _page(visit, 409, wrong=_LAST)
    return pages.see_other(pages.address(MODERATORS, done="disabled"))


@router.post(f"{MODERATORS}/enable")
def enable(visit: Posted) -> Response:
    """Takes the disabling back."""
    try:
        visit.store.enable(visit.field("name"), visit.now(), visit.moderator.name)
    except ModeratorUnknown:
        return _page(visit, 404, wrong=_UNKNOWN)
    return pages.see_other(pages.address(MODERATORS, done="enabled"))


def _with_link(visit: Visit, name: str) -> Response:
    token, now = new_token(), visit.now()
    try:
        visit.store.make_invitation(name, token, shifted(now, INVITED_FOR), now, visit.moderator.name)
    except ModeratorUnknown:
        return _page(visit, 404, wrong=_UNKNOWN)
    origin = our_origin(visit.request, visit.wired.settings.public_url)
    return _page(visit, link=f"{origin}/review/set-up/{token}", link_for=name)


def _page(
    visit: Visit, status: int = 200, *, done: str = "", wrong: str = "", link: str = "", link_for: str = ""
) -> Response:
    values = {
        "done": visit.say(done) if done else "",
        "wrong": visit.say(wrong) if wrong else "",
        "link": link,
        "link_for": link_for,
        "everybody": visit.store.moderators(),
        "roles": {"viewer": visit.say("viewer"), "moderator": visit.say("moderator"), "admin": visit.say("admin")},
    }
    return pages.show(visit, "moderators.html", status, **values)
