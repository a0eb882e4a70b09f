"""Features of who signs: is it a name, or an advertisement?"""

import math
import re
from dataclasses import dataclass

from app.core.comment import Comment
from app.core.emit import Emitter, step, tokens
from app.core.folding import fold, letters
from app.core.links import Link
from app.core.lists import Lists
from app.core.text import read

_MAX_NAME_CHARS = 200
_INNER_CAPITAL = re.compile(r"[a-z][A-Z]")
_LETTER_RUN = re.compile(r"[bcdfghjklmnpqrstvwxz]{5,}")


@dataclass(frozen=True, slots=True)
class Name:
    """Who signs, looked at once."""

    written: str
    """Without what disguises it; empty when nobody signs."""
    folded: str
    words: list[str]
    trades: list[str]
    """What it sells, each once, in order."""


def emit(out: Emitter, comment: Comment, name: Name, links: tuple[Link, ...], lists: Lists) -> None:
    """Add the features of the author's name, as `signed` reads it, and of how it goes with the author's address.

    A name or address that is missing adds nothing: as a feature of its own it told platforms apart, not spam from
    ham (recall at 1 % on sites never seen 0.67 with it, 0.72 without). What was missing is said in the answer.
    """
    if not name.written:
        return
    found, trades = name.words, name.trades
    unit = out.open(f"author.{trades[0] if trades else 'words'}", "author", (0, len(comment.author)))
    if found:
        scale = 0.5 / math.sqrt(2 * len(found))
        out.add(unit, [each for word in found for each in (f"w:{word}", f"author:{word}")], scale)
    out.add_grams("author", name.folded, unit, 0.6)
    for trade in trades[:3]:
        out.add(unit, (f"author.trade:{trade}", "author.trade"), 0.4)
    purposes = {hit.trade for hit in lists.purposes.find(name.folded)}
    if purposes:
        sells = "trade" if trades else ""
        out.add(unit, [f"author.purpose:{sells}:{purpose}" for purpose in sorted(purposes)], 0.4)
    keywords = sum(word in lists.name_words for word in found)
    shape = out.open("author.shape", "author", (0, len(comment.author)))
    names = [
        f"author.tokens:{min(len(found), 6)}",
        f"author.keywords:{min(keywords, 3)}:{step(len(found), (1, 2, 4))}",
        f"author.shape:{_shape(name.written)}",
        f"author.length:{step(len(name.written), (3, 8, 14, 22, 35))}",
        f"author.digits:{any(map(str.isdigit, name.written))}",
        f"author.odd:{bool(_LETTER_RUN.search(name.folded))}",
    ]
    for link in links:
        if link.field == "author_url" and link.host.kind != "identity":
            likeness = _likeness(name, link)
            names += [f"author.likeness:{likeness}", f"author.likeness:{likeness.split(':')[0]}:{link.host.kind}"]
    names += ["author.has-link" for link in links if link.field == "author"][:1]
    out.add(shape, names, 0.6)


def signed(comment: Comment, lists: Lists) -> Name:
    """The author's name without what disguises it; plain ASCII, as most are, has nothing of it."""
    written = comment.author.strip()[:_MAX_NAME_CHARS]
    plain = written.isascii() and written.isprintable()
    return name_of(written if plain else read(written, "plain", lists.lookalikes).plain.text.strip(), lists)


def name_of(written: str, lists: Lists) -> Name:
    """A name, looked at.

    >>> from app.lists import load
    >>> name_of("Best Casino", load())
    Name(written='Best Casino', folded='best casino', words=['best', 'casino'], trades=['gambling'])
    """
    folded = fold(written)
    trades = list(dict.fromkeys([hit.trade for hit in lists.trades.find(folded)])) if folded else []
    return Name(written, folded, tokens(folded), trades)


def _shape(name: str) -> str:
    """How a name is written: capitals, inner capitals, number of words.

    >>> _shape("Jana Nová"), _shape("casino online"), _shape("MichaelPuh")
    ('Aa Aa', 'a a', 'AaA')
    """
    shapes = []
    for word in name.split()[:4]:
        letters = "".join(c for c in word if c.isalpha())
        if not letters:
            shapes.append("0")
        elif letters.isupper():
            shapes.append("A" if len(letters) == 1 else "AA")
        elif _INNER_CAPITAL.search(letters):
            shapes.append("AaA")
        else:
            shapes.append("Aa" if letters[0].isupper() else "a")
    return " ".join(shapes)


def _likeness(name: Name, link: Link) -> str:
    """How the name goes with the address: whether it stands in host or path, of how many words, capital or not.

    People own johndoe.com and sign John Doe; shops own cheap-sofas.com and sign cheap sofas. Of published comments
    whose two-word name stands in the host, 304 to 5 are honest when it begins with a capital, 22 to 41 when not.
    """
    joined = letters(name.written)
    host = letters(f"{link.host.subdomain}{link.host.domain}")
    path = letters(link.url.path)
    parts = [word for word in name.words if len(word) >= 4]
    if len(joined) >= 4 and (joined in host or joined in path):
        where = "host" if joined in host else "path"
    elif any(part in host or part in path for part in parts):
        where = "part-host" if any(part in host for part in parts) else "part-path"
    else:
        where = "none"
    case = "A" if name.written[:1].isupper() else "a"
    return f"{where}:{min(len(name.words), 4)}:{case}"
