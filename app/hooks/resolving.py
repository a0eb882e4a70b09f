"""Names to addresses, in bounded time."""

import socket
import threading


def resolve(host: str, port: int, timeout_s: float) -> tuple[str, ...]:
    """Every address of a name, by the system's resolver, the preferred first. Takes addresses in any spelling too.

    Raises:
        TimeoutError: the resolver did not answer in time.
        OSError: there is no such name.

    >>> resolve("0x7f000001", 80, 5.0)
    ('127.0.0.1',)
    """
    found: list[str] = []
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            told = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(str(address[0]).partition("%")[0] for *_, address in told)
        except (OSError, UnicodeError) as error:
            failures.append(error)

    # The resolver knows no time limit of ours. A thread that it keeps ends by itself when it gives up.
    asking = threading.Thread(target=ask, name="winnow-resolver", daemon=True)
    asking.start()
    asking.join(timeout_s)
    if asking.is_alive():
        raise TimeoutError
    if failures or not found:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")
    return tuple(found)
