<?php
/**
 * Plugin Name: Winnow
 * Description: Asks your own Winnow server about every comment, shows moderators why, and lets both sides learn what a moderator decided.
 * Version: 0.1.0
 * Requires at least: 6.0
 * Requires PHP: 7.4
 * Text Domain: winnow
 */

namespace Winnow;

defined( 'ABSPATH' ) || exit;

const VERSION = '0.1.0';

// In the order a comment meets them: what is set, asked and judged; then what people and the server say later.
foreach ( array( 'settings', 'client', 'fields', 'record', 'status', 'check', 'feedback', 'recheck', 'signature', 'webhook' ) as $part ) {
	require_once __DIR__ . '/includes/' . $part . '.php';
}
if ( is_admin() ) {
	require_once __DIR__ . '/includes/column.php';
	require_once __DIR__ . '/includes/page.php';
}

add_filter( 'preprocess_comment', array( Check::class, 'as_submitted' ), 1 );
add_filter( 'pre_comment_approved', array( Check::class, 'decide' ), 20, 2 );
add_action( 'wp_insert_comment', array( Check::class, 'keep' ) );
add_action( 'transition_comment_status', __NAMESPACE__ . '\\person_decided', 10, 3 );
add_action( RECHECK, __NAMESPACE__ . '\\recheck' );
add_action( 'rest_api_init', __NAMESPACE__ . '\\register_webhook' );

register_activation_hook( __FILE__, __NAMESPACE__ . '\\schedule_recheck' );
register_deactivation_hook( __FILE__, __NAMESPACE__ . '\\unschedule_recheck' );
