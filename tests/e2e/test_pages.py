"""The pages of docs/cms, run as they stand."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.store.records import new_key
from tests.e2e import server
from tests.e2e.clients.calls import CALLS
from tests.e2e.clients.clients import CLIENTS

PAGES = Path(__file__).parents[2] / "docs" / "cms"
COMMANDS = re.compile(r"```sh\n(.*?)```\n+answers `([^`]+)`", re.S)


def page(name):
    return (PAGES / name).read_text(encoding="utf-8")


def ran(command, **variables):
    shell = ["bash", "-euc", command]
    return subprocess.run(
        shell, env={**os.environ, **variables}, capture_output=True, text=True, check=True, timeout=60
    ).stdout


@pytest.mark.skipif(not shutil.which("curl"), reason="needs the command curl")
def test_every_line_of_the_page_on_curl_is_answered_as_it_says(tmp_path):
    commands = COMMANDS.findall(page("curl.md"))
    assert len(commands) == page("curl.md").count("```sh")

    key = new_key()
    server.add_sites(tmp_path / "home", {"curl": key})
    with server.serving(tmp_path / "home") as port:
        told = [ran(command, SERVER=f"http://127.0.0.1:{port}", WINNOW_KEY=key) for command, _ in commands]
    assert told == [answer for _, answer in commands]


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs the command openssl")
def test_the_certificate_of_the_page_on_names_is_good_for_them_only(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (commands,) = re.findall(r"```sh\n(.*?)```", page("dns-override.md"), re.S)
    ran(commands)

    for name in ("rest.akismet.com", "k7f2m9q4x1z8.rest.akismet.com"):
        assert ran(f"openssl verify -CAfile ca.pem -verify_hostname {name} server.pem") == "server.pem: OK\n"
    ran("sed s/rest.akismet.com/bank.example/g -i names")
    ran("openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile names -out other.pem")
    with pytest.raises(subprocess.CalledProcessError):
        ran("openssl verify -CAfile ca.pem other.pem")


def test_the_table_has_every_client_and_every_call():
    rows = [line.split(" | ") for line in page("README.md").splitlines() if line.startswith("| ") and " | " in line]
    told = {row[0].removeprefix("| "): [cell.removesuffix(" |") for cell in row[1:]] for row in rows}

    names = [call.name for call in CALLS]
    assert told["client"] == names
    for client in CLIENTS:
        expected = {call.name: client.expected(call).partition(":")[0] for call in client.calls}
        assert told[client.name] == [expected.get(name, "–") for name in names]


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.md")), ids=lambda path: path.stem)
def test_every_page_says_what_was_run_and_what_was_only_read(path):
    text = path.read_text(encoding="utf-8")

    assert path.name == "README.md" or ("**Run:**" in text and "**Only read:**" in text)
