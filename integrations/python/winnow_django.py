"""Sends the comments of django-contrib-comments to a Winnow server, by PyPI akismet 25.x.

In settings.py, COMMENT_FILTER = {"SERVER": "http://127.0.0.1:8000", "KEY": "your 12 characters",
"SITE": "https://blog.example/"}; and in the ready() of one of your apps, `import winnow_django`.
Copy this file and winnow_akismet.py into your project.

Spam, and whatever could not be asked about, is stored and not public: your moderators find it among the comments to
approve. Their approvals and removals go back as ham and spam.
"""

import logging
from typing import Any

import akismet
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest
from django_comments.models import Comment, CommentFlag
from django_comments.signals import comment_was_flagged, comment_will_be_posted
from winnow_akismet import http_client

_log = logging.getLogger(__name__)
_told = settings.COMMENT_FILTER
_client = akismet.SyncClient(
    config=akismet.Config(key=_told["KEY"], url=_told["SITE"]),
    http_client=http_client(_told["SERVER"], _told["KEY"]),
)
REPORTS = {CommentFlag.MODERATOR_DELETION: _client.submit_spam, CommentFlag.MODERATOR_APPROVAL: _client.submit_ham}


def fields_of(comment: Comment) -> dict[str, str]:
    """What Winnow is told of a comment. The more it is told, the better it judges."""
    fields = {
        "user_ip": comment.ip_address or "",
        "comment_type": "comment",
        "comment_author": comment.user_name,
        "comment_author_email": comment.user_email,
        "comment_author_url": comment.user_url,
        "comment_content": comment.comment,
    }
    if hasattr(comment.content_object, "get_absolute_url"):
        fields["permalink"] = _told["SITE"].rstrip("/") + comment.content_object.get_absolute_url()
    return fields


@receiver(comment_will_be_posted, dispatch_uid="winnow")
def check(comment: Comment, request: HttpRequest, **_: Any) -> None:
    """Before a comment is stored: publish it, or keep it for the moderators."""
    headers = {
        "user_agent": request.headers.get("User-Agent", ""),
        "referrer": request.headers.get("Referer", ""),
    }
    try:
        response = _client.comment_check(**fields_of(comment), **headers)
    except akismet.AkismetError as error:
        _log.warning("a comment is kept for the moderators, for it could not be checked: %s", error)
        comment.is_public = False
    else:
        comment.is_public = comment.is_public and response is akismet.CheckResponse.HAM


@receiver(comment_was_flagged, dispatch_uid="winnow")
def report(comment: Comment, flag: CommentFlag, created: bool, **_: Any) -> None:
    """After a moderator decided."""
    if created and flag.flag in REPORTS:
        try:
            REPORTS[flag.flag](**fields_of(comment))
        except akismet.AkismetError as error:
            _log.warning("a moderator's decision was not reported: %s", error)
