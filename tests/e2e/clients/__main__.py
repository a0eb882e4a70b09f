"""Prints what every client gets for every call, as the Markdown table of docs/cms/README.md."""

import sys
import tempfile
from pathlib import Path

from tests.e2e.clients.calls import CALLS
from tests.e2e.clients.clients import CLIENTS, Client
from tests.e2e.clients.stage import NotHere, Stage

NOT_OFFERED = "–"


def cells(client: Client, told: dict[str, str]) -> list[str]:
    """The answers in the order of the calls; one that was not expected is in bold and says why."""
    row = []
    for call in CALLS:
        answer = told.get(call.name, NOT_OFFERED)
        is_expected = answer == NOT_OFFERED or answer.startswith(client.expected(call))
        row.append(answer.partition(":")[0] if is_expected else f"**{answer}**")
    return row


def main() -> int:
    """The table; the exit code tells whether every answer was the expected one."""
    print(f"| client | {' | '.join(call.name for call in CALLS)} |\n|---|{'---|' * len(CALLS)}", flush=True)
    is_good = True
    with tempfile.TemporaryDirectory() as folder, Stage(Path(folder)) as stage:
        for client in CLIENTS:
            try:
                row = cells(client, stage.answers(client))
            except NotHere as reason:
                row = [f"not run: {reason}"] + [""] * (len(CALLS) - 1)
            is_good &= "**" not in "".join(row)
            print(f"| {client.name} | {' | '.join(row)} |", flush=True)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
