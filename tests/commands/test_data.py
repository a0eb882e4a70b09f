"""winnow data: corpora from a real server on loopback, what is in files, and labels that look wrong."""

import csv
import gzip
import json
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.training.examples import read_examples
from tests.corpus_server import CorpusServer, serving, zipped

VIDEO = (
    "\ufeffCOMMENT_ID,AUTHOR,DATE,CONTENT,CLASS\r\n"
    'z12a,Ann Oak,2015-05-23T13:04:06.123000,"What a song, still\nthe best\ufeff",0\r\n'
    'z12b,"Prize, Free",,Subscribe to my channel http://prizes.example/win\ufeff,1\r\n'
    "z12c,Bo,2015-05-24T10:00:00,subscribe to MY channel  http://prizes.example/win,1\r\n"
    "z12d,Cy,2015-05-24T10:00:00,Nobody labelled this,\r\n"
).encode()
SMS = "ham\tSee you at \u00a3 5 then\nspam\tWINNER!! Call 0900 now\nno label here\n\nham\tOk\n".encode()
SPAM_LINES, HAM_LINES = "Казино для вас\nКредит без отказа\n".encode(), "Спасибо, помогло\n".encode()

LIST = """
[corpus.youtube-en]
title = "Videos"
about = "https://example.org/videos"
by = "Somebody, 2015"
language = "en"
comments = 4
[[corpus.youtube-en.file]]
url = "{base}/videos.zip"
sha256 = "{videos}"
most_bytes = 5000
members = "Youtube*.csv"
format = "csv"
columns = {{ text = "CONTENT", author = "AUTHOR", posted_at = "DATE", label = "CLASS" }}
labels = {{ 1 = "spam", 0 = "ham" }}
pages = {{ "Youtube01.csv" = "https://videos.example/1" }}

[corpus.sms-en]
title = "Messages"
about = "https://example.org/messages"
by = "Somebody, 2011"
language = "en"
[[corpus.sms-en.file]]
url = "{base}/sms.zip"
sha256 = "{sms}"
most_bytes = 5000
members = "SMSSpamCollection"
format = "label, tab, text"
labels = {{ spam = "spam", ham = "ham" }}

[corpus.telegram-ru]
title = "Lines"
about = "https://example.org/lines"
by = "Somebody"
language = "ru"
[[corpus.telegram-ru.file]]
url = "{base}/spam.txt"
most_bytes = 5000
format = "a text a line"
label = "spam"
[[corpus.telegram-ru.file]]
url = "{base}/ham.txt"
most_bytes = 5000
format = "a text a line"
label = "ham"
"""


@pytest.fixture
def server() -> Iterator[CorpusServer]:
    with serving() as served:
        served.files = {
            "/videos.zip": zipped(Youtube01_csv=VIDEO),
            "/sms.zip": zipped(SMSSpamCollection=SMS),
            "/spam.txt": SPAM_LINES,
            "/ham.txt": HAM_LINES,
        }
        yield served


@pytest.fixture
def pull(run: Any, server: CorpusServer, tmp_path: Path) -> Any:
    """pull(*arguments): the command with the list of this server, into the folder `corpora`."""
    told = LIST.format(base=server.base, videos=server.sha256("/videos.zip"), sms=server.sha256("/sms.zip"))
    (tmp_path / "list.toml").write_text(told)

    def pulling(*arguments: str, **options: Any) -> Any:
        where = ("--list", str(tmp_path / "list.toml"), "-o", str(tmp_path / "corpora"))
        return run("data", "pull", *arguments, *where, **options)

    return pulling


def rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def said(done: Any) -> str:
    return " ".join((done.stdout + done.stderr).split())


def test_without_a_name_the_shipped_list_is_told_and_nothing_is_asked(run: Any, home: Path) -> None:
    told = run("data", "pull").stdout
    listed = json.loads(run("data", "pull", "--json").stdout)

    assert "bd6182891adb3cfc8334b82c062176dfbebc563bf0ba07e31c2645f916865a0a" in told
    assert "not known; you will be shown the one that comes" in told
    assert [(each["name"], each["licence"], each["pulled"]) for each in listed] == [
        ("youtube-en", "CC BY 4.0", None),
        ("sms-en", "CC BY 4.0", None),
        ("telegram-ru", "MIT", None),
    ]
    assert all(file["url"].startswith("https://") for each in listed for file in each["files"])
    assert not home.exists()


