"""What the store takes and gives: sites, records, decisions, and the keys that open a site."""

import hashlib
import secrets
import string
from dataclasses import dataclass, field, replace
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, NamedTuple

from app.core.campaign import NO_SIGNATURE, Signature
from app.core.comment import COMMENT_FIELDS, Comment
from app.core.hosts import parse_url
from app.core.observing import told
from app.core.text import text_hash
from app.core.verdict import Classification

KEY_LENGTH = 12  # WordPress' Akismet plugin refuses keys of any other length
KEY_ALPHABET = string.ascii_lowercase + string.digits
HEX_ALPHABET = string.digits + "abcdef"  # the settings page of that plugin drops every other character
HINT_LENGTH = 3
MODERATOR = "moderator"
"""The source of a decision that was made in Winnow."""
IMPORT = "import"
"""Who decided what came with an export: the CMS, at some time, by whomever."""

# Privacy: the address says who, and the trap field is only needed for the verdict. Neither is ever on disk.
NEVER_STORED: tuple[str, ...] = ("author_ip", "honeypot")
STORED_FIELDS: tuple[str, ...] = tuple(name for name in COMMENT_FIELDS if name not in NEVER_STORED)
"""The fields of a comment that the store keeps, in the order of the class."""


@dataclass(frozen=True, slots=True)
class Site:
    """One CMS installation, as the operator sees it. The key itself is not kept anywhere."""

    name: str
    created_at: str
    """RFC 3339, UTC, as the caller gave it."""
    key_hint: str
    """First 3 characters of the key, so that an operator can tell keys apart."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person said about a comment."""

    label: str | None
    """spam or ham; None takes back what was said before."""
    by: str
    """The moderator's name, or who the CMS says it was."""
    at: str
    """RFC 3339, UTC."""
    source: str = "feedback"
    """moderator, or feedback of the CMS, which weighs on its own site only until a moderator confirms it."""


def is_news(stands: Decision | None, decision: Decision) -> bool:
    """Whether a decision changes anything, so that it is written down.

    The same again does not, and what a CMS says does not undo a moderator's word by repeating it or taking it back: it
    hears of that word by webhook, and clients send what they hear.

    >>> moderator, cms = Decision("spam", "jana", "", "moderator"), Decision("spam", "cms", "")
    >>> is_news(cms, moderator), is_news(moderator, cms), is_news(None, cms), is_news(cms, cms)
    (True, False, True, False)
    """
    if stands is None:
        return decision.label is not None
    is_moderators = stands.source == MODERATOR
    if decision.source != MODERATOR and decision.label is None and is_moderators:
        return False
    return stands.label != decision.label or (decision.source == MODERATOR and not is_moderators)


class Decided(NamedTuple):
    """A decision, as a CMS that polls for them gets it."""

    cursor: int
    """Rising over all sites."""
    id: str
    """Ours, of the comment."""
    comment_id: str
    """The CMS's; empty when it sent none."""
    decision: Decision


class Alike(NamedTuple):
    """A stored comment that may be the one that is meant."""

    id: str
    text: str
    author: str
    page_url: str
    posted_at: str
    is_decided: bool
    comment_id: str = ""
    """The CMS's; empty when it sent none."""


class Client(NamedTuple):
    """What a site's CMS has asked by one door."""

    client: str
    """The door and the CMS's User-Agent."""
    last_at: str
    requests: int
    failures: int
    """Requests that were refused although the key was good."""
    last_failure: str
    """Code of the problem; empty without one."""


class Months(NamedTuple):
    """What one month's comments of a site came to."""

    month: str
    """YYYY-MM."""
    comments: int
    flagged: int
    """Held or worse."""
    missed_spam: int
    """Published, and called spam by somebody since."""
    false_positives: int
    """Flagged, and called ham by somebody since."""


class Remembered(NamedTuple):
    """An answer that is given again to the same Idempotency-Key."""

    body_hash: str
    """SHA-256 of the request's body, hexadecimal."""
    answer: dict[str, Any] | None
    """None while the request is being worked on."""


