"""Statements of reasons: true to what was decided, complete, and in words that accuse nobody."""

import re
from dataclasses import replace

import pytest

from app import lists
from app.core.comment import Comment
from app.core.reasons import label_of
from app.core.verdict import Override, Reason
from app.store.records import Decision, Record
from app.web import letters
from app.web.letters import KINDS, LANGUAGES, family_of, kind_of, letter, phrases, points
from app.web.review import pages
from tests.store.conftest import CLASSIFICATION
from tests.web.conftest import wired

AT = "2026-11-30T23:30:00.000Z"
COMMENT = Comment(text="See https://a.example/casino", author="Jana", page_title="About tea", language="sk-SK")
HEADINGS = {
    "en": ("WHAT WAS DECIDED", "WHY", "HOW IT WAS DECIDED", "ON WHAT GROUND", "IF YOU DO NOT AGREE"),
    "de": ("WAS ENTSCHIEDEN WURDE", "WARUM", "WIE ENTSCHIEDEN WURDE", "AUF WELCHER GRUNDLAGE", "WENN SIE NICHT"),
    "fr": ("CE QUI A ÉTÉ", "POURQUOI", "COMMENT LA DÉCISION", "SUR QUEL FONDEMENT", "SI VOUS N’ÊTES PAS D’ACCORD"),
    "es": ("QUÉ SE HA DECIDIDO", "POR QUÉ", "CÓMO SE HA DECIDIDO", "CON QUÉ FUNDAMENTO", "SI NO ESTÁ DE ACUERDO"),
    "sk": ("ČO SA ROZHODLO", "PREČO", "AKO SA ROZHODLO", "NA AKOM ZÁKLADE", "AK NESÚHLASÍTE"),
}
PROGRAM = {
    "en": "made this decision automatically",
    "de": "automatisch so entschieden",
    "fr": "cette décision automatiquement",
    "es": "esta decisión automáticamente",
    "sk": "rozhodol automaticky",
}
PERSON = {
    "en": "made by a person",
    "de": "Entschieden hat ein Mensch",
    "fr": "prise par une personne",
    "es": "la tomó una persona",
    "sk": "Rozhodol človek",
}
ACCUSING = re.compile(
    r"(?i)\b(?:spam\w*|abuse|abusive|guilty|suspicious|verdächtig\w*|suspect\w*|sospechos\w*|podozriv\w*)\b"
)


def reason(code: str, weight: float = 1.0, evidence: str = "") -> Reason:
    return Reason(code, "", weight, "text", 0, len(evidence), evidence, 0.5)


def record(action: str = "hold", decision: Decision | None = None, **answer) -> Record:
    told = {"override": None, "reasons": (reason("link.path.gambling", 2.1, "royal-jackpot"),), **answer}
    return Record("c_1", "blog", AT, COMMENT, replace(CLASSIFICATION, action=action, **told), decision)


SPAM, HAM = (Decision(label, "jana", "2026-12-01T09:00:00.000Z", "moderator") for label in ("spam", "ham"))


class TestLetter:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("kind", ["held", "removed"])
    def test_it_says_everything_that_the_law_asks_for(self, language, kind):
        text = letter(record(), kind, language, name="The Tea Blog", contact="help@tea.example")

        assert all(f"\n{heading}" in text for heading in HEADINGS[language])
        assert PROGRAM[language] in text
        assert "About tea" in text
        assert phrases(language)["trade.gambling"] in text
        assert text.count("The Tea Blog") >= 3
        assert "help@tea.example" in text

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_one_that_tells_of_a_release_needs_no_ground_and_no_objection(self, language):
        text = letter(record(decision=HAM), "restored", language, contact="help@tea.example")

        assert [heading in text for heading in HEADINGS[language]] == [True, True, True, False, False]
        assert PERSON[language] in text

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("decision", [None, SPAM], ids=["by-program", "by-person"])
    def test_it_accuses_nobody_and_has_no_gaps(self, language, kind, decision):
        codes = [code.replace("{trade}", "replica") for code in lists.load().reasons]
        for action in ("publish", "hold", "reject"):
            for code in codes:
                text = letter(record(action, decision, reasons=(reason(code),)), kind, language)
                assert not ACCUSING.search(text)
                assert not re.search(r"[{}]|None|  |\n\n\n\n", text), text

    def test_in_english_it_reads_like_this(self):
        text = letter(record("reject", SPAM), "removed", "en", name="The Tea Blog", zone="Europe/Bratislava")

        assert text.startswith("Your comment is not shown\n\nHello Jana,\n\non 1 December 2026 you wrote a comment")
        assert "- the address of a link (subject: gambling): “royal-jackpot”\n" in text
        assert "The decision was made by a person." in text
        assert "Answer to this message and say why" in text
        assert text.endswith("Kind regards\nThe Tea Blog\n")

    def test_the_first_of_a_month_is_written_as_french_does(self):
        assert "Le 1er décembre 2026," in letter(record(), "held", "fr", zone="Europe/Paris")

    def test_what_was_visible_was_taken_down(self):
        assert "was taken down on 1 December 2026" in letter(record("publish", SPAM), "removed", "en")
        assert "was not published" in letter(record("reject"), "removed", "en")

    def test_a_name_cannot_write_the_letter(self):
        nasty = replace(COMMENT, author="Eve\n\nYou have won\u202e {{ 7*7 }}" + "x" * 300, page_title="<b>\r\nBcc: a@b")
        text = letter(replace(record(), comment=nasty), "held", "en")

        assert "Hello Eve You have won {{ 7*7 }}xx" in text
        assert "\u202e" not in text
        assert "“<b> Bcc: a@b”" in text
        assert len(text) < 3_000