def test_a_zip_of_tables_becomes_comment_records(pull: Any, server: CorpusServer, tmp_path: Path) -> None:
    done = pull("youtube-en", "--yes", "--json")
    assert done.exit_code == 0, said(done)
    (row,) = json.loads(done.stdout)["pulled"]
    first, second = rows(tmp_path / "corpora" / "youtube-en.jsonl.gz")

    assert (row["spam"], row["ham"], row["doubles"], row["skipped"]) == (1, 1, 1, 1)
    assert row["files"] == [
        {
            "url": f"{server.base}/videos.zip",
            "sha256": server.sha256("/videos.zip"),
            "bytes": len(server.files["/videos.zip"]),
            "known_by": "the list",
        }
    ]
    assert first.pop("id") != second["id"]
    assert first == {
        "text": "What a song, still\nthe best",
        "author": "Ann Oak",
        "posted_at": "2015-05-23T13:04:06.123Z",
        "page_url": "https://videos.example/1",
        "label": "ham",
        "language": "en",
        "site": "youtube-en",
        "source": "youtube-en",
    }
    assert (second["author"], second["label"], "posted_at" in second) == ("Prize, Free", "spam", False)
    assert "Youtube01.csv, line 6: It has no label that is known." in said(done)


def test_a_zip_of_labelled_lines_becomes_comment_records(pull: Any, tmp_path: Path) -> None:
    assert pull("sms-en", "--yes").exit_code == 0

    found = rows(tmp_path / "corpora" / "sms-en.jsonl.gz")
    assert [(row["label"], row["text"]) for row in found] == [
        ("ham", "See you at £ 5 then"),
        ("spam", "WINNER!! Call 0900 now"),
        ("ham", "Ok"),
    ]


def test_what_was_pulled_is_what_training_reads(pull: Any, tmp_path: Path) -> None:
    assert pull("--all", "--yes", "--trust").exit_code == 0

    examples = read_examples([tmp_path / "corpora"])
    assert [(each.source, each.is_spam) for each in examples] == [
        *(("sms-en", is_spam) for is_spam in (False, True, False)),
        *(("telegram-ru", is_spam) for is_spam in (True, True, False)),
        *(("youtube-en", is_spam) for is_spam in (False, True)),
    ]
    assert {each.language for each in examples} == {"en", "ru"}


def test_it_asks_before_anything_is_fetched(pull: Any, server: CorpusServer, tmp_path: Path) -> None:
    for answer in (b"n\n", b""):
        refused = pull("youtube-en", stdin=answer)
        assert refused.exit_code == 2
        assert "Nobody said yes; nothing was fetched." in said(refused)
    assert "CC BY 4.0" in said(refused)
    assert server.sha256("/videos.zip") in said(refused)
    assert pull("youtube-en", "--json").exit_code == 2
    assert server.asked == []
    assert names(tmp_path / "corpora") == []

    done = pull("youtube-en", "--yes")
    assert done.exit_code == 0
    assert said(done).index("CC BY 4.0") < said(done).index("1 spam, 1 ham")
    assert server.asked == ["/videos.zip"]


def test_a_checksum_that_nobody_knows_is_shown_asked_about_and_written_down(
    pull: Any, server: CorpusServer, tmp_path: Path
) -> None:
    for arguments in (("--yes",), ("--yes", "--json")):
        refused = pull("telegram-ru", *arguments)
        assert refused.exit_code == 2
        assert server.sha256("/spam.txt") in said(refused)
    assert names(tmp_path / "corpora") == []

    assert pull("telegram-ru", stdin=b"y\ny\ny\n").exit_code == 0
    told = json.loads((tmp_path / "corpora" / "pulled.json").read_text())["telegram-ru"]
    assert told["licence"] == "MIT"
    assert [(file["sha256"], file["known_by"]) for file in told["files"]] == [
        (server.sha256("/spam.txt"), "first use"),
        (server.sha256("/ham.txt"), "first use"),
    ]


def test_what_was_trusted_once_must_be_the_same_again(pull: Any, server: CorpusServer, tmp_path: Path) -> None:
    assert pull("telegram-ru", "--yes", "--trust").exit_code == 0
    before = (tmp_path / "corpora" / "telegram-ru.jsonl.gz").read_bytes()

    same = pull("telegram-ru", "--yes", "--again", "--json")
    assert [file["known_by"] for file in json.loads(same.stdout)["pulled"][0]["files"]] == ["an earlier pull"] * 2

    server.files["/ham.txt"] += b"Something else\n"
    refused = pull("telegram-ru", "--yes", "--trust", "--again")
    assert refused.exit_code == 2
    assert "when it was pulled before" in said(refused)
    assert (tmp_path / "corpora" / "telegram-ru.jsonl.gz").read_bytes() == before


