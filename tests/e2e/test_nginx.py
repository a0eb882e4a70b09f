"""docs/nginx.conf in the real nginx, in front of the real service."""

import contextlib
import getpass
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.attacks.raw_requests import CASES, SMUGGLED, posted
from tests.e2e.server import add_sites, serving
from tests.ports import free_port

CONF = Path(__file__).parents[2] / "docs" / "nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
KEY = "rawrawrawraw"
BY_KEY = {"Authorization": f"Bearer {KEY}"}
STARTS_WITHIN_S = 10
MAIN = """\
{user}
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/winnow.conf;
}}
"""

pytestmark = [
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed; Debian: nginx-light"),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed"),
]


def written(folder: Path, service: int, tls: int, plain: int) -> Path:
    """The configuration as shipped, on ports of this machine and with a certificate made just now."""
    subject = ["-subj", "/CN=winnow.example", "-addext", "subjectAltName=DNS:winnow.example"]
    files = ["-keyout", str(folder / "winnow.key"), "-out", str(folder / "winnow.pem")]
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    subprocess.run([*made, *subject, *files], check=True, capture_output=True)
    conf = CONF.read_text(encoding="utf-8")
    for shipped, here in (
        ("127.0.0.1:8000", f"127.0.0.1:{service}"),
        ("/etc/ssl/", f"{folder}/"),
        ("listen 443", f"listen 127.0.0.1:{tls}"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
    ):
        assert shipped in conf
        conf = conf.replace(shipped, here)
    (folder / "winnow.conf").write_text(conf)
    main = folder / "nginx.conf"
    user = f"user {getpass.getuser()};" if os.geteuid() == 0 else ""  # its own could not read this folder
    main.write_text(MAIN.format(folder=folder, user=user))
    return main


class Front:
    """nginx and what it listens on."""

    def __init__(self, tls: int, plain: int, folder: Path) -> None:
        self.tls, self.plain, self.folder = tls, plain, folder
        self.context = ssl.create_default_context(cafile=str(folder / "winnow.pem"))

    def client(self, host: str = "winnow.example", address: str = "127.0.0.1") -> httpx2.Client:
        """Asks for that host, which is this machine, from that address."""
        transport = httpx2.HTTPTransport(verify=False, local_address=address)
        return httpx2.Client(base_url=f"https://127.0.0.1:{self.tls}", transport=transport, headers={"Host": host})

    def connected(self) -> socket.socket:
        """A connection whose certificate is right."""
        plain = socket.create_connection(("127.0.0.1", self.tls), timeout=2)
        return self.context.wrap_socket(plain, server_hostname="winnow.example")


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("nginx")
    folder.chmod(0o755)
    add_sites(home, {"raw": KEY})
    tls, plain = free_port(), free_port()
    told = {"WINNOW_PUBLIC_URL": "https://winnow.example", "WINNOW_METRICS_KEY": "secret"}
    with serving(home, settings=told) as service:
        main = written(folder, service, tls, plain)
        process = subprocess.Popen([str(NGINX), "-p", str(folder), "-c", str(main)], stderr=subprocess.PIPE, text=True)
        try:
            ends_at = time.monotonic() + STARTS_WITHIN_S
            while time.monotonic() < ends_at and process.poll() is None:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", tls)) == 0:
                        break
                time.sleep(0.05)
            assert process.poll() is None, process.stderr and process.stderr.read()
            yield Front(tls, plain, folder)
        finally:
            process.terminate()
            process.communicate(timeout=20)


def test_a_comment_and_a_batch_get_through(front):
    with front.client() as client:
        answer = client.post("/classify", json={"text": "Thanks!"}, headers=BY_KEY)
        lines = '{"text": "Thanks!"}\n' * 3
        kind = {"Content-Type": "application/x-ndjson"}
        batch = client.post("/classify/batch", content=lines, headers={**BY_KEY, **kind})

    assert (answer.status_code, answer.json()["review_url"].partition("/review/")[0]) == (200, "https://winnow.example")
    assert [json.loads(line)["verdict"] for line in batch.text.splitlines()] == ["ham"] * 3
    assert "strict-transport-security" in answer.headers


def test_akismets_clients_may_have_the_key_in_the_host(front):
    with front.client(f"{KEY}.winnow.example") as client:
        answer = client.post("/1.1/comment-check", data={"blog": "https://a.example", "comment_content": "Thanks!"})

    assert answer.text == "false"


def test_metrics_are_closed_also_with_their_key(front):
    with front.client() as client:
        assert client.get("/metrics", headers={"Authorization": "Bearer secret"}).status_code == 404


def test_another_hosts_name_gets_nothing(front):
    with front.client("evil.example") as client, pytest.raises(httpx2.RemoteProtocolError):
        client.get("/livez")


def test_plain_http_leads_to_tls(front):
    answer = httpx2.get(f"http://127.0.0.1:{front.plain}/review?a=b", headers={"Host": "winnow.example"})

    assert (answer.status_code, answer.headers["location"]) == (308, "https://winnow.example/review?a=b")


def test_what_is_too_large_gets_no_further(front):
    with front.client() as client:
        large = client.post("/classify", content=b"a" * 400_000, headers=BY_KEY)
        batch = client.post(
            "/classify/batch", content=b"a" * 400_000, headers={**BY_KEY, "Content-Type": "application/json"}
        )
        by_winnow = client.post("/classify", content=b"a" * 280_000, headers=BY_KEY)

    assert (large.status_code, batch.json()["code"], by_winnow.json()["code"]) == (
        413,
        "json-invalid",
        "body-too-large",
    )


def test_the_session_cookie_is_for_tls_alone(front):
    with front.client() as client:
        answer = client.get("/review/sign-in")

    assert answer.status_code == 200
    assert 'action="/review/sign-in"' in answer.text


def test_an_address_that_asks_too_fast_is_slowed_down(front):
    with front.client(address="127.0.0.9") as client:  # its own: what it used up is not the other tests'
        statuses = [client.get("/review/sign-in").status_code for _ in range(40)]

    assert statuses[0] == 200
    assert 429 in statuses


@pytest.mark.parametrize("case", [case for case in CASES if "upgrade" not in case.name], ids=lambda case: case.name)
def test_one_request_gets_at_most_one_answer(front, case):
    """What nginx lets through as two requests is two; nothing that it takes for a body may become another."""
    sent = case.sent if isinstance(case.sent, bytes) else case.sent()
    head, end, body = sent.partition(b"\r\n\r\n")
    received = b""
    with front.connected() as connection:
        connection.settimeout(0.15)
        with contextlib.suppress(OSError):  # closed or refused before all of it was sent
            connection.sendall(head.replace(b"a.example", b"winnow.example") + end + body)
        with contextlib.suppress(OSError):
            while piece := connection.recv(65_536):
                received += piece
    statuses = re.findall(rb"HTTP/1\.1 (\d\d\d) ", received)
    pipelined = 2 if case.name == "nonsense behind a request" else 1

    assert len(statuses) <= pipelined, statuses
    assert not {b"500", b"502", b"503", b"504"} & set(statuses), statuses


def test_a_request_in_a_body_stays_in_it(front):
    sent = posted(f"Content-Length: {len(SMUGGLED)}", body=SMUGGLED, host="Host: winnow.example")
    with front.connected() as connection:
        connection.settimeout(1)
        connection.sendall(sent)
        received = connection.recv(65_536)

    assert re.findall(rb"HTTP/1\.1 (\d\d\d) ", received) == [b"400"]
    assert b"json-invalid" in received
