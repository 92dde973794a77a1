"""The clinic's own authority: what it vouches for is believed, kept, and made anew in time."""

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from cli.clinic.certificates import Authority
from shared.runtime.transport import transport


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "tls")


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> str | None:
    """Both ends of one connection; the version of TLS that they agree on."""
    ours, theirs = socket.socketpair()
    ours.settimeout(5)
    theirs.settimeout(5)

    def answer() -> None:
        try:
            with server.wrap_socket(theirs, server_side=True) as wrapped:
                wrapped.recv(1)
        except OSError:
            theirs.close()

    answering = threading.Thread(target=answer)
    answering.start()
    try:
        with client.wrap_socket(ours, server_hostname=name) as wrapped:
            wrapped.send(b"!")
            return wrapped.version()
    finally:
        ours.close()
        answering.join()


def of_server(file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def believing(authority: Authority) -> ssl.SSLContext:
    context = transport(authority.file, None)
    assert context is not None
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def test_a_server_is_believed_under_its_name(authority: Authority) -> None:
    server = of_server(authority.keep_server("postgres"))
    assert shake_hands(server, believing(authority), "postgres") == "TLSv1.3"


@pytest.mark.parametrize("name", ["nats", "postgres.example", "localhost"])
def test_and_under_no_other(name: str, authority: Authority) -> None:
    server = of_server(authority.keep_server("postgres"))
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        shake_hands(server, believing(authority), name)


def test_whoever_calls_cannot_pose_as_a_server(authority: Authority) -> None:
    server = of_server(authority.keep_caller("intake"))
    with pytest.raises(ssl.SSLCertVerificationError, match="purpose"):
        shake_hands(server, believing(authority), "intake")


def test_a_holder_vouches_for_nobody(authority: Authority) -> None:
    kept = x509.load_pem_x509_certificate(authority.keep_server("nats").read_bytes())
    may = kept.extensions.get_extension_for_class(x509.KeyUsage).value
    assert not may.key_cert_sign
    assert not kept.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_another_clinics_authority_is_not_believed(authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other")
    server = of_server(other.keep_server("postgres"))
    authority.keep_server("postgres")
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(server, believing(authority), "postgres")


def test_less_than_tls_1_2_is_refused(authority: Authority) -> None:
    authority.keep_server("postgres")
    assert believing(authority).minimum_version == ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize(
    "keep", [lambda one: one.keep_server("nats"), lambda one: one.keep_caller("intake")]
)
def test_what_was_made_is_kept_for_two_thirds_of_its_life(
    keep: Callable[[Authority], Path], authority: Authority
) -> None:
    made = keep(authority).read_text()

    def after(days: int) -> Authority:
        return replace(authority, now=lambda: datetime.now(UTC) + timedelta(days=days))

    assert keep(after(480)).read_text() == made
    assert keep(after(490)).read_text() != made


def test_a_new_authority_vouches_anew(authority: Authority) -> None:
    made = authority.keep_server("nats").read_text()
    (authority.folder / "authority.pem").unlink()
    assert authority.keep_server("nats").read_text() != made
    server = of_server(authority.keep_server("nats"))
    assert shake_hands(server, believing(authority), "nats") is not None


def test_keys_are_read_by_their_owner_only(authority: Authority) -> None:
    authority.keep_server("nats")
    assert {file.stat().st_mode & 0o777 for file in authority.folder.iterdir()} == {0o600}
