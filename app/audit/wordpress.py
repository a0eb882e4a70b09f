"""Lists of ids that WordPress's own command acts on, and the way back."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from app.audit.findings import Finding

MAX_DIGITS = 19
"""WordPress counts comments in 64 bits."""
IDS_A_CALL = 100
"""So that no command line gets too long."""

_LISTS = {"spam": "ids-spam.txt", "unsure": "ids-unsure.txt"}
"""By verdict; a finding whose score would have published it is in the second one, for somebody to look at."""
_SCRIPT = """\
#!/bin/sh
# {what}
# Run it where the wp command finds the site; what stands behind it goes to wp:
#   sh {name}.sh --path=/var/www/html
# Another list: LIST=ids-unsure.txt sh {name}.sh
set -eu
folder=$(cd "$(dirname "$0")" && pwd)
list=$folder/${{LIST:-ids-spam.txt}}
[ -s "$list" ] || {{ echo "$list is empty: nothing to do."; exit 0; }}
xargs -n {most} wp comment {name} "$@" < "$list"
"""
_WHAT = {
    "spam": "Marks the comments of ids-spam.txt as spam. unspam.sh takes that back.",
    "unspam": "Takes back what spam.sh did: the comments are as they were before.",
}


class Lists:
    """Files to which the ids of findings go, if they are WordPress's."""

    def __init__(self, files: dict[str, IO[str]]) -> None:
        self._files = files
        self.sites: set[str] = set()
        self.written = 0

    def add(self, finding: Finding) -> None:
        """The id of one finding; what is no number is no id of WordPress."""
        id = finding.get("comment_id", "")
        if is_wordpress_id(id):
            self._files["spam" if finding["verdict"] == "spam" else "unsure"].write(f"{id}\n")
            self.sites.add(finding.get("site", ""))
            self.written += 1


@contextmanager
def lists(folder: Path) -> Iterator[Lists]:
    """The folder with its lists and scripts; it goes again when no id came, or those of several sites.

    The same number is another comment on another site.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        files: dict[str, IO[str]] = {
            verdict: stack.enter_context((folder / name).open("w", encoding="ascii"))
            for verdict, name in _LISTS.items()
        }
        found = Lists(files)
        yield found
    _write_scripts(folder)
    if not found.written or len(found.sites) > 1:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


@contextmanager
def decided_lists(folder: Path) -> Iterator[dict[str, IO[str]]]:
    """A folder with a list for each label that a moderator can give, and the same scripts."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        names = {"spam": _LISTS["spam"], "ham": "ids-ham.txt"}
        yield {label: stack.enter_context((folder / name).open("w", encoding="ascii")) for label, name in names.items()}
    _write_scripts(folder)


def _write_scripts(folder: Path) -> None:
    for name, what in _WHAT.items():
        (folder / f"{name}.sh").write_text(_SCRIPT.format(what=what, name=name, most=IDS_A_CALL), encoding="ascii")


def is_wordpress_id(id: str) -> bool:
    """Whether it is a number as WordPress gives them, and so nothing that a shell or wp would take for more.

    >>> [is_wordpress_id(id) for id in ("7", "0", "007", "7 --all", "٧", "line 7", "")]
    [True, False, False, False, False, False, False]
    """
    return id.isascii() and id.isdigit() and not id.startswith("0") and len(id) <= MAX_DIGITS
