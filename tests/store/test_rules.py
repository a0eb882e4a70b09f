"""Rules of one site and of all: what stands, what is over, what they did, and what they may speak of."""

from dataclasses import replace

import pytest

from app import lists
from app.core.comment import RULE_KINDS, Comment, Rule
from app.core.features import look
from app.core.policy import matches
from app.core.preview import preview
from app.core.proposals import proposals
from app.core.verdict import LinkReport, Override
from app.errors import SiteUnknown
from app.store.records import Record
from app.store.rules import StandingRule
from tests.store.conftest import CLASSIFICATION

AT = "2026-11-30T10:00:00.000Z"
LATER = "2026-11-30T11:00:00.000Z"
DENY = Rule("deny", "host", "casino.example")
ALLOW = Rule("allow", "email", "@example.org")


@pytest.fixture
def store(sql_store):
    """With the sites blog and shop."""
    sql_store.add_site("shop", "shop2m9q4x1z", AT)
    return sql_store


def in_force(store, site="blog", now=AT):
    return store.history_of(site, Comment(), now).rules


class TestStanding:
    def test_a_site_has_its_own_rules_and_those_for_all_sites_in_the_order_they_were_added(self, store):
        store.add_rule(None, DENY, AT)
        store.add_rule("blog", ALLOW, AT)
        store.add_rule("shop", replace(DENY, value="shop.example"), AT)

        assert in_force(store, "blog") == (DENY, ALLOW)
        assert in_force(store, "shop") == (DENY, replace(DENY, value="shop.example"))
        assert [each.site for each in store.rules()] == [None, "blog", "shop"]
        assert [each.site for each in store.rules("blog")] == [None, "blog"]

    def test_it_is_known_who_added_a_rule_and_until_when_it_stands(self, store):
        number = store.add_rule(None, DENY, AT, "jana", LATER)

        standing = StandingRule(number, None, DENY, "jana", AT, LATER)
        assert (store.rule(number), store.rules()) == (standing, [standing])
        assert store.rule(number + 1) is None

    @pytest.mark.parametrize("site", [None, "blog"])
    def test_the_same_rule_stands_once(self, store, site):
        assert store.add_rule(site, DENY, AT)
        assert store.add_rule(site, DENY, AT, "jana", LATER) is None

        assert [(each.by, each.expires_at) for each in store.rules()] == [("", "")]

    def test_a_rule_for_all_sites_and_one_of_a_site_that_say_the_same_both_stand(self, store):
        assert store.add_rule(None, DENY, AT)
        assert store.add_rule("blog", DENY, AT)
        assert store.remove_rule(None, DENY, AT)

        assert (in_force(store), in_force(store, "shop")) == ((DENY,), ())

    @pytest.mark.parametrize("site", [None, "blog"])
    def test_a_rule_is_over_when_its_time_has_come(self, store, site):
        store.add_rule(site, DENY, AT, "", LATER)

        assert in_force(store, now="2026-11-30T10:59:59.999Z") == (DENY,)
        assert in_force(store, now=LATER) == ()
        assert [each.is_over(LATER) for each in store.rules()] == [True]

    def test_a_rule_that_is_over_gives_way_to_the_same_again(self, store):
        store.add_rule("blog", DENY, AT, "jana", LATER)

        assert store.add_rule("blog", DENY, LATER, "ron")

        assert [(each.by, each.expires_at) for each in store.rules()] == [("ron", "")]

    def test_what_is_removed_or_belongs_to_nobody_says_so(self, store):
        assert store.remove_rule(None, DENY, AT) is False
        for ask in (lambda: store.rules("nope"), lambda: store.add_rule("nope", DENY, AT)):
            with pytest.raises(SiteUnknown):
                ask()

    def test_adding_and_removing_stand_in_the_audit(self, store):
        store.add_rule("blog", DENY, AT, "jana", LATER)
        store.add_rule("blog", DENY, AT, "ron")
        store.remove_rule("blog", DENY, LATER, "ron")
        store.add_rule(None, ALLOW, LATER)

        told = [(each.by, each.act, each.site, each.subject, each.detail) for each in store.audit_log()]
        assert told[::-1] == [
            ("jana", "rule-add", "blog", "deny host casino.example", {"expires_at": LATER}),
            ("ron", "rule-remove", "blog", "deny host casino.example", {}),
            ("", "rule-add", "", "allow email @example.org", {}),
        ]


class TestHits:
    def test_what_a_rule_decided_is_counted_by_site(self, store, make_record):
        denied = replace(CLASSIFICATION, override=Override("deny", "host", "casino.example"))
        by_role = replace(CLASSIFICATION, override=Override("role", "", "editor"))
        store.record(
            [
                make_record("c_1", "blog", AT, classification=denied),
                make_record("c_2", "blog", LATER, classification=denied),
                make_record("c_3", "shop", LATER, classification=denied),
                make_record("c_4", "blog", LATER, classification=by_role),
                make_record("c_5", "blog", LATER, classification=replace(CLASSIFICATION, override=None)),
            ]
        )
        for site, rule in ((None, DENY), ("blog", DENY), ("shop", DENY), ("blog", ALLOW)):
            store.add_rule(site, rule, AT)

        assert [each.hits for each in store.rules(hits_since=AT)] == [3, 2, 1, 0]
        assert [each.hits for each in store.rules("blog", LATER)] == [2, 1, 0]
        assert [each.hits for each in store.rules()] == [0, 0, 0, 0]


