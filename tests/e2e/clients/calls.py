"""What every client is asked to do, and what it must come to: the columns of the table."""

from dataclasses import dataclass, field

from app.web.sample import SAMPLE_URL

BLOG = "https://blog.example/"
WRONG_KEY = "wrongwrong12"
HONEST = (
    "Thank you for the article. We had the same trouble with slow backups last winter, and moving the database "
    "dump to an hour when nobody works helped us more than the new disk did."
)
VISITOR = {
    "user_ip": "203.0.113.7",
    "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "referrer": "https://blog.example/",
    "permalink": "https://blog.example/2026/11/backups",
    "comment_type": "comment",
}
THANKS = "thanks"
REPORT = "report"
REFUSED = "refused"
"""The client raised its own error, or said that there is no answer."""


@dataclass(frozen=True, slots=True)
class Call:
    """One thing that a client is asked to do."""

    name: str
    does: str
    """verify, check, submit_spam, submit_ham, usage_limit or key_sites."""
    answer: str
    """valid, invalid, true, false, thanks, report or refused."""
    comment: dict[str, str] = field(default_factory=dict)
    """The fields of the comment, as the protocol names them."""
    with_wrong_key: bool = False
    is_rare: bool = False
    """Only clients that say so offer it."""

    def as_json(self) -> dict[str, object]:
        """What a driver reads."""
        comment = {**VISITOR, **self.comment} if self.comment else {}
        return {"name": self.name, "does": self.does, "comment": comment, "wrong_key": self.with_wrong_key}


SPAM = {"comment_author": "Jack", "comment_author_email": "jack@example.org", "comment_content": SAMPLE_URL}
HAM = {"comment_author": "Jana Nová", "comment_author_email": "jana@example.org", "comment_content": HONEST}

CALLS = (
    Call("verify", "verify", "valid"),
    Call("verify-wrong-key", "verify", "invalid", with_wrong_key=True),
    Call("spam", "check", "true", SPAM),
    Call("ham", "check", "false", HAM),
    Call("check-wrong-key", "check", REFUSED, HAM, with_wrong_key=True),
    Call("viagra-test-123", "check", "true", {**HAM, "comment_author": "viagra-test-123"}),
    Call("guaranteed-name", "check", "true", {**HAM, "comment_author": "akismet-guaranteed-spam"}),
    Call("guaranteed-email", "check", "true", {**HAM, "comment_author_email": "akismet-guaranteed-spam@example.com"}),
    Call("administrator", "check", "false", {**SPAM, "user_role": "administrator"}),
    Call("submit-spam", "submit_spam", THANKS, SPAM),
    Call("submit-ham", "submit_ham", THANKS, HAM),
    Call("usage-limit", "usage_limit", REPORT, is_rare=True),
    Call("key-sites", "key_sites", REPORT, is_rare=True),
)
"""In the order in which a client makes them: what is submitted teaches, so it comes last."""
