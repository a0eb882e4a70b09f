"""The pages of sites, through the whole application."""

import json
import re

import pytest

from app.core.comment import Thresholds
from app.store.records import MODERATOR, Decision
from app.web.review.site import address_of
from tests.web.conftest import AT, KEY, wired


@pytest.fixture
def ron(client, make_visitor):
    """An admin."""
    return make_visitor(client, "ron", "admin")


@pytest.fixture
def store(client):
    return wired(client).store


def key_in(answer):
    return re.search(r'id="key"[^>]*value="([^"]*)"', answer.text)[1]


def told(store, act):
    return [(each.by, each.site, each.subject) for each in store.audit_log(act=act)]


@pytest.mark.parametrize("address", ["/review/sites", "/review/sites/blog"])
def test_only_admins_come_in(client, make_visitor, address):
    jana = make_visitor(client)

    assert jana.get(address).status_code == 403
    assert jana.post(address, data={"name": "x", "act": "rotate", "sure": "1"}).status_code == 403
    assert wired(client).store.site_of_key(KEY).name == "blog"


def test_the_list_shows_every_site_at_a_glance(client, ron, store):
    store.set_thresholds("blog", Thresholds(0.0, 1.0, 1.0))
    store.open_to("shop", "192.0.2.0/24")
    client.post("/classify", json={"text": "Hello"}, headers={"User-Agent": "TestCMS/1"})
    wired(client).clients.flush()

    page = ron.get("/review/sites").text

    blog, shop = page.split("<tbody>")[1].split("</tr>")[:2]
    assert "blo…" in blog
    assert '<td class="number">1</td>' in blog
    assert '/review?tab=review&amp;site=blog">1</a>' in blog
    assert "TestCMS/1" in blog
    assert "its own" in blog
    assert "192.0.2.0/24" in shop
    assert KEY not in page


class TestKeys:
    def test_a_site_is_added_and_its_key_shown_once(self, client, ron, store):
        answer = ron.post("/review/sites", data={"name": "Můj blog / 2?"})

        key = key_in(answer)
        assert store.site_of_key(key).name == "Můj blog / 2?"
        assert answer.headers["cache-control"] == "no-store"
        assert told(store, "site-add")[0] == ("ron", "Můj blog / 2?", "Můj blog / 2?")
        page = ron.get(address_of("Můj blog / 2?"))
        assert (page.status_code, key in page.text) == (200, False)
        assert key not in json.dumps([each._asdict() for each in store.audit_log()])

    def test_the_list_leads_to_a_site_whatever_its_name(self, ron, store):
        name = "a/b?c#d&e"
        store.add_site(name, "aaaaaaaaaaaa", AT)

        (link,) = [
            each for each in re.findall(r'href="(/review/sites/[^"]+)"', ron.get("/review/sites").text) if "%2F" in each
        ]

        assert link.replace("&amp;", "&") == address_of(name)
        assert ron.get(address_of(name)).status_code == 200
        done = ron.post(address_of(name), data={"act": "open", "network": "192.0.2.7"})
        assert done.headers["location"] == f"{address_of(name)}?done=opened"

    @pytest.mark.parametrize(("name", "status"), [("", 422), (" x", 422), ("..", 422), ("blog", 409)])
    def test_a_name_that_cannot_be_is_refused(self, ron, store, name, status):
        answer = ron.post("/review/sites", data={"name": name})

        assert answer.status_code == status
        assert len(store.sites()) == 2

    def test_a_new_key_ends_the_old_one(self, client, ron, store):
        assert ron.post("/review/sites/blog", data={"act": "rotate"}).status_code == 422
        assert store.site_of_key(KEY)

        answer = ron.post("/review/sites/blog", data={"act": "rotate", "sure": "1", "hex": "1"})

        key = key_in(answer)
        assert set(key) <= set("0123456789abcdef")
        assert (store.site_of_key(KEY), store.site_of_key(key).name) == (None, "blog")
        assert told(store, "site-key") == [("ron", "blog", "blog")]


class TestThresholds:
    def test_they_are_set_and_go_back_to_the_models(self, ron, store):
        set_ = ron.post(
            "/review/sites/blog", data={"act": "thresholds", "hold": "0,4", "reject": "0.9", "discard": "1"}
        )
        assert set_.headers["location"] == "/review/sites/blog?done=thresholds"
        assert store.site_state("blog", "").thresholds == Thresholds(0.4, 0.9, 1.0)
        assert 'name="hold" inputmode="decimal" value="0.4"' in ron.get("/review/sites/blog").text

        ron.post("/review/sites/blog", data={"act": "thresholds", "default": "1"})
        assert store.site_state("blog", "").thresholds is None
        assert [each.detail["before"] for each in store.audit_log(act="site-thresholds")] == [
            "0.4 / 0.9 / 1",
            "– / – / –",
        ]

    @pytest.mark.parametrize("values", [("0.9", "0.5", "1"), ("", "0.5", "1"), ("x", "0.5", "1"), ("0", "0.5", "2")])
    def test_they_have_to_rise(self, ron, store, values):
        answer = ron.post(
            "/review/sites/blog",
            data={"act": "thresholds", **dict(zip(("hold", "reject", "discard"), values, strict=True))},
        )

        assert answer.status_code == 422
        assert "do not rise" in answer.text
        assert store.site_state("blog", "").thresholds is None


