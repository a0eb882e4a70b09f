<?php
/** Settings › Winnow: the server's address, the site's key, the webhook secret, and whether they work. */

namespace Winnow;

defined( 'ABSPATH' ) || exit;

add_action( 'admin_menu', __NAMESPACE__ . '\\add_page' );
add_action( 'admin_init', __NAMESPACE__ . '\\register_settings' );
add_action( 'admin_notices', __NAMESPACE__ . '\\ask_for_settings' );

function add_page() {
	add_options_page( 'Winnow', 'Winnow', 'manage_options', 'winnow', __NAMESPACE__ . '\\show_page' );
}

function register_settings() {
	register_setting( 'winnow', OPTION, array( 'sanitize_callback' => __NAMESPACE__ . '\\checked' ) );
}

/** A plugin that does nothing says so. */
function ask_for_settings() {
	if ( ! is_set_up() && current_user_can( 'manage_options' ) ) {
		echo '<div class="notice notice-warning"><p><a href="' . esc_url( admin_url( 'options-general.php?page=winnow' ) ) . '">';
		echo esc_html__( 'Winnow checks no comments yet: enter its server and key.', 'winnow' ) . '</a></p></div>';
	}
}

/** The settings as they may be saved. A wrong or empty one is the old one; keys are never shown, so empty is usual. */
function checked( $sent ) {
	$saved = (array) get_option( OPTION, array() );
	$sound = array(
		'server' => function ( $value ) {
			return 1 === preg_match( '#^https?://[^/\s?\#@]+(/[^\s?\#]*)?$#D', $value );
		},
		'key'    => function ( $value ) {
			return 1 === preg_match( '/^[a-z0-9]{12}$/D', $value );
		},
		'secret' => function ( $value ) {
			return count( webhook_keys( $value ) ) === count( preg_split( '/\s+/', $value ) );
		},
	);
	foreach ( $sound as $name => $is_sound ) {
		$value = is_array( $sent ) && is_string( $sent[ $name ] ?? null ) ? trim( $sent[ $name ] ) : '';
		if ( '' !== $value && $is_sound( $value ) ) {
			$saved[ $name ] = $value;
		} elseif ( '' !== $value ) {
			/* translators: %s: server, key or secret. */
			add_settings_error( OPTION, "winnow_$name", sprintf( __( 'This is not a %s of Winnow; the old one stays.', 'winnow' ), $name ) );
		}
	}
	return $saved;
}

/** What a test of the connection says, as [success, sentence]. It stores nothing at the server. */
function connection() {
	$verdict = classify(
		array(
			'text'       => 'Is anybody there?',
			'check_only' => true,
		)
	);
	if ( is_wp_error( $verdict ) ) {
		/* translators: %s: what went wrong. */
		return array( false, sprintf( __( 'The server does not work for this site: %s', 'winnow' ), $verdict->get_error_message() ) );
	}
	/* translators: 1: a site's name, 2: a model's version. */
	return array( true, sprintf( __( 'Connected, as the site %1$s; model %2$s.', 'winnow' ), $verdict['site'] ?? '?', $verdict['model'] ?? '?' ) );
}

function show_page() {
	$asked = isset( $_GET['settings-updated'] ) || ( isset( $_GET['test'] ) && check_admin_referer( 'winnow_test' ) );
	echo '<div class="wrap"><h1>Winnow</h1>';
	if ( $asked && is_set_up() ) {
		list( $works, $sentence ) = connection();
		echo '<div class="notice notice-' . ( $works ? 'success' : 'error' ) . '"><p>' . esc_html( $sentence ) . '</p></div>';
	}
	echo '<form action="options.php" method="post">';
	settings_fields( 'winnow' );
	echo '<table class="form-table" role="presentation">';
	show_setting( 'server', __( 'Server', 'winnow' ), 'url', setting( 'server' ), 'http://127.0.0.1:8000' );
	show_setting( 'key', __( 'Key of this site', 'winnow' ), 'password', '', '' );
	show_setting( 'secret', __( 'Webhook secret', 'winnow' ), 'password', '', 'whsec_…' );
	echo '<tr><th scope="row">' . esc_html__( 'Webhook address', 'winnow' ) . '</th>';
	echo '<td><code>' . esc_html( rest_url( 'winnow/v1/webhook' ) ) . '</code></td></tr></table>';
	submit_button();
	echo '</form>';
	$test = wp_nonce_url( admin_url( 'options-general.php?page=winnow&test=1' ), 'winnow_test' );
	echo '<p><a class="button" href="' . esc_url( $test ) . '">' . esc_html__( 'Test the connection', 'winnow' ) . '</a></p></div>';
}

/** Prints one row of the form; a setting that wp-config.php defines cannot be changed here. */
function show_setting( $name, $label, $type, $value, $example ) {
	$told = is_constant( $name ) ? SETTINGS[ $name ] . ' in wp-config.php' : ( '' === setting( $name ) ? '' : __( 'Saved; leave empty to keep it.', 'winnow' ) );
	echo '<tr><th scope="row"><label for="winnow_' . esc_attr( $name ) . '">' . esc_html( $label ) . '</label></th><td>';
	printf(
		'<input class="regular-text" type="%s" id="winnow_%s" name="winnow[%s]" value="%s" placeholder="%s" autocomplete="off"%s>',
		esc_attr( $type ),
		esc_attr( $name ),
		esc_attr( $name ),
		esc_attr( $value ),
		esc_attr( $example ),
		is_constant( $name ) ? ' disabled' : ''
	);
	echo '<p class="description">' . esc_html( 'url' === $type && ! is_constant( $name ) ? '' : $told ) . '</p></td></tr>';
}
