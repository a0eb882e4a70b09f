"""What the store gives about the people who write, and about where their links lead."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

MAX_COUNTED = 500
"""Of one name, address or domain the newest so many comments are counted: a page must not wait for a mail provider."""
MAX_STORY = 2_000
"""Of one person or domain the newest so many comments are told of in detail."""
MAX_LATEST = 30
EXCERPT_CHARACTERS = 240


class Counted(NamedTuple):
    """What became of comments that have something in common."""

    comments: int
    spam: int
    """That a person called spam."""
    ham: int
    undecided: int
    first_at: str
    """When the first of all was received; empty without one."""
    last_at: str
    is_more: bool
    """Older ones are not counted: there are more than MAX_COUNTED."""


FactKind = Literal["email", "author", "network", "domain"]


class Fact(NamedTuple):
    """One thing a comment says of its author or of what it links to, and what is known of that."""

    kind: FactKind
    value: str
    counted: Counted
    search: str
    """In the search language: exactly those comments."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of who wrote a comment and of where it leads; its own counts among it."""

    facts: tuple[Fact, ...]
    """E-mail address, name, network, then the domains in order; what a comment does not say is left out."""


@dataclass(frozen=True, slots=True)
class Person:
    """By what somebody is found; a comment that fits one of these is theirs. All empty: nobody.

    A name counts only with its site: elsewhere somebody else may have it.
    """

    email: str = ""
    author_url: str = ""
    author: str = ""
    site: str = ""
    ids: tuple[str, ...] = ()
    """Of comments: the site's, or ours."""

    def __bool__(self) -> bool:
        return bool(self.email or self.author_url or self.ids or (self.author and self.site))


class Seen(NamedTuple):
    """One comment in short."""

    id: str
    site: str
    received_at: str
    author: str
    author_email: str
    author_url: str
    author_network: str
    page_url: str
    page_title: str
    text: str
    """Its first EXCERPT_CHARACTERS."""
    score: float
    action: str
    label: str | None


@dataclass(frozen=True, slots=True)
class Story:
    """The comments of a search, told in short."""

    seen: tuple[Seen, ...]
    """The newest, newest first, at most MAX_STORY."""
    is_more: bool
    domains: tuple[tuple[str, int], ...]
    """Where they link to, the most frequent first, with the number of comments; at most 50."""


class Holdings(NamedTuple):
    """How much there is of a person, and would go."""

    comments: int = 0
    links: int = 0
    decisions: int = 0
    notes: int = 0
    messages: int = 0
    """To webhooks, sent or not."""
    rules: int = 0
    """That name the e-mail address."""
    mentions: int = 0
    """Comments of others that have the e-mail address in their text; they stay."""
