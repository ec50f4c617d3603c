"""Which addresses may be sent to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.receivers.addresses import check_url, refusal
from tests.alerts.receivers.hostile import ADDRESSES, FINE_ADDRESSES, FINE_URLS, URLS


@pytest.mark.parametrize(("address", "word"), ADDRESSES)
def test_a_hostile_address_is_refused_with_its_reason(address: str, word: str) -> None:
    """Each address that is not of the public internet is refused, and the reason says what it is."""
    assert word in (refusal(ip_address(address)) or "")


@pytest.mark.parametrize("address", FINE_ADDRESSES)
def test_a_public_address_passes(address: str) -> None:
    """Public addresses pass, also where a public IPv4 address is carried in IPv6."""
    assert refusal(ip_address(address)) is None


@pytest.mark.parametrize(("url", "word"), URLS)
def test_a_hostile_url_is_refused_with_its_reason(url: str, word: str) -> None:
    """Each URL that leads inside, or that two readers could read differently, is refused with the reason."""
    assert word in (check_url(url) or "")


@pytest.mark.parametrize("url", FINE_URLS)
def test_a_plain_url_passes(url: str) -> None:
    """Names, public literals and high ports pass."""
    assert check_url(url) is None


def test_private_networks_pass_where_they_are_allowed() -> None:
    """Where private addresses are allowed, loopback and private networks pass, over plain HTTP too."""
    for url in ("http://127.0.0.1:9000/", "http://localhost:9000/", "https://10.1.2.3/", "http://[fd12::1]:8080/"):
        assert check_url(url, allow_private=True) is None, url
    assert refusal(ip_address("::1"), allow_private=True) is None


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "100.100.100.200",
        "fd00:ec2::254",
        "::ffff:169.254.169.254",
        "fe80::1",
        "224.0.0.1",
        "0.0.0.0",
    ],
)
def test_metadata_and_link_local_never_pass(address: str) -> None:
    """A cloud's credentials are out of reach even where private addresses are allowed."""
    assert refusal(ip_address(address), allow_private=True) is not None


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_carrying_changes_nothing(address: IPv4Address) -> None:
    """An IPv4 address that is refused is refused however IPv6 carries it."""
    if refusal(address) is None:
        return
    number = int(address)
    carriers = (0xFFFF << 32 | number, 0x64_FF9B << 96 | number, 0x2002 << 112 | number << 80, number)
    for carrier in carriers:
        assert refusal(IPv6Address(carrier)) is not None, IPv6Address(carrier)


@given(st.ip_addresses(v=4))
def test_what_passes_is_global(address: IPv4Address) -> None:
    """No address passes that the standard library knows to be of no public network."""
    if refusal(address) is None:
        assert address.is_global
        assert not address.is_multicast
