"""Where an endpoint may be: nothing inside the clinic's own network is reached on its behalf.

Names are no proof: what counts is the address that is connected to. The clinic may name networks of
its own in which endpoints are wanted; only there an endpoint may be without TLS.
"""

from collections.abc import Collection
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
)
from typing import Final, TypeAlias

Network: TypeAlias = IPv4Network | IPv6Network
Address: TypeAlias = IPv4Address | IPv6Address

_TRANSLATED: Final = ip_network("64:ff9b::/96")
"""IPv4 behind a translator (RFC 6052): its last four bytes are where one arrives."""
_TRANSLATED_LOCALLY: Final = ip_network("64:ff9b:1::/48")


def may_be_reached(address: Address, networks: Collection[Network], *, plain: bool) -> bool:
    """Whether this very address may be connected to; ``plain`` is without TLS."""
    meant = _meant(address)
    if any(meant.version == network.version and meant in network for network in networks):
        return True
    return meant.is_global and not (plain or meant.is_multicast or _is_translated(meant))


def _meant(address: Address) -> Address:
    """Where one really arrives: IPv4 may be written within IPv6 in several ways."""
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _is_translated(address: Address) -> bool:
    return isinstance(address, IPv6Address) and (
        address in _TRANSLATED_LOCALLY or address.teredo is not None
    )
