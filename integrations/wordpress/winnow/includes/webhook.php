<?php
/** A person decides at the server: the comment here follows, and the server is not told its own news. */

namespace Winnow;

defined( 'ABSPATH' ) || exit;

/** The largest message that is read. */
const MESSAGE_BYTES = 65536;

function register_webhook() {
	register_rest_route(
		'winnow/v1',
		'/webhook',
		array(
			'methods'             => 'POST',
			'callback'            => __NAMESPACE__ . '\\webhook',
			'permission_callback' => __NAMESPACE__ . '\\webhook_is_genuine',
		)
	);
}

/** True, or why the message is not let in. */
function webhook_is_genuine( \WP_REST_Request $request ) {
	$keys = webhook_keys( setting( 'secret' ) );
	if ( ! $keys ) {
		return refusal( 403, 'No webhook secret is set here.' );
	}
	if ( strlen( $request->get_body() ) > MESSAGE_BYTES ) {
		return refusal( 413, 'The message is too large.' );
	}
	$id   = (string) $request->get_header( 'webhook-id' );
	$when = (string) $request->get_header( 'webhook-timestamp' );
	if ( '' === $id || ! is_signed( $keys, $id, $when, $request->get_body(), (string) $request->get_header( 'webhook-signature' ) ) ) {
		return refusal( 401, 'The signature is not right.' );
	}
	if ( ! is_fresh( $when, time() ) ) {
		return refusal( 401, 'The message is too old, or one of the clocks is wrong.' );
	}
	// A message that was dealt with may be sent again under a new timestamp, but the same bytes come only from a thief.
	return get_transient( seen_as( $id ) ) === $when ? refusal( 409, 'The message was dealt with already.' ) : true;
}

function refusal( $status, $why ) {
	return new \WP_Error( 'winnow_webhook', $why, array( 'status' => $status ) );
}

/** The transient that remembers a message for as long as its signature is fresh. */
function seen_as( $id ) {
	return 'winnow_hook_' . md5( $id );
}

/** Applies one message; the answer's `result` says what came of it. */
function webhook( \WP_REST_Request $request ) {
	$id     = (string) $request->get_header( 'webhook-id' );
	$result = false === get_transient( seen_as( $id ) ) ? follow( json_decode( $request->get_body(), true, 16 ) ) : 'repeated';
	if ( is_wp_error( $result ) ) {
		return $result;
	}
	if ( 'unknown' === $result ) {
		return new \WP_REST_Response( array( 'result' => $result ) ); // The comment may be here when it is sent again.
	}
	set_transient( seen_as( $id ), (string) $request->get_header( 'webhook-timestamp' ), 2 * TOLERANCE_S );
	return new \WP_REST_Response( array( 'result' => $result ) );
}

/** One event: `changed`, `unchanged`, `older` than what is known here, `unknown` comment, or `ignored`. */
function follow( $event ) {
	if ( ! is_array( $event ) || 'comment.decided' !== ( $event['type'] ?? null ) ) {
		return 'ignored';
	}
	$decided = is_array( $event['data'] ?? null ) ? $event['data'] : array();
	$at      = date_create_immutable( is_string( $decided['at'] ?? null ) ? $decided['at'] : 'not a time' );
	$known   = array_key_exists( 'label', $decided ) && in_array( $decided['label'], array( 'spam', 'ham', null ), true );
	if ( ! $at || ! $known || ! is_string( $decided['id'] ?? null ) ) {
		return refusal( 400, 'The message lacks an id, a label or a time.' );
	}
	$comment = comment_meant( $decided );
	if ( null === $comment ) {
		return 'unknown';
	}
	$last = date_create_immutable( recorded( $comment->comment_ID, 'decided_at' ) ?: '@0' );
	if ( $last && $at < $last ) {
		return 'older';
	}
	record(
		$comment->comment_ID,
		array(
			'decided_at' => $decided['at'],
			'owed'       => null,
		)
	);
	return set_status( $comment, status_decided( $comment, $decided['label'] ) ) ? 'changed' : 'unchanged';
}

/** The comment an event is about: by the server's id, or by ours if we have none of the server's. */
function comment_meant( array $decided ) {
	$comment = comment_with_id( $decided['id'] );
	$ours    = $decided['comment_id'] ?? '';
	if ( null === $comment && is_string( $ours ) && ctype_digit( $ours ) && '' === recorded( (int) $ours, 'id' ) ) {
		$comment = get_comment( (int) $ours );
	}
	return $comment;
}

/** The status after a decision; one that was taken back leaves what the server's verdict had said. */
function status_decided( $comment, $label ) {
	if ( null !== $label ) {
		return 'spam' === $label ? 'spam' : 1;
	}
	$action = recorded( $comment->comment_ID, 'action' );
	$own    = recorded( $comment->comment_ID, 'own' );
	return '' === $action || '' === $own ? $comment->comment_approved : status_for( array( 'action' => $action ), $own );
}
