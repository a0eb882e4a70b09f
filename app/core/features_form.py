"""Features of how a comment's parts go together: who signs, where the link stands and leads, how much is said.

A linear model adds up what each part says alone. Praise, an author's address and a shop's name are honest alone and
an advertisement together, so pairs of a few coarse facets are features of their own.
"""

import re
from collections.abc import Sequence

from app.core.emit import Emitter, step, tokens
from app.core.features_author import Name
from app.core.features_links import is_address
from app.core.features_page import Page
from app.core.folding import fold, letters
from app.core.links import Link
from app.core.lists import Lists
from app.core.text import Seen

_TELLING = 4
"""Letters from which on it says something that a name stands in an address."""
_NAME_WORDS = 3
"""Given, middle and family name; more words than that are a slogan."""
_LETTERS = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"https?:|www\.|\.(?:com|net|org|ru|info|biz)\b|@")
_WEIGHT = 0.4

_TOGETHER = (
    ("signer", "site"),
    ("signer", "length"),
    ("signer", "link"),
    ("signer", "place"),
    ("signer", "anchor"),
    ("signer", "alike"),
    ("site", "length"),
    ("site", "about"),
    ("site", "link"),
    ("link", "length"),
    ("link", "place"),
    ("link", "anchor"),
    ("link", "about"),
    ("link", "trade"),
    ("anchor", "place"),
    ("anchor", "length"),
    ("place", "trade"),
)
"""Facets that are looked at together."""


def emit(out: Emitter, facets: dict[str, str]) -> None:
    """Add the facets, as `facets_of` gives them, and what they make together."""
    names = [f"form.{name}:{value}" for name, value in facets.items() if value]
    for first, second in _TOGETHER:
        if facets[first] and facets[second]:
            names.append(f"form.{first}+{second}:{facets[first]}|{facets[second]}")
    out.add(out.open("shape.form"), names, _WEIGHT)


def facets_of(
    name: Name,
    seen: Seen,
    links: tuple[Link, ...],
    found: Sequence[str],
    selling: frozenset[int],
    page: Page,
    lists: Lists,
) -> dict[str, str]:
    """Each facet's value; empty when the field it is read from was not sent, so that no platform is learned.

    Args:
        name: the author's name, without disguise.
        seen: the text as a reader sees it.
        links: all links.
        found: the words of the text.
        selling: numbers of the links that name a trade.
        page: the page it stands under.
        lists: given names, words of advertisement.
    """
    in_text = [(n, link) for n, link in enumerate(links) if link.field == "text" and link.markup != "redirect"]
    first = in_text[0][1] if in_text else None
    of_author = next((link for link in links if link.field == "author_url"), None)
    share = page.share(found)
    return {
        "signer": signer_of(name, lists),
        "site": _site(of_author, name) if of_author else "",
        "link": _leads(first, len(in_text)) if first else "none",
        "place": _place(seen, [link for _, link in in_text], found),
        "anchor": _anchor(first) if first else "",
        "alike": _alike(name, first) if first and name.folded else "",
        "length": str(step(len(found), (0, 3, 8, 20, 50, 120))),
        "about": str(step(share, (0.05, 0.15, 0.35))) if page.known and share is not None else "",
        "trade": ("sells" if any(n in selling for n, _ in in_text) else "no") if first else "",
    }


def signer_of(name: Name, lists: Lists) -> str:
    """What kind of name signs; empty without one.

    >>> from app.core.features_author import name_of
    >>> from app.lists import load
    >>> known = load()
    >>> names = ("Brian", "BrianSpopy", "Brian Novák", "cheap movers", "www.example.com")
    >>> [signer_of(name_of(name, known), known) for name in names]
    ['given', 'given+Tail', 'person', 'keywords', 'address']
    """
    if not name.words:
        return "odd" if name.folded else ""
    if _ADDRESS.search(name.folded):
        return "address"
    if name.trades or any(word in lists.name_words for word in name.words):
        return "keywords"
    if len(name.words) > 1:
        return _several(name.written, name.words, lists)
    return "given" if name.words[0] in lists.first_names else _handle(name.written, name.folded, lists)


