"""What comes in: the comment, and what the site knows when it comes."""

from dataclasses import dataclass, fields
from typing import Literal

Effect = Literal["allow", "deny"]
EFFECTS: tuple[Effect, ...] = ("deny", "allow")
"""Of rules, in the order in which they are asked."""
RuleKind = Literal["host", "registrable_domain", "url_pattern", "email", "author", "ip_range", "phrase"]
RULE_KINDS: tuple[RuleKind, ...] = (
    "host",
    "registrable_domain",
    "url_pattern",
    "email",
    "author",
    "ip_range",
    "phrase",
)


@dataclass(frozen=True, slots=True)
class Comment:
    """What a visitor submitted, with every field the CMS sent.

    A field the CMS did not send is the empty string: a missing field is evidence too.

    >>> Comment(text="Thanks!", author="Jana").missing()
    ('author_url', 'page_title')
    """

    text: str = ""
    """As sent, markup and all. Positions in answers count its Unicode code points."""
    text_format: str = "auto"
    """auto, plain, html, markdown or bbcode."""
    author: str = ""
    author_email: str = ""
    author_url: str = ""
    author_ip: str = ""
    author_role: str = ""
    """The CMS's role of the author, or several with commas: administrator, editor, ..."""
    user_agent: str = ""
    referrer: str = ""
    page_url: str = ""
    page_title: str = ""
    page_text: str = ""
    type: str = ""
    """comment, reply, pingback, trackback, contact-form, ...; empty is a comment."""
    language: str = ""
    posted_at: str = ""
    """RFC 3339, or whatever the CMS sent; never computed with."""
    comment_id: str = ""
    """The CMS's own id."""
    parent_id: str = ""
    honeypot: str = ""
    """What stood in a field that people cannot see."""

    def missing(self) -> tuple[str, ...]:
        """The fields that would have helped and were not sent, in a fixed order."""
        return tuple(name for name in ("author", "author_url", "page_title") if not getattr(self, name))


COMMENT_FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Comment))
"""Every field of a comment, in the order of the class."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where a score turns into something to do; a tie goes to the stricter side."""

    hold: float
    """From here on a moderator looks first. Probability, 0.0 to 1.0."""
    reject: float
    """From here on it is spam."""
    discard: float
    """From here on it may be dropped without a queue."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of an allow or deny list, of a site or for all of them."""

    effect: Effect
    kind: RuleKind
    value: str
    """Host or domain as written in a URL; URL pattern with `*`; e-mail or `@domain`; author name;
    IP address or network such as 192.0.2.0/24; phrase."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a site told of a page beforehand, for comments that name only its URL."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Campaign:
    """Comments like this one, or with its links, that came before."""

    id: str
    """Of its first comment."""
    size: int
    """Comments that it has so far, this one not among them; counting stops at 1,000."""
    label: str | None = None
    """spam or ham: a moderator settled it, and that acts on this comment too. None: nothing acts."""
    by: str = ""
    """The moderator."""
    at: str = ""
    """When they did. RFC 3339, UTC."""
    by_link: bool = False
    """Whether nothing but a link leads there that the decision was not about."""
    is_copy: bool = False
    """Whether the decision was about all links of this comment, and about nearly all of its text."""
    has_address: bool = False
    """Whether an address that this comment links to leads there."""
    held: int = 0
    """Comments of it that were held or worse and that nobody has decided; counting stops at 3, and is done only where
    `has_address` and no decision acts."""


@dataclass(frozen=True, slots=True)
class Precedent:
    """A comment like this one that somebody decided, and whose decision still acts."""

    id: str
    """The decided comment's."""
    label: str
    """spam or ham."""
    by: str
    """Who said so."""
    at: str
    """When. RFC 3339, UTC."""
    is_copy: bool = False
    """Whether nearly all of the text is the same, and for ham every link. Else only a link is, or part of the text."""


@dataclass(frozen=True, slots=True)
class History:
    """What the store knows that a verdict depends on, read once before deciding."""

    thresholds: Thresholds | None = None
    """The site's own, or None for those of the model's card."""
    rules: tuple[Rule, ...] = ()
    """The site's rules and those for all sites that have not expired, in the order they were added."""
    page: Page | None = None
    """The page at the comment's page_url, when the site has told of it and the comment brings no text of its own."""
    campaign: Campaign | None = None
    """Where the comment's keys lead, see core.campaign; None when it stands alone."""
    precedent: Precedent | None = None
    """What somebody said of a comment like it, see core.precedent."""
    is_observed: bool = False
    """Whether the site is only observed, so that its CMS is told to publish whatever comes."""
    degraded: tuple[str, ...] = ()
    """What could not be read, e.g. ("store",); empty when all is well."""
