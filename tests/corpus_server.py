"""A server of corpora on loopback: real HTTP, which can break off, lie about sizes, and lead elsewhere."""

import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class CorpusServer:
    """What it answers, by path; `asked` counts the requests."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.leads_to: dict[str, str] = {}
        self.breaks_off: dict[str, int] = {}
        """How many of the next answers end in the middle."""
        self.stalls: dict[str, threading.Event] = {}
        """Sends the first half and then waits for that."""
        self.says_no_length: set[str] = set()
        self.status: dict[str, int] = {}
        self.asked: list[str] = []
        self.base = ""

    def sha256(self, path: str) -> str:
        return hashlib.sha256(self.files[path]).hexdigest()


@contextmanager
def serving() -> Iterator[CorpusServer]:
    """The server, on a free port of 127.0.0.1; gone at the end."""
    served = CorpusServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            served.asked.append(self.path)
            if self.path in served.leads_to:
                self.send_response(302)
                self.send_header("Location", served.leads_to[self.path])
                self.end_headers()
                return
            body = served.files.get(self.path)
            if body is None or self.path in served.status:
                self.send_error(served.status.get(self.path, 404))
                return
            self.send_response(200)
            if self.path not in served.says_no_length:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.path in served.stalls:
                self.wfile.write(body[: len(body) // 2])
                served.stalls[self.path].wait(30)
                return
            if served.breaks_off.get(self.path, 0) > 0:
                served.breaks_off[self.path] -= 1
                body = body[: len(body) // 2]
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def zipped(**members: bytes) -> bytes:
    """An archive with these members; in their names `_` stands for the dot."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_csv", ".csv"), content)
        archive.writestr("__MACOSX/._Youtube01-Psy.csv", b"\0\5\26\7")
        archive.writestr("readme", b"what this is")
    return into.getvalue()
