<?php
/** What could not be sent when it should have been is sent later, by cron. */

namespace Winnow;

defined( 'ABSPATH' ) || exit;

/** The cron event. */
const RECHECK = 'winnow_recheck';

/** The option that counts the runs, one after another, in which the server was away. */
const FAILURES = 'winnow_failures';

/** Comments of one run, and the seconds after which it begins no other; the rest waits for the next run. */
const AT_A_TIME = 50;
const RUN_S     = 20;

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

/** The ids of comments with something owed; what was tried in vain stands at the end. */
function owed_comments( $number ) {
	global $wpdb;
	$query = "SELECT comment_id FROM {$wpdb->commentmeta} WHERE meta_key = 'winnow_owed' ORDER BY meta_id LIMIT %d";
	return array_map( 'intval', $wpdb->get_col( $wpdb->prepare( $query, $number ) ) ); // phpcs:ignore -- few have it
}

/** One run: pays what is owed. The server's absence ends it; an answer that does not help ends only its own turn. */
function recheck() {
	$paid  = 0;
	$until = time() + RUN_S;
	foreach ( is_set_up() ? owed_comments( AT_A_TIME ) : array() as $comment_id ) {
		if ( settle( $comment_id ) ) {
			++$paid;
		} else {
			$label = recorded( as_it_is_now( $comment_id ), 'owed' );
			record( $comment_id, array( 'owed' => null ) );
			record( $comment_id, array( 'owed' => $label ) ); // At the end of the queue now.
		}
		if ( null !== absence() || time() >= $until ) {
			break;
		}
	}
	update_option( FAILURES, $paid ? 0 : 1 + (int) get_option( FAILURES, 0 ) );
	schedule_recheck();
}

/** Pays what is owed about one comment, or gives it up; false when it is still owed. */
function settle( $id ) {
	$comment = get_comment( $id );
	if ( ! $comment ) {
		record( $id, array( 'owed' => null ) );
		return true;
	}
	if ( 'check' === recorded( $id, 'owed' ) || '' === recorded( $id, 'id' ) ) {
		$verdict = classify( fields_of( $comment->to_array() ) );
		if ( is_wp_error( $verdict ) ) {
			return is_over( $id, $verdict );
		}
		if ( ! is_kept_there( $verdict ) ) {
			return false;
		}
		record_verdict( $id, $verdict );
		if ( 'check' === recorded( as_it_is_now( $id ), 'owed' ) ) {
			record( $id, array( 'owed' => null ) );
			apply_late( get_comment( $id ), $verdict );
			return true;
		}
	}
	return is_over( $id, send_label( $id ) );
}

/** The same id, after forgetting what was read of the comment before the server was asked: somebody may have clicked. */
function as_it_is_now( $comment_id ) {
	clean_comment_cache( $comment_id );
	wp_cache_delete( $comment_id, 'comment_meta' );
	return $comment_id;
}

/** Whether nothing is owed after this answer; what the server will never take is given up. */
function is_over( $comment_id, $answer ) {
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
