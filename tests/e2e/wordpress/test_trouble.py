"""When the server is away or strange: the comment is held, nobody sees an error, and it is settled later."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.web.sample import SAMPLE_URL
from tests.e2e.wordpress.conftest import HONEST, PATIENT
from tests.e2e.wordpress.people import comment_on

pytestmark = PATIENT


def owed(site):
    return {row["comment_ID"]: row["meta"]["winnow_owed"] for row in site.comments() if "winnow_owed" in row["meta"]}


def due(site):
    return site.php("out( wp_next_scheduled( 'winnow_recheck' ) );")


def test_while_the_server_is_stopped_comments_wait_and_are_rechecked_when_it_is_back(native, server, moderator):
    server.stop()
    began = time.monotonic()
    honest = comment_on(native, f"{HONEST} (while you were out)", "Jana Novak")
    spam = comment_on(native, f"{SAMPLE_URL}?out", "Royal Jackpot")
    assert time.monotonic() - began < 10

    assert [honest["comment_approved"], spam["comment_approved"]] == ["0", "0"]
    assert "winnow_id" not in honest["meta"]
    assert owed(native) == {honest["comment_ID"]: "check", spam["comment_ID"]: "check"}
    assert honest["meta"]["winnow_trouble"] in moderator.page("edit-comments.php").replace("&#039;", "'")

    native.cron()
    assert len(owed(native)) == 2
    assert native.php("out( get_option( 'winnow_failures' ) );") == "1"
    assert due(native)

    server.start()
    native.cron()
    settled = [native.comment(row["comment_ID"]) for row in (honest, spam)]
    assert [row["comment_approved"] for row in settled] == ["1", "spam"]
    assert [row["meta"]["winnow_action"] in ("publish", "hold") for row in settled] == [True, False]
    assert "winnow_trouble" not in settled[0]["meta"]
    assert owed(native) == {}
    assert not due(native)


def test_who_decides_while_the_server_is_stopped_is_heard_later(native, server, keys, moderator):
    known = comment_on(native, f"{HONEST} (known)", "Jana Novak")
    server.stop()
    unknown = comment_on(native, f"{HONEST} (unknown)", "Jana Novak")
    moderator.click(known["comment_ID"], "spamcomment")
    moderator.click(unknown["comment_ID"], "spamcomment")
    assert owed(native) == {known["comment_ID"]: "spam", unknown["comment_ID"]: "spam"}

    server.start()
    native.cron()

    assert owed(native) == {}
    for row in (known, unknown):
        after = native.comment(row["comment_ID"])
        assert after["comment_approved"] == "spam"
        assert server.comment(keys["native"], after["meta"]["winnow_id"])["decision"]["label"] == "spam"
    assert server.comment(keys["native"], after["meta"]["winnow_id"])["comment"]["comment_id"] == row["comment_ID"]


CLICK_MEANWHILE = """
add_filter( 'http_request_args', function ( $args ) use ( $in ) {
	static $clicked = false;
	global $wpdb;
	if ( ! $clicked ) {
		$clicked = true;
		$wpdb->update( $wpdb->comments, array( 'comment_approved' => 'spam' ), array( 'comment_ID' => $in['id'] ) );
		$wpdb->update( $wpdb->commentmeta, array( 'meta_value' => 'spam' ),
			array( 'comment_id' => $in['id'], 'meta_key' => 'winnow_owed' ) );
	}
	return $args;
} );
Winnow\\recheck();
out( 1 );
"""
"""What a click writes from another process, between the question and the answer."""


def test_who_decides_while_a_recheck_is_under_way_is_heard(native, server, keys):
    server.stop()
    comment = comment_on(native, f"{HONEST} (meanwhile)", "Jana Novak")
    server.start()

    native.php(CLICK_MEANWHILE, id=comment["comment_ID"])

    after = native.comment(comment["comment_ID"])
    assert (after["comment_approved"], owed(native)) == ("spam", {})
    assert server.comment(keys["native"], after["meta"]["winnow_id"])["decision"]["label"] == "spam"


def test_a_comment_that_the_server_lost_is_made_known_again(native, server, keys, moderator):
    comment = comment_on(native, f"{HONEST} (lost)", "Jana Novak")
    lost = "c_01JD8ZQ4V3W5K2N7X9R1T6M0PA"
    native.php("Winnow\\record( $in['id'], array( 'id' => $in['lost'] ) );", id=comment["comment_ID"], lost=lost)
    moderator.click(comment["comment_ID"], "spamcomment")
    native.cron()
    native.cron()

    after = native.comment(comment["comment_ID"])
    assert after["meta"]["winnow_id"] != lost
    assert "winnow_owed" not in after["meta"]
    assert server.comment(keys["native"], after["meta"]["winnow_id"])["decision"]["label"] == "spam"


def test_the_first_answer_after_an_outage_brings_the_recheck_forward(native):
    waiting = comment_on(native, f"{HONEST} (waiting)", "Jana Novak")
    native.php(
        "Winnow\\record( $in['id'], array( 'owed' => 'check' ) ); update_option( 'winnow_failures', 9 );"
        "wp_clear_scheduled_hook( 'winnow_recheck' ); wp_schedule_single_event( time() + 9999, 'winnow_recheck' );",
        id=waiting["comment_ID"],
    )
    comment_on(native, f"{HONEST} (first)", "Jana Novak")

    assert due(native) <= time.time() + 1
    native.cron()
    assert owed(native) == {}


def test_the_tries_come_less_and_less_often(native):
    seconds = native.php(
        "remove_all_filters( 'winnow_recheck_delay' ); out( array_map( 'Winnow\\\\delay_s', range( 0, 30 ) ) );"
    )

    assert seconds[:10] == [60, 60, 120, 240, 480, 960, 1920, 3840, 7680, 15360]
    assert set(seconds[10:]) == {6 * 3600}


GOOD = {"id": "c_01JD8ZQ4V3W5K2N7X9R1T6M0PA", "action": "publish", "score": 0.1, "summary": "", "reasons": []}


@contextmanager
def a_server_that_answers(site, status, body, after_s=0.0):
    """Lets the blog ask something that is not quite a Winnow."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(after_s)
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except BrokenPipeError:
                pass

        def log_message(self, *_):
            pass

    saved = site.php("out( get_option( 'winnow' ) );")
    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as strange:
        thread = threading.Thread(target=strange.serve_forever)
        thread.start()
        try:
            site.php(
                "update_option( 'winnow', $in );", **{**saved, "server": f"http://127.0.0.1:{strange.server_port}"}
            )
            yield
        finally:
            site.php("update_option( 'winnow', $in );", **saved)
            strange.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("status", "body", "after_s"),
    [
        (200, b"<html>Welcome to nginx!</html>", 0),
        (200, b"", 0),
        (200, b"[]", 0),
        (200, b"true", 0),
        (200, json.dumps(GOOD).encode()[:-5], 0),
        (200, json.dumps(GOOD | {"action": "love"}).encode(), 0),
        (200, json.dumps(GOOD | {"id": 7}).encode(), 0),
        (200, json.dumps(GOOD | {"score": None}).encode(), 0),
        (200, json.dumps(GOOD | {"reasons": "none"}).encode(), 0),
        (200, json.dumps(GOOD | {"degraded": ["store"]}).encode(), 0),
        (200, json.dumps(GOOD).encode(), 6),
        (302, b"", 0),
        (401, b'{"code": "key-unknown", "title": "No site has this key."}', 0),
        (404, b"<html>Not found</html>", 0),
        (500, b"oops", 0),
        (503, b'{"code": "store-unavailable"}', 0),
    ],
    ids="html empty list true cut action id score reasons not-stored slow 302 401 404 500 503".split(),
)
def test_a_strange_answer_holds_the_comment_for_a_recheck(native, status, body, after_s):
    with a_server_that_answers(native, status, body, after_s):
        began = time.monotonic()
        comment = comment_on(native, f"{HONEST} ({status}, {body!r}, {after_s})", "Jana Novak")
        took_s = time.monotonic() - began

    assert comment["comment_approved"] == "0"
    assert comment["meta"]["winnow_owed"] == "check"
    assert comment["meta"]["winnow_trouble"]
    assert took_s < 6
    native.cron()
    assert native.comment(comment["comment_ID"])["comment_approved"] == "1"


def test_what_the_server_will_never_take_is_left_to_the_moderator(native):
    refusal = b'{"code": "body-too-large", "title": "The body is larger than this service reads."}'
    with a_server_that_answers(native, 413, refusal):
        comment = comment_on(native, f"{HONEST} (long)", "Jana Novak")

    assert comment["comment_approved"] == "0"
    assert comment["meta"]["winnow_trouble"] == "The body is larger than this service reads. (413)"
    assert owed(native) == {}
