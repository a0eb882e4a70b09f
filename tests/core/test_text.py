"""Disguise is undone and named; honest text is left alone."""

import html
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import lists as shipped
from app.core.text import Seen, read

LISTS = shipped.load()
LOOKALIKES, TRADES = LISTS.lookalikes, LISTS.trades


def seen(text: str, text_format: str = "auto") -> Seen:
    return read(text, text_format, LOOKALIKES)


@pytest.mark.parametrize(
    ("text", "plain", "disguises"),
    [
        pytest.param("cas&#105;no b&#x6f;nus", "casino bonus", ("entities",), id="entities"),
        pytest.param("cas&amp;#105;no", "casino", ("entities",), id="entities-twice"),
        pytest.param("cas\u200bi\u00adn\u2060o", "casino", ("invisible",), id="zero-width"),
        pytest.param("cas&#8203;ino", "casino", ("invisible",), id="zero-width-entity"),
        pytest.param("cas\u200dino cas\u200cino", "casino casino", ("invisible",), id="joiners-in-latin"),
        pytest.param("cas\x00i\x08no", "casino", (), id="control"),
        pytest.param("c\u0430s\u0456n\u043e", "casino", ("lookalikes",), id="cyrillic-in-latin"),
        pytest.param("cαsιno", "casino", ("lookalikes",), id="greek-in-latin"),
        pytest.param("с\u0430sino casin\u043e", "casino casino", ("lookalikes",), id="cyrillic-at-one-end"),
        pytest.param("bad . com/x good . org/x ok . com\nx", "bad.com/x good.org/x ok.com\nx", ("refanged",), id="spaced-dots"),
        pytest.param("ᴄᴀsɪɴᴏ", "casino", ("lookalikes",), id="small-capitals"),
        pytest.param("кaзинo пoкер", "казино покер", ("lookalikes",), id="latin-in-cyrillic"),
        pytest.param("ｃａｓｉｎｏ", "casino", ("letters",), id="full-width"),
        pytest.param("𝐜𝐚𝐬𝐢𝐧𝐨 𝖈𝖆𝖘𝖎𝖓𝖔 𝓬𝓪𝓼𝓲𝓷𝓸 𝚌𝚊𝚜𝚒𝚗𝚘", "casino casino casino casino", ("letters",), id="mathematical"),
        pytest.param("ⓒⓐⓢⓘⓝⓞ 🅒🅐🅢🅘🅝🅞", "casino CASINO", ("letters",), id="circled"),
        pytest.param("🄲🄰🅂🄸🄽🄾 🅲🅰🆂🅸🅽🅾", "CASINO CASINO", ("letters",), id="squared"),
        pytest.param("🇧🇴🇳🇺🇸", "BONUS", ("letters",), id="indicators-that-are-no-flags"),
        pytest.param("🇨\u200b🇦\u200b🇸\u200b🇮\u200b🇳\u200b🇴", "CASINO", ("letters",), id="parted-indicators"),
        pytest.param("c̶a̶s̶i̶n̶o̶", "casino", ("marks",), id="struck-through"),
        pytest.param("c\u0310\u0353a\u0334\u0353s\u0310\u0334i\u0353\u0334n\u0310\u0353o\u0334", "casino", ("marks",), id="zalgo"),
        pytest.param("c a s i n o", "casino", ("spacing",), id="spaces"),
        pytest.param("c.a.s.i.n.o b.o.n.u.s", "casino bonus", ("spacing",), id="dots"),
        pytest.param("c-a-s-i-n-o c_a_s_i_n_o c*a*s*i*n*o", "casino casino casino", ("spacing",), id="other-gaps"),
        pytest.param("C.A.S.I.N.O", "CASINO", ("spacing",), id="capitals"),
        pytest.param("𝐏 𝐋 𝐔 𝐓 𝐎 B O W O", "PLUTOBOWO", ("letters", "spacing"), id="mathematical-and-spaces"),
        pytest.param("来 ＴＲＡ２４５", "来 TRA245", ("letters",), id="full-width-in-chinese"),
        pytest.param("main di K̲U̲S̲U̲M̲A̲T̲O̲T̲O̲ lagi bocor terus tuh", "main di KUSUMATOTO lagi bocor terus tuh", ("marks",), id="underlined-name"),
        pytest.param("к а з и н о", "казино", ("spacing",), id="cyrillic-spaces"),
        pytest.param("cas<b></b>ino cas<i>i</i>no", "casino casino", ("tags",), id="tags"),
        pytest.param("cas<!-- x -->ino", "casino", ("tags",), id="comments"),
        pytest.param("bad[.]example hxxp://x.example", "bad.example http://x.example", ("refanged",), id="refanged"),
        pytest.param("me (at) x.example", "me@x.example", ("refanged",), id="at"),
        pytest.param("\u202eonisac\u202c!", "casino!", ("bidi",), id="backwards"),
        pytest.param("С\u0430s&#105;n\u200bo ｂonus", "casino bonus", ("entities", "invisible", "letters", "lookalikes"), id="all-at-once"),
    ],
)  # fmt: skip
def test_a_disguise_is_undone_and_named(text: str, plain: str, disguises: tuple[str, ...]) -> None:
    told = seen(text)
    assert (told.plain.text, told.disguises) == (plain, disguises)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("हिन्दी में लिखा हुआ अच्छा लेख", id="hindi"),
        pytest.param("Việt Nam đẹp lắm, tôi rất thích", id="vietnamese"),
        pytest.param("Straße, groß, Übergröße", id="german"),
        pytest.param("ışık kadın İstanbul Türkiye'de", id="turkish"),
        pytest.param("Azərbaycan gözəldir", id="azerbaijani"),
        pytest.param("smørrebrød og øl på Fyn, Łódź, þetta", id="danish-polish-icelandic"),
        pytest.param("すごい！（本当に）「はい」、そう？", id="japanese"),
        pytest.param("很好！（真的）“是”，对吗？", id="chinese"),
        pytest.param("한국어 댓글입니다. 감사합니다", id="korean"),
        pytest.param("«Bonjour», l’été à Noël… œuvre", id="french"),
        pytest.param("Ελλάδα, ωραίο άρθρο", id="greek"),
        pytest.param("Привет, ёлка и съезд", id="russian"),
        pytest.param("SMSка пришла из IT-отдела", id="russian-ending"),
        pytest.param("пользуюсь Windowsом", id="russian-case"),
        pytest.param("наше кафеBar", id="two-words-glued"),
        pytest.param("Андрей_KZ", id="underscore"),
        pytest.param("nnПервый", id="latin-before-russian"),
        pytest.param("Adorei . com certeza", id="portuguese-com"),
        pytest.param("Anna . com amor", id="portuguese-name"),
        pytest.param("he said . org", id="spaced-org"),
        pytest.param("5μm, 10kΩ, Δt, sinθ and μmol", id="science"),
        pytest.param("שלום עולם", id="hebrew"),
        pytest.param("مرحبا بالعالم ﷺ", id="arabic"),
        pytest.param("🇸🇰🇺🇦 go 🇨🇿", id="flags"),
        pytest.param("😀 👍🏽 ok", id="emoji"),
        pytest.param("if (a[i] < b[j]) { x.y.z(); } List<String> c = d[s];", id="code"),
        pytest.param("a - b - c - d", id="dashes"),
        pytest.param("J. R. R. Tolkien", id="initials"),
        pytest.param("U.S.A., U.S.S.R. and N.A.S.A.", id="abbreviations"),
        pytest.param("1. 2. 3. 4. 5.", id="list"),
        pytest.param("answer A B C D or I I I I", id="answers"),
        pytest.param("2 x 3 x 4 x 5", id="product"),
        pytest.param("H<2 and 3>1 <- arrow", id="less-than"),
        pytest.param("the dot com bubble", id="dot-com"),
        pytest.param("", id="empty"),
    ],
)
def test_honest_text_is_left_alone(text: str) -> None:
    told = seen(text)
    assert (told.plain.text, told.disguises) == (text, ())


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        pytest.param("می‌خواهم بروم", "میخواهم بروم", id="persian-joiner"),
        pytest.param("क्‍ष", "क्ष", id="hindi-joiner"),
        pytest.param("👨‍👩‍👧 ❤️", "👨👩👧 ❤", id="emoji-joiner"),
        pytest.param("1️⃣ 2️⃣ 3️⃣ 4️⃣ 5️⃣", "1 2 3 4 5", id="keycaps"),
        pytest.param("Ｔシャツ ＣＤ ２０２３年", "Tシャツ CD 2023年", id="japanese-full-width"),
        pytest.param("① ② ③ steps", "1 2 3 steps", id="numbered"),
        pytest.param("𝑥 + 𝑦 = 𝑧", "x + y = z", id="mathematics"),
        pytest.param("it&#39;s &quot;x&quot; &amp; y&nbsp;z", 'it\'s "x" & y z', id="escaped-by-the-cms"),
        pytest.param("H<sub>2</sub>O, <b>bold</b> and <em>so</em> on", "H2O, bold and so on", id="html"),
        pytest.param(unicodedata.normalize("NFD", "Việt Nam đẹp lắm, tôi rất thích"), "Việt Nam đẹp lắm, tôi rất thích", id="accents-apart"),
        pytest.param(unicodedata.normalize("NFD", "мой ёж"), "мой ёж", id="cyrillic-accents-apart"),
        pytest.param("за\u0301мок", "замок", id="stress-mark"),
        pytest.param("\u2067שלום\u2069 \u200fok", "שלום ok", id="direction-marks"),
    ],
)  # fmt: skip
def test_what_honest_text_needs_is_no_disguise(text: str, plain: str) -> None:
    told = seen(text)
    assert (told.plain.text, told.disguises) == (plain, ())


