"""The pages of rules, through the whole application."""

import re

import pytest

from app.core.comment import Rule
from app.store.records import MODERATOR, Decision
from tests.web.conftest import AT, CASINO, wired

HAM = "Thanks, the second paragraph answered my question about winter feeding."


@pytest.fixture
def jana(client, make_visitor):
    """A moderator."""
    return make_visitor(client)


@pytest.fixture
def store(client):
    return wired(client).store


def classify(client, **comment):
    answer = client.post("/classify", json=comment)
    assert answer.status_code == 200
    return answer.json()


def add(browser, **fields):
    form = {"effect": "deny", "kind": "host", "value": "casino.example", "scope": "site", "site": "blog"}
    return browser.post("/review/rules", data=form | fields)


class TestAdding:
    def test_a_rule_decides_the_next_comment(self, client, jana, store):
        assert classify(client, text="See https://casino.example/win")["override"] is None

        answer = add(jana, value="CASINO.example")

        (standing,) = store.rules()
        assert (answer.status_code, answer.headers["location"]) == (303, f"/review/rules?done=added&rule={standing.id}")
        assert (standing.site, standing.rule, standing.by) == ("blog", Rule("deny", "host", "casino.example"), "jana")
        again = classify(client, text="See https://casino.example/win")
        assert again["override"] == {"rule": "deny", "kind": "host", "value": "casino.example"}

    def test_a_rule_for_all_sites_with_an_end_decides_until_then(self, client, jana, store):
        add(jana, scope="all", site="", expires="1d")

        (standing,) = store.rules()
        assert standing.site is None
        assert standing.expires_at > wired(client).now()
        assert classify(client, text="https://casino.example/")["override"]["rule"] == "deny"

        wired(client).now = lambda: standing.expires_at
        assert classify(client, text="https://casino.example/")["override"] is None

    def test_a_day_ends_where_the_moderator_is(self, jana, store):
        jana.cookies.set("winnow-zone", "Pacific/Auckland")

        add(jana, expires="date", expires_on="2099-06-30")

        assert [each.expires_at for each in store.rules()] == ["2099-06-30T12:00:00.000Z"]

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"value": "com"}, "anybody can have a name"),
            ({"value": ""}, "The value is empty"),
            ({"kind": "registrable_domain", "value": "github.io"}, "anybody can have a name"),
            ({"kind": "url_pattern", "value": "*.com/*"}, "anybody can have a name"),
            ({"kind": "ip_range", "value": "0.0.0.0/0"}, "A large part of the internet"),
            ({"expires": "date", "expires_on": ""}, "neither a span of time nor a date"),
            ({"expires": "date", "expires_on": "2020-01-01"}, "over already"),
            ({"site": "nope"}, "There is no such site"),
            ({"site": ""}, "There is no such site"),
        ],
        ids=str,
    )
    @pytest.mark.parametrize("preview", ["", "1"])
    def test_what_cannot_be_meant_comes_back_with_the_reason_and_what_was_typed(
        self, jana, store, fields, sentence, preview
    ):
        answer = add(jana, preview=preview, **fields)

        assert answer.status_code == 422
        assert sentence in answer.text
        assert f'name="value" value="{fields.get("value", "casino.example")}"' in answer.text
        assert store.rules() == []

    def test_the_same_rule_is_refused(self, jana, store):
        add(jana)

        answer = add(jana)

        assert (answer.status_code, len(store.rules())) == (409, 1)
        assert "there already" in answer.text

    def test_viewers_look_and_moderators_act(self, client, make_visitor, store):
        viewer = make_visitor(client, "vera", "viewer")

        assert add(viewer).status_code == 403
        assert viewer.get("/review/rules/new").status_code == 403
        page = viewer.get("/review/rules")
        assert page.status_code == 200
        assert '<form action="/review/rules" method="post"' not in page.text
        assert store.rules() == []

    def test_the_act_stands_in_the_audit(self, jana, store):
        add(jana)

        (told,) = store.audit_log(act="rule-add")
        assert (told.by, told.site, told.subject) == ("jana", "blog", "deny host casino.example")


