"""Real, unmodified clients of Akismet against a running service: one test for each client and call.

`python -m tests.e2e.clients` prints the same as a table.
"""

import pytest

from tests.e2e.clients.calls import HAM, SPAM
from tests.e2e.clients.clients import CLIENTS
from tests.e2e.clients.stage import NotHere


def answers(stage, client):
    try:
        return stage.answers(client)
    except NotHere as reason:
        pytest.skip(str(reason))


@pytest.mark.parametrize(
    ("client", "call"),
    [pytest.param(client, call, id=f"{client.name}-{call.name}") for client in CLIENTS for call in client.calls],
)
def test_a_client_gets_what_it_knows(stage, client, call):
    answer = answers(stage, client)[call.name]

    assert answer.startswith(client.expected(call)), answer


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_what_a_client_submitted_are_decisions_on_the_comments_that_it_checked(stage, client):
    answers(stage, client)
    checked = [call for call in client.calls if call.does == "check" and not call.with_wrong_key]

    assert stage.comments(client) == len(checked)
    assert stage.decisions(client) == {SPAM["comment_content"]: "spam", HAM["comment_content"]: "ham"}