@pytest.mark.parametrize(
    ("text", "plain", "disguises"),
    [
        pytest.param("best c4s1n0 and v1agra here", "best casino and viagra here", ("lookalikes",), id="digits"),
        pytest.param("cheap vi@gra.", "cheap viagra.", ("lookalikes",), id="signs"),
        pytest.param("best cas\nino", "best casino", ("spacing",), id="broken-over-lines"),
        pytest.param("best cas-\r\nino", "best casino", ("spacing",), id="hyphenated"),
        pytest.param(
            "h264, b2b, k8s and i18n in utf8 on x86_64", "h264, b2b, k8s and i18n in utf8 on x86_64", (), id="terms"
        ),
        pytest.param(
            "me@cas1no.example http://cas1no.example/", "me@cas1no.example http://cas1no.example/", (), id="addresses"
        ),
        pytest.param("the best of all\nonline\ncasino", "the best of all\nonline\ncasino", (), id="lines"),
    ],
)
def test_words_are_respelt_where_a_trade_comes_out(text: str, plain: str, disguises: tuple[str, ...]) -> None:
    told = read(text, "auto", LOOKALIKES, TRADES)
    assert (told.plain.text, told.disguises) == (plain, disguises)
    assert all(text[begin:end] for begin, end in zip(told.plain.begins, told.plain.ends, strict=True))