class TestAfterAdding:
    def test_comments_that_wait_can_be_settled(self, client, jana, store):
        store.set_thresholds("blog", None)
        held = [store.comment("blog", classify(client, text=f"https://casino.example/{n}")["id"]) for n in range(3)]
        waiting = sum(each.classification.action == "hold" for each in held)
        if not waiting:
            store.set_thresholds("blog", held[0].classification.thresholds.__class__(0.0, 1.0, 1.0))
            waiting = sum(
                classify(client, text=f"https://casino.example/{n}")["action"] == "hold" for n in range(10, 12)
            )

        page = jana.get(add(jana).headers["location"]).text

        assert f"{waiting} comments that wait in the queue match it" in page
        settle = re.search(r'href="(/review\?tab=review[^"]*)"', page)[1].replace("&amp;", "&")
        assert settle == "/review?tab=review&site=blog&q=host%3Acasino.example"
        assert jana.get(settle).text.count('class="tick"') == waiting

    def test_a_page_of_ours_is_gone_back_to_and_no_other(self, jana):
        ours = add(jana, back="/review?tab=spam").headers["location"]
        foreign = add(jana, value="b.example", back="https://evil.example/").headers["location"]

        assert "back=%2Freview%3Ftab%3Dspam" in ours
        assert 'href="/review?tab=spam"' in jana.get(ours).text
        assert "evil" not in foreign


class TestPreview:
    def test_it_tells_what_would_have_been_hit_and_adds_nothing(self, client, jana, store):
        ids = [classify(client, text=f"{HAM} https://casino.example/{n}")["id"] for n in range(3)]
        classify(client, text=HAM)
        store.add_decision("blog", ids[0], Decision("ham", "jana", AT, MODERATOR))

        page = add(jana, preview="1")

        assert (page.status_code, store.rules()) == (200, [])
        assert "It would have hit 3 comments of the last 30 days." in page.text
        assert "1 decided not spam" in page.text
        assert re.findall(r'href="/review/(c_\w+)"', page.text) == [ids[0], ids[2], ids[1]]
        assert 'name="preview"' not in page.text

        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))
        assert jana.post("/review/rules", data=fields).status_code == 303
        assert [each.rule.value for each in store.rules()] == ["casino.example"]

    def test_a_host_where_anyone_publishes_is_warned_of(self, client, jana):
        page = add(jana, preview="1", value="www.myget.org").text

        assert "Anyone can publish on www.myget.org" in page
        assert "It would have hit 0 comments" in page

    def test_a_rule_for_most_comments_is_warned_of(self, client, jana):
        for n in range(20):
            classify(client, text=f"{HAM} {n}")

        page = add(jana, preview="1", kind="phrase", value="winter").text

        assert "more than half of all 20 comments" in page

    def test_of_addresses_only_the_network_is_known_and_the_page_says_so(self, client, jana):
        classify(client, text=HAM, author_ip="203.0.113.7")

        page = add(jana, preview="1", kind="ip_range", value="203.0.113.99").text

        assert "It would have hit 1 comment of" in page
        assert "only the network is kept" in page

    def test_it_says_when_it_did_not_look_at_all(self, client, jana, monkeypatch):
        monkeypatch.setattr("app.web.review.rule_previews.A_STEP", 2)
        monkeypatch.setattr("app.web.review.rules.look_through", few)
        for n in range(5):
            classify(client, text=f"{HAM} {n}")

        page = add(jana, preview="1", kind="phrase", value="winter").text

        assert "It would have hit 3 comments" in page
        assert "Only the newest 3 comments were looked at" in page


def few(visit, rule, site):
    from app.web.review.rule_previews import look_through

    return look_through(visit, rule, site, most=3)


