"""`winnow serve`, started by a fork of a process that has imported everything: 0.4 s of a processor and not 2.

Commands on stdin: `start` (answered with the process's id; the service then prints its own line) and `wait`.
"""

import os
import sys

import uvicorn  # noqa: F401 - loaded once for all services

from app import lists
from app import main as _  # noqa: F401
from app.commands import serving


def main() -> None:
    """Until stdin ends; what was started is killed by whoever asked for it."""
    lists.load()
    process = 0
    for line in sys.stdin:
        if line == "start\n":
            process = os.fork()
            if process == 0:
                sys.stdin.close()
                os._exit(serving.main(["127.0.0.1", "0", "1", "--json"]))
            print(process, flush=True)
        else:
            os.waitpid(process, 0)
            print("dead", flush=True)


if __name__ == "__main__":
    main()
