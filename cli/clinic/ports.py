"""Ports on loopback: taken, free, and who has them."""

import contextlib
import socket
from typing import Final

import psutil

from cli.clinic.services import IDENTITY, SERVICES
from cli.trouble import Misuse, Trouble

LOOPBACK: Final = "127.0.0.1"


def service_ports(base: int) -> dict[str, int]:
    """The services' ports: the base plus one to four. The base itself is the issuer's."""
    if not 0 < base <= 65535 - len(SERVICES):
        raise Misuse(f"--port-base {base} leaves no room for {len(SERVICES) + 1} ports")
    return {service: base + number for number, service in enumerate(SERVICES, 1)}


def all_ports(base: int) -> dict[str, int]:
    """The ports of the services and of the issuer."""
    return {IDENTITY: base, **service_ports(base)}


def assert_free(ports: dict[str, int]) -> None:
    """Complain of the first port that somebody else listens on."""
    for service, port in ports.items():
        if not is_free(port):
            raise Trouble(
                f"port {port} for {service} is in use{_by_whom(port)}: "
                "stop that, or choose other ports with --port-base"
            )


def is_free(port: int) -> bool:
    with contextlib.suppress(OSError), bound(port):
        return True
    return False


def bound(port: int = 0) -> socket.socket:
    """A socket that holds a port; any free one for 0."""
    holder = socket.socket()
    try:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((LOOPBACK, port))
    except OSError:
        holder.close()
        raise
    return holder


def _by_whom(port: int) -> str:
    with contextlib.suppress(psutil.Error, OSError):
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr[1:2] == (port,):
                if connection.pid is None:
                    break
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    return ""
