"""/review/sites/{name}: a site's key, thresholds, networks, webhooks and clients, and what its CMS forgets to send."""

from collections.abc import Callable, Mapping
from ipaddress import ip_network
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from app.core.addresses import checked_url
from app.core.comment import Thresholds
from app.core.site_values import checked_network, checked_thresholds
from app.core.times import shifted
from app.errors import AddressRefused, ValueRefused, WebhookUnknown
from app.store.audit import Doer
from app.store.outbox import new_secret
from app.web import site_diagnosis
from app.web.problems import RefusedRequest
from app.web.review import pages
from app.web.review.pages import N_
from app.web.review.rule_previews import LOOKED_BACK
from app.web.review.session import Visit, poster, visitor
from app.web.review.sites import SITES, key_for, show_key

router = APIRouter(include_in_schema=False, tags=["review"])
MESSAGES_SHOWN = 10
"""Of each webhook, the newest."""
DONE = {
    "thresholds": N_("The thresholds are set and hold from now on."),
    "model": N_("The thresholds are the model's again."),
    "observed": N_("The site is only observed from now on: its CMS is told to publish whatever comes."),
    "acting": N_("From now on the CMS is told what Winnow finds."),
    "opened": N_("The network may speak for the site without a key, within seconds."),
    "closed": N_("The network is asked for the key again."),
    "removed": N_("The webhook is removed; what has not arrived is not sent any more."),
    "enabled": N_("The webhook is in use; what waited is sent."),
    "nothing": N_("That was so already."),
}
"""What `?done=` may say."""
LIMITS = ("hold", "reject", "discard")
_CONFIRM = N_("Say first that you know: the old key stops working at once.")


def address_of(name: str) -> str:
    """The page of a site, whatever its name holds.

    >>> address_of("my blog/ä?")
    '/review/sites/my%20blog%2F%C3%A4%3F'
    """
    return f"{SITES}/{quote(name, safe='')}"


class _Refused(Exception):
    """An act that is not done, with the sentence that says why."""


@router.get(f"{SITES}/{{name:path}}")
def site(request: Request, visit: Annotated[Visit, Depends(visitor("admin"))]) -> Response:
    """Everything about it; `examine` looks at its last comments too, which takes a second."""
    done = DONE.get(request.query_params.get("done", ""), "")
    examined = None
    name = request.path_params["name"]
    _require(visit, name)
    if request.query_params.get("examine"):
        examined = site_diagnosis.examine(visit.store, name, visit.wired.model, visit.wired.lists, visit.now())
    return _page(visit, name, done=visit.say(done) if done else "", examined=examined)


@router.post(f"{SITES}/{{name:path}}")
def act(request: Request, visit: Annotated[Visit, Depends(poster("admin"))]) -> Response:
    """Does what the field `act` says."""
    name = request.path_params["name"]
    _require(visit, name)
    doing = _ACTS.get(visit.field("act"))
    if doing is None:
        raise RefusedRequest("request-refused")
    try:
        done = doing(visit, name, Doer(visit.now(), visit.moderator.name))
    except (ValueRefused, AddressRefused) as error:
        return _page(visit, name, 422, wrong=f"{visit.say(error.what)} {visit.say(error.remedy)}")
    except _Refused as error:
        return _page(visit, name, 422, wrong=visit.say(str(error)))
    except WebhookUnknown:  # removed in this very moment
        raise RefusedRequest("not-found") from None
    if isinstance(done, Response):
        return done
    return pages.see_other(pages.address(address_of(name), done=done))


def _rotate(visit: Visit, name: str, doer: Doer) -> Response:
    if not visit.field("sure"):
        raise _Refused(_CONFIRM)
    key = key_for(visit)
    visit.store.rotate_key(name, key, doer)
    return show_key(visit, name, key)


def _set_thresholds(visit: Visit, name: str, doer: Doer) -> str:
    if visit.field("default"):
        visit.store.set_thresholds(name, None, doer)
        return "model"
    try:
        hold, reject, discard = (float(visit.field(each).replace(",", ".")) for each in LIMITS)
    except ValueError:
        hold = reject = discard = float("nan")  # which is in no order
    visit.store.set_thresholds(name, checked_thresholds(hold, reject, discard), doer)
    return "thresholds"


def _observe(visit: Visit, name: str, doer: Doer) -> str:
    return "observed" if visit.store.set_observed(name, True, doer) else "nothing"


def _act_again(visit: Visit, name: str, doer: Doer) -> str:
    return "acting" if visit.store.set_observed(name, False, doer) else "nothing"


def _open(visit: Visit, name: str, doer: Doer) -> str:
    network = checked_network(visit.field("network"))
    return "opened" if visit.store.open_to(name, network, doer) else "nothing"


def _close(visit: Visit, name: str, doer: Doer) -> str:
    network = checked_network(visit.field("network"))
    return "closed" if visit.store.close_to(name, network, doer) else "nothing"


def _add_webhook(visit: Visit, name: str, doer: Doer) -> Response:
    target, secret = checked_url(visit.field("url")), new_secret()
    added = visit.store.add_webhook(name, target.url, False, secret, doer.at, doer)
    return pages.show(visit, "webhook_secret.html", name=name, webhook=added, secret=secret)


def _remove_webhook(visit: Visit, name: str, doer: Doer) -> str:
    visit.store.remove_webhook(_webhook_of(visit, name), doer)
    return "removed"


def _enable_webhook(visit: Visit, name: str, doer: Doer) -> str:
    visit.store.enable_webhook(_webhook_of(visit, name), doer)
    return "enabled"


_ACTS: Mapping[str, Callable[[Visit, str, Doer], str | Response]] = {
    "rotate": _rotate,
    "thresholds": _set_thresholds,
    "observe": _observe,
    "act": _act_again,
    "open": _open,
    "close": _close,
    "webhook-add": _add_webhook,
    "webhook-remove": _remove_webhook,
    "webhook-enable": _enable_webhook,
}
"""Field `act` -> what it does; gives the code of a notice, or an answer of its own."""


def _webhook_of(visit: Visit, name: str) -> int:
    """The number in the field `id`, if it is one of this site's webhooks."""
    written = visit.field("id")
    known = {str(each.id): each.id for each in visit.store.webhooks() if each.site == name}
    if written not in known:
        raise RefusedRequest("not-found")
    return known[written]


def _require(visit: Visit, name: str) -> None:
    if name not in {each.name for each in visit.store.sites()}:
        raise RefusedRequest("not-found")


def _page(
    visit: Visit,
    name: str,
    status: int = 200,
    *,
    done: str = "",
    wrong: str = "",
    examined: dict[str, Any] | None = None,
) -> Response:
    store = visit.store
    state = store.site_state(name, shifted(visit.now(), -LOOKED_BACK))
    webhooks = [each for each in store.webhooks() if each.site == name]
    models: Thresholds = visit.wired.model.thresholds
    limits = state.thresholds or models
    return pages.show(
        visit,
        "site.html",
        status,
        state=state,
        networks=[(each, ip_network(each).is_loopback) for each in state.networks],
        limits={each: visit.field(each) or f"{getattr(limits, each):g}" for each in LIMITS},
        of_model={each: f"{getattr(models, each):g}" for each in LIMITS},
        webhooks=[(each, store.messages(each.id, MESSAGES_SHOWN)) for each in webhooks],
        clients=store.clients(name),
        examined=examined,
        done=done,
        wrong=wrong,
    )