def test_what_is_there_is_not_fetched_again(pull: Any, server: CorpusServer) -> None:
    pull("youtube-en", "--yes")
    again = pull("youtube-en")

    assert again.exit_code == 0
    assert "is there already" in again.stdout
    assert server.asked == ["/videos.zip"]


def test_a_file_that_no_pull_has_made_is_left_alone(pull: Any, tmp_path: Path) -> None:
    (tmp_path / "corpora").mkdir()
    (tmp_path / "corpora" / "youtube-en.jsonl.gz").write_bytes(b"mine")
    refused = pull("youtube-en", "--yes")

    assert refused.exit_code == 2
    assert (tmp_path / "corpora" / "youtube-en.jsonl.gz").read_bytes() == b"mine"


def test_a_download_that_breaks_off_is_begun_again(pull: Any, server: CorpusServer, tmp_path: Path) -> None:
    server.breaks_off["/videos.zip"] = 2

    assert pull("youtube-en", "--yes").exit_code == 0
    assert server.asked == ["/videos.zip"] * 3
    assert len(rows(tmp_path / "corpora" / "youtube-en.jsonl.gz")) == 2


@pytest.mark.parametrize(
    "spoiled", ["broken", "other", "large", "to https", "to a file", "gone", "failing", "no zip", "endless"]
)
def test_what_cannot_be_trusted_leaves_nothing_behind(
    pull: Any, server: CorpusServer, tmp_path: Path, spoiled: str
) -> None:
    name, sentence = "youtube-en", ""
    if spoiled == "broken":
        server.breaks_off["/videos.zip"] = 3
        sentence = "It broke off after"
    elif spoiled == "other":
        server.files["/videos.zip"] += b"x"
        sentence = "it is not the file that the list knows"
    elif spoiled == "large":
        server.files["/videos.zip"] = b"x" * 5001
        sentence = "larger than the 5,000 bytes"
    elif spoiled == "to https":
        server.leads_to["/videos.zip"] = "https://127.0.0.1:1/videos.zip"
        sentence = "which is not http"
    elif spoiled == "to a file":
        server.leads_to["/videos.zip"] = (tmp_path / "list.toml").as_uri()
        sentence = "which leads to where nobody follows"
    elif spoiled == "gone":
        del server.files["/videos.zip"]
        sentence = "The server answered 404."
    elif spoiled == "failing":
        server.status["/videos.zip"] = 503
        sentence = "The server answered 503. It was tried 3 times."
    elif spoiled == "no zip":
        told = (tmp_path / "list.toml").read_text()
        server.files["/videos.zip"] = b"not what it says"
        (tmp_path / "list.toml").write_text(told.replace('sha256 = "', 'sha256 = "" # ', 1))
        sentence = "It cannot be read (BadZipFile)."
    else:
        name, sentence = "telegram-ru", "does not say how long it is"
        server.says_no_length = {"/spam.txt"}

    refused = pull(name, "--yes", "--trust")

    assert refused.exit_code == 2
    assert sentence in said(refused)
    assert names(tmp_path / "corpora") == []


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_whoever_is_ended_while_it_downloads_leaves_no_half_file(
    pull: Any, spawn: Any, server: CorpusServer, tmp_path: Path, end: signal.Signals
) -> None:
    server.stalls["/videos.zip"] = threading.Event()
    where = ("--list", str(tmp_path / "list.toml"), "-o", str(tmp_path / "corpora"))
    # Who was started in the background ignores SIGINT, and so would the command.
    heard = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    process = spawn("data", "pull", "youtube-en", "--yes", *where, **heard)
    until = time.monotonic() + 30
    while not server.asked and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(end)
    process.wait(30)
    server.stalls.pop("/videos.zip").set()

    assert server.asked == ["/videos.zip"]
    assert process.returncode != 0
    assert names(tmp_path / "corpora") == []
    assert pull("youtube-en", "--yes").exit_code == 0


def test_a_body_that_grows_beyond_what_it_may_be_is_cut_off(pull: Any, server: CorpusServer, tmp_path: Path) -> None:
    server.files["/videos.zip"] = b"x" * 200_000
    server.says_no_length = {"/videos.zip"}

    assert "larger than the 5,000 bytes" in said(pull("youtube-en", "--yes"))
    assert names(tmp_path / "corpora") == []


