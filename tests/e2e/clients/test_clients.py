"""Real, unmodified clients of Akismet against a running service: one test for each client and call.

`python -m tests.e2e.clients` prints the same as a table.
"""

import pytest

from tests.e2e.clients.calls import CALLS
from tests.e2e.clients.clients import CLIENTS
from tests.e2e.clients.stage import NotHere


@pytest.mark.parametrize(
    ("client", "call"),
    [
        pytest.param(client, call, id=f"{client.name}-{call.name}")
        for client in CLIENTS
        for call in CALLS
        if call.name not in client.not_offered
    ],
)
def test_a_client_gets_what_it_knows(stage, client, call):
    try:
        answer = stage.answers(client)[call.name]
    except NotHere as reason:
        pytest.skip(str(reason))

    expected = client.own_answers.get(call.name, call.answer)
    assert answer == expected or answer.startswith(f"{expected}: "), answer
