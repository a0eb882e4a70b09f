<?php
/** Takes away what the plugin wrote. Comments keep the status they have. */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

foreach ( array( 'winnow', 'winnow_failures' ) as $option ) {
	delete_option( $option );
}
foreach ( array( 'id', 'score', 'action', 'summary', 'reasons', 'review_url', 'own', 'trouble', 'owed', 'decided_at' ) as $name ) {
	delete_metadata( 'comment', 0, 'winnow_' . $name, '', true );
}
wp_clear_scheduled_hook( 'winnow_recheck' );
