"""Rules before they are added: values, what to know about them, until when they stand, and what a comment suggests."""

from datetime import UTC, datetime
from ipaddress import ip_network
from zoneinfo import ZoneInfo

import pytest

from app.core.cautions import SENTENCES, cautions
from app.core.comment import Comment, Rule
from app.core.features import look
from app.core.hosts import parse_url
from app.core.policy import matches
from app.core.preview import MOST_EXAMPLES, Past, preview
from app.core.proposals import Proposal, pattern_of, proposals
from app.core.rule_expiry import CHOICES, expires_at
from app.core.rule_values import REFUSALS, normalised
from app.core.site_values import checked_name, checked_network, checked_thresholds
from app.errors import ValueRefused


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("registrable_domain", "com", "suffix"),
        ("registrable_domain", "co.uk", "suffix"),
        ("registrable_domain", "github.io", "suffix"),
        ("registrable_domain", "192.0.2.7", "unregistrable"),
        ("registrable_domain", "www.casino.co.uk", "subdomain"),
        ("host", "com", "suffix"),
        ("host", "winner1", "host"),
        ("url_pattern", "*", "pattern"),
        ("url_pattern", "https://*/*", "every-link"),
        ("url_pattern", "www.*", "every-link"),
        ("url_pattern", "*a*", "every-link"),
        ("url_pattern", "*.com/*", "suffix"),
        ("url_pattern", "*com*", "suffix"),
        ("url_pattern", "www.*.co.uk/*", "suffix"),
        ("phrase", "a", "one-letter"),
        ("phrase", "!", "wordless"),
        ("ip_range", "0.0.0.0/0", "whole-internet"),
        ("ip_range", "::/0", "whole-internet"),
        ("ip_range", "10.0.0.0/7", "whole-internet"),
    ],
)
def test_a_rule_for_everything_is_refused_in_plain_words(kind, value, code, lists):
    with pytest.raises(ValueRefused) as refused:
        normalised(kind, value, lists)

    assert (refused.value.what, refused.value.remedy) == REFUSALS[code]


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        ("url_pattern", "*.com/casino/*", "*.com/casino/*"),
        ("url_pattern", "*/casino/*", "*/casino/*"),
        ("url_pattern", "t.me/*", "t.me/*"),
        (
            "url_pattern",
            "https://пример.рф/казино*",
            "https://xn--e1afmkfd.xn--p1ai/%D0%BA%D0%B0%D0%B7%D0%B8%D0%BD%D0%BE*",
        ),
        ("url_pattern", "*казино*", "*%D0%BA%D0%B0%D0%B7%D0%B8%D0%BD%D0%BE*"),
        ("phrase", "赌", "赌"),
    ],
)
def test_a_value_that_says_enough_is_kept(kind, value, stored, lists):
    assert normalised(kind, value, lists) == stored


@pytest.mark.parametrize("written", ["https://пример.рф/казино*", "*казино*", "пример.рф/*"])
def test_a_pattern_in_other_letters_fits_the_address_that_browsers_make_of_it(written, lists):
    comment = Comment(text="https://пример.рф/казино-онлайн")
    looked = look(comment, lists)

    assert matches(Rule("deny", "url_pattern", normalised("url_pattern", written, lists)), comment, *looked_at(looked))


def looked_at(looked):
    return looked.seen, looked.links


@pytest.mark.parametrize(
    ("rule", "codes"),
    [
        (Rule("deny", "host", "www.myget.org"), ["anyone-publishes"]),
        (Rule("deny", "registrable_domain", "google.com"), ["anyone-publishes"]),
        (Rule("deny", "registrable_domain", "wordpress.com"), ["anyone-publishes"]),
        (Rule("deny", "host", "bit.ly"), ["anyone-publishes"]),
        (Rule("deny", "host", "casino.wordpress.com"), []),
        (Rule("deny", "registrable_domain", "casino.github.io"), []),
        (Rule("deny", "host", "casino.example"), []),
        (Rule("allow", "host", "github.com"), ["anyone-is-let-in"]),
        (Rule("deny", "url_pattern", "github.com/casino/*"), []),
        (Rule("deny", "url_pattern", "github.com/*"), ["anyone-publishes"]),
        (Rule("deny", "url_pattern", "*.github.io/*"), ["customers"]),
        (Rule("deny", "email", "@gmail.com"), ["mail-provider"]),
        (Rule("deny", "email", "ann@gmail.com"), []),
        (Rule("allow", "email", "ann@example.org"), ["anyone-writes-it"]),
        (Rule("deny", "author", "Anna"), ["given-name"]),
        (Rule("allow", "author", "Best SEO"), ["anyone-writes-it"]),
        (Rule("deny", "phrase", "win"), ["short-phrase"]),
        (Rule("deny", "phrase", "casino"), []),
        (Rule("deny", "ip_range", "8.0.0.0/8"), ["wide-network"]),
        (Rule("deny", "ip_range", "127.0.0.1/32"), ["own-network"]),
        (Rule("deny", "ip_range", "8.8.8.8/32"), []),
    ],
    ids=lambda each: f"{each.effect} {each.kind} {each.value}" if isinstance(each, Rule) else "",
)
def test_whoever_adds_a_rule_hears_what_it_does_besides(rule, codes, lists):
    found = cautions(rule, lists)

    assert [each.code for each in found] == codes
    assert all("%" not in each.sentence for each in found)


