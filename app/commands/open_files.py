"""How many files and connections a process may have open: a slow client costs one, and systems ship with 1,024."""

import resource

MOST = 65_536
"""More than connections are ever let in."""
ENOUGH = 4_096
"""Below that, slow clients could take all of them within seconds."""


def open_files() -> int:
    """How many this process may have open."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MOST if soft == resource.RLIM_INFINITY else min(soft, MOST)


def allow_open_files() -> str:
    """Raise that as far as the system lets us; a sentence for the operator when it is not enough, else empty."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
    if open_files() < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):  # macOS says that there is no limit, and takes no more than 10,240
            return _too_few(soft)
    return _too_few(open_files())


def _too_few(files: int) -> str:
    if files >= ENOUGH:
        return ""
    remedy = f"Raise it to {ENOUGH:,} or more: LimitNOFILE= of systemd, --ulimit nofile= of a container, ulimit -n."
    return f"The system lets each process open {files:,} files and connections only. {remedy}"