class TestNetworks:
    def test_a_site_is_opened_and_closed(self, ron, store):
        for _ in range(2):
            ron.post("/review/sites/blog", data={"act": "open", "network": "127.0.0.1"})
        assert store.site_state("blog", "").networks == ("127.0.0.1/32",)
        assert "anybody could speak for the site" in ron.get("/review/sites/blog").text

        ron.post("/review/sites/blog", data={"act": "close", "network": "127.0.0.1/32"})
        assert store.site_state("blog", "").networks == ()
        assert (told(store, "site-open"), told(store, "site-close")) == ([("ron", "blog", "blog")],) * 2

    @pytest.mark.parametrize("network", ["0.0.0.0/0", "nonsense", ""])
    def test_it_is_not_opened_to_everybody(self, ron, store, network):
        assert ron.post("/review/sites/blog", data={"act": "open", "network": network}).status_code == 422
        assert store.open_networks() == ()


class TestWebhooks:
    def test_one_is_added_used_and_removed(self, client, ron, store):
        answer = ron.post("/review/sites/blog", data={"act": "webhook-add", "url": "https://cms.example/hook"})
        secret = re.search(r'id="secret"[^>]*value="([^"]*)"', answer.text)[1]
        (webhook,) = store.webhooks()
        assert (webhook.site, webhook.url, webhook.allow_private) == ("blog", "https://cms.example/hook", False)
        assert store.secrets("blog", f"webhook:{webhook.id}") == (secret,)

        id = client.post("/classify", json={"text": "Hello"}).json()["id"]
        store.add_decision("blog", id, Decision("ham", "jana", AT, MODERATOR))
        page = ron.get("/review/sites/blog").text
        assert id in page
        assert secret not in page

        removed = ron.post("/review/sites/blog", data={"act": "webhook-remove", "id": str(webhook.id)})
        assert (removed.status_code, store.webhooks()) == (303, ())
        assert [len(told(store, act)) for act in ("webhook-add", "webhook-remove")] == [1, 1]

    @pytest.mark.parametrize(
        "url",
        [
            "http://cms.example/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://169.254.169.254/",
            "https://0x7f.1/",
            "x",
        ],
    )
    def test_none_leads_into_a_private_network(self, ron, store, url):
        assert ron.post("/review/sites/blog", data={"act": "webhook-add", "url": url}).status_code == 422
        assert store.webhooks() == ()

    def test_another_sites_webhook_is_left_alone(self, ron, store):
        webhook = store.add_webhook("shop", "https://cms.example/", False, "whsec_x", AT)

        for act in ("webhook-remove", "webhook-enable"):
            assert ron.post("/review/sites/blog", data={"act": act, "id": str(webhook.id)}).status_code == 404
        assert len(store.webhooks()) == 1


def test_what_the_cms_forgets_to_send_is_told_on_demand(client, ron):
    client.post("/classify", json={"text": "Hello", "author": "Jana"})

    assert "came without" not in ron.get("/review/sites/blog").text
    page = ron.get("/review/sites/blog?examine=1").text
    assert "1 came without <bdi>page_url</bdi>." in page
    assert "<bdi>author</bdi>" not in page


@pytest.mark.parametrize("address", ["/review/sites/nope", "/review/sites/"])
def test_a_site_that_is_not_there(ron, address):
    assert ron.get(address).status_code == 404
    assert ron.post(address, data={"act": "rotate", "sure": "1"}).status_code == 404


def test_an_act_that_is_none_is_refused(ron):
    assert ron.post("/review/sites/blog", data={"act": "delete"}).status_code == 400


class TestObserving:
    def test_a_site_is_only_observed_and_the_pages_say_so(self, client, ron, store):
        done = ron.post("/review/sites/blog", data={"act": "observe"})
        assert done.headers["location"] == "/review/sites/blog?done=observed"
        assert store.observed_sites() == ("blog",)
        store.set_thresholds("blog", Thresholds(0.0, 1.0, 1.0))

        id = client.post("/classify", json={"text": "Hello"}).json()["id"]

        assert "only observed: would be held" in ron.get("/review?tab=review").text
        assert "only observed: would be held" in ron.get(f"/review/{id}").text
        assert "<bdi>blog</bdi> is only observed" in ron.get("/review/statistics?site=blog").text
        assert "is only observed" not in ron.get("/review/statistics?site=shop").text
        assert "only observed" in ron.get("/review/sites").text

    def test_it_ends(self, client, ron, store):
        for act in ("observe", "observe", "act"):
            ron.post("/review/sites/blog", data={"act": act})

        assert store.observed_sites() == ()
        assert (told(store, "site-observe"), told(store, "site-act")) == ([("ron", "blog", "blog")],) * 2
        assert "had the site <bdi>blog</bdi> only observed" in ron.get("/review/audit").text
