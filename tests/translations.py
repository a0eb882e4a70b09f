"""The catalogues of the interface: `python -m tests.translations` collects sentences, `--compile` makes the .mo files.

Babel is a development requirement; the service reads the compiled files with Python's own gettext.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from app import lists
from app.core import addresses, alarms, cautions, drift, rule_expiry, rule_values, site_values
from app.core.comment import RULE_KINDS
from app.core.query import SENTENCES
from app.core.query_fields import FIELDS
from app.store import preferences
from app.store.preferences import PREFERENCES
from app.web.problems import PROBLEMS
from app.web.review.pages import LANGUAGES, LOCALE
from app.web.site_diagnosis import WHY

ROOT = Path(__file__).parents[1]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None, "say": None, "saying": (1, 2)}
METHODS = [
    ("templates/letters/**", "ignore"),
    ("templates/**.html", "jinja2.ext:babel_extract"),
    ("**.py", "python"),
]
OPTIONS = {"templates/**.html": {"extensions": "jinja2.ext.do", "trimmed": "false"}}
TRANSLATED = [language for language in LANGUAGES if language != "en"]


def sentences() -> Iterator[tuple[str | tuple[str, str], str]]:
    """Every sentence of the interface, with where it stands; those of tables are not marked in the code."""
    folder = ROOT / "app" / "web"
    for name, line, message, _, _ in extract_from_dir(folder, METHODS, OPTIONS, KEYWORDS):
        yield (tuple(message) if isinstance(message, tuple | list) else message), f"web/{name}:{line}"
    known = lists.load()
    for above, below in known.reasons.values():
        yield above, "lists/reasons.tsv:1"
        yield below, "lists/reasons.tsv:1"
    for name in known.trade_names.values():
        yield name, "lists/trade_names.tsv:1"
    for kind in RULE_KINDS:
        yield kind.replace("_", " "), "core/comment.py:1"
    for problem in PROBLEMS.values():
        yield problem.title, "web/problems.py:1"
        yield problem.remedy, "web/problems.py:1"
    for field in FIELDS.values():
        yield from ((text, "core/query_fields.py:1") for text in (field.finds, field.takes))
    yield from ((text, "core/query.py:1") for text in SENTENCES)
    yield from ((sentence, "core/cautions.py:1") for sentence in cautions.SENTENCES.values())
    for table in (alarms.SENTENCES, alarms.REMEDIES):
        yield from ((sentence, "core/alarms.py:1") for sentence in table.values())
    yield from ((sentence, "core/drift.py:1") for sentence in (*drift.READINGS.values(), drift.NO_SAMPLE))
    for module in (addresses, preferences, site_values, rule_expiry, rule_values):
        for refusal in module.REFUSALS.values():
            yield from ((sentence, f"{module.__name__}:1") for sentence in refusal)
    yield from ((sentence, "web/site_diagnosis.py:1") for sentence in WHY.values())
    for each in PREFERENCES:
        yield from ((text, "store/preferences.py:1") for text in (each.title, each.sentence, each.unit) if text)


def template() -> Catalog:
    """All sentences, untranslated."""
    catalog = Catalog(project="Winnow", charset="utf-8")
    for message, place in sentences():
        name, _, line = place.rpartition(":")
        if message and message != ("", ""):
            catalog.add(message, locations=[(name, int(line))])
    return catalog


def po_file(language: str) -> Path:
    """Where translators write."""
    return LOCALE / language / "LC_MESSAGES" / "winnow.po"


def read(language: str) -> Catalog:
    """A language's catalogue as it stands; empty while there is none."""
    path = po_file(language)
    if not path.exists():
        return Catalog(locale=language, project="Winnow", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def compiled(language: str) -> bytes:
    """The .mo file that belongs to a language's .po."""
    into = BytesIO()
    write_mo(into, read(language))
    return into.getvalue()


def main() -> None:
    """Bring every catalogue up to date; or compile them."""
    for language in TRANSLATED:
        path = po_file(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        if "--compile" in sys.argv:
            path.with_suffix(".mo").write_bytes(compiled(language))
            continue
        catalog = read(language)
        catalog.update(template(), no_fuzzy_matching=True)
        catalog.obsolete.clear()
        with path.open("wb") as file:
            write_po(file, catalog, width=0, omit_header=False, no_location=True, sort_output=True)
        missing = sum(1 for message in catalog if message.id and not all(_texts(message.string)))
        print(f"{language}: {len(catalog)} sentences, {missing} not translated")


def _texts(string: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, tuple | list) else (string or "",)


if __name__ == "__main__":
    main()
