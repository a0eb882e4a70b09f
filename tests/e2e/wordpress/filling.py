"""Posts and comments that WordPress itself makes, and the export that it writes of them."""

from collections.abc import Sequence
from pathlib import Path

from tests.e2e.wordpress.site import Site

AT_ONCE = 400
"""Comments of one call of PHP."""

_EMPTY = ("wp_posts", "wp_postmeta", "wp_comments", "wp_commentmeta", "wp_term_relationships")
_POSTS = """
foreach ( $in['posts'] as $each ) {
	$ids[] = wp_insert_post( wp_slash( $each ) + array( 'post_status' => 'publish', 'post_author' => 1 ) );
}
out( $ids );
"""
# wp_new_comment does the same after it has asked for duplicates, floods and moderation.
_COMMENTS = """
wp_defer_comment_counting( true );
foreach ( $in['comments'] as $each ) {
	$ids[] = (int) wp_insert_comment( wp_filter_comment( wp_slash( $each ) ) );
}
wp_defer_comment_counting( false );
out( $ids );
"""
_EXPORT = """
require_once ABSPATH . 'wp-admin/includes/export.php';
ob_start();
export_wp( array( 'content' => 'all' ) );
out( file_put_contents( $in['path'], ob_get_clean() ) );
"""


def empty(site: Site) -> None:
    """Takes out every post and comment, those of WordPress's own beginning too."""
    site.sql(*(f"TRUNCATE {table}" for table in _EMPTY))


def write_posts(site: Site, posts: Sequence[dict[str, str]]) -> list[int]:
    """Published posts, by the columns of wp_posts; their ids, in order."""
    ids: list[int] = []
    for begin in range(0, len(posts), AT_ONCE):
        ids += site.php(_POSTS, posts=posts[begin : begin + AT_ONCE])
    return ids


def write_comments(site: Site, comments: Sequence[dict[str, object]]) -> list[int]:
    """Comments as visitors send them, through WordPress's own filters, by the columns of wp_comments.

    Their ids, in order; 0 for what the database refuses, as names of more than 255 bytes.
    """
    ids: list[int] = []
    for begin in range(0, len(comments), AT_ONCE):
        ids += site.php(_COMMENTS, comments=comments[begin : begin + AT_ONCE])
    return ids


def export(site: Site, path: Path) -> int:
    """All of it, as Tools > Export writes it; how many bytes."""
    size: int = site.php(_EXPORT, path=str(path))
    return size
