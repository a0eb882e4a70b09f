<?php
/** The moderators' list of comments: a column with the score and the reasons. */

namespace Winnow;

defined( 'ABSPATH' ) || exit;

add_filter( 'manage_edit-comments_columns', __NAMESPACE__ . '\\add_column' );
add_action( 'manage_comments_custom_column', __NAMESPACE__ . '\\show_column', 10, 2 );

function add_column( $columns ) {
	$columns['winnow'] = esc_html__( 'Winnow', 'winnow' );
	return $columns;
}

/** Prints one cell. All of it came over the network: everything is escaped. */
function show_column( $column, $comment_id ) {
	if ( 'winnow' !== $column ) {
		return;
	}
	$trouble = recorded( $comment_id, 'trouble' );
	if ( '' !== $trouble ) {
		/* translators: %s: what went wrong. */
		echo '<p><strong>' . esc_html( sprintf( __( 'Not settled with the server: %s', 'winnow' ), $trouble ) ) . '</strong></p>';
	}
	if ( '' === recorded( $comment_id, 'action' ) ) {
		return;
	}
	$percent = number_format_i18n( 100 * (float) recorded( $comment_id, 'score' ), 1 );
	echo '<p><strong>' . esc_html( $percent . ' % · ' . recorded( $comment_id, 'action' ) ) . '</strong><br>';
	echo esc_html( recorded( $comment_id, 'summary' ) ) . '</p>';
	show_reasons( recorded( $comment_id, 'reasons' ) );
	$review_url = recorded( $comment_id, 'review_url' );
	if ( '' !== $review_url ) {
		echo '<p><a href="' . esc_url( $review_url, array( 'http', 'https' ) ) . '">' . esc_html__( 'Open in Winnow', 'winnow' ) . '</a></p>';
	}
}

/** Prints the reasons, the strongest first, with the words they rest on. */
function show_reasons( $reasons ) {
	if ( ! is_array( $reasons ) || ! $reasons ) {
		return;
	}
	echo '<details><summary>' . esc_html__( 'Reasons', 'winnow' ) . '</summary><ul>';
	foreach ( $reasons as $reason ) {
		echo '<li>' . esc_html( sprintf( '%+.1f %s', $reason['weight'], $reason['label'] ) );
		echo '' === $reason['evidence'] ? '' : ' <code>' . esc_html( $reason['evidence'] ) . '</code>';
		echo '</li>';
	}
	echo '</ul></details>';
}
