"""Nothing a visitor can write takes more than linear time: twice the text, about twice the work."""

import time
from collections.abc import Callable
from functools import partial

import pytest

from app.core.comment import Comment
from app.core.features import MAX_TEXT_CHARS, measure
from app.core.links import find
from app.core.lists import Lists
from app.core.text import read, text_hash

HOSTILE = [
    "a", "a.", "(", "(a", "<a ", "<a href=x>", "[url=x]", "<b>", "&amp;", "&", "a b c d ", "c.a.s.", "[url=", "](", "[x](",
    "hxxp", "hxxp:", "😀", "👨\u200d", "e\u0301", "\u0301", "@", "a@", "a@b.", "1", "1.", " ", "\n", "x.co ", "x.co,",
    "x.co/(", ")", "]", "<!--", "<!--<b>", "<a href='", "[[http://a ", "[a]: http://b.co\n", "[a][b]", "&#", "&amp;amp;",
    " dot ", "a dot com ", "a[.]", "[.]", " . ", "сaс", "щaс ", "αa ", "\x01", "\u202e", "\u202ea", "🇸", "🇸🇰", "ﷺ", "𝐚", "ａ",
    "http://", "http:", "http://a.co,", "http://a.co/http", "xhttp://", "www.", "www.a.com,", "!", "?", "http://a.co/?url=",
    "%25", "-", "_", "'", '"', "赌场", "क्ष", "سكس ", "\ud800",
]  # fmt: skip
WRAPPED: dict[str, Callable[[int], str]] = {
    "http-brackets": lambda n: ("http://" + "(" * 30) * (n // 37),
    "closing-brackets-after-address": lambda n: "http://a.co/" + ")" * n,
    "marks-after-address": lambda n: "http://a.co/" + "!" * n,
    "glued-in-a-path": lambda n: "http://a.co/" + "xhttp://" * (n // 8),
    "spaces-then-letter": lambda n: " " * n + "x",
    "many-hosts": lambda n: " ".join(f"a{i}.zz" for i in range(n // 7)),
    "one-long-host": lambda n: "http://" + "a." * (n // 2) + "com/",
    "accents-in-a-host": lambda n: "http://" + "aé" * (n // 2) + ".com",
    "hosts-and-commas-without-a-path": lambda n: "http://a" + ",www.a" * (n // 6),
    "accents-in-a-bare-host": lambda n: "aé" * (n // 2) + ".com",
    "calls": lambda n: "pd.read_csv(" * (n // 12),
    "sentences-after-hosts": lambda n: "a.com.It " * (n // 9),
    "host-of-capitals": lambda n: "a.com" + ".Aa" * (n // 3),
    "ip4": lambda n: "1.2.3.4/a " * (n // 10),
    "ip6": lambda n: "http://[a:b]" * (n // 12),
    "spaced-dots-before-blanks": lambda n: "ab . com   " * (n // 11),
    "glued-scripts": lambda n: "abщ" * (n // 3),
    "one-change-of-script": lambda n: "a" * (n // 2) + "щ" * (n // 2),
    "one-long-tag": lambda n: "<a " + "x=y " * (n // 4) + ">",
    "one-long-attribute": lambda n: "<a " + "x" * n + ">",
    "one-long-query": lambda n: "http://a.co/?" + "u=%25&" * (n // 6),
    "quotes-open": lambda n: "[a](b '" * (n // 7),
    "spaced-letters": lambda n: "a " * (n // 2),
    "percent-and-one-long-word": lambda n: "a/b%41 " + "a" * n,
    "bbcode-spaces": lambda n: "[url" + " " * n,
}
SHAPES = [pytest.param(lambda n, p=piece: p * (n // len(p)), id=repr(piece)) for piece in HOSTILE] + [
    pytest.param(make, id=name) for name, make in WRAPPED.items()
]


def grows_linearly(work: Callable[[int], Callable[[], object]]) -> bool:
    """Whether four times the text takes about four times as long and not sixteen.

    Asked up to six times, for the machine has other work too: quadratic work never passes, linear work does at once.
    """
    quarter, half, whole = (
        work((MAX_TEXT_CHARS - 100) // part) for part in (4, 2, 1)
    )  # what stands around the pieces fits too
    for _ in range(6):
        of_quarter, of_half, of_whole = seconds(quarter), seconds(half), seconds(whole)
        if of_whole < 0.004 or (of_whole < 9 * of_quarter and of_whole < 4 * of_half):
            return True
    return False


def seconds(work: Callable[[], object]) -> float:
    """The least processor time of two runs."""
    spent = []
    for _ in range(2):
        begun = time.process_time()
        work()
        spent.append(time.process_time() - begun)
    return min(spent)


@pytest.mark.parametrize("make", SHAPES)
def test_reading_and_finding_links_grows_with_the_text_and_not_faster(make: Callable[[int], str], lists: Lists) -> None:
    def work(length: int) -> Callable[[], object]:
        comment = Comment(text=make(length))
        return lambda: find(comment, read(comment.text, "auto", lists.lookalikes), lists)

    assert grows_linearly(work)


@pytest.mark.parametrize("make", SHAPES)
def test_measuring_grows_with_the_text_and_not_faster(make: Callable[[int], str], lists: Lists) -> None:
    def work(length: int) -> Callable[[], object]:
        comment = Comment(text=make(length))
        return lambda: measure(comment, lists)

    assert grows_linearly(work)


@pytest.mark.parametrize("field", ["author", "author_url", "author_email", "page_url"])
@pytest.mark.parametrize("piece", ["a.", "x.co ", "@a.", "http://", "(", "&amp;", "[.]", " dot ", "e\u0301", "\u0301"])
def test_other_fields_grow_no_faster(field: str, piece: str, lists: Lists) -> None:
    def work(length: int) -> Callable[[], object]:
        comment = Comment(text="x", **{field: piece * (length // len(piece))})
        return lambda: measure(comment, lists)

    assert grows_linearly(work)


@pytest.mark.parametrize("between", [" ", " x ", "\n> ", " 😀 ", " a@b.example "])
def test_quotes_of_a_long_page_take_no_more_time_than_the_text(between: str, lists: Lists) -> None:
    sentence = "The council voted against the new casino by a large majority."
    page = f"{sentence} " * 300

    def work(length: int) -> Callable[[], object]:
        text = (sentence + between) * (length // len(sentence + between))
        comment = Comment(text=text, page_text=page)
        return lambda: measure(comment, lists)

    assert grows_linearly(work)


def test_hostile_text_says_nothing_on_the_terminal(lists: Lists, capfd: pytest.CaptureFixture[str]) -> None:
    """re2 prints to stderr when a pattern's repeats are too large for its memory; a service's log is no place for it."""
    letters = "".join(chr(code) for code in (*range(0x20, 0x600), *range(0x4E00, 0x6000), *range(0x1F300, 0x1F600)))
    for piece in HOSTILE:
        measure(Comment(text=(piece + letters) * 3), lists)
    for begin in ("[", "[[http://a ", "<a href=", "http://", "![", "[a](", "@", "&"):
        measure(Comment(text=(begin + letters) * 4), lists)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("piece", ["\u0301\u0327", "a\u0301\u0327", "\ufdfa", "<", "&#1;"], ids=repr)
def test_what_a_comment_is_found_by_grows_with_the_text(piece: str) -> None:
    assert grows_linearly(lambda length: partial(text_hash, "a" + piece * (length // len(piece))))
