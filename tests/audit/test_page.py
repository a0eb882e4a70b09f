"""The page: one file, no script but its own, and still usable when there is much of it."""

import base64
import hashlib
import re
from html.parser import HTMLParser

from app.audit import page
from app.audit.report import summary_of, tally_of
from tests.audit.conftest import CASINO

OFFER = "Number {} https://casino{}.example/slots-jackpot-bonus"


def html_of(found):
    summary = summary_of(found.findings, tally_of(found.findings), found.spool.skipped, found.setting.about)
    return b"".join(page.write_page(found.findings, summary)).decode()


class Elements(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_its_policy_lets_nothing_run_but_its_own_style_and_script(audited):
    html = html_of(audited([{"text": CASINO}]))

    policy = next(told["content"] for tag, told in Elements(html).found if told.get("http-equiv"))
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        (inner,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.S)
        expected = base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()
        assert f"{directive} 'sha256-{expected}'" in policy
    assert policy.startswith("default-src 'none';")


def test_it_asks_for_nothing_and_leads_nowhere(audited):
    html = html_of(audited([{"text": CASINO, "author_url": "https://a.example", "page_url": "https://b.example"}]))

    told = [attribute for _, attributes in Elements(html).found for attribute in attributes]
    assert not {"src", "href", "action", "style", "srcset", "background", "onclick"} & set(told)


def test_what_strangers_wrote_is_text(audited):
    hostile = '<img src=x onerror=alert(1)></script><script>alert(2)</script>" data-x="'
    row = dict.fromkeys(("author", "page_title", "page_url", "posted_at", "comment_id", "site"), hostile)
    html = html_of(audited([{**row, "text": f"{CASINO} {hostile}"}]))

    elements = Elements(html).found
    assert [tag for tag, _ in elements].count("script") == 1
    assert not any(tag == "img" or "data-x" in told or "onerror" in told for tag, told in elements)


def test_of_very_many_the_worst_are_shown_and_it_says_where_the_rest_is(audited, monkeypatch):
    monkeypatch.setattr(page, "MAX_CARDS", 3)
    html = html_of(audited([{"text": OFFER.format(each, each)} for each in range(5)]))

    assert html.count('<li class="card') == 3
    assert "Here are the worst 3; 2 more stand in <code>findings.csv</code>" in html


def test_a_long_text_is_cut_and_says_so(audited):
    html = html_of(audited([{"text": CASINO + " x" * 5_000}], at_least=0.0))

    assert "and 8,101 more characters" in html
    assert len(html) < 40_000


def test_evidence_is_marked_and_hidden_characters_are_named(audited):
    html = html_of(audited([{"text": f"Play ca\u200bsino now {CASINO}"}], at_least=0.0))

    assert "<mark" in html
    assert "[U+200B ZERO WIDTH SPACE]" in html
