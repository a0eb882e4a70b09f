<?php
/** What the operator sets: a constant in wp-config.php, or else the settings page. */

namespace Winnow;

defined( 'ABSPATH' ) || exit;

/** The option that the settings page writes. */
const OPTION = 'winnow';

/** Each setting with the constant that overrides it. */
const SETTINGS = array(
	'server' => 'WINNOW_SERVER',
	'key'    => 'WINNOW_KEY',
	'secret' => 'WINNOW_WEBHOOK_SECRET',
);

/** The value of `server`, `key` or `secret`; the empty string when it is not set. */
function setting( $name ) {
	$saved = get_option( OPTION );
	$value = is_array( $saved ) && isset( $saved[ $name ] ) ? $saved[ $name ] : '';
	return trim( (string) ( is_constant( $name ) ? constant( SETTINGS[ $name ] ) : $value ) );
}

/** Whether wp-config.php has the last word about a setting. */
function is_constant( $name ) {
	return defined( SETTINGS[ $name ] );
}

/** Whether there is a server to ask. Until then the plugin does nothing, and a notice says so. */
function is_set_up() {
	return '' !== setting( 'server' ) && '' !== setting( 'key' );
}