class TestPoints:
    def test_they_are_the_strongest_reasons_against_it_each_once(self):
        reasons = (
            reason("text.words", -3.0, "tea"),
            reason("link.path.gambling", 2.0, "jackpot"),
            reason("link.host.gambling", 1.9, "casino"),
            reason("link.kind.shared", 1.5, "https://a.example/x"),
            *(reason(code) for code in ("author.words", "shape.rhythm", "shape.build", "text.words", "page.relevance")),
        )

        assert points(record(reasons=reasons), "en") == [
            "the address of a link (subject: gambling): “jackpot”",
            "the kind of page a link leads to",
            "the name that was given",
            "the form of the comment, such as length, punctuation and line breaks",
        ]

    @pytest.mark.parametrize(
        ("override", "expected"),
        [
            (Override("deny", "registrable_domain", "a.example"), "a fixed rule of the site about links"),
            (Override("deny", "ip_range", "203.0.113.0/24"), "a fixed rule of the site about networks"),
            (Override("deny", "email", "jana@example.org"), "a fixed rule of the site about e-mail addresses"),
            (Override("honeypot", "", ""), "a form field that people normally do not see, and that was filled in"),
        ],
        ids=lambda each: getattr(each, "kind", ""),
    )
    def test_a_rule_is_named_by_its_kind_and_not_by_its_value(self, override, expected):
        assert points(record(override=override), "en") == [expected]

    def test_one_with_a_subject_stands_for_the_same_without(self):
        reasons = (reason("link.spelling", 9.0), reason("link.host.spells", 2.0), reason("text.words", 1.0, "tarot"))

        assert points(record(reasons=reasons), "en") == [
            "the address of a link (subject: fortune-telling)",
            "words in the text: “tarot”",
        ]

    def test_there_is_always_one(self):
        assert points(record(reasons=()), "de") == ["der Kommentar als Ganzes"]

    def test_a_rule_that_applied_is_said_to(self):
        text = letter(record("reject", override=Override("deny", "phrase", "x")), "removed", "en")

        assert "A fixed rule of the site was applied automatically." in text


@pytest.mark.parametrize(
    ("action", "decision", "expected"),
    [
        ("hold", None, "held"),
        ("reject", None, "removed"),
        ("discard", None, "removed"),
        ("publish", None, "restored"),
        ("hold", SPAM, "removed"),
        ("publish", SPAM, "removed"),
        ("reject", HAM, "restored"),
        ("hold", Decision(None, "jana", AT, "moderator"), "held"),
    ],
)
def test_the_letter_offered_fits_the_comment(action, decision, expected):
    assert kind_of(record(action, decision)) == expected


class TestPhrases:
    def test_every_phrase_is_there_in_every_language(self):
        keys = set(phrases("en"))

        assert all(set(phrases(language)) == keys for language in LANGUAGES)

    @pytest.mark.parametrize("code", list(lists.load().reasons))
    def test_every_reason_has_a_neutral_name(self, code):
        known = lists.load()
        shown = code.replace("{trade}", "gambling")

        assert label_of(shown, 1.0, known)
        assert family_of(shown) != "whole"
        assert f"point.{family_of(shown)}" in phrases("en")

    @pytest.mark.parametrize("trade", list(lists.load().trade_names))
    def test_every_trade_has_a_neutral_name(self, trade):
        assert all(f"trade.{trade}" in phrases(language) for language in LANGUAGES)

    def test_there_is_a_letter_in_every_language_of_the_interface(self):
        assert {path.stem for path in (letters.TEMPLATES / "letters").iterdir()} == set(LANGUAGES)
        assert set(LANGUAGES) == set(pages.LANGUAGES)


class TestPage:
    @pytest.fixture
    def visitor(self, client, make_visitor):
        wired(client).store.record([record()])
        return make_visitor(client)

    def test_it_offers_the_comments_language_and_what_there_is_to_tell(self, visitor):
        page = visitor.get("/review/letters/c_1").text

        assert '<textarea id="letter" rows="28" readonly lang="sk"' in page
        assert "Váš komentár čaká na prečítanie" in page
        assert "The settings name no contact" in page

    def test_another_language_and_another_letter_can_be_asked_for(self, visitor):
        page = visitor.get("/review/letters/c_1?language=es&kind=restored").text

        assert "Su comentario está visible" in page

    @pytest.mark.parametrize("asked", ["language=xx&kind=x", "language=../../base", "format=pdf"])
    def test_nonsense_is_passed_over(self, visitor, asked):
        assert "Váš komentár čaká" in visitor.get(f"/review/letters/c_1?{asked}").text

    def test_it_can_be_saved(self, visitor):
        answer = visitor.get("/review/letters/c_1?language=en&format=txt")

        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.headers["content-disposition"] == 'attachment; filename="winnow-letter-c_1.txt"'
        assert answer.text.startswith("Your comment is waiting for a look\n")

    def test_name_and_contact_are_those_of_the_settings(self, client, visitor):
        wired(client).store.change_preferences(
            {"letter_name": "Tea & Co", "letter_contact": "help@tea.example"}, AT, "ada"
        )
        page = visitor.get("/review/letters/c_1?language=en").text

        assert "Tea &amp; Co" in page
        assert "Answer to help@tea.example and say why" in page

    def test_no_comment_no_letter(self, visitor):
        assert visitor.get("/review/letters/c_2").status_code == 404

    def test_a_viewer_may_not(self, client, visitor, make_visitor):
        assert make_visitor(client, "vic", "viewer").get("/review/letters/c_1").status_code == 403
