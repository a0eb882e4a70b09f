"""What stands on a real WordPress's page: its own export audited, acted on by its own functions, and imported."""

import json
import os
import subprocess
import urllib.request
from pathlib import Path

import pytest

from app.commands import opening
from app.settings import Settings
from app.store.queue import Filter
from tests.e2e.wordpress import filling
from tests.e2e.wordpress.conftest import PATIENT
from tests.e2e.wordpress.packages import tool
from tests.e2e.wordpress.processes import WINNOW
from tests.e2e.wordpress.published import ARTICLE, HONEST, PLANTED
from tests.e2e.wordpress.site import Site

pytestmark = PATIENT

WP = """#!{php}
<?php
// The two calls of WordPress's wp command that our scripts make; it marks comments by the same functions.
list( , $noun, $verb, $path ) = $argv;
$_SERVER['HTTP_HOST'] = '127.0.0.1';
require substr( $path, strlen( '--path=' ) ) . '/wp-load.php';
$mark = array( 'comment spam' => 'wp_spam_comment', 'comment unspam' => 'wp_unspam_comment' )["$noun $verb"];
foreach ( array_slice( $argv, 4 ) as $id ) {{
	$mark( $id ) || exit( 1 );
}}
"""
TABLE = """
global $wpdb;
$file = fopen( $in['path'], 'w' );
foreach ( $wpdb->get_results( "SELECT * FROM $wpdb->comments", ARRAY_A ) as $number => $row ) {
	$number || fputcsv( $file, array_keys( $row ), ',', '"', '' );
	fputcsv( $file, $row, ',', '"', '' );
}
out( fclose( $file ) );
"""


@pytest.fixture(scope="module")
def blog(folder, database):
    site = Site(folder, "audited", database, [])
    yield site
    site.program.end()


@pytest.fixture
def ids(blog):
    """The ids of the comments, all of them published: honest ones first."""
    filling.empty(blog)
    (post,) = filling.write_posts(blog, [ARTICLE])
    comments = [
        {
            "comment_post_ID": post,
            "comment_author": f"Reader {number}",
            "comment_author_email": f"reader{number}@mail.example",
            "comment_author_url": "",
            "comment_author_IP": "192.0.2.7",
            "comment_content": text,
            "comment_approved": 1,
            "comment_date": f"2019-05-{number:02} 10:00:00",
            "comment_date_gmt": f"2019-05-{number:02} 08:00:00",
        }
        for number, text in enumerate((*HONEST, *PLANTED), 1)
    ]
    return [str(id) for id in filling.write_comments(blog, comments)]


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


def winnow(home: Path, *arguments: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WINNOW_")}
    environment = {**kept, "WINNOW_HOME": str(home)}
    done = subprocess.run(
        [WINNOW, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=200
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def report(blog, ids, home, tmp_path):
    """The report of an audit of what WordPress exports."""
    filling.export(blog, tmp_path / "export.xml")
    winnow(home, "audit", str(tmp_path / "export.xml"), "-o", str(tmp_path / "report"))
    return tmp_path / "report"


def test_the_report_finds_what_was_planted_and_leaves_readers_alone(ids, report):
    findings = [json.loads(line) for line in (report / "findings.jsonl").read_text(encoding="utf-8").splitlines()]
    planted = set(ids[len(HONEST) :])
    found = {each["id"] for each in findings}
    rejected = set((report / "wordpress" / "ids-spam.txt").read_text().split())

    assert json.loads((report / "summary.json").read_text())["comments"] == len(ids) == 30
    assert len(found & planted) / len(planted) >= 0.9, f"recall at hold: missed {planted - found}"
    assert len(found & planted) / len(found) >= 0.9, f"precision at hold: {found - planted}"
    assert len(rejected & planted) / len(planted) >= 0.8, f"recall at reject: missed {planted - rejected}"
    assert rejected <= planted, "an honest comment among those that a script calls spam"
    assert ids[len(HONEST)] in rejected, "the link on a host of good name"


def test_its_lists_take_the_spam_off_the_page_and_put_it_back(blog, ids, report, tmp_path):
    (tmp_path / "wp").write_text(WP.format(php=tool("php")))
    (tmp_path / "wp").chmod(0o755)
    rejected = set((report / "wordpress" / "ids-spam.txt").read_text().split())

    assert rejected
    assert shown(blog) == set(ids)
    act(report / "wordpress" / "spam.sh", blog, tmp_path)
    assert shown(blog) == set(ids) - rejected
    assert {row["comment_approved"] for row in blog.comments() if row["comment_ID"] in rejected} == {"spam"}
    act(report / "wordpress" / "unspam.sh", blog, tmp_path)
    assert shown(blog) == set(ids)


def test_what_wordpress_had_decided_becomes_the_sites_own_history(blog, ids, home, tmp_path):
    """The spam is not in WordPress's export but in its table, as docs/importing.md says."""
    blog.php("foreach ( $in['ids'] as $id ) { wp_spam_comment( $id ); }", ids=ids[len(HONEST) :])
    blog.php("out( wp_trash_comment( $in['id'] ) );", id=ids[0])
    filling.export(blog, tmp_path / "export.xml")
    blog.php(TABLE, path=str(tmp_path / "comments.csv"))
    winnow(home, "site", "add", "blog")

    winnow(home, "import", str(tmp_path / "export.xml"), "--into-store", "--site", "blog")
    assert labels(home) == dict.fromkeys(ids[1 : len(HONEST)], "ham")
    winnow(home, "import", str(tmp_path / "comments.csv"), "--into-store", "--site", "blog")
    assert labels(home) == {
        **dict.fromkeys(ids[1 : len(HONEST)], "ham"),
        **dict.fromkeys(ids[len(HONEST) :], "spam"),
    }
    exported = winnow(home, "export", "--site", "blog", "--decided", "-q", "label:spam before:2019-05-23")
    assert [json.loads(line)["comment_id"] for line in exported.splitlines()] == ids[20:22]


def shown(blog: Site) -> set[str]:
    """The ids that anybody is shown who asks WordPress for its comments."""
    with urllib.request.urlopen(f"{blog.url}/?rest_route=/wp/v2/comments&per_page=100", timeout=40) as answer:
        return {str(each["id"]) for each in json.load(answer)}


def act(script: Path, blog: Site, tools: Path) -> None:
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    command = ["sh", str(script), f"--path={blog.folder}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=100)
    assert (done.returncode, done.stderr) == (0, "")


def labels(home: Path) -> dict[str, str | None]:
    with opening.open_store(Settings(home=home, database_url=f"sqlite:///{home}/winnow.db")) as store:
        found = store.exported(Filter(site="blog"), "", 100)
    return {each.comment.comment_id: each.decision and each.decision.label for each in found}
