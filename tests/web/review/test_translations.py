"""The interface's languages: every sentence is there, with its places for names, and compiled as it stands."""

import re

import pytest

pytest.importorskip("babel", reason="needs babel, a development requirement")

from app.web.review import pages
from tests import translations

PLACES = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%[sd]")


@pytest.fixture(scope="module")
def wanted():
    return translations.template()


@pytest.mark.parametrize("language", translations.TRANSLATED)
def test_every_sentence_is_translated(language, wanted):
    catalog = translations.read(language)
    missing = [message.id for message in wanted if message.id and not translated(catalog, message)]

    assert missing == []


def translated(catalog, message):
    found = catalog.get(message.id)
    return found is not None and not found.fuzzy and all(translations._texts(found.string))


@pytest.mark.parametrize("language", translations.TRANSLATED)
def test_names_and_numbers_have_their_place_in_every_translation(language):
    wrong = []
    for message in translations.read(language):
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        allowed = set().union(*(PLACES.findall(each) for each in ids))
        needed = set(PLACES.findall(ids[-1]))
        for string in translations._texts(message.string):
            found = set(PLACES.findall(string))
            if not found <= allowed or (len(ids) == 1 and found != needed):
                wrong.append((message.id, string))

    assert wrong == []


@pytest.mark.parametrize("language", translations.TRANSLATED)
def test_what_is_served_is_what_was_written(language):
    assert translations.po_file(language).with_suffix(".mo").read_bytes() == translations.compiled(language)


@pytest.mark.parametrize("language", list(pages.LANGUAGES))
def test_each_language_speaks(language):
    assert (pages.translations(language).gettext("Not spam") == "Not spam") == (language == "en")
