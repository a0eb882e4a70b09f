<?php
/** What could not be sent when it should have been is sent later, by cron. */

namespace Winnow;

defined( 'ABSPATH' ) || exit;

/** The cron event. */
const RECHECK = 'winnow_recheck';

/** The option that counts the runs, one after another, in which the server was away. */
const FAILURES = 'winnow_failures';

/** Comments of one run; the rest waits for the next, a minute later. */
const AT_A_TIME = 50;

/** Seconds until the next try after so many failures: 1, 2, 4 ... minutes, at most 6 hours, for as long as it takes. */
function delay_s( $failures ) {
	$seconds = min( 6 * HOUR_IN_SECONDS, MINUTE_IN_SECONDS * 2 ** max( 0, min( $failures, 20 ) - 1 ) );
	return (int) apply_filters( 'winnow_recheck_delay', $seconds, $failures );
}

/** A comment could not be checked: it is held, the moderators see why, and cron asks again if that can help. */
function owe_check( $comment_id, \WP_Error $why ) {
	$helps = 'winnow_away' === $why->get_error_code();
	record(
		$comment_id,
		array(
			'trouble' => $why->get_error_message(),
			'owed'    => $helps ? 'check' : null,
		)
	);
	if ( $helps ) {
		schedule_recheck();
	}
}

/** Makes sure that a run is due while anything is owed. */
function schedule_recheck() {
	if ( ! wp_next_scheduled( RECHECK ) && owed_comments( 1 ) ) {
		wp_schedule_single_event( time() + delay_s( (int) get_option( FAILURES, 0 ) ), RECHECK );
	}
}

function unschedule_recheck() {
	wp_clear_scheduled_hook( RECHECK );
}

/** The server answered a visitor's comment: what waits for a far-off run need not wait. */
function server_is_back() {
	if ( (int) get_option( FAILURES, 0 ) > 0 ) {
		update_option( FAILURES, 0 );
		unschedule_recheck();
		schedule_recheck();
	}
}

/** The comments with something owed, oldest first. */
function owed_comments( $number ) {
	return get_comments(
		array(
			'meta_key' => 'winnow_owed', // phpcs:ignore -- few comments have it, and cron asks
			'status'   => 'any',
			'orderby'  => 'comment_ID',
			'order'    => 'ASC',
			'number'   => $number,
		)
	);
}

/** One run: pays what is owed until the server is away again. */
function recheck() {
	$failures = is_set_up() ? 0 : 1 + (int) get_option( FAILURES, 0 );
	foreach ( $failures ? array() : owed_comments( AT_A_TIME ) as $comment ) {
		if ( ! settle( $comment ) ) {
			$failures = 1 + (int) get_option( FAILURES, 0 );
			break;
		}
	}
	update_option( FAILURES, $failures );
	schedule_recheck();
}

/** Pays what is owed about one comment; false when the rest should wait for a better time. */
function settle( $comment ) {
	$id   = (int) $comment->comment_ID;
	$owed = recorded( $id, 'owed' );
	if ( 'check' === $owed || '' === recorded( $id, 'id' ) ) {
		$verdict = classify( fields_of( $comment->to_array() ) );
		if ( is_wp_error( $verdict ) ) {
			return goes_on( $id, $verdict );
		}
		if ( ! is_kept_there( $verdict ) ) {
			return false;
		}
		record_verdict( $id, $verdict );
		if ( 'check' === $owed ) {
			record( $id, array( 'owed' => null ) );
			apply_late( $comment, $verdict );
			return true;
		}
	}
	return goes_on( $id, send_label( $id ) );
}

/** Whether the next comment may be tried after this answer; gives up what the server will never take. */
function goes_on( $comment_id, $answer ) {
	if ( ! is_wp_error( $answer ) ) {
		return true;
	}
	$values = array( 'trouble' => $answer->get_error_message() );
	if ( 'winnow_refused' === $answer->get_error_code() ) {
		$values['owed'] = null;
	} elseif ( 'winnow_lost' === $answer->get_error_code() ) {
		$values['id'] = null; // The next run makes it known again.
	}
	record( $comment_id, $values );
	return 'winnow_refused' === $answer->get_error_code();
}

/** Gives a comment that is still pending the status it would have had; if it is not, somebody was quicker. */
function apply_late( $comment, array $verdict ) {
	if ( '0' === $comment->comment_approved ) {
		set_status( $comment, status_for( $verdict, recorded( $comment->comment_ID, 'own' ) ) );
	}
}
