"""How a process speaks to PostgreSQL and NATS: within this machine, or over TLS."""

import ipaddress
import ssl
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import URL


def transport(ca_file: Path | None, certificate_file: Path | None) -> ssl.SSLContext | None:
    """TLS 1.2 or newer with these authorities and no others; None without any.

    A server's name is verified as well. ``certificate_file`` holds this process's own certificate
    and key, for a server that asks who calls.
    """
    if ca_file is None:
        return None
    context = ssl.create_default_context(cafile=str(ca_file))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate_file is not None:
        context.load_cert_chain(certificate_file)
    return context


def refuse_in_the_clear(ca_file: Path | None, hosts: Iterable[str | None]) -> None:
    """Raise ``ValueError`` where a server beyond this machine would be spoken to without TLS."""
    far = sorted(host for host in hosts if host is not None and not is_loopback(host))
    if far and ca_file is None:
        raise ValueError(
            f"{', '.join(far)} is beyond this machine, so TLS is needed: set CARETEAM_CA_FILE to "
            "the certificates of the authorities that vouch for PostgreSQL and NATS"
        )


def database_host(url: URL) -> str | None:
    """Where a database is; None for a socket in this machine's file system."""
    told = url.query.get("host", url.host)
    host = told if isinstance(told, str) else None
    return None if host is None or host.startswith("/") else host


def servers_in(urls: str) -> list[str]:
    """The servers of a setting that names several, with commas between them."""
    return [server.strip() for server in urls.split(",") if server.strip()]


def server_host(url: str) -> str | None:
    """The host of a server's address, as in ``nats://host:4222`` or ``host:4222``."""
    return urlsplit(url if "//" in url else f"//{url}").hostname


def is_loopback(host: str | None) -> bool:
    """Whether only this machine reaches it."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
