"""Which addresses a subscriber may name: those of the public internet, in the one way of writing that has one reading.

Pure. `check_url` judges what is written and is for the moment of saving as well as of sending; `refusal` judges the
address that is about to be connected to, and has the last word, because a name may lead elsewhere the next time.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal

from yarl import URL

IPAddress = IPv4Address | IPv6Address
Reach = Literal["inside", "never"]

FIRST_FREE_PORT = 1024
"""Below it ports belong to protocols of their own (mail, shells, directories): only 80 and 443 are HTTP's."""
HTTP_PORTS = (80, 443)
_NETWORKS: tuple[tuple[str, str, Reach], ...] = (
    # Clouds answer here with the machine's own credentials; some of these addresses look public or merely private.
    ("169.254.169.254/32", "a cloud's metadata service", "never"),
    ("169.254.170.2/32", "a cloud's metadata service", "never"),
    ("100.100.100.200/32", "a cloud's metadata service", "never"),
    ("168.63.129.16/32", "a cloud's metadata service", "never"),
    ("192.0.0.192/32", "a cloud's metadata service", "never"),
    ("fd00:ec2::/32", "a cloud's metadata service", "never"),
    ("fd20:ce::254/128", "a cloud's metadata service", "never"),
    ("127.0.0.0/8", "loopback", "inside"),
    ("::1/128", "loopback", "inside"),
    ("10.0.0.0/8", "private (RFC 1918)", "inside"),
    ("172.16.0.0/12", "private (RFC 1918)", "inside"),
    ("192.168.0.0/16", "private (RFC 1918)", "inside"),
    ("100.64.0.0/10", "shared by a carrier's customers (RFC 6598)", "inside"),
    ("fc00::/7", "a unique local address (RFC 4193)", "inside"),
    ("0.0.0.0/8", "this very network (RFC 1122)", "never"),
    ("169.254.0.0/16", "link-local", "never"),
    ("192.0.0.0/24", "set aside for protocols (RFC 6890)", "never"),
    ("192.0.2.0/24", "for documentation", "never"),
    ("198.51.100.0/24", "for documentation", "never"),
    ("203.0.113.0/24", "for documentation", "never"),
    ("198.18.0.0/15", "for benchmarks (RFC 2544)", "never"),
    ("192.88.99.0/24", "a retired relay of 6to4 (RFC 7526)", "never"),
    ("224.0.0.0/4", "multicast", "never"),
    ("255.255.255.255/32", "broadcast", "never"),
    ("240.0.0.0/4", "reserved", "never"),
    ("::/128", "unspecified", "never"),
    ("::/96", "an IPv4-compatible address, retired (RFC 4291)", "never"),
    ("::ffff:0:0:0/96", "an IPv4-translated address (RFC 2765)", "never"),
    ("64:ff9b:1::/48", "a translator's inside (RFC 8215)", "never"),
    ("100::/64", "a sink (RFC 6666)", "never"),
    ("2001:db8::/32", "for documentation", "never"),
    ("3fff::/20", "for documentation", "never"),
    ("2001::/32", "a Teredo tunnel", "never"),
    ("2001::/23", "set aside for protocols (RFC 2928)", "never"),
    ("5f00::/16", "a segment identifier (RFC 9602)", "never"),
    ("fe80::/10", "link-local", "never"),
    ("fec0::/10", "site-local, retired (RFC 3879)", "never"),
    ("ff00::/8", "multicast", "never"),
)
"""The first that fits decides. `inside` is reached where private addresses are allowed."""
_PARSED = tuple((ip_network(network), why, reach) for network, why, reach in _NETWORKS)
_NAT64 = IPv6Network("64:ff9b::/96")
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)


def refusal(address: IPAddress, *, allow_private: bool = False) -> str | None:
    """Say why an address must not be connected to, or None where it may be.

    An IPv6 address that carries an IPv4 address (mapped, NAT64, 6to4, Teredo) is judged by what it carries as well.
    A translator with a prefix of its own network cannot be told from any other host: such a network has to filter.

    Args:
        address: as it goes to `connect`.
        allow_private: let loopback and private networks pass; metadata services, link-local and multicast never do.
    """
    for how, carried in _carried(address):
        if why := refusal(carried, allow_private=allow_private):
            return f"{address} is {how}: {why}"
    for network, why, reach in _PARSED:
        if address in network:
            return None if allow_private and reach == "inside" else f"{address} is {why}"
    passes = address.is_global
    if isinstance(address, IPv6Address):
        passes = address.ipv4_mapped is not None or address in _NAT64 or (passes and address in _GLOBAL_UNICAST)
    return None if passes else f"{address} is not of the public internet"


def _carried(address: IPAddress) -> list[tuple[str, IPv4Address]]:
    """Return the IPv4 addresses inside an IPv6 address, each with how it is carried."""
    if isinstance(address, IPv4Address):
        return []
    carried = []
    if address.ipv4_mapped is not None:
        carried.append(("IPv4-mapped", address.ipv4_mapped))
    if address in _NAT64 or address in _LOCAL_NAT64:
        carried.append(("NAT64", IPv4Address(int(address) & 0xFFFF_FFFF)))
    if address.sixtofour is not None:
        carried.append(("6to4", address.sixtofour))
    if address.teredo is not None:
        carried += [("Teredo", inside) for inside in address.teredo]
    return carried


def check_url(url: str, *, allow_private: bool = False) -> str | None:
    """Say why a URL must not be sent to, or None where its address is to be looked up and judged.

    `https` only, but for private networks; no user or password; port 80, 443, or from 1024 on; a host that is a name,
    four decimal numbers, or an IPv6 address in brackets. Whoever sends must hand this same text to `yarl`, whose
    reading is the one that was judged.
    """
    if not url.isprintable() or "\\" in url or " " in url:
        return "the URL holds a blank, a backslash or a control character"
    try:
        parsed = URL(url)
        host, port = parsed.raw_host, parsed.port
        _ = parsed.host  # decodes the name, and fails where that cannot be done
    except ValueError as error:
        return f"the URL cannot be read: {error}"
    schemes = ("https", "http") if allow_private else ("https",)
    if parsed.scheme not in schemes:
        return f"the URL begins with {parsed.scheme or 'no scheme'}: use {' or '.join(schemes)}"
    if parsed.raw_user is not None or parsed.raw_password is not None:
        return "the URL holds a user or a password"
    if not host:
        return "the URL names no host"
    if port is None or (port < FIRST_FREE_PORT and port not in HTTP_PORTS):
        return f"port {port} is another protocol's: use 80, 443, or one from {FIRST_FREE_PORT} on"
    return _check_host(host, allow_private=allow_private)


def _check_host(host: str, *, allow_private: bool) -> str | None:
    if "%" in host:
        return f"host {host!r} holds a zone or an escape"
    bare = host.removesuffix(".")
    try:
        return refusal(ip_address(bare), allow_private=allow_private)
    except ValueError:
        pass
    labels = bare.split(".")
    # inet_aton also reads 127.1, 0177.0.0.1, 0x7f.1 and 2130706433, and not every reader reads them alike.
    if _NUMBER.fullmatch(labels[-1]):
        return f"host {host!r} is a number: write an IPv4 address as four decimal numbers"
    if len(bare) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return f"host {host!r} is no name"
    if labels[-1].lower() == "localhost" and not allow_private:
        return f"host {host!r} is this machine"
    return None
