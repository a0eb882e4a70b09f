"""What a real WordPress exports and shows, read by `winnow import`'s readers."""

from pathlib import Path

import pytest

from app.importing import kinds
from app.importing.imported import Imported
from tests.e2e.wordpress.conftest import HONEST, PATIENT

pytestmark = PATIENT

INSERT = """
foreach ( $in['comments'] as $each ) {
	$ids[] = wp_insert_comment( wp_slash( $each ) + array( 'comment_post_ID' => $in['post'],
		'comment_author' => 'Łukasz & Co', 'comment_author_email' => 'l@mail.example',
		'comment_author_url' => 'https://l.example/?a=1&b=2', 'comment_author_IP' => '192.0.2.7',
		'comment_date' => '2026-01-02 04:04:05', 'comment_date_gmt' => '2026-01-02 03:04:05' ) );
}
out( $ids );
"""
TEXTS = {
    "1": f'<a href="https://x.example/?a=1&amp;b=2">{HONEST}</a>',
    "0": "Control \x08 character, ]]> and </wp:comment><wp:comment> and \U0001f600",
    "trash": "Thrown away &nbsp; &bomb;",
    "spam": "Buy",
}


@pytest.fixture
def written(native):
    """The ids of four comments, one of each status."""
    comments = [{"comment_content": text, "comment_approved": status} for status, text in TEXTS.items()]
    return [str(each) for each in native.php(INSERT, post=native.article, comments=comments)]


def imported(path: Path, ids: list[str]) -> dict[str, Imported]:
    records = list(kinds.read(path))
    assert all(isinstance(each, Imported) for each in records), records
    return {each.comment.comment_id: each for each in records if each.comment.comment_id in ids}


def test_the_export_of_wordpress_itself(native, moderator, written, tmp_path):
    path = tmp_path / "export"
    path.write_bytes(moderator.browser.get("/wp-admin/export.php?download=true&content=all").content)
    found = imported(path, written)

    assert [(each.status, each.label) for each in found.values()] == [
        ("approved", "ham"),
        ("pending", None),
        ("trash", None),
    ]
    assert [each.comment.text for each in found.values()] == [
        TEXTS["1"],
        TEXTS["0"].replace("\x08", ""),
        TEXTS["trash"],
    ]
    told = found[written[0]].comment
    assert (told.author, told.author_email, told.author_ip) == ("Łukasz & Co", "l@mail.example", "192.0.2.7")
    assert (told.author_url, told.posted_at) == ("https://l.example/?a=1&b=2", "2026-01-02T03:04:05.000Z")
    assert told.page_title == "Growing tomatoes on a north-facing balcony"
    assert told.page_url == f"{native.url}/growing-tomatoes-on-a-north-facing-balcony/"
    assert told.page_text.startswith("Tomatoes want six hours of sun. On a balcony")


LISTED = """
$of = get_comments( array( 'post_id' => $in['post'], 'status' => 'approve', 'order' => 'ASC' ) );
$template = '<!-- wp:comment-template --><!-- wp:comment-author-name /--><!-- wp:comment-date /-->'
	. '<!-- wp:comment-content /--><!-- wp:comment-reply-link /--><!-- /wp:comment-template -->';
$block = new WP_Block( parse_blocks( $template )[0], array( 'postId' => $in['post'] ) );
out( array( wp_list_comments( array( 'echo' => false, 'format' => 'html5' ), $of ),
	wp_list_comments( array( 'echo' => false, 'format' => 'xhtml' ), $of ), $block->render() ) );
"""
"""The list of comments as WordPress itself writes it; the Debian package brings no theme that would."""


def test_the_comments_of_a_page_in_every_form_that_wordpress_writes_them(native, written, tmp_path):
    for listed in native.php(LISTED, post=native.article):
        path = tmp_path / "page"
        path.write_text(
            f'<!doctype html><title>Balcony</title><ol class="comment-list">{listed}</ol>', encoding="utf-8"
        )
        (found,) = imported(path, written).values()

        told = found.comment
        assert (told.author, told.author_url) == ("Łukasz & Co", "https://l.example/?a=1&b=2")
        assert (told.comment_id, told.text) == (written[0], TEXTS["1"])
