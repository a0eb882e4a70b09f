"""Features of the comment's build: length, links, scripts, capitals, repetition, contacts, disguise."""

import re
from collections import Counter

import re2

from app.core.comment import Comment
from app.core.emit import Emitter, Word, step
from app.core.features_style import typed_text
from app.core.folding import fold
from app.core.links import Link, emails
from app.core.text import Seen

_PHONE = re2.compile(r"(?:^|[^\d])(\+?\d[\d\s().-]{7,20}\d)")
# Not at the start of a line and not before a colon or comma: `@Jana: I agree` answers somebody.
_HANDLE = re2.compile(r"[^\n\pL\pN](@[A-Za-z][A-Za-z0-9_]{3,})(?:$|[^A-Za-z0-9_:,])")
_CONTACT_WORD = re.compile(
    r"whats?\s?app|telegram|вотсап|ватсап|телеграм|viber|вайбер|wechat|微信|kik\b|skype|signal|hangouts?|zalo|kakao"
)
_EMOJI = re.compile(r"[\U0001F300-\U0001FAFF\u2600-\u27BF\u2B50]")
_SCRIPTS = {
    "latin": r"A-Za-z\u00c0-\u024f",
    "greek": r"\u0370-\u03ff",
    "cyrillic": r"\u0400-\u052f",
    "hebrew": r"\u0590-\u05ff",
    "arabic": r"\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff",
    "devanagari": r"\u0900-\u097f",
    "thai": r"\u0e00-\u0e7f",
    "kana": r"\u3040-\u30ff",
    "han": r"\u3400-\u9fff",
    "hangul": r"\uac00-\ud7af",
}
_LETTER_OF_SCRIPT = re.compile("|".join(f"(?P<{name}>[{letters}])" for name, letters in _SCRIPTS.items()))
_LATIN = re.compile(f"[{_SCRIPTS['latin']}]")
_NOT_LATIN = re.compile(f"[{''.join(letters for name, letters in _SCRIPTS.items() if name != 'latin')}]")


def emit(
    out: Emitter,
    comment: Comment,
    seen: Seen,
    links: tuple[Link, ...],
    found: list[Word],
    selling: frozenset[int],
) -> None:
    """Add the features of build and disguise.

    Args:
        out: where they go.
        comment: as sent.
        seen: its text as a reader sees it.
        links: all links.
        found: the words of the text.
        selling: numbers of the links that name a trade.
    """
    text = seen.plain.text
    _links(out, seen, links, found)
    if found:  # of a comment without words these would describe the address
        _build(out, text, found)
        _scripts(out, comment, text)
    else:
        _link_only(out, links, selling)
    _contacts(out, comment, seen, links)
    for disguise in seen.disguises:
        out.add(out.open(f"disguise.{disguise}", "text"), (f"disguise:{disguise}", "disguise"), 0.4)
    if comment.honeypot:
        out.add(out.open("honeypot.filled"), ("honeypot",), 1.0)
    if comment.type and comment.type not in ("comment", "reply"):
        out.add(out.open("shape.type"), (f"type:{comment.type[:20]}",), 0.3)


def _links(out: Emitter, seen: Seen, links: tuple[Link, ...], found: list[Word]) -> None:
    in_text = [link for link in links if link.field == "text" and link.markup != "redirect"]
    count = step(len(in_text), (0, 1, 2, 4, 9))
    size = step(len(found), (0, 3, 10, 30, 80, 200))
    unit = out.open("shape.links" if in_text else "shape.no_links", "text")
    names = [f"links:{count}", f"links:{count}:{size}"]
    if in_text:
        kinds = sorted({link.host.kind for link in in_text})
        markups = "+".join(sorted({link.markup for link in in_text}))
        hosts = len({link.host.registrable_domain for link in in_text})
        share, first, last = _places(seen, in_text)
        shown = seen.plain.text
        ends_line = shown.find("\n", last) < 0
        ends = last >= len(shown.rstrip()) - 6
        begins = first <= 12
        names += [
            f"links.kinds:{'+'.join(kinds)}:{size == 0}",
            f"links.markup:{markups}",
            f"links.hosts:{step(hosts, (1, 2, 4))}:{count}",
            f"links.share:{step(share, (0.05, 0.15, 0.3, 0.6, 0.9))}",
            f"links.place:{begins}:{ends}:{ends_line}",
        ]
    out.add(unit, names, 0.6)
    for kind in sorted(seen.markup):
        out.add(out.open("shape.markup", "text"), (f"markup:{kind}", f"markup:{kind}:{count}"), 0.6)


