<?php
/** From an answer to a comment's status, and how a status is changed without anybody taking it for a person's doing. */

namespace Winnow;

defined( 'ABSPATH' ) || exit;

/** The status: 1, 0 or 'spam', the stricter of WordPress's own and the server's. What went wrong is never published. */
function status_for( $verdict, $own ) {
	if ( 'spam' === $own ) {
		return $own;
	}
	if ( is_wp_error( $verdict ) ) {
		return 0;
	}
	if ( in_array( $verdict['action'], array( 'reject', 'discard' ), true ) ) {
		return 'spam';
	}
	return 'publish' === $verdict['action'] && is_kept_there( $verdict ) ? $own : 0;
}

/** Whether the server stored the comment; a later decision about it would find nothing otherwise. */
function is_kept_there( array $verdict ) {
	return ! in_array( 'store', (array) ( $verdict['degraded'] ?? array() ), true );
}

/** Gives a comment a status of `status_for`; true when that changed something. Trash is left to those who put it there. */
function set_status( $comment, $status ) {
	$now    = (string) get_comment( $comment->comment_ID )->comment_approved;
	$status = (string) $status;
	if ( $now === $status || ! in_array( $now, array( '0', '1', 'spam' ), true ) ) {
		return false;
	}
	Quiet::run(
		function () use ( $comment, $now, $status ) {
			if ( 'spam' === $status ) {
				wp_spam_comment( $comment->comment_ID );
				return;
			}
			if ( 'spam' === $now ) {
				wp_unspam_comment( $comment->comment_ID );
			}
			wp_set_comment_status( $comment->comment_ID, '1' === $status ? 'approve' : 'hold' );
		}
	);
	return true;
}

/** Marks a change of status as not a person's: it came from the server, so the server is not told. */
final class Quiet {

	private static $depth = 0;

	public static function run( callable $change ) {
		++self::$depth;
		try {
			$change();
		} finally {
			--self::$depth;
		}
	}

	public static function is_on() {
		return self::$depth > 0;
	}
}
