"""How a comment is typed and spelt: traces of programs, and the same spelling in every notation."""

from collections import Counter

import numpy as np
import pytest

from app import lists as shipped
from app.core.blocks import NAMED, RHYTHM, SPELLING, WORDING, Block
from app.core.comment import Comment
from app.core.features import Measured, measure
from app.core.kernels import name_buckets

LISTS = shipped.load()


def named(measured: Measured, code: str) -> Counter[int]:
    """Buckets of the features of one reason code."""
    units = measured.features.units
    told = zip(measured.features.index.tolist(), measured.features.unit.tolist(), strict=True)
    return Counter(index for index, unit in told if units[unit].code == code and index < NAMED.end)


RUNNING = [SPELLING, WORDING, RHYTHM]


def running(comment: Comment, block: Block) -> dict[int, float]:
    """Weight and summed value of what one way of reading the running text finds."""
    features = measure(comment, LISTS).features
    found: dict[int, float] = {}
    for index, value in zip(features.index.tolist(), features.value.tolist(), strict=True):
        if block.first <= index < block.end:
            found[index] = found.get(index, 0.0) + value
    return found


def has(text: str, name: str) -> bool:
    """Whether a text has the named feature."""
    (bucket,) = name_buckets([name]).tolist()
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
@pytest.mark.parametrize("block", RUNNING, ids=lambda block: block.name)
def test_every_notation_of_a_link_is_read_alike(text, block):
    expected = running(Comment(text='try <a href="http://shop.example.com/x">best shop</a> now'), block)
    assert running(Comment(text=text), block) == pytest.approx(expected)


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
@pytest.mark.parametrize("block", RUNNING, ids=lambda block: block.name)
def test_each_way_of_reading_has_a_norm_of_one_and_every_piece_its_evidence(comment, block):
    assert np.linalg.norm(list(running(comment, block).values())) == pytest.approx(1.0)
    features = measure(comment, LISTS).features
    for index, unit in zip(features.index.tolist(), features.unit.tolist(), strict=True):
        if index >= SPELLING.first:
            family = features.units[unit].code.partition(".")[0]
            assert family in ("text", "link", "author", "author_url") or features.units[unit].code == "shape.rhythm"
            assert features.units[unit].link == -1


@pytest.mark.parametrize("block", RUNNING, ids=lambda block: block.name)
def test_an_empty_comment_has_no_running_text(block):
    assert running(Comment(), block) == {}


def test_wording_keeps_capitals_and_rhythm_keeps_nothing_else():
    small, large, other = Comment(text="great post"), Comment(text="Great post"), Comment(text="Small word")
    assert running(small, SPELLING) == running(large, SPELLING)
    assert running(small, WORDING) != running(large, WORDING)
    assert running(small, RHYTHM) != running(large, RHYTHM)
    assert running(large, RHYTHM) == running(other, RHYTHM)
