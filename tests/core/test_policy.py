"""The policy: deny, allow, role, test values, honeypot, campaign, thresholds; in that order."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.comment import RULE_KINDS, Campaign, Comment, History, Precedent, Rule, RuleKind, Thresholds
from app.core.features import MAX_TEXT_CHARS
from app.core.links import find
from app.core.lists import Lists
from app.core.policy import REPEATED, Ruling, decide, matches
from app.core.text import read
from app.core.verdict import Override

LIMITS = Thresholds(hold=0.35, reject=0.8, discard=0.995)
SPAM = Comment(
    text="Buy at https://www.shop.example.co.uk/casino/win?x=1 and поле.рф now, c.a.s.i.n.o",
    author="Jožko  Mrkvička",
    author_email="Joe@Mail.example.net",
    author_ip="192.0.2.44",
)


def ruled(comment: Comment, lists: Lists, *rules: Rule, score: float = 0.5) -> Ruling:
    seen = read(comment.text, "auto", lists.lookalikes)
    return decide(score, LIMITS, comment, seen, find(comment, seen, lists), History(rules=rules))


@pytest.mark.parametrize(
    ("score", "verdict", "action"),
    [
        pytest.param(0.0, "ham", "publish", id="nothing"),
        pytest.param(0.3499, "ham", "publish", id="just-below-hold"),
        pytest.param(0.35, "unsure", "hold", id="exactly-hold"),
        pytest.param(0.7999, "unsure", "hold", id="just-below-reject"),
        pytest.param(0.8, "spam", "reject", id="exactly-reject"),
        pytest.param(0.995, "spam", "discard", id="exactly-discard"),
        pytest.param(1.0, "spam", "discard", id="certain"),
    ],
)
def test_a_tie_goes_to_the_stricter_side(score: float, verdict: str, action: str, lists: Lists) -> None:
    assert ruled(SPAM, lists, score=score) == Ruling(verdict, action, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "comment",
    [
        Comment(text="Hi", author=" Viagra-Test-123 "),
        Comment(text="Hi", author="akismet-guaranteed-spam"),
        Comment(text="Hi", author_email="Akismet-Guaranteed-Spam@example.com"),
        Comment(text="Hi", author_email="s@cleantalk.org", honeypot="filled"),
    ],
    ids=lambda comment: f"{comment.author}{comment.author_email}",
)
def test_what_is_spam_by_agreement_is_spam_but_from_those_who_run_the_site(comment: Comment, lists: Lists) -> None:
    ruling = ruled(comment, lists, score=0.01)
    trusted = ruled(replace(comment, author_role="administrator"), lists, score=0.01)

    assert (ruling.verdict, ruling.action, ruling.override.rule) == ("spam", "reject", "test")  # type: ignore[union-attr]
    assert trusted.override == Override("role", "", "administrator")


ALLOW = Rule("allow", "author", "jozko mrkvicka")
DENY = Rule("deny", "phrase", "buy at")


@pytest.mark.parametrize(
    ("comment", "rules", "told"),
    [
        pytest.param(Comment(text="Buy at x", author="Jožko Mrkvička", honeypot="x"), (ALLOW, DENY), Ruling("spam", "reject", Override("deny", "phrase", "buy at")), id="deny-before-allow"),
        pytest.param(Comment(text="Hi", author="Jožko Mrkvička", honeypot="x"), (DENY, ALLOW), Ruling("ham", "publish", Override("allow", "author", "jozko mrkvicka")), id="allow-before-honeypot"),
        pytest.param(Comment(text="Buy at x", author_role="editor"), (DENY,), Ruling("spam", "reject", Override("deny", "phrase", "buy at")), id="deny-before-role"),
        pytest.param(Comment(text="x", author_role="editor", honeypot="x"), (), Ruling("ham", "publish", Override("role", "", "editor")), id="role-before-honeypot"),
        pytest.param(Comment(text="x", honeypot="x"), (), Ruling("spam", "reject", Override("honeypot", "", "")), id="honeypot-before-score"),
        pytest.param(Comment(text="x", honeypot=" \n"), (), Ruling("ham", "publish", None), id="blank-honeypot"),
        pytest.param(Comment(text="x", author_role="subscriber, Editor"), (), Ruling("ham", "publish", Override("role", "", "editor")), id="one-of-the-roles"),
        pytest.param(Comment(text="x", author_role="author,contributor,subscriber"), (), Ruling("ham", "publish", None), id="roles-not-trusted"),
        pytest.param(Comment(text="x", author_role="administrators"), (), Ruling("ham", "publish", None), id="not-quite-a-role"),
        pytest.param(Comment(text="Buy at x"), (Rule("deny", "phrase", "at x"), DENY), Ruling("spam", "reject", Override("deny", "phrase", "at x")), id="first-rule-named"),
    ],
)  # fmt: skip
def test_the_first_that_speaks_decides(comment: Comment, rules: tuple[Rule, ...], told: Ruling, lists: Lists) -> None:
    assert ruled(comment, lists, *rules, score=0.1) == told


RULES: list[tuple[RuleKind, str, bool]] = [
    ("host", "www.shop.example.co.uk", True),
    ("host", "WWW.shop.example.co.uk.", True),
    ("host", "shop.example.co.uk", False),
    ("host", "поле.рф", True),
    ("host", "Поле.РФ", True),
    ("host", "xn--e1alid.xn--p1ai", True),
    ("host", ".", False),
    ("host", "co.uk", False),
    ("registrable_domain", "example.co.uk", True),
    ("registrable_domain", "EXAMPLE.co.uk", True),
    ("registrable_domain", "поле.рф", True),
    ("registrable_domain", "co.uk", False),
    ("registrable_domain", "not a domain", False),
    ("url_pattern", "https://www.shop.example.co.uk/casino/*", True),
    ("url_pattern", "*/casino/*", True),
    ("url_pattern", "*.example.co.uk/CASINO/win?x=1", True),
    ("url_pattern", "www.shop.example.co.uk", False),
    ("url_pattern", "xn--e1alid.xn--p1ai", True),
    ("url_pattern", "http://www.shop.example.co.uk/*", False),
    ("url_pattern", "*/win?x=[0-9]", False),
    ("url_pattern", "*/win?x?1", False),
    ("url_pattern", "*[", False),
    ("email", "joe@mail.example.net", True),
    ("email", "@mail.example.net", True),
    ("email", "@example.net", False),
    ("email", "@", False),
    ("email", "oe@mail.example.net", False),
    ("author", "JOZKO mrkvicka", True),
    ("author", "Jožko", False),
    ("author", "\u0301", False),
    ("ip_range", "192.0.2.0/24", True),
    ("ip_range", "192.0.2.44", True),
    ("ip_range", "192.0.2.99/24", True),
    ("ip_range", "198.51.100.0/24", False),
    ("ip_range", "2001:db8::/32", False),
    ("ip_range", "192.0.2.0/99", False),
    ("ip_range", "everyone", False),
    ("phrase", "buy AT", True),
    ("phrase", "<b>buy</b> at", False),
    ("phrase", "casino", True),
    ("phrase", "c a s i n o", True),
    ("phrase", "\u0301", False),
    ("phrase", "\u200b", False),
    ("phrase", "sell at", False),
]


@pytest.mark.parametrize(("kind", "value", "speaks"), RULES)
def test_whom_a_rule_speaks_of(kind: RuleKind, value: str, speaks: bool, lists: Lists) -> None:
    seen = read(SPAM.text, "auto", lists.lookalikes)
    assert matches(Rule("deny", kind, value), SPAM, seen, find(SPAM, seen, lists)) is speaks


@pytest.mark.parametrize("address", ["::ffff:192.0.2.44", " 192.0.2.44 "])
def test_an_address_may_be_written_another_way(address: str, lists: Lists) -> None:
    told = ruled(Comment(text="x", author_ip=address), lists, Rule("deny", "ip_range", "192.0.2.0/24"))
    assert told.verdict == "spam"


@pytest.mark.parametrize(
    ("kind", "value"),
    [*itertools.product(RULE_KINDS, ["", " ", "\n", "\u0301", "\x00", "@", "[", "*://", "::", "/"])],
)
@pytest.mark.parametrize("comment", [Comment(), Comment(text="Nice.", author="Jana", author_email="jana@example.com")])
def test_a_value_that_makes_no_sense_matches_nothing(
    kind: RuleKind, value: str, comment: Comment, lists: Lists
) -> None:
    assert ruled(comment, lists, Rule("deny", kind, value), score=0.1).override is None


LINKED = "https://www.good.example.org/a"
ALLOWED: list[tuple[RuleKind, str]] = [
    ("host", "www.good.example.org"),
    ("registrable_domain", "example.org"),
    ("url_pattern", "*.example.org/*"),
]


@pytest.mark.parametrize(("kind", "value"), ALLOWED)
@pytest.mark.parametrize(
    ("comment", "speaks"),
    [
        pytest.param(Comment(text=f"See {LINKED}"), True, id="only-it"),
        pytest.param(Comment(text=f"See {LINKED} and {LINKED}/b", author_url=LINKED), True, id="all-of-it"),
        pytest.param(Comment(text="Nice.", author_url=LINKED), True, id="only-the-address"),
        pytest.param(Comment(text=f"See {LINKED}", author_email="ann@mail.example"), True, id="mail-is-not-shown"),
        pytest.param(Comment(text=f"See {LINKED} and http://casino.example.com/win"), False, id="another-beside-it"),
        pytest.param(Comment(text=f"See {LINKED}", author_url="http://casino.example.com"), False, id="other-address"),
        pytest.param(Comment(text=f"See {LINKED}", author="www.casino.example.com"), False, id="other-in-the-name"),
        pytest.param(Comment(text="Nice.", author_email="ann@www.good.example.org"), False, id="only-mail"),
        pytest.param(Comment(text="Nice."), False, id="no-links"),
        pytest.param(Comment(text=" ".join(f"{LINKED}/{i}" for i in range(70))), False, id="more-than-are-read"),
        pytest.param(Comment(text=f"{LINKED} " + "word " * 9_000), False, id="longer-than-is-read"),
    ],
)
def test_an_allowed_link_does_not_carry_others_past(
    kind: RuleKind, value: str, comment: Comment, speaks: bool, lists: Lists
) -> None:
    told = ruled(comment, lists, Rule("allow", kind, value), score=0.9)
    assert told.override == (Override("allow", kind, value) if speaks else None)


@given(
    score=st.floats(0, 1),
    role=st.text(max_size=20),
    honeypot=st.text(max_size=5),
    others=st.lists(st.builds(Rule, st.just("allow"), st.sampled_from(RULE_KINDS), st.text(max_size=20)), max_size=4),
    place=st.integers(0, 4),
)
def test_a_deny_rule_always_gives_spam(
    score: float, role: str, honeypot: str, others: list[Rule], place: int, lists: Lists
) -> None:
    comment = Comment(text=SPAM.text, author=SPAM.author, author_role=role, honeypot=honeypot)
    told = ruled(comment, lists, *others[:place], DENY, *others[place:], score=score)
    assert told == Ruling("spam", "reject", Override("deny", "phrase", DENY.value))


SETTLED = Campaign("c_1", 9, "spam", "jana", "2026-11-30T10:00:00.000Z")
COPIED = replace(SETTLED, label="ham", is_copy=True)


@pytest.mark.parametrize(
    ("campaign", "comment", "score", "verdict", "rule"),
    [
        pytest.param(SETTLED, Comment(text="Hi"), 0.1, "spam", "campaign", id="spam"),
        pytest.param(SETTLED, Comment(text="Hi", honeypot="x"), 0.1, "spam", "honeypot", id="honeypot-first"),
        pytest.param(SETTLED, Comment(text="Hi", author_role="editor"), 0.9, "ham", "role", id="role-first"),
        pytest.param(SETTLED, Comment(text="Hi", author="Jožko Mrkvička"), 0.9, "ham", "allow", id="allow-first"),
        pytest.param(COPIED, Comment(text="Buy at x"), 0.1, "spam", "deny", id="deny-first"),
        pytest.param(replace(SETTLED, by_link=True), Comment(text="Hi"), 0.34, "ham", "", id="a-link-of-what-passes"),
        pytest.param(
            replace(SETTLED, by_link=True), Comment(text="Hi"), 0.35, "spam", "campaign", id="of-what-is-held"
        ),
        pytest.param(COPIED, Comment(text="Hi"), 0.999, "ham", "campaign", id="ham-whatever-the-score"),
        pytest.param(
            replace(COPIED, is_copy=False), Comment(text="Hi"), 0.5, "unsure", "", id="ham-with-something-new"
        ),
        pytest.param(COPIED, Comment(text="x" * 30_001), 0.5, "unsure", "", id="ham-too-long-to-be-read"),
        pytest.param(replace(SETTLED, label=None), Comment(text="Hi"), 0.5, "unsure", "", id="nothing-was-said"),
    ],
)
def test_a_settled_campaign_comes_before_the_score_and_after_everybodys_rules(
    campaign: Campaign, comment: Comment, score: float, verdict: str, rule: str, lists: Lists
) -> None:
    seen = read(comment.text, "auto", lists.lookalikes)
    history = History(rules=(ALLOW, DENY), campaign=campaign)
    ruling = decide(score, LIMITS, comment, seen, find(comment, seen, lists), history)

    assert (ruling.verdict, ruling.override.rule if ruling.override else "") == (verdict, rule)
    if rule == "campaign":
        assert ruling.override == Override("campaign", campaign.label or "", "c_1")


def test_a_bracket_in_a_pattern_stands_for_itself(lists: Lists) -> None:
    comment = Comment(text='<a href="https://a.example/list?item[0]=tea">tea</a>')
    seen = read(comment.text, "auto", lists.lookalikes)
    links = find(comment, seen, lists)

    assert matches(Rule("deny", "url_pattern", "*?item[0]=*"), comment, seen, links)
    assert not matches(Rule("deny", "url_pattern", "*?item[01]=*"), comment, seen, links)


@pytest.mark.parametrize(
    ("label", "action"), [("ham", "publish"), ("spam", "hold"), (None, "hold")], ids=["cleared", "condemned", "nobody"]
)
def test_a_link_that_was_held_again_and_again_is_held_unless_somebody_said_that_it_is_honest(
    label: str | None, action: str, lists: Lists
) -> None:
    """The word may be on another comment with that link."""
    comment = Comment(text="Have you seen https://a.example/tea yet?")
    seen = read(comment.text, "auto", lists.lookalikes)
    said = Precedent("c_9", label, "jana", "2026-12-01T10:00:00Z", False) if label else None
    campaign = Campaign("c_1", 5, None, "", "", held=REPEATED, has_address=True)
    history = History(campaign=campaign, precedent=said)

    ruling = decide(0.01, LIMITS, comment, seen, find(comment, seen, lists), history)
    assert ruling.action == action
    assert ruling.override is None or ruling.override.rule == ("precedent" if label else "repeated")


@pytest.mark.parametrize("is_cut", [False, True])
def test_what_was_not_read_to_its_end_is_no_copy_of_something_honest(is_cut: bool, lists: Lists) -> None:
    comment = Comment(text="tea " * (MAX_TEXT_CHARS // 4) + ("more" if is_cut else ""))
    seen = read(comment.text, "auto", lists.lookalikes)
    history = History(precedent=Precedent("c_9", "ham", "jana", "2026-12-01T10:00:00Z", True))

    ruling = decide(0.5, LIMITS, comment, seen, find(comment, seen, lists), history)
    assert (ruling.verdict, ruling.action) == (("unsure", "hold") if is_cut else ("ham", "publish"))
