"""Sends PyPI akismet 1.x to a Winnow server: use this class instead of akismet.Akismet.

    from winnow_akismet_1 import client_class

    Akismet = client_class("http://127.0.0.1:8000")
    client = Akismet(key="your 12 characters", blog_url="https://blog.example/")

Copy this file into your project.
"""

import akismet


def client_class(server: str) -> type[akismet.Akismet]:
    """akismet.Akismet, with the addresses of that server; the key stands in the path instead of the host name."""
    base = server.rstrip("/")

    class Akismet(akismet.Akismet):
        """Asks Winnow."""

        VERIFY_KEY_URL = f"{base}/1.1/verify-key"
        COMMENT_CHECK_URL = f"{base}/{{}}/1.1/comment-check"
        SUBMIT_SPAM_URL = f"{base}/{{}}/1.1/submit-spam"
        SUBMIT_HAM_URL = f"{base}/{{}}/1.1/submit-ham"

    return Akismet
