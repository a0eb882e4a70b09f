"""How a comment is typed and spelt: traces of programs, and the same spelling in every notation."""

from collections import Counter

import numpy as np
import pytest

from app import lists as shipped
from app.core.comment import Comment
from app.core.emit import BUCKETS, buckets
from app.core.features import Measured, measure

LISTS = shipped.load()


def named(measured: Measured, code: str) -> Counter[int]:
    """Buckets of the features of one reason code."""
    units = measured.features.units
    told = zip(measured.features.index.tolist(), measured.features.unit.tolist(), strict=True)
    return Counter(index for index, unit in told if units[unit].code == code and index < BUCKETS)


def spelling(comment: Comment) -> dict[int, float]:
    """Bucket and summed value of the n-grams of the spelling."""
    features = measure(comment, LISTS).features
    found: dict[int, float] = {}
    for index, value in zip(features.index.tolist(), features.value.tolist(), strict=True):
        if index >= BUCKETS:
            found[index] = found.get(index, 0.0) + value
    return found


def has(text: str, name: str) -> bool:
    """Whether a text has the named feature."""
    (bucket,) = buckets([name]).tolist()
    return bucket in measure(Comment(text=text), LISTS).features.index


def test_a_line_that_a_program_broke_is_told_from_one_that_a_person_did():
    broken = "typed.lines:a_|a"
    assert has("Someone shared this site with us so I came to look \nit over and I am loving it", broken)
    assert not has("Someone shared this site with us\nso I came to look it over", broken)
    assert not has("Hello,  \nthis is a line break in Markdown", broken)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_a_line_end_is_the_same_on_every_system(end):
    text = "Thanks a lot.\n\nIt works now,\nand fast"
    there, here = (measure(Comment(text=each), LISTS) for each in (text.replace("\n", end), text))
    assert named(there, "shape.lines") == named(here, "shape.lines")


def test_a_link_that_the_platform_made_has_the_features_of_the_address_alone():
    address = "http://example.com/a/page"
    made = measure(Comment(text=f'see <a href="{address}" rel="nofollow">{address}</a> there'), LISTS)
    (link,) = made.links
    assert (link.markup, link.anchor) == ("bare", "")
    assert named(made, "shape.tags") == Counter()
    assert named(made, "text.words") == named(measure(Comment(text=f"see {address} there"), LISTS), "text.words")


@pytest.mark.parametrize(
    "text",
    [
        "try [url=http://shop.example.com/x]best shop[/url] now",
        "try [best shop](http://shop.example.com/x) now",
        "try <a href='http://shop.example.com/x' class=z>best shop</a> now",
    ],
    ids=["bbcode", "markdown", "html"],
)
def test_every_notation_of_a_link_is_spelt_alike(text):
    expected = spelling(Comment(text='try <a href="http://shop.example.com/x">best shop</a> now'))
    assert spelling(Comment(text=text)) == pytest.approx(expected)


@pytest.mark.parametrize(
    "comment",
    [
        Comment(text="https://slots.example.com/win", author="Jana", author_url="https://jana.example.org"),
        Comment(text="👍"),
        Comment(text="赌场在线 是"),
        Comment(author="x"),
    ],
    ids=["fields", "signs", "unspaced", "name"],
)
def test_the_spelling_has_a_norm_of_one_and_every_piece_its_evidence(comment):
    assert np.linalg.norm(list(spelling(comment).values())) == pytest.approx(1.0)
    features = measure(comment, LISTS).features
    for index, unit in zip(features.index.tolist(), features.unit.tolist(), strict=True):
        if index >= BUCKETS:
            assert features.units[unit].code.partition(".")[0] in ("text", "link", "author", "author_url")
            assert features.units[unit].link == -1


def test_an_empty_comment_has_no_spelling():
    assert spelling(Comment()) == {}
