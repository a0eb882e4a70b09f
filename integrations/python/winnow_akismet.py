"""Sends PyPI akismet 25.x to a Winnow server: give one of these clients as its `http_client=`.

    import akismet
    from winnow_akismet import http_client

    config = akismet.Config(key="your 12 characters", url="https://blog.example/")
    client = akismet.SyncClient.validated_client(
        config=config, http_client=http_client("http://127.0.0.1:8000", config.key)
    )

Copy this file into your project. It needs nothing that akismet 25.x has not brought along.
"""

import akismet
import httpx

TIMEOUT_S = 5.0
"""Longer than akismet's own second, which a machine that is busy elsewhere may need."""


class ToWinnow(httpx.HTTPTransport):
    """Every request goes to one server, whatever host it was made for."""

    def __init__(self, server: str) -> None:
        super().__init__()
        self._server = httpx.URL(server)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """With the address changed, and the Host header after it."""
        _redirect(request, self._server)
        return super().handle_request(request)


class ToWinnowAsync(httpx.AsyncHTTPTransport):
    """The same for akismet.AsyncClient."""

    def __init__(self, server: str) -> None:
        super().__init__()
        self._server = httpx.URL(server)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """With the address changed, and the Host header after it."""
        _redirect(request, self._server)
        return await super().handle_async_request(request)


def _redirect(request: httpx.Request, server: httpx.URL) -> None:
    path = server.raw_path.rstrip(b"/") + request.url.raw_path
    request.url = server.copy_with(raw_path=path)
    request.headers["Host"] = server.netloc.decode("ascii")


def _headers(key: str) -> dict[str, str]:
    # akismet 25.10.1 forgets the key in key_sites(); as a header it is always there.
    return {"User-Agent": akismet.USER_AGENT, "X-API-Key": key}


def http_client(server: str, key: str, timeout_s: float = TIMEOUT_S) -> httpx.Client:
    """For akismet.SyncClient. The server is such as http://127.0.0.1:8000; a path is kept."""
    return httpx.Client(transport=ToWinnow(server), headers=_headers(key), timeout=timeout_s)


def async_http_client(server: str, key: str, timeout_s: float = TIMEOUT_S) -> httpx.AsyncClient:
    """For akismet.AsyncClient."""
    return httpx.AsyncClient(transport=ToWinnowAsync(server), headers=_headers(key), timeout=timeout_s)
