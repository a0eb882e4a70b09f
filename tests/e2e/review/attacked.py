"""A service into which the whole gallery was sent: by strangers through its doors, and by moderators who are careless."""

import http.client
import json
from collections.abc import Iterator, Mapping, Sequence
from math import ceil

from app import lists
from app.commands import opening
from app.core.comment import Rule
from app.core.query import parse
from app.core.rule_values import normalised
from app.core.site_values import checked_name
from app.errors import ValueRefused
from app.store.accounts import Session, is_name, new_token, token_hash
from app.store.queue import Filter
from app.store.records import Client, Decision, new_key
from app.store.sql import SqlStore
from app.web.review.passwords import HASHER
from tests.e2e.review.conftest import PASSWORD, Service
from tests.e2e.review.hostile import PAYLOADS
from tests.e2e.review.pages import ADMIN, Filled

STRANGERS = (
    "text", "author", "author_email", "author_url", "page_url", "page_title", "page_text", "user_agent", "referrer",
    "type", "language", "comment_id", "parent_id", "posted_at", "author_role",
)  # fmt: skip
"""Every field of a comment that whoever writes one can fill; what fills the honeypot is not looked at further."""
ALONE = {"formula", "url", "header", "json", "template", "long"}
"""Kinds that count on where a field begins, or fill it; of the others several share a comment."""
SHARING = 4
GATHERED = 6
FIELD = 8_000
AGENT = 180
EMAIL = "'\"><img/src=x/onerror=__hit(0)>@evil.example"


def shared() -> list[list[str]]:
    """The gallery in groups, so that fifty comments on a page hold more than fifty payloads."""
    alone = [[payload.text] for payload in PAYLOADS if payload.kind in ALONE]
    others = [payload.text for payload in PAYLOADS if payload.kind not in ALONE]
    count = ceil(len(others) / SHARING)
    return alone + [others[first::count] for first in range(count)]


def comment(texts: Sequence[str]) -> dict[str, str]:
    """With all of them in every field; each field begins with another one."""
    turned = {name: [*texts[at % len(texts) :], *texts[: at % len(texts)]] for at, name in enumerate(STRANGERS)}
    told = {name: " ".join(each) for name, each in turned.items()}
    return {name: text if name in ("text", "page_text") else text[: FIELD + 100] for name, text in told.items()}


def gathered() -> list[dict[str, str]]:
    """The gallery in a few comments, each with a large part of it; one has an address that it can be found by."""
    short = [payload.text for payload in PAYLOADS if payload.kind != "long"]
    found = [comment(short[first::GATHERED]) for first in range(GATHERED)]
    return [{**found[0], "author_email": EMAIL}, *found[1:]]


def agents() -> Iterator[str]:
    """What of the gallery can stand in a header at all."""
    for payload in PAYLOADS:
        sent = payload.text[:AGENT].encode("latin-1", "ignore").decode("latin-1")
        if sent.strip() and not any(ord(c) < 32 or ord(c) == 127 for c in sent):
            yield sent