def test_a_redirect_to_the_same_scheme_is_followed(pull: Any, server: CorpusServer) -> None:
    server.files["/moved.zip"] = server.files["/videos.zip"]
    server.leads_to["/videos.zip"] = f"{server.base}/moved.zip"

    assert pull("youtube-en", "--yes").exit_code == 0
    assert server.asked == ["/videos.zip", "/moved.zip"]


def test_an_archive_that_unpacks_to_too_much_is_refused(
    pull: Any, server: CorpusServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.training import converting

    monkeypatch.setattr(converting, "MAX_UNPACKED_BYTES", 1000)
    head = b"COMMENT_ID,AUTHOR,DATE,CONTENT,CLASS\n"
    server.files["/videos.zip"] = zipped(Youtube01_csv=head + b"a,b,c,d,1\n" * 5000)
    told = (tmp_path / "list.toml").read_text()
    (tmp_path / "list.toml").write_text(told.replace('sha256 = "', f'sha256 = "{server.sha256("/videos.zip")}" # ', 1))

    assert "larger than 1,000 bytes when unpacked" in said(pull("youtube-en", "--yes"))
    assert names(tmp_path / "corpora") == []


def test_the_second_of_two_that_fails_leaves_the_first(pull: Any, server: CorpusServer, tmp_path: Path) -> None:
    del server.files["/videos.zip"]

    assert pull("sms-en", "youtube-en", "--yes").exit_code == 2
    assert names(tmp_path / "corpora") == ["pulled.json", "sms-en.jsonl.gz"]


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('url = "http://127.0.0.1', 'url = "http://192.0.2.1', "is no https address"),
        ('url = "http://', 'url = "file://', "is no https address"),
        (
            "[corpus.youtube-en]",
            "[corpus.nobody-knows]",
            "neither it nor sources.toml tells the licence of nobody-knows",
        ),
        ("most_bytes = 5000", "most_bytes = 0", "no limit of its size"),
        ("[corpus.youtube-en]", "[corpus", "cannot be read"),
    ],
)
def test_a_list_that_cannot_be_meant_is_refused(
    pull: Any, tmp_path: Path, before: str, after: str, sentence: str
) -> None:
    told = (tmp_path / "list.toml").read_text()
    assert before in told
    (tmp_path / "list.toml").write_text(told.replace(before, after))
    refused = pull("--all", "--yes")

    assert refused.exit_code == 2
    assert sentence in said(refused)


def test_a_list_of_ones_own_tells_the_licence_itself(pull: Any, tmp_path: Path) -> None:
    told = (tmp_path / "list.toml").read_text()
    (tmp_path / "list.toml").write_text(
        told.replace("corpus.sms-en", "corpus.mine").replace(
            'title = "Messages"', 'title = "Messages"\nlicence = "ours"'
        )
    )

    assert pull("mine", "--yes").exit_code == 0
    assert json.loads((tmp_path / "corpora" / "pulled.json").read_text())["mine"]["licence"] == "ours"


def test_a_proxy_is_not_asked_for_this_machine(pull: Any) -> None:
    assert pull("sms-en", "--yes", http_proxy="http://127.0.0.1:9").exit_code == 0


def test_a_name_that_is_not_in_the_list_is_refused(pull: Any) -> None:
    assert "There are youtube-en, sms-en, telegram-ru." in said(pull("telegram", "--yes"))


@pytest.fixture
def comments(tmp_path: Path) -> Path:
    """A folder with labelled and other comments."""
    folder = tmp_path / "comments"
    folder.mkdir()
    told: list[dict[str, str]] = [
        {"id": "1", "text": "Buy at http://shop.example/x now", "label": "spam", "campaign": "c1", "posted_at": "2026-02-01"},
        {"id": "2", "text": "buy at  HTTP://shop.example/x now", "label": "ham", "posted_at": "2026-01-05T01:02:03Z"},
        {"id": "3", "text": "Danke, das half mir sehr", "label": "ham", "language": "de", "author_url": "http://a.example"},
        {"id": "4", "text": "Nobody knows"},
    ]  # fmt: skip
    (folder / "blog-en.jsonl").write_text("".join(json.dumps(row) + "\n" for row in told))
    return folder


