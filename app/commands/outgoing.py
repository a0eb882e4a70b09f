"""What uvicorn writes to in the place of the connection itself."""

from collections.abc import Callable
from typing import Any


class Outgoing:
    """What uvicorn writes to and closes: writes head and body together, counts, and closes so that it can be read."""

    def __init__(self, transport: Any, finish: Callable[[], None]) -> None:
        self._transport = transport
        self.close = finish
        self.is_finishing = False
        self.written_bytes = 0
        self._head = b""

    def write(self, data: bytes) -> None:
        """Soon; the head of an answer together with the first of its body."""
        if self.is_closing():
            return
        if data.startswith(b"HTTP/1.1 ") and data.endswith(b"\r\n\r\n") and not data.startswith(b"HTTP/1.1 1"):
            self._head = data  # goes out with the body: one system call and one packet
            return
        data = self._head + data if self._head else data
        self._head = b""
        self.written_bytes += len(data)
        self._transport.write(data)

    def flush(self) -> None:
        """Write what has been waiting for a body that did not come."""
        if self._head:
            self.write(b"")

    def is_closing(self) -> bool:
        """Whether nothing more can be written."""
        return self.is_finishing or self._transport.is_closing()

    def read_bytes(self) -> int:
        """How much of what was written has left this process."""
        return self.written_bytes - int(self._transport.get_write_buffer_size())
