"""Every page of the moderators' interface, once: what looks at all of them takes them from here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote

from app.commands import opening
from app.core.comment import RULE_KINDS, Comment, Rule
from app.core.query import parse
from app.store.audit import Doer
from app.store.queue import Filter, Line
from app.store.records import Decision, Record
from app.web.review.passwords import HASHER
from tests.e2e.review.conftest import PASSWORD, Service

ADMIN = "root"
LANGUAGES_OF_NOTES = ("Ask Peter about this one.", "هذا التعليق مكرر", "Зачем это здесь?")
RULES = {
    "host": "lucky-42-slots.example",
    "registrable_domain": "diplom-77.example",
    "url_pattern": "www.myget.org/feed/*casino*",
    "email": "@agency.example",
    "author": "bob_1987",
    "ip_range": "198.51.7.0/24",
    "phrase": "working from home",
}
BIDI = "Look \u202egpj.elif\u202c here \u2067אבג\u2069 and \u200binvisible"
ODD = (
    Comment(text="شكرا جزيلا على هذا المقال المفيد، جربت ذلك أمس.", author="أحمد", page_title="العجلة"),
    Comment(text="תודה רבה על המאמר, עזר לי מאוד.", author="נועה", page_title="גלגל"),
    Comment(text=BIDI, author="eve\u202egnirts", author_email="eve@mail.example", page_title="One \u202ethgir"),
    Comment(text="Visit https://раураl.example/login and http://xn--80ak6aa92e.example", author="PаyРal"),
    Comment(text="W" * 400 + " https://long.example/" + "path-of-casino-" * 30, author="N" * 300, page_title="T" * 300),
    Comment(text="", author="", author_url="https://only-an-address.example"),
)
"""Comments that are hard to show; what they are about is nobody's."""
WAVE = tuple(
    Comment(
        text=f"Play now {number}: https://www.myget.org/feed/royal-jackpot-casino-slots-{number}/package/nuget/slots",
        author=f"Lucky {number}",
        author_email=f"lucky{number}@mail.example",
        author_ip=f"203.0.113.{number}",
        user_agent="Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/145.0",
        page_title="Council votes on the new tram line",
        page_url=f"https://news.example/tram/{number}",
        page_text="The council votes in December. " * 40,
        comment_id=f"wave-{number}",
    )
    for number in range(4)
)
"""A campaign: one link in a few disguises."""


@dataclass
class Filled:
    """A service with something to see on every page, and where it is."""

    service: Service
    comment: str
    """Id of one with links, notes, decisions and others like it."""
    domain: str
    email: str
    batch: int
    waiting: int
    """A batch that needs a second moderator."""
    token: str
    """Of a set-up link."""
    campaign: str
    site: str
    model: str
    undecided: str


class Page(NamedTuple):
    """One page, and how a browser gets there."""

    name: str
    route: str
    """As the application knows it."""
    path: Callable[[Filled], str]
    template: str
    status: int = 200
    fields: Callable[[Filled], Sequence[tuple[str, str]]] | None = None
    """Of the form that the page answers; None where it is got by GET."""
    is_open: bool = False
    """Whether it is for who is not signed in."""


def of(path: str) -> Callable[[Filled], str]:
    """A path whose braces are filled with what there is."""
    return lambda filled: path.format_map({name: quote(str(value), safe="") for name, value in vars(filled).items()})


def fields(**values: str) -> Callable[[Filled], Sequence[tuple[str, str]]]:
    """A form's, its braces filled likewise."""
    return lambda filled: [(name, value.format_map(vars(filled))) for name, value in values.items()]


def _bulk(filled: Filled) -> Sequence[tuple[str, str]]:
    with filled.service.store() as store:
        snapshot = store.newest_id()
    return [("tab", "all"), ("q", "the"), ("label", "spam"), ("snapshot", snapshot), ("total", "100000")]


def _late(filled: Filled) -> Sequence[tuple[str, str]]:
    return [("id", f"{filled.comment}~0"), ("label", "ham"), ("back", "/review?tab=spam")]


def _new_site(filled: Filled) -> Sequence[tuple[str, str]]:
    with filled.service.store() as store:
        return [("name", f"Another site {len(store.sites())}")]


def _new_moderator(filled: Filled) -> Sequence[tuple[str, str]]:
    with filled.service.store() as store:
        return [("name", f"mia {len(store.moderators())}"), ("role", "viewer")]