class TestList:
    def test_rules_stand_by_site_and_those_that_are_over_under_their_own_heading(self, client, jana, store):
        store.add_rule("blog", Rule("deny", "phrase", "<b>buy</b>"), AT, "jana")
        store.add_rule(None, Rule("allow", "author", "Jana"), AT)
        store.add_rule("shop", Rule("deny", "host", "old.example"), AT, "", "2026-11-23T10:00:00.000Z")

        page = jana.get("/review/rules").text

        order = [
            page.index(each) for each in ("For all sites", ">Jana<", "&lt;b&gt;buy&lt;/b&gt;", "Expired", "old.example")
        ]
        assert order == sorted(order)
        assert "<b>buy</b>" not in page

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("?of=all", {"Jana"}),
            ("?of=site:blog", {"casino.example"}),
            ("?q=CASÍNO", {"casino.example"}),
            ("?of=site:shop", set()),
        ],
    )
    def test_they_can_be_filtered(self, jana, store, query, expected):
        store.add_rule("blog", Rule("deny", "host", "casino.example"), AT)
        store.add_rule(None, Rule("allow", "author", "Jana"), AT)

        page = jana.get(f"/review/rules{query}").text

        assert set(re.findall(r'<bdi class="address">([^<]*)</bdi>', page)) == expected

    def test_a_rule_is_removed_once(self, jana, store):
        number = store.add_rule("blog", Rule("deny", "host", "casino.example"), AT)

        done = [jana.post("/review/rules/remove", data={"id": id}).headers["location"] for id in (number, number, "x")]

        assert done == ["/review/rules?done=removed", "/review/rules?done=gone", "/review/rules?done=gone"]
        assert store.rules() == []
        assert [told.by for told in store.audit_log(act="rule-remove")] == ["jana"]

    def test_what_a_rule_decided_is_counted(self, client, jana, store):
        add(jana)
        classify(client, text="https://casino.example/")

        assert re.search(r'<td class="number">1</td>', jana.get("/review/rules").text)


class TestFromAComment:
    def test_everything_that_can_be_named_is_proposed_with_its_hits(self, client, jana, store):
        store.set_clear_networks("blog", True)
        told = classify(
            client, text=f"See {CASINO}", author="Best Slots", author_email="a@gmail.com", author_ip="203.0.113.7"
        )

        page = jana.get(f"/review/rules/new?comment={told['id']}").text

        picks = re.findall(r'name="pick" value="([^"]*)"( checked)?', page)
        assert [pick for pick, _ in picks] == [
            "host www.myget.org",
            "registrable_domain myget.org",
            "url_pattern www.myget.org/feed/royal-jackpot-casino-slots/*",
            "email a@gmail.com",
            "email @gmail.com",
            "author Best Slots",
            "ip_range 203.0.113.0/24",
        ]
        assert [pick for pick, checked in picks if checked] == [picks[2][0]]
        assert page.count("1 comment in 30 days") == 7
        assert "Anyone can publish on www.myget.org" in page
        assert "Anyone can have an address at gmail.com" in page

        sent = {"pick": picks[2][0], "effect": "deny", "scope": "all", "site": "blog", "back": f"/review/{told['id']}"}
        jana.post("/review/rules", data=sent)
        (standing,) = store.rules()
        assert (standing.site, standing.rule.kind) == (None, "url_pattern")
        assert classify(client, text=f"Other {CASINO}")["override"]["kind"] == "url_pattern"
        assert "blocked already" in jana.get(f"/review/rules/new?comment={told['id']}").text

    def test_a_comment_that_names_nothing_says_so(self, client, jana):
        told = classify(client, text="Hello")

        page = jana.get(f"/review/rules/new?comment={told['id']}")

        assert "no link, name or address" in page.text

    def test_a_comment_that_is_not_there(self, jana):
        assert jana.get("/review/rules/new?comment=c_nope").status_code == 404

    def test_the_page_of_a_domain_leads_to_a_form_that_names_it(self, jana):
        page = jana.get("/review/rules/new?domain=casino.example&effect=allow&back=/review/domains/casino.example").text

        assert 'name="value" value="casino.example"' in page
        assert '<option value="registrable_domain" selected>' in page
        assert 'name="effect" value="allow" checked' in page
        assert '<option value="all" selected>' in page
        assert 'name="back" value="/review/domains/casino.example"' in page

    def test_without_a_comment_it_is_the_empty_form(self, jana):
        page = jana.get("/review/rules/new?kind=phrase&value=buy+now&site=shop")

        assert page.status_code == 200
        assert 'value="buy now"' in page.text
        assert '<option value="phrase" selected>' in page.text
