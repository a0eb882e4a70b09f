<?php
/** A person decides here: tell the server. */

namespace Winnow;

defined( 'ABSPATH' ) || exit;

/** A comment changed its status: is it a moderator's decision, the server hears of it, now or by cron. */
function person_decided( $new, $old, $comment ) {
	$label = label_of( $new, $old );
	$by_us = Quiet::is_on() || ! is_set_up();
	if ( $by_us || null === $label || ! current_user_can( 'edit_comment', $comment->comment_ID ) ) {
		return;
	}
	record(
		$comment->comment_ID,
		array(
			'owed'       => $label,
			'decided_at' => gmdate( 'Y-m-d\TH:i:s\Z' ),
		)
	);
	if ( is_wp_error( send_label( $comment->comment_ID ) ) ) {
		schedule_recheck();
	}
}

/** What a moderator says by moving a comment: into spam, out of spam, or from pending to the page. */
function label_of( $new, $old ) {
	if ( 'spam' === $new && in_array( $old, array( 'approved', 'unapproved' ), true ) ) {
		return 'spam';
	}
	$out_of_spam = 'spam' === $old && in_array( $new, array( 'approved', 'unapproved' ), true );
	return $out_of_spam || ( 'unapproved' === $old && 'approved' === $new ) ? 'ham' : null;
}

/** Sends the label that is owed; true, or an error after which it is still owed. */
function send_label( $comment_id ) {
	$id = recorded( $comment_id, 'id' );
	if ( '' === $id ) {
		return new \WP_Error( 'winnow_lost', 'The server has not seen this comment yet.' );
	}
	$answer = ask(
		'/feedback',
		array(
			'id'    => $id,
			'label' => recorded( $comment_id, 'owed' ),
		)
	);
	if ( is_wp_error( $answer ) ) {
		return $answer;
	}
	$at   = is_array( $answer['decision'] ?? null ) ? $answer['decision']['at'] ?? null : null;
	$paid = array(
		'owed'    => null,
		'trouble' => null,
	);
	record( $comment_id, $paid + ( is_string( $at ) ? array( 'decided_at' => $at ) : array() ) );
	return true;
}