def _places(seen: Seen, in_text: list[Link]) -> tuple[float, int, int]:
    """Share of the characters that belong to addresses, and where the first begins and the last ends, as read.

    An address that markup holds is not read, but counts as if it stood before its words.
    """
    spans = [(seen.place(link.begin), seen.place(link.end), link) for link in in_text]
    lengths = [end - begin or len(link.url.href) for begin, end, link in spans]
    hidden = sum(len(link.url.href) for begin, end, link in spans if begin == end)
    share = sum(lengths) / max(1, len(seen.plain.text) + hidden)
    last = max(end + (len(link.anchor) if begin == end else 0) for begin, end, link in spans)
    return share, min(begin for begin, _, _ in spans), last


def _link_only(out: Emitter, links: tuple[Link, ...], selling: frozenset[int]) -> None:
    """What it means that there is nothing but links depends on whether they sell."""
    in_text = [(number, link) for number, link in enumerate(links) if link.field == "text"]
    if not in_text:
        return
    sells = "trades" if any(number in selling for number, _ in in_text) else "no-trade"
    kind = in_text[0][1].host.kind
    # Where anyone can publish, a bare link that names a trade sells it. Elsewhere it may as well be a newspaper's.
    names = ("link-only", f"link-only:{sells}") if kind == "shared" else ("link-only",)
    out.add(out.open("shape.link_only", "text"), names, 0.8)


def _build(out: Emitter, text: str, found: list[Word]) -> None:
    unit = out.open("shape.build", "text")
    letters = list(filter(str.isalpha, text))
    capitals = sum(map(str.isupper, letters)) / len(letters) if letters else 0.0
    repeated = 1 - len({word.text for word in found}) / len(found) if found else 0.0
    digits = sum(map(str.isdigit, text)) / len(text) if text else 0.0
    stripped = text.strip()
    names = [
        f"length:{step(len(found), (0, 2, 5, 10, 20, 40, 80, 160, 320))}",
        f"lines:{step(text.count(chr(10)), (0, 1, 3, 8, 20))}",
        f"capitals:{step(capitals, (0.0, 0.03, 0.08, 0.2, 0.5))}",
        f"repeated:{step(repeated, (0.1, 0.3, 0.5, 0.7))}:{step(len(found), (20, 80))}",
        f"digits:{step(digits, (0.0, 0.03, 0.1, 0.3))}",
        f"emoji:{step(len(_EMOJI.findall(text)), (0, 1, 3, 8))}",
        f"questions:{min(text.count('?') + text.count('？'), 2)}",
        f"exclamations:{min(text.count('!') + text.count('！'), 3)}",
        f"begins:{'lower' if stripped[:1].islower() else 'upper' if stripped[:1].isupper() else 'other'}",
        f"ends:{stripped[-1:] if stripped[-1:] in '.!?)…' else 'other'}",
        f"double-spaces:{'  ' in stripped}",
    ]
    out.add(unit, names, 0.4)


def _contacts(out: Emitter, comment: Comment, seen: Seen, links: tuple[Link, ...]) -> None:
    text = seen.plain.text
    outside = typed_text(seen, links)  # a number in an address is nobody's telephone
    name = comment.author.encode("utf-8", "replace").decode()
    for code, present in (
        ("email", bool(emails(text)) or ("@" in name and "." in name)),
        ("phone", bool(_PHONE.search(outside)) or bool(_PHONE.search(name))),
        ("handle", "@" in text and bool(_HANDLE.search(text))),
        ("messenger", bool(_CONTACT_WORD.search(seen.folded.text)) or bool(_CONTACT_WORD.search(fold(name)))),
    ):
        if present:
            out.add(out.open(f"contact.{code}", "text"), (f"contact:{code}",), 0.4)


def script_of(text: str) -> str:
    """The script most of the letters are in; empty when there are none.

    >>> script_of("Привет, world!"), script_of("123")
    ('cyrillic', '')
    """
    text = text[:2000]
    if not _NOT_LATIN.search(text):  # most texts, and counting costs twenty times as much
        return "latin" if _LATIN.search(text) else ""
    counts = Counter([match.lastgroup or "" for match in _LETTER_OF_SCRIPT.finditer(text)])
    return counts.most_common(1)[0][0]


def _scripts(out: Emitter, comment: Comment, text: str) -> None:
    own, page = script_of(text), script_of(comment.page_title)
    unit = out.open("shape.script", "text")
    names = [f"script:{own}"]
    if own and page:
        names.append(f"script.differs:{own != page}")
    out.add(unit, names, 0.4)
