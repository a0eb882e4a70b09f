"""One message to real receivers on loopback, also such as misbehave."""

import socket
import ssl
import subprocess
import threading
from contextlib import contextmanager
from shutil import which
from time import monotonic

import pytest

from app.hooks.sending import Answer, Sender
from tests.hooks.conftest import Receiver

HEADERS = {"webhook-id": "msg_a"}
OPENSSL = which("openssl")


def send(url: str, allow_private: bool = True, timeout_s: float = 10.0, **others) -> Answer:
    return Sender(timeout_s, **others).send(url, allow_private, b"{}", HEADERS)


def test_what_a_receiver_gets(receive):
    receiver = receive((204, {}))

    assert send(f"{receiver.url}?site=1") == Answer(204, "")
    (call,) = receiver.calls
    assert (call.path, call.body) == ("/hook?site=1", b"{}")
    assert call.headers == {
        "host": f"127.0.0.1:{receiver.port}",
        "user-agent": "Winnow",
        "content-type": "application/json",
        "content-length": "2",
        "connection": "close",
        "webhook-id": "msg_a",
    }


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(receive, status):
    inside = receive()
    receiver = receive((status, {"Location": inside.url}))

    assert send(receiver.url) == Answer(status, f"It answered {status}; redirects are not followed.")
    assert inside.calls == []


def test_a_refusal_comes_with_when_to_come_back(receive):
    receiver = receive((503, {"Retry-After": "120"}), (500, {}))

    assert send(receiver.url) == Answer(503, "It answered 503.", "120")
    assert send(receiver.url) == Answer(500, "It answered 500.")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1"])
def test_without_leave_this_machine_is_not_even_connected_to(host):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        answer = send(f"https://{host}:{listener.getsockname()[1]}/", allow_private=False)

        assert answer == Answer(None, "It leads into a private network.")
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_the_name_is_looked_up_once_and_that_very_address_is_called(receive):
    receiver = receive()
    asked = []

    def rebinding(host, port, timeout_s):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    assert send(f"http://cms.example:{receiver.port}/", resolver=rebinding) == Answer(200, "")
    assert asked == ["cms.example"]
    assert receiver.calls[0].headers["host"] == f"cms.example:{receiver.port}"


def test_a_name_that_stands_for_a_private_address_is_refused(receive):
    receiver = receive()
    answer = send(f"https://cms.example:{receiver.port}/", allow_private=False, resolver=lambda *_: ["127.0.0.1"])

    assert answer == Answer(None, "It leads into a private network.")
    assert receiver.calls == []


def test_the_next_address_is_tried_when_the_first_is_dead(receive):
    receiver = receive()

    assert send(f"http://cms.example:{receiver.port}/", resolver=lambda *_: ["127.0.0.3", "127.0.0.1"]).error == ""


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    assert send(f"http://127.0.0.1:{port}/") == Answer(None, "It cannot be reached: Connection refused.")
    assert send("http://no-such-host.invalid/", timeout_s=30) == Answer(None, "The name has no address.")


def test_proxies_of_the_environment_are_not_asked(receive, monkeypatch):
    proxy, receiver = receive(), receive()
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")

    assert send(receiver.url) == Answer(200, "")
    assert proxy.calls == []


@contextmanager
def speaking(*parts: bytes, forever: bytes = b"", pause_s: float = 0.05):
    """A receiver that says exactly this, then goes on with `forever` if that is not empty, or hangs up."""
    ended = threading.Event()

    def serve():
        connection, _ = listener.accept()
        with connection:
            try:
                connection.recv(65_536)
                for part in parts:
                    connection.sendall(part)
                while forever and not ended.wait(pause_s):
                    connection.sendall(forever)
            except OSError:
                pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        ended.set()
        thread.join()


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        pytest.param(b"", Answer(None, "Its answer is not HTTP."), id="nothing"),
        pytest.param(b"SSH-2.0-OpenSSH\r\n", Answer(None, "Its answer is not HTTP."), id="another-protocol"),
        pytest.param(b"HTTP/1.1 2000 OK\r\n\r\n", Answer(None, "Its answer is not HTTP."), id="no-status"),
        pytest.param(OK + b"X: y\r\n" * 1_000 + b"\r\n", Answer(None, "Its answer is not HTTP."), id="many-headers"),
        pytest.param(OK + b"Content-Length: 900\r\n\r\nshort", Answer(200, ""), id="hangs-up-early"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", Answer(200, ""), id="bad-chunks"),
    ],
)  # fmt: skip
def test_receivers_that_misbehave(said, answer):
    with speaking(said) as url:
        assert send(url) == answer


def test_the_time_is_for_everything_however_it_is_dripped():
    with speaking(b"HTTP/1.1 ", forever=b"1") as url:
        began = monotonic()
        answer = send(url, timeout_s=0.5)

    assert answer == Answer(None, "There was no answer within 0.5 seconds.")
    assert monotonic() - began < 3


def test_of_an_endless_answer_only_the_beginning_is_read():
    with speaking(OK + b"\r\n", forever=b"x" * 65_536, pause_s=0) as url:
        assert send(url) == Answer(200, "")


def test_a_resolver_that_does_not_answer_takes_no_longer_either():
    def hangs(host, port, timeout_s):
        raise TimeoutError

    assert send("http://cms.example/", resolver=hangs, timeout_s=3).error == "There was no answer within 3 seconds."


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Certificate and key of cms.example, made for this run."""
    if OPENSSL is None:
        pytest.skip("there is no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    command = [OPENSSL, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
               "-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=cms.example", "-addext", "subjectAltName=DNS:cms.example"]  # fmt: skip
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def secure(certificate):
    """A receiver that speaks TLS as cms.example."""
    receiver = Receiver()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    server = receiver._server
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.handle_error = lambda *_: None  # a caller who does not trust us is no accident
    yield receiver
    receiver.close()


def to_loopback(*_):
    return ["127.0.0.1"]


class TestTls:
    def test_the_certificate_is_checked_for_the_name_though_the_address_is_called(self, secure, certificate):
        def trusted():
            return ssl.create_default_context(cafile=str(certificate[0]))

        answer = send(f"https://cms.example:{secure.port}/", resolver=to_loopback, trusted=trusted)
        assert answer == Answer(200, "")
        assert secure.calls[0].headers["host"] == f"cms.example:{secure.port}"

        other = send(f"https://other.example:{secure.port}/", resolver=to_loopback, trusted=trusted)
        assert other.error.startswith("Its certificate is not to be trusted: Hostname mismatch")
        assert len(secure.calls) == 1

    def test_a_certificate_of_nobody_is_not_trusted(self, secure):
        answer = send(f"https://cms.example:{secure.port}/", resolver=to_loopback)

        assert answer.error.startswith("Its certificate is not to be trusted: self")
        assert secure.calls == []

    def test_https_where_nobody_speaks_tls(self, receive):
        answer = send(f"https://cms.example:{receive().port}/", resolver=to_loopback)

        assert answer == Answer(None, "It does not speak TLS as it should.")