# Of those that share a template the one with most on it comes first.
PAGES = (
    Page("queue", "/review", of("/review?tab=spam"), "queue.html"),
    Page("queue-review", "/review", of("/review"), "queue.html"),
    Page("queue-all", "/review", of("/review?tab=all&order=oldest"), "queue.html"),
    Page("queue-search", "/review", of("/review?tab=all&q=casino"), "queue.html"),
    Page("queue-focus", "/review", of("/review?tab=spam&view=focus"), "queue.html"),
    Page("queue-empty", "/review", of("/review?tab=all&q=nothing+like+it"), "queue.html"),
    Page("item", "/review/{id:str}", of("/review/{comment}?back=%2Freview%3Ftab%3Dspam"), "item.html"),
    Page("item-undecided", "/review/{id:str}", of("/review/{undecided}"), "item.html"),
    Page("bulk", "/review/bulk", of("/review/bulk"), "bulk.html", 200, _bulk),
    Page("batch", "/review/batches/{act}", of("/review/batches/{batch}"), "batch.html"),
    Page("batch-second", "/review/batches/{act}", of("/review/batches/{waiting}"), "batch.html"),
    Page("conflict", "/review/decide", of("/review/decide"), "conflict.html", 409, _late),
    Page("campaigns", "/review/campaigns", of("/review/campaigns"), "campaigns.html"),
    Page("campaign", "/review/campaigns/{id}", of("/review/campaigns/{campaign}"), "campaign.html"),
    Page("domains", "/review/domains", of("/review/domains?days=all"), "domains.html"),
    Page("domain", "/review/domains/{domain}", of("/review/domains/{domain}?days=all"), "domain.html"),
    Page("domain-unknown", "/review/domains/{domain}", of("/review/domains/never.example"), "domain.html"),
    Page("person", "/review/people", of("/review/people?email={email}"), "people.html"),
    Page("people", "/review/people", of("/review/people"), "people.html"),
    Page("erase", "/review/people/erase", of("/review/people/erase?email={email}"), "erase.html"),
    Page("letter", "/review/letters/{id}", of("/review/letters/{comment}"), "letter.html"),
    Page("rules", "/review/rules", of("/review/rules"), "rules.html"),
    Page("rule-new", "/review/rules/new", of("/review/rules/new?comment={comment}"), "rule_new.html"),
    Page("rule-empty", "/review/rules/new", of("/review/rules/new"), "rules.html"),
    Page(
        "rule-preview",
        "/review/rules",
        of("/review/rules"),
        "rule_preview.html",
        200,
        fields(effect="deny", kind="phrase", value="the", scope="all", preview="1"),
    ),
    Page("statistics", "/review/statistics", of("/review/statistics?days=365"), "statistics.html"),
    Page("statistics-site", "/review/statistics", of("/review/statistics?days=365&site={site}"), "statistics.html"),
    Page("models", "/review/models", of("/review/models"), "models.html"),
    Page("model", "/review/models/{version}", of("/review/models/{model}"), "model.html"),
    Page("shadow", "/review/shadow", of("/review/shadow"), "shadow.html"),
    Page("sites", "/review/sites", of("/review/sites"), "sites.html"),
    Page("site", "/review/sites/{name:path}", of("/review/sites/{site}?examine=1"), "site.html"),
    Page("site-key", "/review/sites", of("/review/sites"), "site_key.html", 200, _new_site),
    Page(
        "webhook-secret",
        "/review/sites/{name:path}",
        of("/review/sites/{site}"),
        "webhook_secret.html",
        200,
        fields(act="webhook-add", url="https://cms.example/winnow?to={batch}"),
    ),
    Page("moderators", "/review/moderators", of("/review/moderators"), "moderators.html"),
    Page("moderator-link", "/review/moderators", of("/review/moderators"), "moderators.html", 200, _new_moderator),
    Page("audit", "/review/audit", of("/review/audit"), "audit.html"),
    Page("settings", "/review/settings", of("/review/settings"), "settings.html"),
    Page("profile", "/review/profile", of("/review/profile"), "profile.html"),
    Page("unknown", "/review/{id:str}", of("/review/c_00000000000000000000000000"), "refusal.html", 404),
    Page("sign-in", "/review/sign-in", of("/review/sign-in?next=%2Freview%2Faudit"), "sign_in.html", is_open=True),
    Page("set-up", "/review/set-up/{token}", of("/review/set-up/{token}"), "set_up.html", is_open=True),
    Page("set-up-gone", "/review/set-up/{token}", of("/review/set-up/none"), "set_up_gone.html", 410, is_open=True),
    Page("sign-in-again", "/review/decide", of("/review/decide"), "sign_in.html", 401, _late, is_open=True),
    Page(
        "signed-in",
        "/review/sign-in",
        of("/review/sign-in"),
        "signed_in.html",
        200,
        fields(name="mia", password=PASSWORD, act="/review/decide", **{"act.id": "{comment}~0", "act.label": "ham"}),
        is_open=True,
    ),
)
ONE_OF_EACH = tuple({page.template: page for page in reversed(PAGES)}.values())
"""The first page of every template, for what costs much: a template has one structure."""
NOT_PAGES: Mapping[str, str] = {
    "/review/changes": "JSON for the module",
    "/review/export": "a file",
    "/review/people/export": "a file",
    "/review/static/{name}": "a file",
}
_SUBMIT = """([path, fields]) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action: path });
  for (const [name, value] of [["csrf", document.body.dataset.csrf ?? ""], ...fields]) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  form.submit();
}"""


