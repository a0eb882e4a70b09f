"""A model's card as one page of HTML that needs nothing else: no request, no script, everything escaped."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

from markupsafe import Markup

from app.releases import Release
from app.web.review import card_tables, model_cards, pages
from app.web.review.card_tables import share
from app.web.review.taught_words import sentence
from app.web.review.ticks import number


class Speaker(NamedTuple):
    """Says sentences outside of the service; see card_tables.Says."""

    language: str

    def say(self, sentence: str, **values: object) -> str:
        """The sentence in that language, its `%(name)s` filled.

        >>> Speaker("en").say("1 in %(n)s", n=500)
        '1 in 500'
        """
        found = pages.translations(self.language).gettext(sentence)
        return found % values if values else found


def alone(
    version: str, told: Mapping[str, Any] | None, releases: Sequence[Release], language: str, *, is_in_use: bool
) -> str:
    """The page.

    Args:
        version: of the model.
        told: its card, unchecked; None when it cannot be read.
        releases: who put it in use, and why.
        language: one of pages.LANGUAGES.
        is_in_use: whether it is the one in use.
    """
    card, speaker = model_cards.read(version, told), Speaker(language)
    return pages.alone(
        "alone/model.html",
        language,
        card=card,
        is_readable=told is not None,
        is_in_use=is_in_use,
        releases=releases,
        tables=card_tables.of(speaker, card),
        sentence=partial(sentence, speaker),
        pages_of=(),
        number=number,
        share=share,
        style=_style(),
        policy=policy(),
    )


def policy() -> str:
    """The page's Content-Security-Policy: the one style that stands in it, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@cache
def _style() -> Markup:
    """The style sheets of the moderators' pages."""
    sheets = [(pages.STATIC / name).read_text(encoding="utf-8") for name in ("review.css", "charts.css")]
    return Markup("\n".join(sheets))  # noqa: S704  our own files
