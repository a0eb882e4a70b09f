"""The service under docs/seccomp.json, as another user, without capabilities, on a file system that it may not write.

`python -m tests.attacks.confined WRITABLE COMMAND ...` confines itself, as root in its own mount namespace, and becomes
the command.
"""

import ctypes
import ctypes.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.attacks.doors import Visitor, right_calls, served, wrong_calls
from tests.figures import Outcome

AIM = "under the documented seccomp profile, read-only, without capabilities: every door answers, what is not allowed fails"
PROFILE = Path(__file__).parents[2] / "docs" / "seccomp.json"
USER = 10_001
VISITORS = 20
_FORBIDDEN = {"ptrace": 101, "mount": 165, "unshare": 272, "bpf": 321, "io_uring_setup": 425}
"""Numbers on x86-64."""
_PR_SET_NO_NEW_PRIVS, _PR_CAPBSET_DROP = 38, 24
_ALLOW, _ERRNO_EPERM = 0x7FFF0000, 0x00050001


def missing() -> str:
    """What is not there that this needs; empty when all is."""
    if sys.platform != "linux" or os.uname().machine != "x86_64":
        return "Linux on x86-64 is needed"
    if not ctypes.util.find_library("seccomp"):
        return "libseccomp is needed"
    tried = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False) if os.getuid() == 0 else None
    return "" if tried and tried.returncode == 0 else "root is needed, who may make mount namespaces"


def run(long: bool) -> Outcome:
    """Every door, and then what the profile forbids."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        Path(folder).chmod(0o755)
        before = ("unshare", "-m", sys.executable, "-m", "tests.attacks.confined", str(home))
        with served(home, before=before, log=home.with_name("log"), prepare=_hand_over) as service:
            calls = [
                call
                for number in range(1, (VISITORS if long else 1) + 1)
                for call in (*right_calls(Visitor(number)), *wrong_calls(Visitor(number)))
            ]
            failed = [call for call in calls if service.ask(call).status >= 500]
            status = Path(f"/proc/{service.process.pid}/status").read_text()
        log = service.log.read_text()
        refused = subprocess.run([*before, sys.executable, "-c", _TRIES], capture_output=True, text=True, check=False)
    facts = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    is_confined = (facts["Seccomp"], facts["NoNewPrivs"]) == ("2", "1")
    is_confined &= (
        facts["Uid"].split() == [str(user())] * 4 and int(facts["CapEff"], 16) == int(facts["CapBnd"], 16) == 0
    )
    done = [name for name in refused.stdout.split() if name]
    told = f"{len(calls)} requests, {len(failed)} with 5xx, {len(log.splitlines())} lines in the log"
    told += f"; user {user()}, confined: {'yes' if is_confined else 'no'}; of {len(_FORBIDDEN) + 1} forbidden acts {len(done)} worked"
    if refused.returncode or log or done:
        print(log, refused.stderr, refused.stdout, file=sys.stderr)
    return Outcome(told, is_confined and not failed and not log and not done and refused.returncode == 0)


_TRIES = f"""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for name, number in {_FORBIDDEN!r}.items():
    if libc.syscall(number, 0, 0, 0, 0, 0) != -1 or ctypes.get_errno() != 1:
        print(name)
try:
    open("/usr/written", "w")
    print("write")
except OSError:
    pass
"""


def user() -> int:
    """USER, or root, without any capability, where Python stands in a folder that is root's alone."""
    folders = Path(sys.executable).resolve().parents
    return USER if all(folder.stat().st_mode & 0o001 for folder in folders) else 0


def _hand_over(home: Path) -> None:
    for path in (home, *home.iterdir()):
        os.chown(path, user(), user())


def _confine(writable: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    subprocess.run(["mount", "--bind", writable, writable], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", "/"], check=True)
    for capability in range(64):
        libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)  # fails beyond the last one there is
    os.setgroups([])
    os.setresgid(user(), user(), user())
    os.setresuid(user(), user(), user())
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs")
    _load_profile()


def _load_profile() -> None:
    seccomp = ctypes.CDLL(ctypes.util.find_library("seccomp"))
    seccomp.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(_ERRNO_EPERM)))
    for name in json.loads(PROFILE.read_text())["syscalls"][0]["names"]:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number >= 0 and seccomp.seccomp_rule_add(context, ctypes.c_uint32(_ALLOW), number, 0):
            raise OSError(f"no rule for {name}")
    if seccomp.seccomp_load(context):
        raise OSError("the profile cannot be loaded")


if __name__ == "__main__":
    _confine(sys.argv[1])
    os.execvp(sys.argv[2], sys.argv[2:])