@dataclass(frozen=True, slots=True)
class Record:
    """A comment together with the answer it got: the unit that is written and read."""

    id: str
    """Ours, not the CMS's; unique over all sites."""
    site: str
    received_at: str
    """RFC 3339, UTC, as the caller gave it; the store has no clock."""
    comment: Comment
    classification: Classification
    """What Winnow found; what it tells the CMS is `told`."""
    decision: Decision | None = None
    """The one that stands; None until somebody decided."""
    client: str = ""
    """The door it came by and the CMS's User-Agent, e.g. `akismet WordPress/6.1.9 | Akismet/5.0.2`."""
    author_network: str = ""
    """Of the author's address only this much is kept; see `network_of`. Empty when it is not known."""
    signature: Signature = field(default=NO_SIGNATURE, compare=False)
    """How it finds its campaign when it is written; it is not kept with it."""
    signed: Signature = field(default=NO_SIGNATURE, compare=False)
    """All its keys: what a decision on it leaves behind for what arrives like it. Kept, and not read back."""

    @property
    def told(self) -> Classification:
        """What the CMS is told, which is to publish where the site is only observed. Every door answers with this."""
        return told(self.classification)


def new_key(alphabet: str = KEY_ALPHABET) -> str:
    """A site's key: 12 characters of [a-z0-9], about 62 bits from the system's random source; of HEX_ALPHABET 48.

    >>> key = new_key()
    >>> (len(key), set(key) <= set(KEY_ALPHABET), key == new_key())
    (12, True, False)
    """
    return "".join(secrets.choice(alphabet) for _ in range(KEY_LENGTH))


def key_hash(key: str) -> str:
    """What is stored instead of the key: SHA-256 as 64 hexadecimal digits.

    Plain SHA-256 is enough, as keys are random and not chosen by people. Takes any text, for a
    request may send anything as its key.

    >>> key_hash("abc")[:16]
    'ba7816bf8f01cfea'
    """
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def key_hint(key: str) -> str:
    """The first 3 characters; empty for an empty key.

    >>> key_hint("k7f2m9q4x1z8")
    'k7f'
    """
    return key[:HINT_LENGTH]


def network_of(address: str) -> str:
    """The network of an address, which thousands share: its first 24 bits, or 48 of IPv6. Empty for no address.

    >>> network_of("203.0.113.77"), network_of("2001:db8:1:2::5"), network_of("::ffff:203.0.113.77"), network_of("me")
    ('203.0.113.0/24', '2001:db8:1::/48', '203.0.113.0/24', '')
    """
    try:
        known = ip_address(address.strip())
    except ValueError:
        return ""
    if isinstance(known, IPv6Address) and known.ipv4_mapped:
        known = known.ipv4_mapped
    return str(ip_network((known, 48 if isinstance(known, IPv6Address) else 24), strict=False))


def page_key(url: str) -> str:
    """What a page's address is kept under: without scheme, `www.`, fragment and a slash at its end.

    Empty for what is no address.

    >>> page_key("https://www.blog.example/a/?p=1#comment-7"), page_key("http://Blog.example/a"), page_key("/a")
    ('blog.example/a?p=1', 'blog.example/a', '')
    """
    parsed = parse_url(url.strip())
    if parsed is None:
        return ""
    query = f"?{parsed.query}" if parsed.query else ""
    return f"{parsed.host.removeprefix('www.')}{parsed.path.rstrip('/')}{query}"


def content_hash(comment: Comment) -> str:
    """What a comment is found by where no id is known: its text, or who signs where there is none; see text_hash.

    Empty for a comment that holds nothing.

    >>> content_hash(Comment(text="Tea!")) == content_hash(Comment(text="tea", author="Jana")) != ""
    True
    >>> content_hash(Comment(author_url="https://a.example")) == content_hash(Comment(author_url="https://b.example"))
    False
    """
    return text_hash(comment.text) or text_hash(f"{comment.author}\n{comment.author_url}\n{comment.author_email}")


def without_unstored(comment: Comment) -> Comment:
    """The comment as it comes back from the store: fields that are never stored are empty.

    >>> without_unstored(Comment(text="Hi", author_ip="192.0.2.7", honeypot="x"))
    Comment(text='Hi', text_format='auto', author='', author_email='', author_url='', author_ip='', \
author_role='', user_agent='', referrer='', page_url='', page_title='', page_text='', type='', \
language='', posted_at='', comment_id='', parent_id='', honeypot='')
    """
    return replace(comment, author_ip="", honeypot="")


def refuse_decided(record: Record) -> None:
    """Raise ValueError for a record that carries a decision: dropping one silently would lose it."""
    if record.decision is not None:
        raise ValueError("record() takes comments as they come in; a decision is written on its own")
