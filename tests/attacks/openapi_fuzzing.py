"""Every operation of the API's description, asked what it allows and what it does not (schemathesis, an optional tool)."""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.attacks.doors import KEY, METRICS_KEY, Call, served
from tests.figures import Outcome

AIM = "every operation, 500 requests each by schemathesis: 0 answers with 5xx, every answer as described"
EXAMPLES, FEW = 500, 5
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
_UNHELD = re.compile(r'winnow_requests_total\{[^}]*status="(5\d\d)"[^}]*\} (\d+)')


def tool() -> str:
    """Where the command is; empty without it."""
    beside = Path(sys.executable).with_name("schemathesis")
    return str(beside) if beside.exists() else shutil.which("schemathesis") or ""


def run(long: bool) -> Outcome:
    """Against a service of its own."""
    if not tool():
        return Outcome("not run: schemathesis is not installed (pip install schemathesis)", is_met=False)
    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "home") as service:
        report = Path(folder) / "report.ndjson"
        command = [
            tool(), "run", f"http://127.0.0.1:{service.port}/openapi.json", "--header", f"Authorization: Bearer {KEY}",
            "--max-examples", str(EXAMPLES if long else FEW), "--checks", CHECKS, "--seed", "1",
            "--phases", "examples,coverage,fuzzing" if long else "fuzzing", "--no-shrink", "--continue-on-failure",
            "--request-timeout", "30", "--suppress-health-check", "all", "--report-ndjson-path", str(report), "--report", "ndjson",
        ]  # fmt: skip
        ended = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
        metrics = service.ask(Call("GET", "/metrics", {"Authorization": f"Bearer {METRICS_KEY}"})).body.decode()
    requests = sum(
        int(float(line.split()[-1])) for line in metrics.splitlines() if line.startswith("winnow_requests_total{")
    )
    failed = sum(int(number) for _, number in _UNHELD.findall(metrics))
    summary = re.search(r"Operations:.*\n(?:.*\n){0,1}", ended.stdout)
    if ended.returncode:
        print(ended.stdout[-6_000:], ended.stderr[-2_000:], file=sys.stderr)
    said = " ".join(summary[0].split()) if summary else ""
    wrong = "no check failed" if ended.returncode == 0 else "checks failed, see above"
    return Outcome(f"{requests:,} requests, {failed} with 5xx, {wrong}. {said}", ended.returncode == 0 and not failed)
