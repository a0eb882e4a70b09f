"""A WordPress of our own: the Debian package's files, a database, PHP's own web server, and what a test does with it."""

import json
import os
import shutil
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

from tests.e2e.wordpress.packages import WORDPRESS, tool
from tests.e2e.wordpress.processes import Database, Program, answers
from tests.ports import free_port

PLUGINS = Path(__file__).parents[3] / "integrations" / "wordpress"
PASSWORD = "a long password of the test"
ARTICLE = {
    "title": "Growing tomatoes on a north-facing balcony",
    "text": "<p>Tomatoes want six hours of sun. On a balcony that faces north they get three, so choose small early "
    "kinds, put the pots against a white wall, and water in the morning. Mulch keeps the soil warm.</p>",
}

CONFIG = """<?php
define( 'DB_NAME', '{name}' );
define( 'DB_USER', 'root' );
define( 'DB_PASSWORD', '' );
define( 'DB_HOST', 'localhost:{socket}' );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'WP_HOME', '{url}' );
define( 'WP_SITEURL', '{url}' );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'DISABLE_WP_CRON', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'WP_DEBUG', true );
define( 'WP_DEBUG_DISPLAY', false );
define( 'WP_DEBUG_LOG', '{log}' );
foreach ( array( 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ) as $use ) {{
	define( $use . '_KEY', 'key of the test for ' . $use );
	define( $use . '_SALT', 'salt of the test for ' . $use );
}}
{constants}
$table_prefix = 'wp_';
defined( 'ABSPATH' ) || define( 'ABSPATH', __DIR__ . '/' );
require_once ABSPATH . 'wp-settings.php';
"""

# Two comments of one visitor within 15 seconds are a flood to WordPress, and the tests are in a hurry.
MU_PLUGIN = """<?php
add_filter( 'comment_flood_filter', '__return_false', 99 );
add_filter( 'wp_is_comment_flood', '__return_false', 99 );
add_filter( 'winnow_recheck_delay', '__return_zero' );
function wp_mail() { return true; }
"""

INSTALL = """
define( 'WP_INSTALLING', true );
require 'wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install( 'Balcony', 'boss', 'boss@blog.example', true, '', $in['password'] );
update_option( 'comment_previously_approved', '' );
update_option( 'comment_moderation', '' );
update_option( 'permalink_structure', '/%postname%/' );
update_option( 'active_plugins', $in['plugins'] );
flush_rewrite_rules();
out( wp_insert_post( array( 'post_title' => $in['title'], 'post_content' => $in['text'],
	'post_status' => 'publish', 'post_author' => 1 ) ) );
"""


OF_THE_TEST = "WHERE comment_author <> 'A WordPress Commenter'"


class Site:
    """One blog with one article. `plugins` are active from the beginning; `constants` go into wp-config.php."""

    def __init__(self, folder: Path, name: str, database: Database, plugins: list[str], **constants: str) -> None:
        self.folder = folder / name
        self.name = ""
        self.socket = database.socket
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.errors = folder / f"{name}-errors.log"
        shutil.copytree(WORDPRESS, self.folder, symlinks=True, ignore=shutil.ignore_patterns("languages"))
        shutil.copytree(PLUGINS / "winnow", self.folder / "wp-content" / "plugins" / "winnow")
        self.must_use = self.folder / "wp-content" / "mu-plugins"
        self.must_use.mkdir()
        (self.must_use / "for-tests.php").write_text(MU_PLUGIN)
        defined = "\n".join(f"define( '{key}', '{value}' );" for key, value in constants.items())
        config = CONFIG.format(name=name, socket=database.socket, url=self.url, log=self.errors, constants=defined)
        (self.folder / "wp-config.php").write_text(config)
        self.sql(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        self.name = name
        self.article = self._raw(INSTALL, password=PASSWORD, plugins=plugins, **ARTICLE)
        environment = {**os.environ, "PHP_CLI_SERVER_WORKERS": "3"}
        command = [tool("php") or "", "-d", "opcache.enable_cli=1", "-S", f"127.0.0.1:{self.port}"]
        log = folder / f"{name}.log"
        self.program = Program(command, log, cwd=self.folder, env=environment).ready(answers(self.port))

    def _raw(self, code: str, **given: Any) -> Any:
        prelude = (
            "error_reporting( E_ALL ); ini_set( 'display_errors', 'stderr' );"
            f"$_SERVER['HTTP_HOST'] = '127.0.0.1:{self.port}'; $_SERVER['REMOTE_ADDR'] = '127.0.0.1';"
            "$in = json_decode( stream_get_contents( STDIN ), true );"
            'function out( $value ) { echo "\\n", json_encode( $value ); }'
        )
        done = subprocess.run(
            [tool("php") or "", "-r", prelude + code],
            input=json.dumps(given), capture_output=True, text=True, check=False, timeout=60, cwd=self.folder,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr + self._log()[-2000:]
        assert done.stderr == ""
        return json.loads(done.stdout.rpartition("\n")[2] or "null")

    def php(self, code: str, **given: Any) -> Any:
        """What PHP code inside WordPress hands to `out()`; `$in` holds what it was given."""
        return self._raw("require 'wp-load.php';" + code, **given)

    def sql(self, *statements: str) -> list[dict[str, Any]]:
        """The rows of the last statement; much quicker than loading WordPress for them."""
        rows: list[dict[str, Any]] = self._raw(
            "$db = mysqli_init(); $db->real_connect( null, 'root', '', $in['name'], 0, $in['socket'] );"
            "$db->set_charset( 'utf8mb4' ); foreach ( $in['statements'] as $each ) { $found = $db->query( $each ); }"
            "out( is_object( $found ) ? $found->fetch_all( MYSQLI_ASSOC ) : array() );",
            name=self.name, socket=str(self.socket), statements=statements,
        )  # fmt: skip
        return rows

    def comments(self) -> list[dict[str, Any]]:
        """Every comment, oldest first, with its status (0, 1, spam, trash) and our record of it."""
        rows = self.sql(f"SELECT * FROM wp_comments {OF_THE_TEST} ORDER BY comment_ID")
        meta = self.sql("SELECT comment_id, meta_key, meta_value FROM wp_commentmeta ORDER BY meta_id")
        for row in rows:
            row["meta"] = {
                each["meta_key"]: each["meta_value"] for each in meta if each["comment_id"] == row["comment_ID"]
            }
        return rows

    def forget(self) -> None:
        """Takes away every comment that a test wrote, and what is remembered of the server's absence."""
        self.sql(
            f"DELETE FROM wp_comments {OF_THE_TEST}",
            "DELETE FROM wp_commentmeta",
            "DELETE FROM wp_options WHERE option_name = 'winnow_failures'",
        )

    def comment(self, comment_id: str) -> dict[str, Any]:
        """One of them."""
        return next(row for row in self.comments() if row["comment_ID"] == comment_id)

    def complaints(self) -> str:
        """What PHP found wrong with the code of our plugins, and whatever stopped it."""
        ours = ("plugins/winnow", "PHP Fatal")
        return "\n".join(line for line in self._log().splitlines() if any(word in line for word in ours))

    def _log(self) -> str:
        return self.errors.read_text(errors="replace") if self.errors.exists() else ""

    def cron(self) -> None:
        """Lets WordPress do what is due, the way a line in a crontab does."""
        with urllib.request.urlopen(f"{self.url}/wp-cron.php", timeout=60) as answer:
            assert answer.status == 200