def named(name: str) -> Page:
    """The page with that name."""
    return next(page for page in PAGES if page.name == name)


def show(page: Page, filled: Filled, tab: object) -> None:
    """The page, in a browser's tab in which an admin is signed in, or nobody where it is for everybody."""
    if page.is_open:
        tab.context.clear_cookies()
    if page.fields is None:
        answer = tab.goto(page.path(filled))
    else:
        if page.is_open or not tab.evaluate("document.body?.dataset.csrf"):
            tab.goto("/review/sign-in" if page.is_open else "/review/settings")
        with tab.expect_navigation() as going:
            tab.evaluate(_SUBMIT, [page.path(filled), page.fields(filled)])
        answer = going.value
    assert answer.status == page.status, f"{page.name}: {answer.status}"


def fill(service: Service, records: Sequence[Record]) -> Filled:
    """Stores these comments, then has moderators do everything that leaves something to see."""
    now = opening.now()
    with service.store() as store:
        for name, role in ((ADMIN, "admin"), ("jana", "moderator"), ("peter", "viewer"), ("mia", "moderator")):
            store.add_moderator(name, role, now)
        store.set_password("mia", HASHER.hash(PASSWORD), now)
        store.disable("peter", now, ADMIN)
        token = opening.make_link(store, "jana", "").rpartition("/")[2]
        site = records[0].site
        doer = Doer(now, ADMIN)
        store.add_webhook(site, "https://cms.example/winnow", False, "whsec_" + "A" * 32, now, doer)
        store.open_to(site, "127.0.0.0/8", doer)
        store.record(records)
        _add_rules(store, site, now)
        return _decide(service, store, token, site, now)


def domain_of(line: Line) -> str:
    """Of the first of its links that leads to one; else empty."""
    return next((link["registrable_domain"] for link in line.answer["links"] if link["registrable_domain"]), "")


def _add_rules(store, site, now):
    assert RULES.keys() == set(RULE_KINDS)
    for number, (kind, value) in enumerate(RULES.items()):
        effect = "allow" if number % 3 == 2 else "deny"
        until = "2026-11-02T00:00:00.000Z" if number == 0 else "2099-01-01T00:00:00.000Z" if number % 2 else ""
        store.add_rule(None if number % 2 else site, Rule(effect, kind, value), now, "jana" if number else "", until)


def _decide(service, store, token, site, now):
    lines = store.queue(Filter(), "oldest", 1_000, now).lines
    spam = next(line for line in lines if line.tab == "spam" and domain_of(line) and line.author_email)
    for number, line in enumerate(lines):
        if line.tab == "review" and number % 4:
            continue
        if line.id == spam.id or number % 3 == 0:
            label = "spam" if line.tab == "spam" else "ham"
            store.decide({line.id: 0}, label, "jana", now)
        elif number % 7 == 0:
            store.add_decision(line.site, line.id, Decision("spam", "cms", now))
    for text in LANGUAGES_OF_NOTES:
        store.add_note(spam.id, "jana", now, text)
    open_ones = [line for line in store.queue(Filter(), "oldest", 1_000, now).lines if not line.label]
    for line in open_ones[:4]:
        store.was_unsure(line.id, "mia", now)
        store.claim_comment(line.id, "jana", now, "2099-01-01T00:00:00.000Z")
    wanted = Filter(tab="all", query=parse("diplom"), snapshot=store.newest_id())
    batch = store.begin_batch(wanted, "spam", "jana", now, False, {"tab": "all", "q": "diplom"})
    while store.work_batch(batch.act, now):
        pass
    cards, _ = store.open_campaigns("", now, 1, 0)
    waiting = store.begin_batch(wanted, "ham", "jana", now, True, {"tab": "all", "q": "diplom"})
    store.note_export(
        now, ADMIN, "export", site, {"format": "csv", "tab": "all", "q": "the", "comments": 2, "whole": True}
    )
    store.undo(store.last_act("jana"), "mia", now)
    return Filled(
        service=service,
        comment=spam.id,
        domain=domain_of(spam),
        email=spam.author_email,
        batch=batch.act,
        waiting=waiting.act,
        token=token,
        campaign=cards[0].id if cards else spam.campaign,
        site=site,
        model=store.comment(spam.site, spam.id).classification.model,
        undecided=open_ones[0].id,
    )
