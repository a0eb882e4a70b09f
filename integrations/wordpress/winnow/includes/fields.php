<?php
/** What the server is told about a comment. */

namespace Winnow;

defined( 'ABSPATH' ) || exit;

/** The most characters of any field but the text; the server refuses more than 8,192. */
const FIELD_CHARACTERS = 8000;

/** As much of the article as tells what it is about. */
const PAGE_CHARACTERS = 2000;

/** The fields of POST /classify. `$comment` has the names of the comments table and no slashes added. */
function fields_of( array $comment ) {
	$of     = function ( $name ) use ( $comment ) {
		return (string) ( $comment[ $name ] ?? '' );
	};
	$fields = array(
		'author'       => $of( 'comment_author' ),
		'author_email' => $of( 'comment_author_email' ),
		'author_url'   => $of( 'comment_author_url' ),
		'author_ip'    => $of( 'comment_author_IP' ),
		'author_role'  => roles_of( (int) $of( 'user_id' ) ),
		'user_agent'   => $of( 'comment_agent' ),
		'referrer'     => (string) ( $comment['referrer'] ?? '' ),
		'type'         => $of( 'comment_type' ),
		'language'     => get_bloginfo( 'language' ),
		'posted_at'    => as_rfc3339( $of( 'comment_date_gmt' ) ),
		'parent_id'    => (int) $of( 'comment_parent' ) ? $of( 'comment_parent' ) : '',
		'comment_id'   => $of( 'comment_ID' ),
	) + page_of( (int) $of( 'comment_post_ID' ) );
	foreach ( $fields as $name => $value ) {
		$fields[ $name ] = mb_substr( $value, 0, FIELD_CHARACTERS );
	}
	$fields['text'] = $of( 'comment_content' );
	return array_filter( $fields, 'strlen' );
}

/** The roles of a user, with commas; WordPress itself says who is logged in, a visitor cannot. */
function roles_of( $user_id ) {
	$user = $user_id ? get_userdata( $user_id ) : false;
	if ( ! $user ) {
		return '';
	}
	$roles = is_super_admin( $user_id ) ? array_merge( $user->roles, array( 'administrator' ) ) : $user->roles;
	return implode( ',', array_unique( $roles ) );
}

/** The article: its address, title, and the beginning of its text. */
function page_of( $post_id ) {
	$post = get_post( $post_id );
	if ( ! $post ) {
		return array();
	}
	$text = wp_strip_all_tags( $post->post_excerpt . "\n" . strip_shortcodes( $post->post_content ) );
	return array(
		'page_url'   => (string) get_permalink( $post ),
		'page_title' => wp_strip_all_tags( $post->post_title ),
		'page_text'  => mb_substr( trim( $text ), 0, PAGE_CHARACTERS ),
	);
}

/** A time of the comments table as RFC 3339, or the empty string. */
function as_rfc3339( $gmt ) {
	return preg_match( '/^[1-9]\d{3}-/', $gmt ) ? str_replace( ' ', 'T', $gmt ) . 'Z' : '';
}