def test_stats_count_by_source_and_language(run: Any, comments: Path) -> None:
    told = json.loads(run("data", "stats", str(comments), "--json").stdout)

    assert told["all"] == {
        "name": "all",
        "comments": 4,
        "spam": 1,
        "ham": 2,
        "unlabelled": 1,
        "with_link": 2,
        "with_author_url": 1,
        "doubles": 1,
        "median_characters": 28,
        "characters_of_the_longest_tenth": 33,
        "campaigns": 1,
        "in_campaigns": 1,
        "dated": 2,
        "first": "2026-01-05",
        "last": "2026-02-01",
    }
    assert [(each["name"], each["comments"]) for each in told["languages"]] == [("en", 3), ("de", 1)]
    assert told["contradictions"] == 1
    table = run("data", "stats", str(comments)).stdout
    assert "blog-en" in table
    assert "1 texts are labelled spam in one place and ham in another" in table


def test_stats_of_a_label_that_is_none_name_the_line(run: Any, comments: Path) -> None:
    with (comments / "blog-en.jsonl").open("a") as file:
        file.write('{"text": "x", "label": "perhaps"}\n')
    refused = run("data", "stats", str(comments))

    assert refused.exit_code == 2
    assert "blog-en.jsonl:5" in said(refused)


def test_disputed_labels_come_worst_first(run: Any, comments: Path) -> None:
    """Model b finds everything spam, so that every honest comment is disputed."""
    told = json.loads(run("data", "disputed", str(comments), "--model", "b", "--json").stdout)

    assert (told["model"], told["comments"], told["disagreeing"]) == ("b", 3, 2)
    assert [(each["id"], each["label"]) for each in told["worst"]] == [("2", "ham"), ("3", "ham")]
    assert all(each["score"] > 0.99 and each["by"] == each["score"] for each in told["worst"])

    (one,) = json.loads(run("data", "disputed", str(comments), "--model", "b", "--limit", "1", "--json").stdout)[
        "worst"
    ]
    assert one["id"] == "2"
    assert "Of 3 labels model b disagrees with 2; these are the worst 2." in said(
        run("data", "disputed", str(comments), "--model", "b")
    )


def test_the_table_changes_nothing_until_it_is_filled_in(run: Any, comments: Path) -> None:
    table = comments / "judged.tsv"
    before = [each.id for each in read_examples([comments])]
    assert run("data", "disputed", str(comments), "--model", "b", "-o", str(table)).exit_code == 0
    with table.open(newline="") as lines:
        found = list(csv.DictReader(lines, delimiter="\t"))

    assert [(row["id"], row["label"], row["judged"]) for row in found] == [("2", "ham", ""), ("3", "ham", "")]
    assert [each.id for each in read_examples([comments])] == before == ["1", "2", "3"]

    found[0]["judged"], found[1]["judged"] = " Spam ", "ham"
    with table.open("w", newline="", encoding="utf-8-sig") as lines:
        writer = csv.DictWriter(lines, found[0].keys(), delimiter="\t")
        writer.writeheader()
        writer.writerows(found)
    assert [each.id for each in read_examples([comments])] == ["1", "3"]
    again = json.loads(run("data", "disputed", str(comments), "--model", "b", "--json").stdout)
    assert (again["comments"], again["worst"]) == (1, [])


def test_a_table_that_somebody_fills_in_is_not_written_over(run: Any, comments: Path) -> None:
    (comments / "judged.tsv").write_text("id\tlabel\tjudged\n1\tspam\tham\n")
    refused = run("data", "disputed", str(comments), "--model", "b", "-o", str(comments / "judged.tsv"))

    assert refused.exit_code == 2
    assert (comments / "judged.tsv").read_text() == "id\tlabel\tjudged\n1\tspam\tham\n"


def test_a_table_is_no_formula_and_one_line_a_comment(run: Any, comments: Path) -> None:
    row = {"id": "5", "text": '=HYPERLINK("http://a.example")\n\tmore', "label": "ham", "author": "@SUM(1)"}
    (comments / "blog-en.jsonl").write_text(json.dumps(row) + "\n")
    run("data", "disputed", str(comments), "--model", "b", "-o", str(comments / "to-judge.tsv"))
    with (comments / "to-judge.tsv").open(newline="") as lines:
        (found,) = csv.DictReader(lines, delimiter="\t")

    assert (found["text"], found["author"]) == ('\'=HYPERLINK("http://a.example") more', "'@SUM(1)")
