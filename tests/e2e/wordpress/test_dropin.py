"""The official Akismet plugin, unmodified, asks us: the same file serves every plugin that asks through it."""

import time

import pytest

from app.web.sample import SAMPLE_URL
from tests.e2e.wordpress.conftest import HONEST, PATIENT
from tests.e2e.wordpress.people import Moderator, comment_on
from tests.e2e.wordpress.site import PLUGINS

pytestmark = PATIENT


@pytest.fixture
def with_key(dropin, keys):
    """The blog with a key in the official plugin's option, as its own page would put it there."""
    dropin.php("update_option( 'wordpress_api_key', $in['key'] );", key=keys["dropin"])
    return dropin


def test_a_key_typed_on_the_official_plugins_page_is_accepted(dropin, keys):
    dropin.php("delete_option( 'wordpress_api_key' );")
    page = Moderator(dropin).send("options-general.php?page=akismet-key-config&view=start", "key", key=keys["dropin"])

    assert "Akismet is now protecting your site from spam." in page
    assert dropin.php("out( get_option( 'wordpress_api_key' ) );") == keys["dropin"]


def test_a_key_in_wp_config_is_the_official_plugins_key(dropin, keys):
    told = dropin.php(
        "define( 'WINNOW_KEY', $in['key'] ); $key = Akismet::get_api_key();"
        "out( array( $key, Akismet::verify_key( $key ), Akismet::predefined_api_key() ) );",
        key=keys["dropin"],
    )

    assert told == [keys["dropin"], "valid", True]


@pytest.mark.parametrize("saved", ["", "dropin"], ids=["first-key", "another-key"])
def test_a_wrong_key_is_refused(dropin, keys, saved):
    """The plugin sends the key to be tried as `key`, and the one it has as `api_key`."""
    dropin.php("update_option( 'wordpress_api_key', $in['key'] );", key=keys.get(saved, ""))
    answer = dropin.php("out( Akismet::verify_key( '0123456789ab' ) );")

    assert answer == "invalid"


def test_the_sample_comment_lands_in_spam(with_key):
    comment = comment_on(with_key, SAMPLE_URL, "Royal Jackpot")

    assert (comment["comment_approved"], comment["meta"]["akismet_result"]) == ("spam", "true")


@pytest.mark.parametrize(("setting", "status"), [("", "1"), ("1", "0")], ids=["published", "pending"])
def test_an_honest_comment_gets_the_status_that_wordpress_is_set_to(with_key, setting, status):
    with_key.php("update_option( 'comment_moderation', $in['value'] );", value=setting)
    try:
        comment = comment_on(with_key, f"{HONEST} {setting}", "Jana Novak")
    finally:
        with_key.php("update_option( 'comment_moderation', '' );")

    assert (comment["comment_approved"], comment["meta"]["akismet_result"]) == (status, "false")


@pytest.mark.parametrize(
    ("text", "listing", "action", "label"),
    [(f"{SAMPLE_URL}?1", "spam", "unspamcomment", "ham"), (f"{HONEST} 1", "all", "spamcomment", "spam")],
    ids=["not-spam", "spam"],
)
def test_a_moderators_click_becomes_a_decision_at_the_server(with_key, server, keys, text, listing, action, label):
    author = f"Author of {label}"
    comment = comment_on(with_key, text, author)
    ours = server.id_of(author)
    assert server.comment(keys["dropin"], ours)["decision"] is None

    Moderator(with_key).click(comment["comment_ID"], action, folder=listing)

    assert server.comment(keys["dropin"], ours)["decision"]["label"] == label


def test_while_the_server_is_stopped_comments_wait_and_are_rechecked_when_it_is_back(with_key, server):
    server.stop()
    began = time.monotonic()
    honest = comment_on(with_key, f"{HONEST} (out)", "Jana Novak")
    spam = comment_on(with_key, f"{SAMPLE_URL}?out", "Royal Jackpot")
    assert time.monotonic() - began < 20
    assert [honest["comment_approved"], spam["comment_approved"]] == ["0", "0"]

    server.start()
    with_key.php("do_action( 'akismet_schedule_cron_recheck' ); out( 1 );")

    after = [with_key.comment(row["comment_ID"])["comment_approved"] for row in (honest, spam)]
    assert after == ["1", "spam"]


REWRITE = """
out( Winnow\\Akismet\\at_winnow( Winnow\\Akismet\\meant_for( $in['args'], $in['url'] ), $in['url'] ) );
"""


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://rest.akismet.com/1.1/comment-check", None, "/1.1/comment-check"),
        (
            "http://rest.akismet.com/1.2/key-sites?api_key=a&month=2026-11",
            None,
            "/1.2/key-sites?api_key=a&month=2026-11",
        ),
        ("https://k7f2m9q4x1z8.rest.akismet.com/1.1/comment-check", None, "/k7f2m9q4x1z8/1.1/comment-check"),
        ("https://K7F2M9Q4X1Z8.REST.AKISMET.COM/1.1/submit-spam", None, "/k7f2m9q4x1z8/1.1/submit-spam"),
        ("http://192.0.2.7/1.1/verify-key", "rest.akismet.com", "/1.1/verify-key"),
    ],
    ids=["body-key", "query", "sub-domain", "upper-case", "by-address"],
)
def test_every_way_of_asking_akismet_leads_to_us(dropin, winnow, url, host, path):
    args = {"headers": {"Host": host}} if host else {}

    assert dropin.php(REWRITE, args=args, url=url) == winnow.url + path


SENDS = """
require_once $in['file'];
foreach ( $in['constants'] as $name => $value ) { define( $name, $value ); }
$seen = array();
add_filter( 'pre_http_request', function ( $pre, $args, $url ) use ( &$seen ) {
	if ( false !== $pre ) { return $pre; }
	$seen[] = array( 'url' => $url, 'headers' => array_keys( $args['headers'] ), 'timeout' => $args['timeout'] );
	return new WP_Error( 'away' );
}, 20, 3 );
$args = array( 'timeout' => 15, 'headers' => array( 'Host' => 'rest.akismet.com', 'X-Kept' => '1' ), 'body' => 'api_key=k' );
foreach ( $in['urls'] as $url ) { $code = wp_safe_remote_post( $url, $args )->get_error_code(); }
out( array( $code, $seen ) );
"""
"""On the blog without Akismet's plugin: which requests leave when some are asked for."""

CHECK = "https://rest.akismet.com/1.1/comment-check"


@pytest.fixture
def sends(native):
    def send(*urls, **constants):
        return native.php(
            SENDS, file=str(PLUGINS / "winnow-akismet.php"), urls=urls, constants={"A_CONSTANT": 1, **constants}
        )

    return send


def test_a_server_that_is_away_is_asked_once_and_not_for_long(sends):
    code, seen = sends(CHECK, CHECK, CHECK.replace("https", "http"), WINNOW_SERVER="http://127.0.0.1:9/")

    assert code == "away"
    assert seen == [{"url": "http://127.0.0.1:9/1.1/comment-check", "headers": ["X-Kept"], "timeout": 5}]


def test_without_a_server_nothing_is_sent_to_anybody(sends):
    assert sends(CHECK) == ["winnow_server_missing", []]


def test_what_is_not_for_akismet_goes_where_it_was_going(native):
    other = "require_once $in['file']; out( Winnow\\Akismet\\instead( false, array(), 'https://akismet.com.example/1.1/x' ) );"

    assert native.php(other, file=str(PLUGINS / "winnow-akismet.php")) is False
