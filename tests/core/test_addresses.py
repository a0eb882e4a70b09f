"""Which addresses a webhook may have, and which of them are called."""

import pytest

from app.core.addresses import MAX_ADDRESSES, checked, checked_url, refusal, target_of
from app.errors import AddressRefused
from app.hooks.resolving import resolve

PRIVATE = ["127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "::1", "fd00::1",
           "::ffff:127.0.0.1", "::127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a00:1", "::ffff:0:127.0.0.1"]  # fmt: skip
NOBODYS = ["0.0.0.0", "169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "fe80::1",
           "fd00:ec2::254", "100.100.100.200", "::", "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1",
           "198.18.0.1", "192.88.99.1", "ff02::1", "fec0::1", "2001:db8::1", "2001:0:1::", "3fff::1", "5f00::1"]  # fmt: skip
PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_networks_only_where_that_is_allowed(address):
    assert refusal(address, allow_private=False) == "It leads into a private network."
    assert refusal(address, allow_private=True) == ""


@pytest.mark.parametrize("address", NOBODYS)
@pytest.mark.parametrize("allow_private", [True, False])
def test_where_no_receiver_can_be_nobody_is_called(address, allow_private):
    assert refusal(address, allow_private=allow_private) != ""


@pytest.mark.parametrize("address", PUBLIC)
def test_the_internet_may_be_called(address):
    assert refusal(address, allow_private=False) == ""


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "[::1]",
                                  "[::ffff:127.0.0.1]", "0.0.0.0", "0", "169.254.169.254", "127.0.0.1."])  # fmt: skip
def test_however_it_is_written_this_machine_is_refused(host):
    target = target_of(f"https://{host}/", allow_private=False)

    with pytest.raises(AddressRefused):
        checked(target, resolve(target.host, target.port, 10), allow_private=False)


def test_one_bad_address_spoils_a_name():
    target = target_of("https://cms.example/", allow_private=False)

    with pytest.raises(AddressRefused, match=r"cms.example: It leads into a private network. Only .* --allow-private"):
        checked(target, ["8.8.8.8", "10.0.0.1"], allow_private=False)
    with pytest.raises(AddressRefused, match=r"where no receiver can be. Name another"):
        checked(target, ["8.8.8.8", "169.254.169.254"], allow_private=True)


def test_of_many_addresses_a_few_are_tried_each_once():
    target = target_of("https://cms.example/", allow_private=False)
    many = [f"8.8.8.{number}" for number in range(20)]

    assert checked(target, [many[0], *many], allow_private=False) == tuple(many[:MAX_ADDRESSES])


@pytest.mark.parametrize(
    "url",
    ["", "cms.example", "ftp://cms.example/", "file:///etc/passwd", "gopher://cms.example/", "https://", "https://a b/",
     "https://[::1%25lo]/", "https://user@cms.example/", "https://user:pw@cms.example/", "https://cms.example:99999/",
     "http://cms.example/", "https://\ud800/", "https://cms.example/" + "x" * 2_000, "javascript:alert(1)"],
)  # fmt: skip
def test_what_is_no_address_of_a_receiver(url):
    with pytest.raises(AddressRefused):
        target_of(url, allow_private=False)


def test_nothing_in_a_url_gets_out_of_its_line():
    target = target_of("https://cms.example/a\r\nX: y/ü?q=\t \u2028#part", allow_private=False)

    assert target.path.isascii()
    assert not set(target.path) & set("\r\n\t #")


def test_a_name_in_any_script():
    assert target_of("https://пример.рф/", allow_private=False).authority == "xn--e1afmkfd.xn--p1ai"


@pytest.mark.parametrize("url", ["https://127.0.0.1/", "https://[::1]/", "https://0x7f.1/", "https://10.0.0.7:8443/x"])
def test_an_address_that_a_page_gave_leads_nowhere_private(url):
    with pytest.raises(AddressRefused):
        checked_url(url)
    assert checked_url("https://93.184.216.34/x").port == 443