def _several(author: str, found: list[str], lists: Lists) -> str:
    if len(found) > _NAME_WORDS:
        return "many"
    if any(word in lists.first_names for word in found):
        return "person"
    return "Names" if author.istitle() else "words"


def _handle(author: str, folded: str, lists: Lists) -> str:
    """One word that is no given name: a given name with something glued on is how machines sign."""
    letters = _LETTERS.fullmatch(folded)
    if not letters:
        return "handle0" if any(c.isdigit() for c in folded) else "odd"
    for cut in range(min(len(folded) - 2, 12), 2, -1):
        if folded[:cut] in lists.first_names:
            capital = len(author) == len(folded) and author[cut].isupper()
            return "given+Tail" if capital else "given+tail" if cut > 3 else "handle"
    return "Handle" if author[:1].isupper() else "handle"


def _site(link: Link, name: Name) -> str:
    """Where the author's address leads, and whether it bears the name."""
    url, host = link.url, link.host
    if url.userinfo or url.port or host.kind == "ip":
        return "odd"
    root = not url.path.strip("/") and not url.query
    if host.kind == "other":
        joined, label = letters(name.folded), letters(f"{host.subdomain}{host.domain}")
        parts = [word for word in name.words if len(word) >= _TELLING]
        same = (len(joined) >= _TELLING and joined in label) or (len(label) >= _TELLING and label in joined)
        named = "same" if same else "part" if any(part in label for part in parts) else "else"
        return f"{'root' if root else 'query' if url.query else 'deep'}-{named}"
    return host.kind if host.kind != "shared" else f"{host.service}{'' if root else '-deep'}"


def _leads(link: Link, count: int) -> str:
    """Where the first link leads, and how many there are."""
    url, host = link.url, link.host
    if count > 4:
        return "many"
    kind = host.kind
    if kind == "other":
        depth = len([segment for segment in url.path.split("/") if segment])
        root = "mention" if link.markup == "no-scheme" else "root"
        kind = "query" if url.query else root if not depth else "deep" if depth > 1 else "page"
    elif kind == "shared":
        kind = host.service
    return kind if count == 1 else f"{kind}-{'two' if count == 2 else 'some'}"


def _place(seen: Seen, in_text: list[Link], found: Sequence[str]) -> str:
    """Where in the text, as read, the links stand."""
    if not in_text:
        return ""
    if not found:
        return "only"
    shown = seen.plain.text
    last = max(seen.place(link.end) + len(link.anchor) for link in in_text)
    first = min(seen.place(link.begin) for link in in_text)
    ends = len(shown.rstrip()) - last <= 6
    own_line = "\n" in shown[max(0, first - 12) : first]
    return f"{'begin' if first <= 12 else 'line' if own_line else 'in'}{'-end' if ends else ''}"


def _anchor(link: Link) -> str:
    """What the words that are clicked on have to do with the address."""
    if not link.anchor:
        return "bare"
    folded = fold(link.anchor[:300])
    label = fold(link.host.domain)
    if is_address(link.anchor):
        return "address"
    found = tokens(folded)
    known = sum(len(word) for word in found if len(word) > 2 and word in label)
    if known and known >= 0.5 * sum(map(len, found)):
        return "is-host"
    if known:
        return "part-host"
    return f"words{step(len(found), (1, 3, 6))}"


def _alike(name: Name, link: Link) -> str:
    """Whether who signs is what the text's link sells: a keyword, or the host's own name."""
    joined, label = letters(name.folded), letters(f"{link.host.subdomain}{link.host.domain}")
    if len(joined) >= _TELLING and joined in label:
        return "host"
    path = fold(link.url.path)
    parts = [word for word in name.words if len(word) >= _TELLING]
    if any(part in label for part in parts):
        return "part-host"
    if any(part in fold(link.anchor) for part in parts):
        return "anchor"
    return "path" if any(part in path for part in parts) else "none"
