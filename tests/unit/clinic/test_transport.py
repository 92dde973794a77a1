"""Beyond this machine PostgreSQL and NATS are spoken to over TLS, or a process does not start."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import make_url

from cli.clinic.certificates import Authority
from shared.runtime.settings import ServiceSettings
from shared.runtime.transport import database_host, server_host, transport

HERE = "postgresql://intake_app@127.0.0.1/intake"


@pytest.mark.parametrize(
    ("database", "nats", "far"),
    [
        ("postgresql://intake_app@db.example/intake", "nats://127.0.0.1:4222", "db.example"),
        ("postgresql://intake_app@/intake?host=10.0.0.7", "nats://127.0.0.1:4222", "10.0.0.7"),
        (HERE, "nats://127.0.0.1:4222,nats://bus.example:4222", "bus.example"),
        (HERE, "bus.example:4222", "bus.example"),
    ],
)
def test_in_the_clear_it_does_not_start(database: str, nats: str, far: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=f"{far} is beyond this machine.*CARETEAM_CA_FILE"):
        ServiceSettings(database_url=database, nats_url=nats)
    authority = Authority(tmp_path)
    authority.keep_caller("intake")
    over_tls = ServiceSettings(database_url=database, nats_url=nats, ca_file=authority.file)
    assert over_tls.transport() is not None


@pytest.mark.parametrize(
    "database",
    [
        HERE,
        "postgresql://intake_app@localhost/intake",
        "postgresql://intake_app@[::1]/intake",
        "postgresql://intake_app@/intake?host=/var/run/postgresql",
    ],
)
def test_within_this_machine_nothing_is_asked_for(database: str) -> None:
    told = ServiceSettings(database_url=database, nats_url="nats://localhost:4222")
    assert told.transport() is None


def test_a_socket_has_no_host() -> None:
    assert database_host(make_url("postgresql://x@/x?host=/run/pg")) is None
    assert database_host(make_url("postgresql://x@db/x")) == "db"


@pytest.mark.parametrize(
    ("url", "host"),
    [("nats://a:4222", "a"), ("tls://a", "a"), ("a:4222", "a"), ("[::1]:4222", "::1")],
)
def test_the_host_of_an_address(url: str, host: str) -> None:
    assert server_host(url) == host


def test_an_authority_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        transport(tmp_path / "ca.pem", None)
