"""What the audit's tests share: audits of small exports with the shipped model, in this process."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from app.audit.auditing import Setting, run, setting_of
from app.audit.findings import Findings
from app.audit.spool import Spool

MODELS = Path(__file__).parents[2] / "models"
CASINO = "https://www.myget.org/feed/royal-jackpot-casino-slots/package/nuget/royal-jackpot-casino-slots-cheats"
HONEST = "The second photograph is not of the old mill but of the one in the next valley, which still stands."
NOW = "2026-12-01T10:00:00Z"


class Audited(NamedTuple):
    setting: Setting
    spool: Spool
    findings: Findings


def written(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def audited(tmp_path):
    """audited(rows) -> their audit; further arguments are those of setting_of."""
    with ExitStack() as stack:

        def audit(rows, *, store=None, site="", at_least=None, everything=False, path=None):
            path = path or (written(tmp_path / "in.jsonl", rows) if rows is not None else None)
            setting = setting_of(MODELS, "", path, "", store, site, NOW, at_least=at_least, everything=everything)
            folder = tmp_path / f"spool{len(list(tmp_path.iterdir()))}"
            spool = stack.enter_context(Spool.opened(folder, setting.identity()))
            run(setting, spool, 1, lambda _read, _comments: None)
            return Audited(setting, spool, Findings(spool))

        yield audit
