"""Names to addresses."""

import socket

import pytest

from app.hooks.resolving import resolve


def test_no_such_name():
    with pytest.raises(socket.gaierror):
        resolve("no-such-host.invalid", 443, 30)


@pytest.mark.parametrize("host", ["a..b", "x" * 300])
def test_what_cannot_be_a_name(host):
    with pytest.raises(socket.gaierror):
        resolve(host, 443, 30)