def test_a_caution_proposes_what_is_narrower(lists):
    (caution,) = cautions(Rule("deny", "host", "www.myget.org"), lists)

    assert "www.myget.org/…/*" in caution.sentence
    assert len(SENTENCES) == len(set(SENTENCES.values()))


@pytest.mark.parametrize(
    ("url", "pattern"),
    [
        ("https://www.myget.org/feed/slots/package/nuget/slots-2", "www.myget.org/feed/slots/*"),
        ("https://github.com/casino/win/blob/main/a.md", "github.com/casino/*"),
        ("https://github.com/casino", "github.com/casino*"),
        ("https://www.youtube.com/watch?v=abc&t=7", "www.youtube.com/watch?v=abc*"),
        ("https://0pk.me/viewtopic.php?t=123", "0pk.me/viewtopic.php?t=123*"),
        ("https://bit.ly/3xYz", "bit.ly/3xYz*"),
        ("https://casino.wordpress.com/2026/11/a", "casino.wordpress.com/*"),
        ("http://192.0.2.7:8080/a/b", "192.0.2.7:8080/*"),
    ],
)
def test_a_pattern_ends_where_one_persons_part_of_a_host_begins(url, pattern, lists):
    assert pattern_of(parse_url(url), lists) == pattern


def test_what_names_nobody_is_not_proposed(lists):
    comment = Comment(author=" -- ", author_email="nobody")

    assert proposals(comment, ["https://github.io/", "nonsense"], "", lists) == (
        Proposal("host", "github.io"),
        Proposal("url_pattern", "github.io/*"),
    )


NOW = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", ""),
        ("never", ""),
        ("1d", "2026-12-01T23:30:00.000Z"),
        ("2 weeks", "2026-12-14T23:30:00.000Z"),
        ("1m", "2026-12-30T23:30:00.000Z"),
        ("1Y", "2027-11-30T23:30:00.000Z"),
        ("2026-12-01", "2026-12-01T23:00:00.000Z"),
    ],
)
def test_a_rule_stands_for_a_span_or_to_the_end_of_a_day_where_its_moderator_is(written, expected):
    assert expires_at(written, NOW, ZoneInfo("Europe/Prague")) == expected
    assert all(expires_at(choice, NOW) or choice == "never" for choice in CHOICES)


@pytest.mark.parametrize("written", ["soon", "0d", "2026-11-29", "2026-02-30", "9999-12-31", "99999d", "1d 2h"])
def test_a_rule_that_would_never_stand_is_refused(written):
    with pytest.raises(ValueRefused):
        expires_at(written, NOW)


def past(at, label=None, action="hold", tab="review", text="casino"):
    return Past(f"c_{at}", "blog", "", Comment(text=text), "", action, 0.5, label, tab)


def test_a_preview_counts_what_became_of_the_comments_and_shows_those_called_ham_first(lists):
    came = [past(1, "spam"), past(2), past(3, "ham", "publish", "decided"), past(4, text="tea"), past(5, tab="expired")]

    found = preview(Rule("deny", "phrase", "casino"), came, lists)

    assert (found.matching, found.ham, found.spam, found.waiting, found.published, found.stopped) == (4, 1, 1, 2, 1, 3)
    assert [each.id for each in found.examples] == ["c_3", "c_2", "c_5", "c_1"]


def test_a_preview_shows_few_and_counts_all(lists):
    found = preview(Rule("deny", "phrase", "casino"), [past(at) for at in range(50)], lists)

    assert (found.matching, len(found.examples)) == (50, MOST_EXAMPLES)


@pytest.mark.parametrize("name", ["", " blog", "a\nb", ".", "..", "x" * 101])
def test_a_name_that_would_be_lost_is_refused(name):
    with pytest.raises(ValueRefused):
        checked_name(name)


@pytest.mark.parametrize("limits", [(0.5, 0.4, 0.9), (0.1, 0.2, 1.1), (float("nan"), 0.5, 0.9)])
def test_thresholds_have_to_rise(limits):
    with pytest.raises(ValueRefused):
        checked_thresholds(*limits)


@pytest.mark.parametrize("written", ["", "x", "0.0.0.0/0", "::/0"])
def test_a_site_is_not_open_to_everybody(written):
    with pytest.raises(ValueRefused):
        checked_network(written)
    assert ip_network(checked_network("192.0.2.9/24")).prefixlen == 24
