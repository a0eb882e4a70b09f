"""How many files a process may have open: raised as far as the system lets us, and said when that is too few."""

import subprocess
import sys

import pytest

ASK = """
import resource
from app.commands.open_files import allow_open_files
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
print(allow_open_files() or "enough", resource.getrlimit(resource.RLIMIT_NOFILE)[0], sep="\\n")
"""


def told(soft: int, hard: int) -> list[str]:
    """What is said, and what the limit is then."""
    ran = subprocess.run(
        [sys.executable, "-c", ASK.format(soft=soft, hard=hard)], capture_output=True, text=True, check=True
    )
    return ran.stdout.splitlines()


def test_the_limit_is_raised_as_far_as_it_goes():
    assert told(256, 5_000) == ["enough", "5000"]


@pytest.mark.parametrize("hard", [512, 4_095])
def test_too_low_a_limit_is_told_with_a_remedy(hard):
    sentence, limit = told(256, hard)

    assert sentence.startswith(
        f"The system lets each process open {hard:,} files and connections only. Raise it to 4,096"
    )
    assert limit == str(hard)
