"""One connection: what may come in on it, how much, and how long that may take.

uvicorn with httptools accepts a header of 10 MB, 100,000 headers and requests without Host, waits for ever for the rest
of a request, and takes a body's trailers for headers. What is refused here is answered with a problem, as elsewhere.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from app.commands.connections import Connections
from app.commands.heads import (
    MAX_ADDRESS_BYTES,
    MAX_HEAD_BYTES,
    MAX_HEADERS,
    SMALL_BYTES,
    has_small_body,
    refusal,
    wrong_with,
)
from app.commands.outgoing import Outgoing
from app.web.problems import UNREAD_BYTES

MAX_WAITING = 8
"""Requests that wait on one connection for the answers to earlier ones."""
MIN_BYTES_PER_S = 1_000
"""A body, and an answer that is being read, may take longer than everything else as long as they keep to it."""
LINGER_S = 2.0
"""How long what a refused client still sends is read and dropped. Closing at once would reset the connection, and what
was answered would be lost on the way: nginx makes a 502 of it."""


class _Unfit(Exception):
    """Stops the parser; `refuse` knows why."""


class Connection(HttpToolsProtocol):
    """uvicorn's protocol with limits; given to it as `http`.

    What may go wrong with one request at a time: `phase` says which part of it is awaited since `since`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.all = Connections.of(self.app_state, self.server_state.connections, self.loop)
        self.phase: Literal["idle", "head", "body"] = "idle"
        self.since = self.loop.time()
        self.held_bytes = 0
        """Of bodies, until they are answered."""
        self._running: Any = None
        """The cycle that is being answered; `cycle` is the newest, whose request is being read."""
        self._is_deaf = False
        """Whatever else comes is dropped."""
        self._fed_bytes = self._head_bytes = self._headers = self._body_bytes = 0
        self._begin: Callable[[], None] | None = None
        """Begins to answer the newest request; None when that was done."""
        self._is_head_alone = False
        self._unfit = ("request-refused", "")
        self._unread: tuple[float, int] | None = None
        """Since when an answer has been waiting for its reader, and how much had been read by then."""

    @property
    def is_awaited(self) -> bool:
        """Whether its client has to say something, and not we."""
        return self.phase != "idle" or not self._is_working

    @property
    def _is_working(self) -> bool:
        return self._running is not None and not self._running.response_complete

    def connection_made(self, transport: Any) -> None:
        """Take it in, unless there are too many."""
        super().connection_made(transport)
        self._raw = transport
        self._socket = Outgoing(transport, self.finish)
        self.transport = self._socket  # type: ignore[assignment]
        self.all.admit(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Whatever was held for it is free."""
        self.all.release(self)
        if self._is_working:  # uvicorn tells the newest cycle only
            self._running.disconnected = True
            self._running.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser; whatever it does not like is refused, and closes the connection."""
        self._unset_keepalive_if_required()
        if self._is_deaf:
            return
        if self.phase == "idle":
            self._enter("head")
            self._fed_bytes = 0
        self._is_head_alone = self.phase == "head"
        try:
            self.parser.feed_data(data)
        except (
            httptools.HttpParserUpgrade
        ):  # answered as if it had not been asked for; what follows is of another protocol
            self._is_deaf = True
            self.cycle.keep_alive = False
        except httptools.HttpParserError:
            self.refuse(*self._unfit)
        if self.phase == "head" and self._is_head_alone:
            self._fed_bytes += len(data)
            if self._fed_bytes > MAX_HEAD_BYTES:
                self.refuse("headers-too-large" if self._headers else "address-too-long")

    def on_message_begin(self) -> None:
        """A new request."""
        if self.phase != "head":  # the last one ended in the same piece of data
            self._enter("head")
            self._fed_bytes = 0
        self._head_bytes = self._headers = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Part of its address."""
        super().on_url(url)
        self._head_bytes += len(url)
        if len(self.url) > MAX_ADDRESS_BYTES:
            self._stop("address-too-long")

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header. Those that follow a body are dropped: nobody has looked at them when the request was let in."""
        self._headers += 1
        self._head_bytes += len(name) + len(value) + 4
        if self._headers > MAX_HEADERS or self._head_bytes > MAX_HEAD_BYTES:
            self._stop("headers-too-large")
        if self.phase == "head":
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The request can be answered, unless it could be understood in two ways."""
        if wrong := wrong_with(self.parser.get_http_version(), self.url, self.headers):
            self._stop(detail=wrong)
        if len(self.pipeline) >= MAX_WAITING:
            self._stop()  # goes unanswered, as all that comes behind those that wait
        self._body_bytes = 0
        super().on_headers_complete()
        self._enter("body")

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        """A small body is waited for before anything is done for it: a slow one costs no more than its connection."""
        self._running = cycle
        is_unfinished = cycle is self.cycle and cycle.more_body and self._body_bytes <= SMALL_BYTES
        if is_unfinished and has_small_body(self.headers):
            self._begin = partial(super()._start_asgi_task, cycle, app)
        else:
            super()._start_asgi_task(cycle, app)

    def on_body(self, body: bytes) -> None:
        """Part of the body. What comes after the answer is dropped, as long as it is not much."""
        self._body_bytes += len(body)
        if self.cycle.response_complete:
            if self._body_bytes > UNREAD_BYTES:
                self.finish()
            return
        super().on_body(body)
        self.all.hold(self, len(body))
        if self._body_bytes > SMALL_BYTES:
            self._begin_now()

    def _begin_now(self) -> None:
        if self._begin:
            begin, self._begin = self._begin, None
            begin()

    def on_message_complete(self) -> None:
        """All of it is there."""
        super().on_message_complete()
        self._begin_now()
        self._enter("idle")
        self._is_head_alone = False

    def on_response_complete(self) -> None:
        """The next request may come."""
        self.all.release(self)
        self._socket.flush()
        super().on_response_complete()
        if self.phase == "idle":
            self._enter("idle")

    def refuse(self, code: str, detail: str = "") -> None:
        """Answer with that problem, after what was asked before on this connection has been answered, and close."""
        if self._is_deaf:
            return
        self._is_deaf = True
        is_begun = self.phase == "body"  # the request that is refused has a cycle: the newest
        if self._is_working and (not is_begun or self._running is not self.cycle):
            if is_begun:
                self.pipeline.popleft()
            last = self.pipeline[0][0] if self.pipeline else self._running
            last.keep_alive = False  # closes when it has been answered, and what is refused goes unanswered
            return
        if is_begun:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if not (is_begun and self.cycle.response_started):
            self._answer(code, detail)
        self.finish()

    def finish(self) -> None:
        """Close, but let the client read what was written."""
        if self._socket.is_finishing or self._raw.is_closing():
            return
        self._socket.flush()
        self._socket.is_finishing = True
        self._unset_keepalive_if_required()
        self.flow.resume_reading()
        if self.phase == "idle" and not self._is_deaf:
            self._raw.close()
        else:
            self._is_deaf = True
            self.since = self.loop.time()
            self._raw.write_eof()

    def abort(self) -> None:
        """Close at once."""
        self._is_deaf = self._socket.is_finishing = True
        self._raw.abort()

    def shutdown(self) -> None:
        """The service ends: what does not arrive soon is not waited for."""
        self.all.patience_s = min(self.all.patience_s, LINGER_S)
        super().shutdown()

    def look(self, now: float, held_up_s: float) -> None:
        """Close it if it takes too long; `held_up_s` is how long this process itself could not read."""
        self.since += held_up_s
        waited = now - self.since
        if self._is_unread(now, held_up_s):
            self.abort()
        elif self._socket.is_finishing:
            if waited > LINGER_S and not self._unread:
                self.abort()
        elif self.phase == "head":
            if waited > self.all.patience_s:
                self.refuse("request-too-slow")
        elif self.phase == "body":
            if not self.flow.read_paused and waited > self.all.patience_s + self._body_bytes / MIN_BYTES_PER_S:
                self.refuse("request-too-slow")
        elif waited > self.all.patience_s and not self._is_working:
            self.finish()

    def _is_unread(self, now: float, held_up_s: float) -> bool:
        read_bytes = self._socket.read_bytes()
        if read_bytes == self._socket.written_bytes:
            self._unread = None
            return False
        if self._unread is None:
            self._unread = (now, read_bytes)
        since, earlier = self._unread
        if now - since <= self.all.patience_s + held_up_s:
            return False
        self._unread = (now, read_bytes)
        return read_bytes - earlier < self.all.patience_s * MIN_BYTES_PER_S

    def _enter(self, phase: Literal["idle", "head", "body"]) -> None:
        self.phase = phase
        self.since = self.loop.time()

    def _stop(self, code: str = "request-refused", detail: str = "") -> None:
        self._unfit = (code, detail)
        raise _Unfit

    def _answer(self, code: str, detail: str) -> None:
        status, headers_and_body = refusal(code, detail)
        default = b"".join(b"%s: %s\r\n" % pair for pair in self.server_state.default_headers)
        self._socket.write(STATUS_LINE[status] + default + headers_and_body)
        self.all.refused(status)