def ask(
    service: Service, method: str, path: str, sent: object = None, headers: Mapping[str, str] | None = None
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """One request, without anything that tidies it up on the way."""
    connection = http.client.HTTPConnection(service.url.partition("//")[2], timeout=60)
    body = None if sent is None else json.dumps(sent).encode()
    try:
        connection.request(method, path, body, {"Content-Type": "application/json", **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def whole(text: str) -> str:
    """Without half characters, which every door replaces and the store refuses."""
    return text.encode("utf-8", "replace").decode()


def attack(service: Service) -> Filled:
    """Everything, everywhere; and where to look for it."""
    now = opening.now()
    with service.store() as store:
        site = _set_up(service, store, now)
    keys = [{"Authorization": f"Bearer {service.keys[name]}"} for name in ("blog", site)]
    groups = [comment(group) for group in shared()]
    ids = [id for part, key in zip((groups[::2], groups[1::2]), keys, strict=True) for id in _send(service, part, key)]
    for agent, each in zip(agents(), gathered(), strict=False):
        status, _, told = ask(service, "POST", "/classify", each, {**keys[1], "User-Agent": agent})
        assert status == 200, told[:300]
        ids.append(json.loads(told)["id"])
    by = [whole(" ".join(group)[:FIELD]) for group in shared()]
    for id, who in zip(ids[:20:2], by, strict=False):
        status, _, told = ask(service, "POST", "/feedback", {"id": id, "label": "spam", "by": who}, keys[0])
        assert status == 200, told[:300]
    with service.store() as store:
        return _moderate(service, store, site, ids, by, now)


def _send(service: Service, comments: list[dict[str, str]], key: Mapping[str, str]) -> list[str]:
    status, _, told = ask(service, "POST", "/classify/batch", {"comments": comments}, key)
    results = json.loads(told)["results"]
    assert status == 200
    assert [each["error"] for each in results if "error" in each] == []
    return [each["id"] for each in results]


def _set_up(service: Service, store: SqlStore, now: str) -> str:
    """Sites, moderators, settings and rules of those names; the name of the site that gets the comments."""
    store.add_moderator(ADMIN, "admin", now)
    store.add_moderator("mia", "moderator", now)
    store.set_password("mia", HASHER.hash(PASSWORD), now)
    names = [payload.text for payload in PAYLOADS]
    sites = [name for name in names if _is_site(name)]
    for name in sites[::8]:
        service.keys[name] = new_key()
        store.add_site(name, service.keys[name], now)
    for name in [name for name in names if is_name(name)][::3]:
        store.add_moderator(name, ("viewer", "moderator", "admin")[len(name) % 3], now, ADMIN)
    letters = {"letter_name": " ".join(names[3:9])[:200], "letter_contact": " ".join(names[40:50])[:200]}
    store.change_preferences({name: text.translate(dict.fromkeys(range(32))) for name, text in letters.items()}, now)
    known = lists.load()
    site = sites[::8][-1]
    for number, name in enumerate(names):
        kind = ("phrase", "author", "url_pattern")[number % 3]
        try:
            rule = Rule("deny" if number % 5 else "allow", kind, normalised(kind, name, known))
        except ValueRefused:
            continue
        store.add_rule(None if number % 2 else site, rule, now, ADMIN)
    return site


def _is_site(name: str) -> bool:
    try:
        return bool(checked_name(name))
    except ValueRefused:
        return False


def _moderate(service: Service, store: SqlStore, site: str, ids: list[str], by: list[str], now: str) -> Filled:
    """Decisions, notes, claims and searches by moderators of those names, and signs of who asked."""
    names = [seen.moderator.name for seen in store.moderators()]
    last = ids[-GATHERED:]
    found = {id: store.site_of_comment(id) for id in ids}
    for number, id in enumerate(ids[20:-GATHERED]):
        if number % 3:
            store.add_decision(found[id], id, Decision("ham", by[number % len(by)], now))
    for number, name in enumerate(names[:20]):
        id = ids[number]
        store.decide({id: 0}, "spam", name, now)
        store.was_unsure(ids[-1 - number], name, now)
        store.claim_comment(ids[-1 - number], name, now, "2099-01-01T00:00:00.000Z")
    store.decide({last[0]: 0}, "spam", names[-1], now)
    for number, text in enumerate(by):
        store.add_note(last[number % GATHERED], names[number % len(names)], now, text[:2_000])
    for agent in list(agents())[::12]:
        store.add_session(Session(token_hash(new_token()), ADMIN, now, now, agent))
    store.note_clients({(site, agent): Client(agent, now, 1, 1, agent) for agent in list(agents())[::6]})
    wanted = Filter(tab="all", query=parse(EMAIL), snapshot=store.newest_id())
    told = {"tab": "all", "q": by[-1]}
    batch = store.begin_batch(wanted, "spam", names[3], now, False, told)
    while store.work_batch(batch.act, now):
        pass
    waiting = store.begin_batch(Filter(snapshot=wanted.snapshot), "ham", names[5], now, True, told)
    for number in range(15):
        store.note_export(
            now, names[number], "export", site, {"format": by[number][:90], "tab": "all", "q": by[-number]}
        )
    domains = store.domains("", containing="evil", limit=1)
    invited = next(name for name in names if "<" in name)
    return Filled(
        service=service,
        comment=last[0],
        domain=domains[0].domain if domains else "evil.example",
        email=EMAIL,
        batch=batch.act,
        waiting=waiting.act,
        token=opening.make_link(store, invited, "").rpartition("/")[2],
        campaign=store.item(last[0], now).campaign,
        site=site,
        model=store.comment(found[ids[0]], ids[0]).classification.model,
        undecided=last[1],
    )
