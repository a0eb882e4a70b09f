"""What comes out for programs and for the plain eye of a parser: files, texts, headers; and requests no browser sends."""

import csv
import io
import json
import unicodedata
from html.parser import HTMLParser

import pytest

from app.store.exported import CSV_COLUMNS
from app.web import answers
from app.web.review.pages import HEADERS
from tests.e2e.review import pages
from tests.e2e.review.attacked import ask
from tests.e2e.review.hostile import COMPUTED, PAYLOADS

FORMULA_SIGNS = tuple("=+-@\t\r\n＝＋－＠")


class Text(HTMLParser):
    """What stands between the tags of a page, and the names of all attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.data: list[str] = []
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.data.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes |= {name for name, _ in attrs}


@pytest.fixture(scope="module")
def get(attacked):
    """get(path, method, **headers) -> status, headers, body, as an admin."""
    cookie = f"winnow={attacked.service.session(pages.ADMIN, 'admin')}"

    def got(path, method="GET", **headers):
        return ask(attacked.service, method, path, None, {"Cookie": cookie, "Accept": "text/html", **headers})

    return got


def followed(get, path):
    """A page of the queue and those after it."""
    while path:
        status, _, body = get(path)
        assert status == 200
        yield body.decode()
        _, mark, rest = body.decode().partition('rel="next" href="')
        path = rest.partition('"')[0].replace("&amp;", "&") if mark else ""


def is_plain(text):
    """Whether a text is shown letter by letter; hidden characters are named instead."""
    return len(text) < 300 and all(c.isprintable() or c == " " for c in text) and unicodedata.is_normalized("NFC", text)


def test_every_text_stands_on_the_page_as_it_was_written_and_none_is_computed(attacked, get):
    shown = list(followed(get, "/review?tab=all&order=oldest"))
    with attacked.service.store() as store:
        lines = store.queue(pages.Filter(), "newest", 12, store.newest_id()).lines
    shown += [get(f"/review/{line.id}")[2].decode() for line in lines]
    texts = [Text(page) for page in shown]
    together = "".join("".join(text.data) for text in texts)

    assert [payload for payload in PAYLOADS if is_plain(payload.text) and payload.text not in together] == []
    assert COMPUTED not in "".join(shown)
    assert {name for text in texts for name in text.attributes if name.startswith("on") or name == "style"} == set()


class TestExports:
    def test_no_cell_of_a_csv_is_a_formula_and_every_text_is_whole(self, attacked, get):
        status, headers, body = get("/review/export?format=csv&tab=all")
        rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
        texts = [row[CSV_COLUMNS.index("text")] for row in rows[1:]]

        assert (status, headers["Content-Disposition"][:10]) == (200, "attachment")
        assert len(rows) == 1 + comments(attacked)
        assert {len(row) for row in rows} == {len(CSV_COLUMNS)}
        assert [cell for row in rows for cell in row if visible(cell).startswith(FORMULA_SIGNS)] == []
        formulas = [payload.text for payload in PAYLOADS if payload.kind == "formula" and "\x00" not in payload.text]
        assert [text for text in formulas if not {text, f"'{text}"} & set(texts)] == []

    def test_jsonl_is_a_comment_a_line_whatever_counts_as_the_end_of_one(self, attacked, get):
        _, headers, body = get("/review/export?format=jsonl&tab=all")
        lines = body.decode().splitlines()

        assert headers["X-Content-Type-Options"] == "nosniff"
        assert len(lines) == comments(attacked)
        assert all("text" in json.loads(line) for line in lines)

    def test_what_is_stored_of_a_person_is_jsonl_too(self, attacked, get):
        _, _, body = get(pages.of("/review/people/export?email={email}")(attacked))

        assert [json.loads(line)["author_email"] for line in body.decode().splitlines()] == [attacked.email]

    @pytest.mark.parametrize("kind", ["held", "removed", "restored"])
    def test_a_letter_is_plain_text(self, attacked, get, kind):
        status, headers, body = get(f"/review/letters/{attacked.comment}?format=txt&kind={kind}")

        assert status == 200
        assert headers["Content-Type"] == "text/plain; charset=utf-8"
        assert {name: headers[name] for name in HEADERS} == HEADERS
        assert COMPUTED not in body.decode()


def comments(attacked):
    with attacked.service.store() as store:
        return store.count(pages.Filter())


def visible(cell):
    """A cell without what a spreadsheet may pass over at its beginning."""
    return cell.lstrip(" \u00a0\ufeff\u200b\u2060")


CLIMBING = [
    "../pages.py", "..%2fpages.py", "%2e%2e/pages.py", "%2e%2e%2fpages.py", "..%5cpages.py", "....//pages.py", "..;/pages.py",
    "%252e%252e%252fpages.py", "..%c0%afpages.py", "%00", "review.css%00", "review.css%00.js", "review.css/", "review.css/..", "",
    ".", "..", "%2fetc%2fpasswd", "//etc/passwd", "review.css%20", "REVIEW.CSS", "review.css::$DATA", "C:%5cx", "~root", "%ff", "%",
]  # fmt: skip
STRANGE = [
    "/review/c_%0d%0aSet-Cookie:%20hit=1", "/review/%0aLocation:%20//evil.example", "/review/" + "A" * 8_000, "/review/%00",
    "/review/%ff%fe", "/review/%c0%ae%c0%ae/", "/review//", "/review/.", "/review/..", "/review/../review", "/review/%2e%2e%2f",
    "/review/%2e%2e/etc/passwd", "/review;x=1", "/review%00", "/review?%00=%00", "/review?q=%ff%fe%00", "/review?q=" + "a" * 20_000,
    "/review?q=" + "%28" * 2_000, "/review?q=" + "%22" * 1_999, "/review?q=" + "-" * 3_000, "/review?q=" + "a+OR+" * 2_000 + "b",
    "/review?q=" + "author%3A" * 500, "/review?q=domain%3A%00&tab=all", "/review?after=%00", "/review?after=c_x~~~&order=score",
    "/review?after=" + "9" * 5_000, "/review?order=' OR 1=1--&tab=all".replace(" ", "%20"), "/review?site=%27%22%3E", "/review?done=" + "9" * 18,
    "/review?done=-1", "/review?done=%D9%A1", "/review/changes?since=-1", "/review/changes?since=" + "9" * 30, "/review/changes?since=%00",
    "/review/batches/-1", "/review/batches/%D9%A1", "/review/batches/" + "9" * 18, "/review/domains/%00", "/review/domains/..%2f",
    "/review/domains?offset=" + "9" * 8, "/review/domains?days=-1&order=x", "/review/people?email=%00", "/review/people?id=" + "%20" * 300,
    "/review/people?ip=%00&author=%00", "/review/rules?of=site%3A%00", "/review/rules?done=added&rule=" + "9" * 18, "/review/rules/new?comment=%00",
    "/review/rules/new?kind=%00&value=%00&back=//evil.example", "/review/statistics?days=999999999999&site=%00", "/review/statistics?hold=nan&reject=inf&site=blog",
    "/review/models/..%2f..%2f..%2fetc", "/review/models/%2e%2e", "/review/models/%00", "/review/models/" + "a" * 4_000, "/review/models?with=../x",
    "/review/sites/..%2f..", "/review/sites/%00", "/review/sites/" + "a" * 4_000, "/review/audit?after=%00&by=%00&act=%00&site=%00&subject=%00",
    "/review/audit?before=" + "9" * 30, "/review/letters/%00", "/review/letters/../export", "/review/set-up/%00", "/review/set-up/" + "a" * 4_000,
    "/review/export?format=../csv", "/review/export?format=csv%0d%0aX:1", "/review/export?format=csv&q=%00%ff", "/review/people/export?email=%00",
    "/review/people/erase?email=%00", "/review/sign-in?next=//evil.example", "/review/sign-in?next=%0d%0aSet-Cookie:hit=1", "/review/campaigns/%00",
    "/review/campaigns?q=%00%ff&after=%00",
]  # fmt: skip


def is_ours(status, headers):
    """Whether an answer has the headers of our pages, or of our JSON, and nothing that was put into it."""
    wanted = answers.HEADERS if "json" in headers.get("Content-Type", "") else HEADERS
    if status == 307:  # without the slash at the end
        wanted = {}
    return (
        {name: headers[name] for name in wanted} == wanted and "evil" not in str(headers) and "hit" not in str(headers)
    )


class TestRequests:
    @pytest.mark.parametrize("name", CLIMBING)
    def test_no_address_climbs_out_of_the_files(self, get, name):
        status, headers, body = get(f"/review/static/{name}")

        assert status in (200, 303, 307, 404, 405)
        assert (
            status != 200 or "text/css" in headers["Content-Type"] or b"<h1" in body
        )  # the queue, by /review/static/../..
        assert b"def " not in body
        assert b"root:" not in body

    @pytest.mark.parametrize("path", STRANGE, ids=[path[:60] for path in STRANGE])
    def test_no_address_makes_it_stumble(self, get, path):
        status, headers, body = get(path)

        assert status < 500
        assert is_ours(status, headers)
        assert b"Traceback" not in body

    @pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "FOO", "get"])
    @pytest.mark.parametrize("path", ["/review", "/review/rules", "/review/static/review.css", "/review/set-up/x"])
    def test_another_method_is_refused(self, get, path, method):
        status, headers, _ = get(path, method)

        assert status in (400, 405)
        if status == 405:
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert "Access-Control-Allow-Origin" not in headers

    @pytest.mark.parametrize(
        "headers",
        [
            {"Accept-Language": "x" * 9_000}, {"Accept-Language": "\x80\xff;q=\xe9"}, {"User-Agent": "\xff" * 5_000}, {"Host": "evil.example"},
            {"Cookie": "winnow=" + "a" * 9_000}, {"Cookie": "winnow=%00; winnow-theme=\"><script>; winnow-zone=../../etc/passwd"},
            {"Accept": "\xff/\xff"}, {"X-Forwarded-For": "' OR 1=1"}, {"X-Forwarded-Host": "evil.example"}, {"Referer": "javascript:1"},
            {"Accept-Encoding": "x" * 4_000}, {"Range": "bytes=0-" + "9" * 400}, {"If-None-Match": "*"}, {"Content-Length": "0"},
        ],
        ids=str,
    )  # fmt: skip
    def test_no_header_makes_it_stumble(self, get, headers):
        status, told, body = get("/review/profile", **headers)

        assert status < 500
        assert status == 400 or is_ours(status, told)
        assert b"<script>" not in body


def test_every_page_is_in_a_language_and_theme_of_ours_whatever_the_cookies_say(attacked, get):
    _, _, body = get(pages.named("sign-in").path(attacked), Cookie='winnow-theme="><b>; winnow-zone="><b>; winnow=x')

    assert b"<b>" not in body
    assert b'data-theme="auto"' in body
