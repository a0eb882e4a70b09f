"""Akismet's reports about a key: what came in, what was flagged, what people corrected."""

import asyncio
import csv
import io
import json
import re
import secrets
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.store.records import Months
from app.web.auth import Caller
from app.web.forms import Fields, first
from app.web.wiring import Wiring

_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_MINUTES_SAVED = 0.25
"""Time that one flagged comment would have cost a moderator: a guess, which clients only show."""
_HEADERS = {"Cache-Control": "no-store"}


async def usage_limit(request: Request, wired: Wiring, caller: Caller, fields: Fields) -> Response:
    """There is no limit; `usage` counts this month's comments."""
    now = (await _months(wired, caller)).get(wired.now()[:7])
    usage = now.comments if now else 0
    told: dict[str, Any] = {"limit": "none", "usage": usage, "percentage": "0.00", "throttled": False}
    if first(fields, "extended") in ("1", "true"):
        told |= {"notice_level": None, "upgrade": False}
    return _json(told)


async def key_sites(request: Request, wired: Wiring, caller: Caller, fields: Fields) -> Response:
    """One site: that of the key. `month` is YYYY-MM, by default this one; `format` json or csv."""
    wanted = first(fields, "month")
    month = wanted if _MONTH.fullmatch(wanted) else wired.now()[:7]
    limit, offset = _whole(first(fields, "limit"), 500), _whole(first(fields, "offset"), 0)
    found = (await _months(wired, caller)).get(month)
    rows = [_site_row(caller, found)][offset : offset + limit] if found else []
    total = 1 if found else 0
    if first(fields, "format") == "csv":
        return _csv(month, rows, limit, offset, total)
    return _json({month: rows, "limit": limit, "offset": offset, "total": total})


async def stats(request: Request, wired: Wiring, caller: Caller, fields: Fields) -> Response:
    """All that is stored, and the last months one by one: `from` is 60-days, 6-months or all."""
    kept = {"60-days": 2, "6-months": 6}.get(first(fields, "from"))
    months = list((await _months(wired, caller)).values())
    months = months[-kept:] if kept else months
    whole = _stats([sum(counts) for counts in zip(*[month[1:] for month in months], strict=True)] or [0, 0, 0, 0])
    whole["breakdown"] = {month.month: _stats(list(month[1:])) | {"da": f"{month.month}-01"} for month in months} or []
    return _json(whole)


async def subscription(request: Request, wired: Wiring, caller: Caller, fields: Fields) -> Response:
    """What the WordPress plugin shows of an account: an active one of its own operator."""
    told = {
        "account_id": 1,
        "account_type": "winnow",
        "account_name": "Winnow",
        "status": "active",
        "next_billing_date": False,
        "limit_reached": False,
    }
    return _json(told)


async def token(request: Request, wired: Wiring, caller: Caller, fields: Fields) -> Response:
    """Clients only pass it on to Akismet's own pages; it opens nothing here."""
    return Response(secrets.token_hex(16), headers=_HEADERS, media_type="text/plain; charset=utf-8")


async def _months(wired: Wiring, caller: Caller) -> dict[str, Months]:
    months = await asyncio.to_thread(wired.store.months, caller.site.name)  # grows with what is stored
    return {month.month: month for month in months}


def _stats(counts: list[int]) -> dict[str, Any]:
    comments, flagged, missed, wrong = counts
    right = comments - missed - wrong
    return {
        "spam": flagged + missed - wrong,
        "ham": comments - flagged - missed + wrong,
        "missed_spam": missed,
        "false_positives": wrong,
        "accuracy": round(100 * right / comments, 2) if comments else 0,
        "time_saved": round(flagged * _MINUTES_SAVED * 60),
    }


def _site_row(caller: Caller, found: Months) -> dict[str, Any]:
    counts = (found.comments, found.flagged, found.comments - found.flagged, found.missed_spam, found.false_positives)
    names = ("api_calls", "spam", "ham", "missed_spam", "false_positives")
    return {
        "site": caller.site.name,
        **{name: str(count) for name, count in zip(names, counts, strict=True)},
        "is_revoked": False,
    }


def _csv(month: str, rows: list[dict[str, Any]], limit: int, offset: int, total: int) -> Response:
    out = io.StringIO()
    out.write(f"Active sites for this key during {month} (limit:{limit}, offset: {offset}, total: {total})\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("Site", "Total API Calls", "Spam", "Ham", "Missed Spam", "False Positives", "Is Revoked"))
    writer.writerows(row.values() for row in rows)
    return Response(out.getvalue(), headers=_HEADERS, media_type="text/csv; charset=utf-8")


def _json(told: Mapping[str, Any]) -> Response:
    return Response(json.dumps(told), headers=_HEADERS, media_type="application/json")


def _whole(written: str, otherwise: int) -> int:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else otherwise
