"""What kind of spam a comment is and in which language, from its build alone."""

import pytest

from app import lists
from app.core.comment import Comment
from app.training.kinds import KINDS, kind_of, language_of

KNOWN = lists.load()


@pytest.mark.parametrize(
    ("comment", "kind"),
    [
        pytest.param(Comment(text="http://a.example/casino"), "link only", id="bare"),
        pytest.param(Comment(text='<a href="http://a.example/x">cheap loans here</a>'), "link only", id="anchor"),
        pytest.param(
            Comment(text="<a href=http://a.example/x>http://a.example/x</a>"), "link only", id="twice-written"
        ),
        pytest.param(Comment(text="[url=http://a.example/x]loans[/url]"), "link only", id="bbcode"),
        pytest.param(Comment(text="visit www.a.example now"), "link, few words", id="few-words"),
        pytest.param(Comment(text="one two three four five http://a.example"), "link, few words", id="five-words"),
        pytest.param(Comment(text="one two three four five six http://a.example"), "link in a text", id="six-words"),
        pytest.param(
            Comment(text="What a lovely post, I read every word. <a href='http://a.example'>loans</a>"),
            "link in a text",
            id="praise-with-an-anchor",
        ),
        pytest.param(
            Comment(text="http://a.example http://b.example http://c.example"), "several links", id="three-links"
        ),
        pytest.param(Comment(text="http://a.example http://a.example http://a.example"), "link only", id="one-link"),
        pytest.param(Comment(text="Great post", author_url="http://a.example"), "author address", id="author-url"),
        pytest.param(Comment(text="Great post", author="www.a.example"), "author address", id="author-name"),
        pytest.param(
            Comment(text="Nice. http://b.example", author_url="http://a.example"), "link, few words", id="text-first"
        ),
        pytest.param(Comment(text="Call +44 20 7946 0999 now"), "contact", id="phone"),
        pytest.param(Comment(text="write to me at ann@shop.example please"), "contact", id="e-mail"),
        pytest.param(Comment(text="ask @some_trader for it"), "contact", id="handle"),
        pytest.param(Comment(text="add me on telegram"), "contact", id="messenger"),
        pytest.param(Comment(text="I earn 9000 a week from home"), "neither", id="words-only"),
        pytest.param(Comment(), "neither", id="empty"),
    ],
)
def test_the_kind_follows_from_the_build(comment, kind):
    assert kind_of(comment, KNOWN) == kind
    assert kind in KINDS


@pytest.mark.parametrize(
    ("comment", "source", "language"),
    [
        pytest.param(Comment(text="Dobrý deň", language="sk-SK"), "ham-x-en", "sk", id="own-field"),
        pytest.param(Comment(text="Dobrý deň", language="???"), "ham-x-cs", "cs", id="field-that-is-none"),
        pytest.param(Comment(text="Купить диплом"), "blog-x-en", "cyrillic", id="script"),
        pytest.param(Comment(text="赌场在线"), "blog-x-en", "han", id="han"),
        pytest.param(Comment(text="Hello there"), "blog-x-en", "en", id="the-set's"),
        pytest.param(Comment(text="Hello there"), "blog-small-mixed", "latin", id="mixed-set"),
        pytest.param(Comment(text="123 :-)"), "blog-x-en", "none", id="no-letters"),
    ],
)
def test_the_language_is_told_by_field_then_script_then_set(comment, source, language):
    assert language_of(comment, source) == language
