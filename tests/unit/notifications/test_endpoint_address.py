"""Which addresses the clinic's server may call on somebody's behalf."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.channels.endpoint_url import LONGEST_URL, Unusable, unusable
from services.notifications.domain.endpoint_address import may_be_reached

INSIDE = (
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.1",
    "172.16.5.5",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - an address to be refused
    "255.255.255.255",
    "224.0.0.1",
    "192.0.2.1",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "ff0e::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:0:53aa:64c:0:fb9e:f5ff:fffe",
)
OUTSIDE = ("93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")


@pytest.mark.parametrize("text", INSIDE)
def test_what_is_inside_is_not_reached(text: str) -> None:
    assert not may_be_reached(ip_address(text), (), plain=False)


@pytest.mark.parametrize("text", OUTSIDE)
def test_what_is_outside_is_reached_with_tls_only(text: str) -> None:
    assert may_be_reached(ip_address(text), (), plain=False)
    assert not may_be_reached(ip_address(text), (), plain=True)


def test_a_network_that_the_clinic_names_is_reached_and_no_other() -> None:
    mine = (ip_network("10.20.0.0/16"), ip_network("::1/128"))
    for plain in (False, True):
        assert may_be_reached(ip_address("10.20.3.4"), mine, plain=plain)
        assert may_be_reached(ip_address("::ffff:10.20.3.4"), mine, plain=plain)
        assert may_be_reached(ip_address("::1"), mine, plain=plain)
        assert not may_be_reached(ip_address("10.21.0.1"), mine, plain=plain)
        assert not may_be_reached(ip_address("127.0.0.1"), mine, plain=plain)


@given(st.ip_addresses(v=4))
def test_however_an_address_is_written_it_is_the_same(address: object) -> None:
    number = int(address)  # type: ignore[call-overload]
    plainly = may_be_reached(ip_address(number), (), plain=False)
    mapped = ip_address((0xFFFF << 32) | number)
    translated = ip_address((0x64FF9B << 96) | number)
    assert may_be_reached(mapped, (), plain=False) == plainly
    assert may_be_reached(translated, (), plain=False) == plainly


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("https://integrator.example/hook", None),
        ("https://integrator.example:8443/hook?clinic=1", None),
        ("https://8.8.8.8/hook", None),
        ("http://integrator.example/hook", Unusable.NOT_HTTPS),
        ("ftp://integrator.example/hook", Unusable.NO_URL),
        ("https:///hook", Unusable.NO_URL),
        ("https://integrator.example/hook#part", Unusable.NO_URL),
        ("https://integrator.example:99999/hook", Unusable.NO_URL),
        ("https://integrator.example/ hook", Unusable.NO_URL),
        ("https://[::1", Unusable.NO_URL),
        ("https://integrator.example/" + "x" * LONGEST_URL, Unusable.NO_URL),
        ("https://me:secret@integrator.example/hook", Unusable.NAMES_A_USER),
        ("https://127.0.0.1/hook", Unusable.NOT_ALLOWED),
        ("https://[::1]/hook", Unusable.NOT_ALLOWED),
        ("https://169.254.169.254/latest/meta-data", Unusable.NOT_ALLOWED),
    ],
)
def test_what_is_wrong_with_a_url(url: str, wrong: Unusable | None) -> None:
    assert unusable(url, ()) == wrong


def test_without_tls_only_where_the_clinic_wants_endpoints() -> None:
    here = (ip_network("127.0.0.0/8"),)
    assert unusable("http://127.0.0.1:9000/hook", here) is None
    assert unusable("http://localhost:9000/hook", here) is None
    assert unusable("http://8.8.8.8/hook", here) == Unusable.NOT_ALLOWED
