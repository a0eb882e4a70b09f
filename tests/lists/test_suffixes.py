"""The public suffix list: the same answers as tldextract, whose file it is."""

import re
from pathlib import Path

import pytest
import tldextract

from app.core.lists import HostParts
from app.errors import ListUnusable
from app.lists import suffixes

# No suffix_list_urls and no cache_dir: the library would otherwise fetch the list at the first call.
EXTRACT = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
SPLIT = suffixes.splitter()
RULES = re.findall(r"^[.*!]*\w\S*", suffixes.bundled().read_text(encoding="utf-8"), re.MULTILINE)


def expected(host: str) -> HostParts:
    parts = EXTRACT.extract_str(host)
    public = EXTRACT.extract_str(host, include_psl_private_domains=False).suffix if parts.is_private else parts.suffix
    return HostParts(parts.subdomain, parts.domain, parts.suffix, public)


def in_punycode(name: str) -> str:
    return ".".join(x if x.isascii() else "xn--" + x.encode("punycode").decode() for x in name.split("."))


def test_every_rule_cuts_as_in_tldextract() -> None:
    for rule in RULES:
        name = rule.removeprefix("!").replace("*", "any")
        for host in (name, f"a.{name}", f"b.A.{name}", f"c.b.a.{name}", name.partition(".")[2] or name):
            for written in {host, in_punycode(host)}:
                assert SPLIT(written) == expected(written), written


@pytest.mark.parametrize(
    "written",
    [
        "", ".", "..", "localhost", "a..com", ".com", "com.", "example.com..", "*.ck", "!www.ck", "a.*.ck", "192.0.2.1",
        "1.2.3.4.5", "[2001:db8::1]", "[2001:db8::1]:80", "http://user:pw@EXAMPLE.co.uk:80/a.b?c.d#e.f",
        "//example.com/", "x//example.com", "://example.com", "ht~tp://example.com", "http:\\\\example.com", " example.com ",
        "example\u3002com", "example.com\uff0e", "xn--.com", "xn--zzzzzzzzzz99.jp", "xn--pssu33l.jp", "大阪.jp", "x.大阪.JP",
        "example.com:80", "a@b@example.org", "example.com?x=y.z", "example.com#y.z", "me.github.io", "github.io", "a.b.us.com",
    ],
)  # fmt: skip
def test_odd_hosts_are_cut_as_in_tldextract(written: str) -> None:
    assert SPLIT(written) == expected(written)


def test_a_list_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(ListUnusable, match=r"public suffix list: It cannot be read\. Reinstall tldextract\."):
        suffixes.splitter(tmp_path / "none")
    (tmp_path / "cut").write_text("com\n")
    with pytest.raises(ListUnusable):
        suffixes.splitter(tmp_path / "cut")
