"""The running text: addresses on shared hosts stand there without the host's name, whatever they are written in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import links, text
from app.core.comment import Comment
from app.core.emit import Emitter
from app.core.features_author import signed
from app.core.kernels_plain import OWN, SHARED
from app.core.running import Pieces, owners_of, running

ADDRESS = "https://www.myget.org/feed/Win"


def read(comment, lists, folded=False):
    seen = text.read(comment.text, comment.text_format, lists.lookalikes, lists.trades)
    found = links.find(comment, seen, lists)
    owners = owners_of(Emitter(), comment, found)
    spelt, written = running(Pieces(comment, signed(comment, lists), seen, found, lists), owners)
    result = spelt if folded else written
    assert len(result.text) == len(result.owner)
    return result.text


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param(f"see {ADDRESS}.", f"see {SHARED}/feed/Win.", id="bare"),
        pytest.param("see www.myget.org/feed/Win.", f"see {SHARED}/feed/Win.", id="without-scheme"),
        pytest.param(r"see https:\\myget.org\feed\Win ok", f"see {SHARED}/feed/Win ok", id="backslashes"),
        pytest.param(f"{ADDRESS} and {ADDRESS}", f"{SHARED}/feed/Win and {SHARED}/feed/Win", id="twice"),
        pytest.param(f'<a href="{ADDRESS}">x</a>', f' <a href="{SHARED}/feed/Win">x</a> ', id="html"),
        pytest.param(f"[url={ADDRESS}]x[/url]", f' <a href="{SHARED}/feed/Win">x</a> ', id="bbcode"),
        pytest.param("https://loans.blogspot.com/a", f"{SHARED}loans/a", id="customer"),
        pytest.param("https://shop.example.net/a", "https://shop.example.net/a", id="of-ones-own"),
        pytest.param("https://blog.example.com/2026/a", f"{OWN}/2026/a", id="own"),
    ],
)
def test_the_name_of_a_host_that_says_nothing_of_its_page_is_left_out(lists, written, expected):
    comment = Comment(text=written, page_url="https://blog.example.com/2026/b")

    assert read(comment, lists) == expected
    assert read(comment, lists, folded=True) == " ".join(expected.lower().split("\n"))


def test_the_authors_address_stays_whole(lists):
    assert read(Comment(text="Hi", author_url=ADDRESS), lists) == f"{ADDRESS}\nHi"


@given(st.text("\x01\x02/a.: é\u200b", min_size=1))
def test_nobody_can_write_the_signs(lists, forged):
    comment = Comment(text=forged, author=forged, author_url=forged)

    assert not {SHARED, OWN} & set(read(comment, lists))
