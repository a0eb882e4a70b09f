"""SpamAssassin's spamd on loopback with Debian's rules and Bayes, without network tests, in a folder of its own."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port, wait_for

ENDS_WITHIN_S = 30.0
_LOCAL = "use_bayes 1\nbayes_path {folder}/bayes\nbayes_auto_learn 0\nbayes_file_mode 0777\nbayes_min_spam_num 50\nbayes_min_ham_num 50\n"


def is_installed() -> bool:
    """Whether it can be started here."""
    return all(map(shutil.which, ("spamd", "sa-learn")))


@contextmanager
def running(spam: Sequence[bytes], ham: Sequence[bytes]) -> Iterator[tuple[int, int]]:
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
        port = free_port()
        options = ["-L", "-m", "2", "--nouser-config", "--siteconfigpath", folder, "-i", "127.0.0.1", "-p", str(port)]
        process = subprocess.Popen(
            ["spamd", *options], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            wait_for(port)
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(ENDS_WITHIN_S)


def request(mail: bytes) -> bytes:
    """One e-mail as a spamd client asks about it (SPAMC/1.5)."""
    mail = mail.replace(b"\n", b"\r\n")
    return b"CHECK SPAMC/1.5\r\nContent-length: %d\r\n\r\n%s" % (len(mail), mail)
