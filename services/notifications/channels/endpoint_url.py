"""The URL of an endpoint, as far as it can be judged without asking anybody."""

from collections.abc import Collection
from enum import StrEnum
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from services.notifications.domain.endpoint_address import Network, may_be_reached

LONGEST_URL: Final = 500
_PORTS: Final = range(1, 65536)


class Unusable(StrEnum):
    """What is wrong with an endpoint's URL."""

    NO_URL = "no_url"
    NOT_HTTPS = "not_https"
    NAMES_A_USER = "names_a_user"
    NOT_ALLOWED = "not_allowed"


def unusable(url: str, networks: Collection[Network]) -> Unusable | None:
    """What is wrong with this URL, as far as it can be told without asking anybody."""
    parts = _parts(url)
    if parts is None or parts.scheme not in {"http", "https"} or parts.fragment:
        return Unusable.NO_URL
    if parts.username is not None or parts.password is not None:
        return Unusable.NAMES_A_USER
    if parts.scheme == "http" and not networks:
        return Unusable.NOT_HTTPS
    try:
        address = ip_address(parts.hostname or "")
    except ValueError:
        return None
    if may_be_reached(address, networks, plain=parts.scheme == "http"):
        return None
    return Unusable.NOT_ALLOWED


def _parts(url: str) -> SplitResult | None:
    if len(url) > LONGEST_URL or not url.isascii() or any(c.isspace() for c in url):
        return None
    try:
        parts = urlsplit(url)
        port_is_one = parts.port is None or parts.port in _PORTS
    except ValueError:
        return None
    return parts if parts.hostname and port_is_one else None
