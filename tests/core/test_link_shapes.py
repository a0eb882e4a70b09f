"""What the addresses under one domain have in common."""

import pytest

from app.core.link_shapes import MAX_SEGMENTS, path_shape


@pytest.mark.parametrize(
    ("url", "shape"),
    [
        pytest.param("https://a.example", "/", id="no-path"),
        pytest.param("https://a.example/feed/", "/feed/", id="a-short-word"),
        pytest.param("https://a.example/12/x9k2", "/#/*", id="digits-and-mixed"),
        pytest.param("https://a.example/a-b/a-b-c", "/a-b/…-…", id="two-words-are-not-yet-many"),
        pytest.param("https://a.example/a_b+c/a%20b%20c", "/…-…/…-…", id="words-parted-otherwise"),
        pytest.param("https://a.example/" + "a" * 20 + "/" + "a" * 21, "/" + "a" * 20 + "/*", id="a-very-long-word"),
        pytest.param("https://a.example/%C3%A9t%C3%A9", "/*", id="what-is-not-ascii"),
        pytest.param("https://a.example/12.html/x9.php/.env", "/#.html/*.php/.env", id="the-ending-stays"),
        pytest.param("https://a.example" + "/x" * 6, "/x" * 6, id="as-many-as-are-told"),
        pytest.param("https://a.example" + "/x" * 7, "/x" * 6 + "/…", id="more-than-are-told"),
        pytest.param("https://a.example/?b=1&a=2&&b=3", "/?a&b", id="names-of-the-query-once-and-sorted"),
        pytest.param("https://a.example/?" + "&".join(f"k{n}=1" for n in range(9)), "/?" + "&".join(f"k{n}" for n in range(MAX_SEGMENTS)), id="not-all-of-many-names"),
        pytest.param("https://a.example/?" + "k" * 30, "/?" + "k" * 20, id="a-long-name-is-cut"),
        pytest.param("no address", "", id="no-address"),
    ],
)  # fmt: skip
def test_what_differs_from_link_to_link_is_left_open(url, shape):
    assert path_shape(url) == shape
