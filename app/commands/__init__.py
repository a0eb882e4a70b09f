"""The commands of `winnow`, one module each; app/cli.py puts them together.

What is slow to import (the database, the web, scikit-learn) is imported inside the functions that need it, so that
`winnow --help` and the processes of `winnow score` start without it.
"""

REFUSED = 2
"""The exit code of a command that was refused; Typer's own for a wrong option."""
INTERRUPTED = 130
