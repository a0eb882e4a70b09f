"""A running service, and every door of it knocked on in a visitor's name: rightly, and in ways that are refused."""

import contextlib
import hashlib
import hmac
import http.client
import json
import os
import signal
import subprocess
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from app.commands import opening
from tests.e2e.server import STARTS_WITHIN_S, STOPS_WITHIN_S, add_sites, command, environment, settings_of

KEY = "blogblogblog"
OTHER_KEY = "shopshopshop"
METRICS_KEY = "metrics-for-tests"
_SECRET = "coral-secret"
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BEARER = {"Authorization": f"Bearer {KEY}"}


class Call(NamedTuple):
    """One request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who can be looked for."""

    number: int

    @property
    def email(self) -> str:
        return f"canary{self.number:02d}mail@secret{self.number:02d}.example"

    @property
    def name(self) -> str:
        return f"Canary{self.number:02d}name"

    @property
    def ip(self) -> str:
        return f"198.18.{self.number}.{100 + self.number}"

    @property
    def network(self) -> str:
        return f"198.18.{self.number}."

    @property
    def text(self) -> str:
        return f"canary{self.number:02d}text asks whether the slow tea of Madeira can be bought by post"

    @property
    def fields(self) -> dict[str, str]:
        return {
            "text": self.text,
            "author": self.name,
            "author_email": self.email,
            "author_url": f"https://canary{self.number:02d}site.example/",
            "author_ip": self.ip,
            "user_agent": f"canary{self.number:02d}agent",
            "page_url": "https://blog.example/tea",
            "comment_id": f"cms-{self.number}",
        }

    @property
    def said(self) -> tuple[str, ...]:
        """What an address apart tells who it is."""
        number = f"canary{self.number:02d}"
        return (self.email, self.name, f"{number}text", f"{number}site", f"{number}agent")

    @property
    def form(self) -> dict[str, str]:
        return {
            "key": KEY, "blog": "https://blog.example/", "comment_content": self.text, "comment_author": self.name,
            "comment_author_email": self.email, "user_ip": self.ip, "user_agent": f"canary{self.number:02d}agent",
        }  # fmt: skip


def right_calls(visitor: Visitor) -> list[Call]:
    """By every door, each once."""
    fields, form = visitor.fields, urlencode(visitor.form).encode()
    phase = {"comment": {"body": visitor.text}, "author": {"id": visitor.email, "role": "COMMENTER"}, "action": "NEW"}
    coral = json.dumps(phase).encode()
    signed = "sha256=" + hmac.new(_SECRET.encode(), coral, hashlib.sha256).hexdigest()
    analyze = {"comment": {"text": visitor.text}, "requestedAttributes": {"SPAM": {}}}
    line = json.dumps(fields).encode() + b"\n"
    return [
        _json("/classify", fields),
        _json("/classify", {**fields, "check_only": True}),
        _json("/classify", {**fields, "comment_id": "", "honeypot": visitor.name}, **{"Idempotency-Key": visitor.email}),
        _json("/classify/batch", {"comments": [fields, {**fields, "author_ip": "nonsense"}]}),
        Call("POST", "/classify/batch", {**BEARER, "Content-Type": "application/x-ndjson"}, line * 2),
        *(Call("POST", f"/1.1/{path}", FORM, form) for path in ("comment-check", "submit-spam", "submit-ham")),
        Call("POST", f"/{KEY}/1.1/comment-check", FORM, form),
        Call("POST", "/1.1/verify-key", FORM, urlencode({"key": KEY, "blog": visitor.email}).encode()),
        _json("/feedback", {"comment_id": fields["comment_id"], "label": "spam"}),
        _json("/feedback", {"comment": fields, "label": "ham"}),
        Call("PUT", "/pages", BEARER | JSON, json.dumps({"url": "https://blog.example/tea", "title": "Tea"}).encode()),
        _json("/v1alpha1/comments:analyze", analyze),
        _json("/v1alpha1/comments:suggestscore", {**analyze, "attributeScores": {"SPAM": {"summaryScore": {"value": 1}}}}),
        Call("POST", "/coral/blog", JSON | {"X-Coral-Signature": signed}, coral),
    ]  # fmt: skip


