"""SpamAssassin's spamd on loopback with Debian's rules and Bayes, without network tests, in a folder of its own."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

STARTS_WITHIN_S = 60.0
_LOCAL = "use_bayes 1\nbayes_path {folder}/bayes\nbayes_auto_learn 0\nbayes_file_mode 0777\nbayes_min_spam_num 50\nbayes_min_ham_num 50\n"


def is_installed() -> bool:
    """Whether it can be started here."""
    return all(map(shutil.which, ("spamd", "sa-learn")))


@contextmanager
def running(spam: Sequence[bytes], ham: Sequence[bytes], cores: set[int]) -> Iterator[tuple[int, int]]:
    """Port and process of a spamd that has learned these e-mails; it ends with the block."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)  # it runs as nobody
        for plugins in Path("/etc/spamassassin").glob("*.pre"):
            shutil.copy(plugins, folder)
        Path(folder, "local.cf").write_text(_LOCAL.format(folder=folder))
        environment = {**os.environ, "HOME": folder, "LC_ALL": "C.UTF-8"}
        for kind, mails in (("--spam", spam), ("--ham", ham)):
            box = Path(folder, f"learn{kind}")
            box.write_bytes(b"".join(b"From x Thu Jan  1 00:00:00 1970\n%s\n" % mail for mail in mails))
            command = ["sa-learn", "--siteconfigpath", folder, kind, "--mbox", str(box)]
            subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        options = ["-L", "-m", "2", "--nouser-config", "--siteconfigpath", folder, "-i", "127.0.0.1", "-p", str(port)]
        command = ["taskset", "-c", ",".join(map(str, cores)), "spamd", *options]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait_for(port)
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(STARTS_WITHIN_S)


def request(mail: bytes) -> bytes:
    """One e-mail as a spamd client asks about it (SPAMC/1.5)."""
    mail = mail.replace(b"\n", b"\r\n")
    return b"CHECK SPAMC/1.5\r\nContent-length: %d\r\n\r\n%s" % (len(mail), mail)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
