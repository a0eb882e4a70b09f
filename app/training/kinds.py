"""What kind of spam a comment is, and its language, decided from its build: the groups a table breaks down into."""

import re
from typing import Literal, get_args

from app.core.comment import Comment
from app.core.emit import words
from app.core.features import Measured, measure
from app.core.features_shape import script_of
from app.core.links import bare_spans
from app.core.lists import Lists

Kind = Literal[
    "several links",
    "link only",
    "link, few words",
    "link in a text",
    "author address",
    "contact",
    "neither",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""In the order they are tried; the first that holds is the kind.

several links: three or more addresses in the text. link only: nothing else in it. link, few words: at most FEW_WORDS
beside it. link in a text: more than that, mostly praise or a remark around it. author address: no link in the text,
but one in the author's address or name. contact: neither, but a phone number, an e-mail address, a user name or a
messenger. neither: nothing of it.
"""

SEVERAL_LINKS = 3
FEW_WORDS = 5
"""Words beside a link that are no text yet: `check this out`."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(?=$|[-_])")
_OF_SET = re.compile(r"-([a-z]{2})$")


def kind_of(comment: Comment, lists: Lists) -> Kind:
    """The kind of spam a comment is, if it is spam.

    >>> from app.lists import load
    >>> kind_of(Comment(text="Nice read! http://a.example/x"), load())
    'link, few words'
    >>> kind_of(Comment(text="Nice read!", author_url="http://a.example"), load())
    'author address'
    """
    measured = measure(comment, lists)
    in_text = [link for link in measured.links if link.field == "text" and link.markup != "redirect"]
    if len(in_text) >= SEVERAL_LINKS:
        return "several links"
    if in_text:
        beside = _words_beside(measured, lists)
        return "link in a text" if beside > FEW_WORDS else "link, few words" if beside else "link only"
    if any(link.field in ("author_url", "author") for link in measured.links):
        return "author address"
    if any(unit.code.startswith("contact.") for unit in measured.features.units):
        return "contact"
    return "neither"


def _words_beside(measured: Measured, lists: Lists) -> int:
    """Words of the text that are neither part of an address nor clicked on."""
    plain = measured.seen.plain.text
    spans = bare_spans(plain, lists)
    free = sum(not any(begin <= word.begin < end for begin, end in spans) for word in words(plain))
    source = measured.seen.source
    anchors = [source[made.anchor_begin : made.anchor_end] for made in measured.seen.links]
    return max(0, free - sum(len(words(anchor)) for anchor in anchors if not bare_spans(anchor, lists)))


def language_of(comment: Comment, source: str) -> str:
    """The language of a comment: its own field, else its script, else what the name of its source ends in.

    A script other than the Latin stands for itself; Latin letters of a source whose name ends in no language are
    `latin`, and a text without letters is `none`.

    >>> language_of(Comment(text="Hello", language="en-GB"), "x"), language_of(Comment(text="Привет"), "blog-x-en")
    ('en', 'cyrillic')
    >>> language_of(Comment(text="Hello"), "blog-x-en"), language_of(Comment(text="Hello"), "blog-x-mixed")
    ('en', 'latin')
    """
    told = _LANGUAGE.match(comment.language.strip().lower())
    if told:
        return told.group()
    script = script_of(comment.text)
    if script != "latin":
        return script or "none"
    ending = _OF_SET.search(source)
    return ending.group(1) if ending else "latin"
