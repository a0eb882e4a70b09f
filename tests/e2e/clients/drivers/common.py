"""What the Python drivers share: reads the job, makes the calls, prints one JSON line for each.

A driver runs in a process of its own with nothing but its client on the path, and uses the client as any program
would. The other languages have the same few lines of their own.
"""

import json
import sys
from collections.abc import Callable
from typing import Any


def drive(act: Callable[[dict[str, Any], str, str, dict[str, str]], str]) -> None:
    """Every call of the job by `act(job, key, does, comment)`, which gives the answer as the client told it."""
    job = json.load(sys.stdin)
    for call in job["calls"]:
        key = job["wrong_key" if call["wrong_key"] else "key"]
        told = {"name": call["name"]}
        try:
            told["answer"] = act(job, key, call["does"], call["comment"])
        except Exception as error:  # noqa: BLE001 - whatever a client raises is its answer
            told |= {"answer": "refused", "why": f"{type(error).__name__}: {' '.join(str(error).split())}"}
        print(json.dumps(told), flush=True)


def word(is_so: Any, yes: str, no: str) -> str:
    """The literal word for an answer that must be a boolean."""
    if is_so is True:
        return yes
    if is_so is False:
        return no
    raise TypeError(f"neither True nor False: {is_so!r}")
