"""Our plugin in a real WordPress: what becomes of a comment, what the server is told, what a moderator sees."""

import html
import re

import pytest

from app.web.sample import SAMPLE_URL
from tests.e2e.wordpress.conftest import HONEST, PATIENT
from tests.e2e.wordpress.people import BROWSER, Moderator, comment_on

pytestmark = PATIENT


def test_the_sample_comment_lands_in_spam(native):
    comment = comment_on(native, SAMPLE_URL, "Royal Jackpot", url="https://casino.example/")

    assert comment["comment_approved"] == "spam"
    assert comment["meta"]["winnow_action"] in ("reject", "discard")
    assert float(comment["meta"]["winnow_score"]) > 0.9
    assert SAMPLE_URL in comment["meta"]["winnow_reasons"]


@pytest.mark.parametrize(("setting", "status"), [("", "1"), ("1", "0")], ids=["published", "pending"])
def test_an_honest_comment_gets_the_status_that_wordpress_is_set_to(native, setting, status):
    native.php("update_option( 'comment_moderation', $in['value'] );", value=setting)
    try:
        comment = comment_on(native, f"{HONEST} {setting}", "Jana Novak")
    finally:
        native.php("update_option( 'comment_moderation', '' );")

    assert comment["meta"]["winnow_action"] == "publish"
    assert (comment["comment_approved"], comment["meta"]["winnow_own"]) == (status, status)


def test_the_server_is_told_everything_as_it_was_sent(native, server, keys):
    text = 'A back\\slash, "quotes" & <script>a tag</script> that WordPress takes out.'
    comment = comment_on(native, text, "Łukasz O'Brien", url="https://lukasz.example/a?b=c&d=e", email="l@mail.example")
    kept = server.comment(keys["native"], comment["meta"]["winnow_id"])["comment"]

    assert "<script>" not in comment["comment_content"]
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", kept.pop("posted_at"))
    assert kept.pop("page_text").startswith("Tomatoes want six hours of sun. On a balcony")
    assert kept == {
        "text": text,
        "text_format": "auto",
        "author": "Łukasz O'Brien",
        "author_email": "l@mail.example",
        "author_url": "https://lukasz.example/a?b=c&d=e",
        "author_ip": "",
        "author_role": "",
        "user_agent": BROWSER,
        "referrer": f"{native.url}/",
        "page_url": f"{native.url}/growing-tomatoes-on-a-north-facing-balcony/",
        "page_title": "Growing tomatoes on a north-facing balcony",
        "type": "comment",
        "language": "en-US",
        "comment_id": "",
        "parent_id": "",
        "honeypot": "",
    }


AS_USER = """
wp_set_current_user( $in['user'] );
$request = new WP_REST_Request( 'POST', '/wp/v2/comments' );
$request->set_body_params( array( 'post' => $in['post'], 'content' => $in['text'] ) );
out( rest_do_request( $request )->get_data()['id'] );
"""


def test_an_administrator_writes_what_they_want(native, server, keys):
    written = native.php(AS_USER, user=1, post=native.article, text=SAMPLE_URL)
    comment = native.comment(str(written))

    assert comment["comment_approved"] == "1"
    kept = server.comment(keys["native"], comment["meta"]["winnow_id"])
    assert (kept["comment"]["author_role"], kept["override"]["rule"]) == ("administrator", "role")


def test_a_subscriber_on_the_rest_api_is_judged_like_a_visitor(native):
    subscriber = native.php(
        "out( wp_insert_user( array( 'user_login' => 'sub', 'user_pass' => 'x', "
        "'user_email' => 'sub@mail.example' ) ) );"
    )
    written = native.php(AS_USER, user=subscriber, post=native.article, text=f"{SAMPLE_URL} \\ yes")

    assert native.comment(str(written))["comment_approved"] == "spam"


