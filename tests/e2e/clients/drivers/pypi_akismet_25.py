"""Drives PyPI akismet 25.10.1; the argument is sync or async."""

import asyncio
import sys
from typing import Any

import akismet
from common import drive, word

FLAVOUR = sys.argv[1]


async def done(value: Any) -> Any:
    """The value, or what it comes to when it must be awaited."""
    return await value if hasattr(value, "__await__") else value


async def act(job: dict[str, Any], key: str, does: str, comment: dict[str, str]) -> str:
    client_class = akismet.SyncClient if FLAVOUR == "sync" else akismet.AsyncClient
    config = akismet.Config(key=key, url=job["blog"])
    http_client = None
    if job["server"]:
        import winnow_akismet

        made = winnow_akismet.http_client if FLAVOUR == "sync" else winnow_akismet.async_http_client
        http_client = made(job["server"], key)
    client = client_class(config=config, http_client=http_client)
    if does == "verify":
        return word(await done(client.verify_key(key, job["blog"])), "valid", "invalid")
    if does == "check":
        response = await done(client.comment_check(**comment))
        return "false" if response is akismet.CheckResponse.HAM else "true"
    if does == "usage_limit":
        return "report" if (await done(client.usage_limit()))["limit"] else "refused"
    if does == "key_sites":
        report = await done(client.key_sites())
        return "report" if report["total"] else f"refused: {report}"
    return "thanks" if await done(getattr(client, does)(**comment)) is True else "refused"


drive(lambda *arguments: asyncio.run(act(*arguments)))