@pytest.mark.parametrize(
    ("text", "plain", "disguises"),
    [
        pytest.param("http://x.example/%63asino%2Da", "http://x.example/casino-a", ("refanged",), id="letters"),
        pytest.param("http://x.example/%7Eme%20%D0%BA", "http://x.example/~me%20%D0%BA", (), id="what-programs-write"),
        pytest.param("100%41 of us", "100%41 of us", (), id="no-address"),
        pytest.param("http://a . b . xyz/c", "http://a.b.xyz/c", ("refanged",), id="behind-a-scheme"),
        pytest.param("a dot casino dot com", "a dot casino.com", ("refanged",), id="article-before"),
    ],
)
def test_addresses_are_written_as_browsers_take_them(text: str, plain: str, disguises: tuple[str, ...]) -> None:
    told = seen(text)
    assert (told.plain.text, told.disguises) == (plain, disguises)


def test_folding_takes_case_and_accents_away_and_keeps_the_places() -> None:
    told = seen("x ŽLUŤ ß Ё ﬁ")
    assert told.folded.text == "x zlut ss е fi"
    assert told.folded.source_span(2, 6) == (2, 6)
    assert told.folded.source_span(7, 9) == (7, 8)


def test_no_character_swells_the_text() -> None:
    assert max(len(seen(chr(code)).folded.text) for code in range(0x80, 0x3FFFF) if not 0xD800 <= code < 0xE000) <= 8


ANY_TEXT = st.text(st.characters(codec=None)) | st.lists(
    st.sampled_from(
        ["<", ">", "<b>", "</a>", "<a href=", "<!--", "-->", "[url=", "[/url]", "[", "](", ")", "http://", "a.co", " dot ",
         "&#", "&amp;", ";", '"', "é", "\u0301", "\u200b", "\ud800", "😀", "🇸", "с", "x", " ", "\n", ".", "\u202e", "]:"]
    )
).map("".join)  # fmt: skip


@given(ANY_TEXT, st.sampled_from(["auto", "plain", "html", "markdown", "bbcode", "nonsense"]))
def test_any_text_is_read_and_every_place_lies_in_it(text: str, text_format: str) -> None:
    told = seen(text, text_format)
    for traced in (told.plain, told.folded):
        assert len(traced.text) == len(traced.begins) == len(traced.ends)
        assert all(0 <= b < e <= len(text) for b, e in zip(traced.begins, traced.ends, strict=True))
        assert list(traced.begins) == sorted(traced.begins)
    for link in told.links:
        assert 0 <= link.begin <= link.end <= len(text)
        assert 0 <= link.anchor_begin <= link.anchor_end <= len(text)


WORDS = st.lists(st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=9), min_size=1, max_size=8).map(" ".join)


@given(WORDS, st.sampled_from("\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u034f\ufe0f"))
def test_zero_width_characters_change_nothing(text: str, invisible: str) -> None:
    assert seen(invisible.join(text)).plain.text == seen(text).plain.text


@given(WORDS, st.booleans())
def test_entities_change_nothing(text: str, hexadecimal: bool) -> None:
    encoded = "".join(f"&#x{ord(c):x};" if hexadecimal else f"&#{ord(c)};" for c in text)
    assert html.unescape(encoded) == text
    assert seen(encoded).folded.text == seen(text).folded.text


@given(WORDS, st.sampled_from([0xFF41, 0x1D41A, 0x1D482, 0x1D4EA, 0x1D51E, 0x1D552, 0x1D5BA, 0x1D68A, 0x24D0]))
def test_letters_of_another_cut_change_nothing(text: str, first: int) -> None:
    dressed = "".join(chr(first + ord(c) - ord("a")) if c != " " else c for c in text)
    assert seen(dressed).plain.text == seen(text).plain.text
