"""Drives PyPI akismet-async 0.0.1, which names the comment's type its own way and knows no role."""

import asyncio
from typing import Any

from akismet import Akismet, Comment, SpamStatus
from common import drive, word

ANSWERS = {
    SpamStatus.HAM: "false",
    SpamStatus.PROBABLE_SPAM: "true",
    SpamStatus.DEFINITE_SPAM: "true",
    SpamStatus.UNKNOWN: "refused",
}


async def act(job: dict[str, Any], key: str, does: str, fields: dict[str, str]) -> str:
    client = Akismet(api_key=key, blog=job["blog"], user_agent="Driver/1")
    if does == "verify":
        return word(await client.verify_key(), "valid", "invalid")
    fields["content_type"] = fields.pop("comment_type")
    comment = Comment(**fields)
    if does == "check":
        return ANSWERS[await client.check(comment)]
    await getattr(client, does)(comment)
    return "thanks"


drive(lambda *arguments: asyncio.run(act(*arguments)))
