"""Drives PyPI akismet 1.1, which verifies the key whenever a client is made."""

from typing import Any

import akismet
from common import drive, word


def act(job: dict[str, Any], key: str, does: str, comment: dict[str, str]) -> str:
    client_class = akismet.Akismet
    if job["server"]:
        import winnow_akismet_1

        client_class = winnow_akismet_1.client_class(job["server"])
    if does == "verify":
        return word(client_class.verify_key(key, job["blog"]), "valid", "invalid")
    client = client_class(key=key, blog_url=job["blog"])
    if does == "check":
        return word(client.comment_check(**comment), "true", "false")
    return word(getattr(client, does)(**comment), "thanks", "refused")


drive(act)