def wrong_calls(visitor: Visitor) -> list[Call]:
    """The same, each refused for something; the visitor stands in body, path, query and headers."""
    said = f"{visitor.email} {visitor.name} {visitor.ip} {visitor.text}"
    fields = visitor.fields
    sent = json.dumps(fields).encode()
    path = urlencode({"q": said})
    return [
        Call("POST", "/classify", BEARER | JSON, sent[:-1]),
        Call("POST", "/classify", BEARER | JSON, sent[:-1] + b', "text": "twice"}'),
        Call("POST", "/classify", BEARER | JSON, sent.replace(b'"author":', b'"author": NaN, "x":')),
        Call("POST", "/classify", BEARER | {"Content-Type": said.replace(" ", "/")}, sent),
        Call("POST", "/classify", {"Authorization": f"Bearer {visitor.email}"} | JSON, sent),
        Call("POST", "/classify", BEARER | JSON | {"Content-Encoding": "gzip"}, sent),
        _json("/classify", {**fields, "text": {said: [said]}}),
        _json("/classify", {**fields, "text": "", "author_url": ""}),
        _json("/classify", {**fields, said: said}),
        _json("/classify", {**fields, "text": said * 2_600}),
        _json("/classify/batch", {"comments": said}),
        _json("/classify/batch", {"comments": [{"text": 7, "author": said}]}),
        _json("/feedback", {"comment_id": said, "label": "spam"}),
        _json("/feedback", {"comment": fields, "label": said}),
        Call("GET", f"/comments/{visitor.email}", BEARER),
        Call("GET", f"/decisions?since={visitor.email}", BEARER),
        Call("PUT", "/pages", BEARER | JSON, json.dumps({"url": said, "text": [said]}).encode()),
        Call("POST", "/1.1/comment-check", FORM, urlencode({**visitor.form, "key": visitor.name}).encode()),
        Call("POST", "/1.1/comment-check", FORM | {"Host": visitor.email.rpartition("@")[2]}, b"key=x&" + sent),
        Call("POST", "/1.1/submit-spam", {"Content-Type": "multipart/form-data"}, sent),
        _json("/v1alpha1/comments:analyze", {"comment": {"text": [said]}}),
        Call("POST", f"/coral/{visitor.name}", JSON | {"X-Coral-Signature": visitor.email}, sent),
        Call("POST", "/review/sign-in", FORM, urlencode({"name": visitor.name, "password": visitor.text}).encode()),
        Call("GET", f"/review?{path}", {}),
        Call("GET", f"/nowhere/{visitor.email}?{path}", {"User-Agent": said, "Referer": said}),
        Call("DELETE", f"/classify?{path}", {}),
        Call("GET", f"/problems/{visitor.email}", {}),
        Call("GET", "/metrics", {"Authorization": f"Bearer {visitor.email}"}),
    ]  # fmt: skip


def _json(path: str, value: object, **headers: str) -> Call:
    return Call("POST", path, BEARER | JSON | headers, json.dumps(value).encode())


class Service:
    """A `winnow serve` of its own, with the sites blog and shop."""

    def __init__(self, home: Path, port: int, process: "subprocess.Popen[str]", log: Path) -> None:
        self.home = home
        self.port = port
        self.process = process
        self.log = log

    def ask(self, call: Call, patience_s: float = 30) -> Answer:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience_s)
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # refused before all of it was sent
                connection.request(call.method, call.path, call.body, dict(call.headers))
            answer = connection.getresponse()
            return Answer(answer.status, str(answer.headers), answer.read())
        finally:
            connection.close()


@contextmanager
def served(
    home: Path,
    *,
    before: Sequence[str] = (),
    log: Path | None = None,
    prepare: Callable[[Path], None] = lambda _: None,
    **settings: str,
) -> Iterator[Service]:
    """A service that answers, until the block ends.

    Args:
        home: an empty folder, or one of before.
        before: what the command is started with, such as strace with its options.
        log: where what it says on stderr goes; the home's log without.
        prepare: called with the home before the service starts.
        settings: WINNOW_<NAME>=value.
    """
    home.mkdir(parents=True, exist_ok=True)
    with opening.open_store(settings_of(home)) as store:
        is_new = not store.sites()
    if is_new:
        add_sites(home, {"blog": KEY, "shop": OTHER_KEY})
    with opening.open_store(settings_of(home)) as store:
        store.set_secrets("blog", "coral", [_SECRET], opening.now())
    log = log or home / "log"
    prepare(home)
    given = {f"WINNOW_{name.upper()}": value for name, value in settings.items()}
    told = environment(home) | {"WINNOW_METRICS_KEY": METRICS_KEY} | given
    with log.open("ab") as errors:
        process = subprocess.Popen(
            [*before, *command(0)], env={**told, "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True,
            start_new_session=True,
        )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, log.read_text(errors="replace")[-2_000:]
        url = json.loads(line)["url"]
        with urllib.request.urlopen(f"{url}/readyz", timeout=STARTS_WITHIN_S) as answer:
            assert answer.status == 200
        yield Service(home, int(url.rpartition(":")[2]), process, log)
    finally:
        _end(process)


def _end(process: "subprocess.Popen[str]") -> None:
    """What it was started with ends, too: strace would leave the service alone."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.communicate(timeout=STOPS_WITHIN_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=STOPS_WITHIN_S)
