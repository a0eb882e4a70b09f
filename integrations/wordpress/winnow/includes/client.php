<?php
/** Talking to the server: one function for every call, and what counts as an answer. */

namespace Winnow;

defined( 'ABSPATH' ) || exit;

/** Seconds a visitor may be kept waiting for the server. */
const TIMEOUT_S = 3;

const ACTIONS = array( 'publish', 'hold', 'reject', 'discard' );

/** Problems that asking again later will not mend; a comment that is unknown there can be checked anew. */
const WHAT_IT_MEANS = array(
	'comment-unknown'  => 'winnow_lost',
	'body-too-large'   => 'winnow_refused',
	'fields-invalid'   => 'winnow_refused',
	'json-invalid'     => 'winnow_refused',
	'nothing-to-judge' => 'winnow_refused',
);

/**
 * What the server answers to a POST, as an array.
 *
 * Errors: `winnow_away` when it may do better later (not reached, overloaded, wrong key, not a Winnow),
 * `winnow_refused` when it will never take this very request, `winnow_lost` when it does not know the comment.
 */
function ask( $path, array $body ) {
	if ( null !== absence() ) {
		return absence(); // Fifty comments marked as spam at once must not wait fifty times.
	}
	$response = wp_remote_post(
		untrailingslashit( setting( 'server' ) ) . $path,
		array(
			'timeout'             => TIMEOUT_S,
			'redirection'         => 0,
			'limit_response_size' => 1048576,
			'user-agent'          => 'Winnow-WordPress/' . VERSION,
			'headers'             => array(
				'Authorization' => 'Bearer ' . setting( 'key' ),
				'Content-Type'  => 'application/json',
			),
			'body'                => wp_json_encode( $body, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ),
		)
	);
	if ( is_wp_error( $response ) ) {
		return absence( new \WP_Error( 'winnow_away', $response->get_error_message() ) );
	}
	return understood( wp_remote_retrieve_response_code( $response ), wp_remote_retrieve_body( $response ) );
}

/** The error of a server that did not answer, remembered for the rest of this request; null while it answers. */
function absence( $error = null ) {
	static $latest = null;
	$latest        = $error ?? $latest;
	return $latest;
}

/** The JSON object of a 200, or an error that says what came instead. */
function understood( $status, $body ) {
	$answer = json_decode( $body, true, 32 );
	if ( 200 === $status && is_array( $answer ) ) {
		return $answer;
	}
	$code  = is_array( $answer ) && is_string( $answer['code'] ?? null ) ? $answer['code'] : '';
	$title = is_array( $answer ) && is_string( $answer['title'] ?? null ) ? $answer['title'] : 'This is no answer of a Winnow server.';
	return new \WP_Error( WHAT_IT_MEANS[ $code ] ?? 'winnow_away', sprintf( '%s (%d)', $title, $status ) );
}

/** The server's verdict on a comment, with every field that is relied on looked at; or an error as from `ask`. */
function classify( array $fields ) {
	$answer = ask( '/classify', $fields );
	if ( is_wp_error( $answer ) ) {
		return $answer;
	}
	$sound = is_string( $answer['id'] ?? null ) && preg_match( '/^c_[0-9A-Z]{26}$/', $answer['id'] )
		&& in_array( $answer['action'] ?? null, ACTIONS, true )
		&& is_numeric( $answer['score'] ?? null )
		&& is_string( $answer['summary'] ?? null )
		&& is_array( $answer['reasons'] ?? null );
	return $sound ? $answer : new \WP_Error( 'winnow_away', 'The answer is not that of a Winnow server.' );
}