COMMENTS = {
    "c_01": Comment(text="see https://www.myget.org/feed/slots/x and https://casino.co.uk/win"),
    "c_02": Comment(text="hidden: https://WWW.MyGet.org./feed/slots", author="  JOHN  Doé "),
    "c_03": Comment(text="https://xn--e1afmkfd.xn--p1ai/a", author="john doe", author_email="Ann@Mail.Example.ORG "),
    "c_04": Comment(text="http://192.0.2.9:8080/casino", author_email="ann@example.org", author_ip="203.0.113.9"),
    "c_05": Comment(text="Buy  c<b></b>asino\u200b chips", author_url="https://me.github.io/slots", author_ip="203.0.114.9"),
    "c_06": Comment(text="ham", author_email="ÜNAL@example.org", author_ip="2001:db8:1::9"),
    "c_07": Comment(text="page https://blog.example/a?b=c", page_url="https://blog.example/"),
    "c_08": Comment(author="Ron", author_url="https://casino.co.uk"),
}  # fmt: skip
RULES = [
    Rule("deny", "host", "www.myget.org"),
    Rule("deny", "host", "xn--e1afmkfd.xn--p1ai"),
    Rule("deny", "host", "192.0.2.9"),
    Rule("deny", "registrable_domain", "casino.co.uk"),
    Rule("allow", "registrable_domain", "casino.co.uk"),
    Rule("deny", "registrable_domain", "me.github.io"),
    Rule("deny", "url_pattern", "www.myget.org/feed/slots*"),
    Rule("deny", "url_pattern", "*casino*"),
    Rule("deny", "url_pattern", "https://blog.example/a?b=*"),
    Rule("deny", "url_pattern", "192.0.2.9:8080/*"),
    Rule("deny", "email", "ann@example.org"),
    Rule("deny", "email", "@mail.example.org"),
    Rule("deny", "email", "ünal@example.org"),
    Rule("deny", "author", "John Doe"),
    Rule("deny", "phrase", "buy casino chips"),
]


def as_judged(id, comment):
    """The record of a comment with the links that a classification finds in it; those with an even number are shop's."""
    links = [
        LinkReport(link.url.href, link.host.name, link.host.registrable_domain, link.host.kind, link.field, 0, 1, 0.5)
        for link in look(comment, lists.load()).links
    ]
    answer = replace(CLASSIFICATION, links=tuple(links))
    return Record(id, "blog" if int(id[2:]) % 2 else "shop", AT, comment, answer)


class TestPast:
    @pytest.fixture
    def stored(self, store):
        store.record([as_judged(id, comment) for id, comment in COMMENTS.items()])
        return store

    @pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.effect} {rule.kind} {rule.value}")
    def test_none_is_left_out_that_the_rule_speaks_of(self, stored, rule):
        known = lists.load()

        def speaks_of(comment):
            looked = look(comment, known)
            return matches(rule, comment, looked.seen, looked.links)

        expected = [id for id, comment in COMMENTS.items() if speaks_of(comment)]
        found = preview(rule, stored.past(rule, None, ""), known)
        assert [each.id for each in found.examples] == expected[::-1] != []

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            pytest.param("203.0.113.200/32", ["c_04"], id="its-network-is-all-that-is-known"),
            pytest.param("203.0.112.0/21", [], id="of-a-larger-one-names-say-nothing"),
            pytest.param("2001:db8:1:7::/64", ["c_06"], id="six"),
            pytest.param("198.51.100.0/24", [], id="another"),
        ],
    )
    def test_addresses_are_compared_by_their_networks(self, stored, value, expected):
        rule = Rule("deny", "ip_range", value)

        found = preview(rule, stored.past(rule, None, ""), lists.load())

        assert [each.id for each in found.examples] == expected

    def test_what_is_kept_in_clear_lies_in_larger_networks_too(self, sql_store):
        sql_store.set_clear_networks("blog", True)
        sql_store.record([Record("c_1", "blog", AT, COMMENTS["c_04"], CLASSIFICATION)])

        for value in ("203.0.112.0/21", "203.0.113.200/32"):
            rule = Rule("deny", "ip_range", value)
            assert preview(rule, sql_store.past(rule, None, ""), lists.load()).matching == 1

    def test_they_come_page_by_page_of_one_site_or_tab_since_a_time(self, stored):
        phrase = Rule("deny", "phrase", "x")

        first = stored.past(phrase, None, "", most=3)
        assert [each.id for each in first] == ["c_07", "c_06", "c_05"]
        assert [each.id for each in stored.past(phrase, None, "", before="c_05", most=2)] == ["c_04", "c_03"]
        assert [each.id for each in stored.past(phrase, "shop", "")] == ["c_06", "c_04", "c_02"]
        assert stored.past(phrase, None, "", tab="decided") == []
        assert stored.past(phrase, None, LATER) == []
        assert (stored.received_since(None, AT), stored.received_since("shop", AT)) == (8, 4)
        assert stored.received_since("shop", LATER) == 0

    @pytest.mark.parametrize("id", [id for id in COMMENTS if id != "c_06"])
    def test_what_a_comment_suggests_speaks_of_it(self, stored, id):
        known = lists.load()
        site = "shop" if int(id[2:]) % 2 == 0 else "blog"
        record = stored.comment(site, id)

        urls = [link.url for link in record.classification.links]
        suggested = proposals(record.comment, urls, record.author_network, known)

        rules = [Rule("deny", *each) for each in suggested]
        assert {each.kind for each in suggested} <= set(RULE_KINDS)
        assert rules == [
            rule
            for rule in rules
            if id in [each.id for each in preview(rule, stored.past(rule, None, ""), known).examples]
        ]
