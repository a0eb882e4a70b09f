"""Which comments are one campaign: texts that are near-duplicates, links that are pushed, and what honest ones share."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from random import Random

import pytest

from app.core.campaign import (
    ALIKE,
    HASHES,
    MAX_LINKS,
    Lead,
    Signature,
    acting_key,
    kept,
    kind_of,
    leads,
    recognised,
    signature,
    similarity,
    url_key,
)
from app.core.classify import classify
from app.core.comment import Campaign, Comment, History
from app.core.features import look
from app.core.hosts import describe, parse_url
from app.core.lists import Lists
from app.core.model import Model
from app.core.places import address_of, place_of
from tests.core.test_growth import SHAPES, grows_linearly
from tests.waves import LOOK_ALIKES, wave

TEXT = (
    "I found a casino where my brother won 500 dollars in three days, and no deposit was needed for the first free "
    "spins; see https://jackpot.example.net/win/77 for the bonus"
)


@pytest.fixture(scope="module")
def signed(lists: Lists) -> Callable[..., Signature]:
    """signed(text, **fields): the signature of a comment."""
    return lambda text="", **fields: signature(look(Comment(text=text, **fields), lists), lists)


def text_keys(found: Signature) -> set[int]:
    return {key for key in found.keys if kind_of(key) == "text"}


@pytest.mark.parametrize(
    "disguised",
    [
        pytest.param(TEXT.upper().replace("HTTPS://JACKPOT.EXAMPLE.NET/WIN/77", "https://jackpot.example.net/win/77"), id="case"),
        pytest.param(TEXT.replace("casino", "c&#97;sino"), id="entities"),
        pytest.param(TEXT.replace("casino", "сasinо"), id="look-alikes"),
        pytest.param(TEXT.replace("casino", "ca\u200bsi\u00adno"), id="invisible"),
        pytest.param(TEXT.replace("casino", "c.a.s.i.n.o"), id="spaced"),
        pytest.param(TEXT.replace("casino", "ｃａｓｉｎｏ").replace("dollars", "𝐝𝐨𝐥𝐥𝐚𝐫𝐬"), id="letters"),
        pytest.param(TEXT.replace("brother", "br<b></b>other"), id="tags"),
        pytest.param(TEXT.replace("spins; ", "spins;<br>\n\n"), id="lines"),
        pytest.param(TEXT.replace("500", "90,000").replace("77", "4"), id="numbers"),
        pytest.param(TEXT.replace("https://jackpot.example.net/win/77", "hxxp://other[.]example/x"), id="link"),
        pytest.param(TEXT.replace("https://jackpot.example.net/win/77", "[url=http://a.example]http://a.example[/url]"), id="bbcode"),
        pytest.param(TEXT.replace("brother", "bröther").replace("casino", "cäsino"), id="accents"),
        pytest.param(TEXT + "!!! 😀😀 +421 900 000 000", id="signs"),
    ],
)  # fmt: skip
def test_a_disguised_copy_has_the_same_text(disguised: str, signed: Callable[..., Signature]) -> None:
    plain, other = signed(TEXT), signed(disguised)

    assert disguised != TEXT
    assert len(text_keys(plain)) == 5
    assert (text_keys(other), other.sketch) == (text_keys(plain), plain.sketch)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Great post!",
        "Thanks for sharing, very helpful.",
        "+1",
        "Ďakujem za článok, pomohlo mi to.",
        "很好的文章",
        "좋은 글 감사합니다",
        "素晴らしい記事をありがとう",
        "Спасибо, помогло!",
        "😀" * 100,
        "1234567890 " * 50,
        "https://a.example/b " * 40,
        "ha" * 500,
        "Great post! " * 30,
    ],
)
def test_what_many_people_write_has_no_text_of_its_own(text: str, signed: Callable[..., Signature]) -> None:
    assert (text_keys(signed(text)), signed(text).sketch) == (set(), b"")


@pytest.mark.parametrize(
    "text",
    [
        "Our clinic has treated more than a hundred patients in this year",
        "澳门新葡京娱乐场官网注册送彩金每日首存返利十倍",
        "카지노사이트 추천 첫충전 보너스 지금 가입하세요 먹튀없는 안전놀이터",
    ],
)
def test_a_sentence_has_a_text_in_any_script(text: str, signed: Callable[..., Signature]) -> None:
    assert len(text_keys(signed(text))) == 5
    assert len(signed(text).sketch) == HASHES


def shingles(text: str) -> set[str]:
    letters = "".join(filter(str.isalpha, text.lower()))
    return {letters[at : at + 5] for at in range(len(letters) - 4)}


@pytest.mark.parametrize("changed", [0, 5, 10, 20, 40])
def test_similarity_is_what_two_texts_have_in_common(changed: int, signed: Callable[..., Signature]) -> None:
    random = Random(changed)
    errors = []
    for _ in range(40):
        words = ["".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=random.randint(3, 9))) for _ in range(60)]
        others = list(words)
        for at in random.sample(range(60), changed):
            others[at] = "".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=6))
        one, other = " ".join(words), " ".join(others)
        exact = len(shingles(one) & shingles(other)) / len(shingles(one) | shingles(other))
        errors.append(similarity(signed(one).sketch, signed(other).sketch) - exact)

    assert abs(sum(errors) / len(errors)) < 0.03
    assert max(map(abs, errors)) < 0.25


def test_similarity_of_nothing_is_none() -> None:
    assert (similarity(b"", b""), similarity(b"", bytes(HASHES)), similarity(bytes(HASHES), bytes(HASHES))) == (0, 0, 1)


def test_a_wave_from_one_template_is_alike_and_honest_comments_on_its_topic_are_not(
    signed: Callable[..., Signature],
) -> None:
    spam = [signed(comment.text) for comment in wave(60)]
    own_words = [signed(comment.text) for comment in LOOK_ALIKES[1:]]

    alike = [similarity(one.sketch, other.sketch) >= ALIKE for one, other in combinations(spam, 2)]
    others = [
        similarity(one.sketch, other.sketch) for one in own_words for other in (*spam, *own_words) if one != other
    ]

    assert sum(alike) > 0.97 * len(alike)
    assert max(others) < 0.2


def test_keys_are_numbers_that_a_database_can_hold(signed: Callable[..., Signature]) -> None:
    found = signed(TEXT)

    assert all(0 <= key < 2**63 for key in found.keys)
    assert len(set(found.keys)) == len(found.keys)
    assert [kind_of(key) for key in found.keys] == ["text"] * 5 + ["url", "place"]


def test_the_signature_is_the_same_on_every_machine(signed: Callable[..., Signature]) -> None:
    assert signed(TEXT).keys[:2] == (1_943_386_512_892_887_312, 3_812_227_699_779_548_673), (
        "a change of these numbers forgets every campaign there is"
    )


PAGE = "https://www.example.org/a"


@pytest.mark.parametrize(
    ("fields", "address", "place"),
    [
        ({"text": "https://www.Example.com/B/?utm_source=x&b=2&a=1&fbclid=9#top"}, "example.com/B?a=1&b=2", "example.com"),
        ({"text": "see a.example.com"}, "a.example.com", "example.com"),
        ({"author_url": "http://shop.example.com/x"}, "shop.example.com/x", "example.com"),
        ({"text": "http://me.github.io/casino"}, "me.github.io/casino", "me.github.io"),
        (
            {"text": "https://www.myget.org/feed/royal-jackpot-casino/package/nuget/x"},
            "myget.org/feed/royal-jackpot-casino/package/nuget/x",
            "myget.org/royal-jackpot-casino",
        ),
        ({"text": "https://bit.ly/3xYz"}, "bit.ly/3xYz", ""),
        ({"text": "https://t.me/casino"}, "t.me/casino", ""),
        ({"text": "http://192.0.2.7/a"}, "192.0.2.7/a", "192.0.2.7"),
        ({"text": "https://www.nytimes.com/2026/a.html"}, "nytimes.com/2026/a.html", ""),
    ],
)  # fmt: skip
def test_a_link_is_its_address_and_who_is_behind_it(
    fields: dict[str, str], address: str, place: str, lists: Lists, signed: Callable[..., Signature]
) -> None:
    (link,) = look(Comment(**fields, page_url=PAGE), lists).links
    keys = [key for key in signed(**fields, page_url=PAGE).keys if kind_of(key) != "text"]

    assert (address_of(link.url, lists), place_of(link.url, link.host, lists)) == (address, place)
    assert [kind_of(key) for key in keys] == ["url"] + ["place"] * bool(place)
    assert keys[0] == url_key(address)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"text": "https://example.org/other"}, id="the-page's-own-site"),
        pytest.param({"author_email": "me@mail.example", "text": "Hi"}, id="e-mail"),
        pytest.param({"author_url": "https://accounts.google.com/o8/id?id=7"}, id="sign-in"),
    ],
)
def test_what_pushes_nothing_is_no_link(fields: dict[str, str], signed: Callable[..., Signature]) -> None:
    assert signed(**fields, page_url=PAGE).keys == ()


@pytest.fixture(scope="module")
def judged(lists: Lists, model: Model) -> Callable[..., Signature]:
    """judged(comment, action, score): what a comment with that answer, and that score of each link, leaves behind."""

    def judge(comment: Comment, action: str, score: float = 0.9) -> Signature:
        looked = look(comment, lists)
        answer = classify(comment, History(), model, lists, looked)
        links = tuple(replace(link, score=score) for link in answer.links)
        return kept(signature(looked, lists), looked, replace(answer, action=action, links=links), lists)

    return judge


def kinds(found: Signature) -> list[str]:
    return sorted({kind_of(key) for key in found.keys})


@pytest.mark.parametrize(
    ("action", "score", "expected"),
    [
        ("publish", 0.9, ["text"]),
        ("hold", 0.9, ["place", "text", "url"]),
        ("reject", 0.1, ["text", "url"]),
        ("discard", 0.5, ["place", "text", "url"]),
    ],
)
def test_links_leave_keys_where_the_comment_was_not_let_through_and_domains_where_they_damn(
    action: str, score: float, expected: list[str], judged: Callable[..., Signature]
) -> None:
    assert kinds(judged(Comment(text=TEXT, author_url="https://shop.example.com/"), action, score)) == expected


@pytest.mark.parametrize(
    "url", ["https://www.facebook.com/", "https://google.com", "https://github.com", "https://bit.ly/"]
)
def test_the_front_page_of_what_everybody_knows_leaves_nothing(url: str, judged: Callable[..., Signature]) -> None:
    assert judged(Comment(text="Hi", author_url=url), "reject", 0.9).keys == ()


def test_of_many_links_the_rest_is_one_that_nobody_knows(
    signed: Callable[..., Signature], judged: Callable[..., Signature]
) -> None:
    text = " ".join(f"https://example.com/{number}" for number in range(30))
    urls = [key for key in signed(text).keys if kind_of(key) == "url"]
    one_more = [key for key in signed(f"{text} https://new.example").keys if kind_of(key) == "url"]

    assert len(urls) == MAX_LINKS + 1
    assert (one_more[:-1], one_more[-1] == urls[-1]) == (urls[:-1], False)
    assert len(judged(Comment(text=text), "reject").keys) == MAX_LINKS + 2  # one domain, and all the rest


def campaign(id: str, label: str | None = None) -> Campaign:
    return Campaign(id, 0, label, "jana" if label else "", "2026-11-30T10:00:00.000Z" if label else "")


NEAR, FAR = bytes(HASHES), bytes(24) + b"\x01" * 40
TEXT_KEY, URL, PLACE = 16, url_key("a.example/b"), url_key("a.example") - 5 + 6


def test_a_text_key_counts_only_where_the_texts_are_alike() -> None:
    assert [kind_of(key) for key in (TEXT_KEY, URL, PLACE)] == ["text", "url", "place"]
    assert (leads(TEXT_KEY, NEAR, NEAR), leads(TEXT_KEY, NEAR, FAR), leads(TEXT_KEY, NEAR, b"")) == (True, False, False)
    assert (leads(URL, NEAR, FAR), leads(PLACE, b"", NEAR)) == (True, True)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param([], None, id="nothing"),
        pytest.param([Lead(TEXT_KEY, campaign("c_1"), FAR)], None, id="another-text"),
        pytest.param([Lead(TEXT_KEY, campaign("c_1"), NEAR)], "c_1", id="the-text"),
        pytest.param([Lead(TEXT_KEY, campaign("c_2"), NEAR), Lead(17, campaign("c_1"), NEAR)], "c_1", id="the-older"),
        pytest.param([Lead(URL, campaign("c_1"), FAR), Lead(TEXT_KEY, campaign("c_2"), NEAR)], "c_2", id="text-first"),
        pytest.param(
            [Lead(TEXT_KEY, campaign("c_1"), NEAR), Lead(PLACE, campaign("c_2", "spam"), FAR)],
            "c_2",
            id="what-acts-first",
        ),
        pytest.param(
            [Lead(URL, campaign("c_1", "spam"), FAR), Lead(acting_key(URL), campaign("c_2", "spam"), FAR)],
            "c_2",
            id="the-link-that-was-settled-first",
        ),
    ],
)
def test_a_comment_belongs_to_the_nearest(found: list[Lead], expected: str | None) -> None:
    known = recognised(Signature((TEXT_KEY, 17, URL, PLACE), NEAR), found)

    assert (known and known.id) == expected


COPIED = bytes(56) + b"\x01" * 8
CHANGED = bytes(48) + b"\x01" * 16


@pytest.mark.parametrize(
    ("signed_as", "found", "by_link", "is_copy"),
    [
        pytest.param(Signature((TEXT_KEY,), COPIED), [TEXT_KEY], False, True, id="a-copy-without-links"),
        pytest.param(Signature((TEXT_KEY,), CHANGED), [TEXT_KEY], False, False, id="words-were-added"),
        pytest.param(Signature((TEXT_KEY, URL), NEAR), [TEXT_KEY, acting_key(URL)], False, True, id="with-its-link"),
        pytest.param(Signature((TEXT_KEY, URL), NEAR), [TEXT_KEY], False, False, id="a-new-link"),
        pytest.param(Signature((TEXT_KEY, URL), NEAR), [TEXT_KEY, URL], False, False, id="a-link-that-came-since"),
        pytest.param(Signature((TEXT_KEY, URL), FAR), [URL], True, False, id="only-the-link"),
        pytest.param(Signature((URL,), b""), [URL, acting_key(URL)], False, True, id="nothing-but-the-link"),
        pytest.param(Signature((TEXT_KEY, URL), FAR), [URL, acting_key(URL)], False, False, id="the-settled-link"),
    ],
)
def test_what_of_a_comment_is_known_already(
    signed_as: Signature, found: list[int], by_link: bool, is_copy: bool
) -> None:
    known = recognised(signed_as, [Lead(key, campaign("c_1", "spam"), NEAR) for key in found])

    assert known == replace(campaign("c_1", "spam"), by_link=by_link, is_copy=is_copy, has_address=URL in found)


@pytest.mark.parametrize("make", SHAPES)
def test_signing_grows_with_the_text_and_not_faster(make: Callable[[int], str], lists: Lists) -> None:
    def work(length: int) -> Callable[[], object]:
        looked = look(Comment(text=make(length)), lists)
        return lambda: signature(looked, lists)

    assert grows_linearly(work)


def test_a_place_of_the_answer_is_the_one_of_the_comment(lists: Lists) -> None:
    url = parse_url("https://me.github.io/x")

    assert url is not None
    assert place_of(url, describe(url, "", lists), lists) == "me.github.io"
