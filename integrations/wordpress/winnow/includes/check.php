<?php
/** A comment arrives: ask the server, choose the status, keep the answer. */

namespace Winnow;

defined( 'ABSPATH' ) || exit;

final class Check {

	/** The comment as the visitor sent it, before WordPress cleaned it. */
	private static $submitted = array();

	/** The answer about the comment that is about to be inserted: its post, the verdict or error, WordPress's choice. */
	private static $latest = null;

	/** Remembers the comment before WordPress's filters take markup out of it. */
	public static function as_submitted( $comment ) {
		self::$submitted = wp_unslash( $comment );
		return $comment;
	}

	/** The status for a new comment: the stricter of WordPress's own and the server's. */
	public static function decide( $own, $comment ) {
		self::$latest = null;
		$submitted    = self::$submitted;
		// Comments of the REST API come without slashes and were not seen by as_submitted().
		$comment         = $submitted ? wp_unslash( $comment ) : $comment;
		self::$submitted = array();
		if ( ! is_set_up() || is_wp_error( $own ) || 'trash' === $own ) {
			return $own;
		}
		foreach ( array( 'comment_author', 'comment_author_email', 'comment_author_url', 'comment_content' ) as $name ) {
			$comment[ $name ] = $submitted[ $name ] ?? $comment[ $name ] ?? '';
		}
		$comment['referrer'] = isset( $_SERVER['HTTP_REFERER'] ) ? wp_unslash( $_SERVER['HTTP_REFERER'] ) : ''; // phpcs:ignore -- sent, never shown
		$verdict             = classify( fields_of( $comment ) );
		self::$latest        = array( (int) $comment['comment_post_ID'], $verdict, $own );
		return status_for( $verdict, $own );
	}

	/** Keeps the answer with the comment, which has an id only now. */
	public static function keep( $comment_id ) {
		if ( null === self::$latest ) {
			return;
		}
		list( $post_id, $verdict, $own ) = self::$latest;
		self::$latest                    = null;
		$comment                         = get_comment( $comment_id );
		if ( ! $comment || (int) $comment->comment_post_ID !== $post_id ) {
			return;
		}
		record( $comment_id, array( 'own' => (string) $own ) );
		if ( is_wp_error( $verdict ) ) {
			owe_check( $comment_id, $verdict );
			return;
		}
		record_verdict( $comment_id, $verdict );
		if ( ! is_kept_there( $verdict ) ) {
			owe_check( $comment_id, new \WP_Error( 'winnow_away', 'Its database failed.' ) );
		}
		server_is_back();
	}
}
