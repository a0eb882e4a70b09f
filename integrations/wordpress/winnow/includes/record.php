<?php
/**
 * What is kept with a comment, in its meta data:
 *
 * winnow_id, winnow_score, winnow_action, winnow_summary, winnow_reasons, winnow_review_url   the server's answer
 * winnow_own         what WordPress's own settings would have done: 1 publish, 0 hold
 * winnow_trouble     a sentence, when the server could not be asked
 * winnow_owed        what is still to be sent: `check`, or a person's `spam` or `ham`
 * winnow_decided_at  when a person last decided, here or there, RFC 3339
 */

namespace Winnow;

defined( 'ABSPATH' ) || exit;

/** One value of a comment's record; the empty string when there is none. */
function recorded( $comment_id, $name ) {
	return get_comment_meta( $comment_id, 'winnow_' . $name, true );
}

/** Writes values into a comment's record; null takes one away. */
function record( $comment_id, array $values ) {
	foreach ( $values as $name => $value ) {
		if ( null === $value ) {
			delete_comment_meta( $comment_id, 'winnow_' . $name );
		} else {
			update_comment_meta( $comment_id, 'winnow_' . $name, wp_slash( $value ) );
		}
	}
}

/** The parts of an answer that moderators see or later calls need. */
function record_verdict( $comment_id, array $verdict ) {
	$reasons = array();
	foreach ( array_slice( $verdict['reasons'], 0, 12 ) as $reason ) {
		if ( is_array( $reason ) ) {
			$reasons[] = array(
				'label'    => (string) ( $reason['label'] ?? '' ),
				'weight'   => (float) ( $reason['weight'] ?? 0 ),
				'evidence' => (string) ( $reason['evidence'] ?? '' ),
			);
		}
	}
	record(
		$comment_id,
		array(
			'id'         => $verdict['id'],
			'score'      => (string) (float) $verdict['score'],
			'action'     => $verdict['action'],
			'summary'    => $verdict['summary'],
			'reasons'    => $reasons,
			'review_url' => is_string( $verdict['review_url'] ?? null ) ? $verdict['review_url'] : null,
			'trouble'    => null,
		)
	);
}

/** The comment that the server knows by an id of its own, or null. */
function comment_with_id( $id ) {
	$found = get_comments(
		array(
			'meta_key'   => 'winnow_id', // phpcs:ignore -- a webhook is a rare event
			'meta_value' => $id, // phpcs:ignore
			'status'     => 'any',
			'number'     => 1,
		)
	);
	return $found ? $found[0] : null;
}