def test_a_comment_on_the_list_of_disallowed_words_stays_in_the_trash(native):
    native.php("update_option( 'disallowed_keys', 'aubergine' );")
    try:
        comment = comment_on(native, "Would an aubergine do as well?", "Petra")
    finally:
        native.php("update_option( 'disallowed_keys', '' );")

    assert comment["comment_approved"] == "trash"


def test_the_list_of_comments_shows_score_and_reasons(native, moderator):
    comment = comment_on(native, f"{SAMPLE_URL}?shown", "Shown Jackpot")
    row = moderator.page("edit-comments.php?comment_status=spam").partition(
        f"<tr id='comment-{comment['comment_ID']}'"
    )[2]
    cell = row.partition("column-winnow")[2].partition("</td>")[0]

    assert f"% · {comment['meta']['winnow_action']}" in cell
    assert "on a host where anyone can publish" in cell
    assert "<details>" in cell


def test_whatever_the_server_says_is_escaped(native, moderator):
    comment = comment_on(native, f"{HONEST} Escaped.", "Eva")
    bad = "<script>alert(1)</script>"
    native.php(
        "Winnow\\record( $in['id'], array( 'summary' => $in['bad'], 'trouble' => $in['bad'], 'action' => $in['bad'],"
        "'review_url' => 'javascript:alert(1)',"
        "'reasons' => array( array( 'weight' => 1.0, 'label' => $in['bad'], 'evidence' => $in['bad'] ) ) ) );",
        id=comment["comment_ID"],
        bad=bad,
    )
    page = moderator.page("edit-comments.php")

    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 5
    assert bad not in page
    assert "javascript:alert" not in page


def settings(native):
    return native.php("out( get_option( 'winnow' ) );")


def test_the_settings_page_says_whether_the_connection_works(native, moderator):
    page = moderator.send(
        "options-general.php?page=winnow", "winnow[key]", **{"winnow[server]": settings(native)["server"]}
    )
    assert "Connected, as the site native; model" in page

    before = settings(native)
    page = moderator.send("options-general.php?page=winnow", "winnow[key]", **{"winnow[key]": "0" * 12})
    assert "The server does not work for this site: No site has this key. (401)" in page
    native.php("update_option( 'winnow', $in );", **before)
    link = re.search(r"options-general\.php\?page=winnow&test=1&_wpnonce=\w+", html.unescape(page))
    assert "Connected" in moderator.page(link.group())


@pytest.mark.parametrize(
    ("name", "value"),
    [("server", "javascript:alert(1)"), ("server", "http://u:p@h/"), ("key", "short"), ("secret", "whsec_c2hvcnQ=")],
)
def test_a_setting_that_cannot_be_right_is_refused(native, moderator, name, value):
    before = settings(native)
    page = moderator.send("options-general.php?page=winnow", "winnow[key]", **{f"winnow[{name}]": value})

    assert f"This is not a {name} of Winnow; the old one stays." in page
    assert settings(native) == before


def test_keys_are_not_shown(native, moderator):
    page = moderator.page("options-general.php?page=winnow")

    assert settings(native)["key"] not in page
    assert settings(native)["secret"] not in page
    assert f"{native.url}/wp-json/winnow/v1/webhook" in page


def test_a_constant_in_wp_config_has_the_last_word(native):
    told = native.php(
        "define( 'WINNOW_KEY', 'k7f2m9q4x1z8' ); out( array( Winnow\\setting( 'key' ), Winnow\\setting( 'server' ) ) );"
    )

    assert told == ["k7f2m9q4x1z8", settings(native)["server"]]


def test_without_settings_wordpress_does_as_ever_and_says_so(native):
    before = settings(native)
    native.php("delete_option( 'winnow' );")
    try:
        comment = comment_on(native, f"{SAMPLE_URL}?unset", "Unset Jackpot")
        notice = Moderator(native).page("index.php")
    finally:
        native.php("update_option( 'winnow', $in );", **before)

    assert comment["comment_approved"] == "1"
    assert comment["meta"] == {}
    assert "Winnow checks no comments yet" in notice
