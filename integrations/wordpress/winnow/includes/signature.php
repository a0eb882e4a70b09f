<?php
/** Standard Webhooks signatures: is this message from our server, and fresh? */

namespace Winnow;

defined( 'ABSPATH' ) || exit;

/** Seconds a message may be old, or ahead of our clock. */
const TOLERANCE_S = 300;

/** Bytes a secret must have at the least; the standard asks for 24. */
const SECRET_BYTES = 16;

/** The keys in the setting, decoded: several, parted by spaces, while one is being replaced. */
function webhook_keys( $setting ) {
	$keys = array();
	foreach ( preg_split( '/\s+/', $setting, -1, PREG_SPLIT_NO_EMPTY ) as $secret ) {
		$key = base64_decode( preg_replace( '/^whsec_/', '', $secret ), true );
		if ( false !== $key && strlen( $key ) >= SECRET_BYTES ) {
			$keys[] = $key;
		}
	}
	return $keys;
}

/** Whether one of the signatures (`v1,<base64>`, parted by spaces) is right under one of the keys. */
function is_signed( array $keys, $id, $timestamp, $body, $signatures ) {
	$right = false;
	foreach ( $keys as $key ) {
		$expected = 'v1,' . base64_encode( hash_hmac( 'sha256', "$id.$timestamp.$body", $key, true ) );
		foreach ( explode( ' ', $signatures ) as $signature ) {
			$right = hash_equals( $expected, $signature ) || $right;
		}
	}
	return $right;
}

/** Whether a message was signed lately, by the clock of this machine. */
function is_fresh( $timestamp, $now ) {
	return 1 === preg_match( '/^\d{1,12}$/D', $timestamp ) && abs( $now - (int) $timestamp ) <= TOLERANCE_S;
}
