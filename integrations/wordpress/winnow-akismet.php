<?php
/**
 * Plugin Name: Winnow for the Akismet plugin
 * Description: Whatever the Akismet plugin, or a plugin that uses it, would ask rest.akismet.com, it asks your own Winnow server.
 * Version: 0.1.0
 *
 * Copy this file into wp-content/mu-plugins/ and name the server in wp-config.php:
 *
 *     define( 'WINNOW_SERVER', 'http://127.0.0.1:8000' );
 *     define( 'WINNOW_KEY', 'the key of this site' );
 *
 * The Akismet plugin's own page takes the letters a to f only, so a key with others must stand in wp-config.php;
 * one without may be typed there instead. To go back, delete this file.
 */

namespace Winnow\Akismet;

/** Seconds to wait; the plugin's own 15, three times over, would keep a visitor waiting for 45. */
const TIMEOUT_S = 5;

/**
 * Sends a request that was meant for Akismet to WINNOW_SERVER; lets every other request be.
 *
 * The key goes where the plugin put it, into the body. A key in front of the host name, as older plugins have it,
 * becomes the first part of the path. Without WINNOW_SERVER nothing is sent to anybody, and the comment is held.
 */
function instead( $answer, $args, $url ) {
	static $failure = null;
	$host = meant_for( $args, $url );
	if ( false !== $answer || null === $host ) {
		return $answer;
	}
	if ( ! defined( 'WINNOW_SERVER' ) ) {
		return new \WP_Error( 'winnow_server_missing', 'WINNOW_SERVER is not defined in wp-config.php.' );
	}
	// The plugin tries again, twice, at once; a server that was away a moment ago still is.
	if ( null === $failure ) {
		$answer  = wp_remote_request( at_winnow( $host, $url ), as_we_send( $args ) );
		$failure = is_wp_error( $answer ) ? $answer : null;
	}
	return null === $failure ? $answer : $failure;
}
add_filter( 'pre_http_request', __NAMESPACE__ . '\\instead', 10, 3 );

/** The key of WINNOW_KEY, for the plugin and all that ask it; without that constant, the one the plugin has. */
function key( $theirs ) {
	return defined( 'WINNOW_KEY' ) ? WINNOW_KEY : $theirs;
}
add_filter( 'akismet_get_api_key', __NAMESPACE__ . '\\key' );

/** Whether the plugin should know that its key is not its own to change. */
function is_key_given( $is_given ) {
	return $is_given || defined( 'WINNOW_KEY' );
}
add_filter( 'akismet_predefined_api_key', __NAMESPACE__ . '\\is_key_given' );

/** The Akismet host a request is meant for, or null; the plugin's own diagnosis names it only in a header. */
function meant_for( $args, $url ) {
	$headers = isset( $args['headers'] ) && is_array( $args['headers'] ) ? array_change_key_case( $args['headers'] ) : array();
	foreach ( array( wp_parse_url( $url, PHP_URL_HOST ), $headers['host'] ?? '' ) as $host ) {
		if ( is_string( $host ) && preg_match( '/^(?:[a-z0-9-]+\.)?rest\.akismet\.com$/i', $host ) ) {
			return strtolower( $host );
		}
	}
	return null;
}

/** The same path and query at WINNOW_SERVER. */
function at_winnow( $host, $url ) {
	$key   = preg_match( '/^([a-z0-9]{12})\.rest\./', $host, $found ) ? '/' . $found[1] : '';
	$query = wp_parse_url( $url, PHP_URL_QUERY );
	return untrailingslashit( WINNOW_SERVER ) . $key . wp_parse_url( $url, PHP_URL_PATH ) . ( $query ? '?' . $query : '' );
}

/** The request's arguments without what was true of Akismet's host only. */
function as_we_send( $args ) {
	if ( isset( $args['headers'] ) && is_array( $args['headers'] ) ) {
		$args['headers'] = array_filter(
			$args['headers'],
			function ( $name ) {
				return 'host' !== strtolower( $name );
			},
			ARRAY_FILTER_USE_KEY
		);
	}
	$args['timeout']            = min( TIMEOUT_S, (float) ( $args['timeout'] ?? TIMEOUT_S ) );
	$args['redirection']        = 0;
	$args['reject_unsafe_urls'] = false; // The operator named the server; 127.0.0.1 is a good place for it.
	return $args;
}

/** Tells the administrators that comments are being held for want of a server. */
function notice() {
	if ( ! defined( 'WINNOW_SERVER' ) && current_user_can( 'manage_options' ) ) {
		echo '<div class="notice notice-error"><p>';
		echo esc_html( 'winnow-akismet.php: WINNOW_SERVER is not defined in wp-config.php, so no comment is checked and all are held.' );
		echo '</p></div>';
	}
}
add_action( 'admin_notices', __NAMESPACE__ . '\\notice' );
