"""The certificates of a clinic in containers: one authority, and whoever it vouches for.

Everything is PEM: ``ca.pem`` is what the others believe; the file of a holder, and that of the
authority itself, has the certificate and then its key.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cli.clinic.secrets import write_private

_OF_THE_AUTHORITY: Final = timedelta(days=3650)
_OF_A_HOLDER: Final = timedelta(days=730)
_SKEW: Final = timedelta(hours=1)
"""A machine whose clock is behind believes a new certificate too."""
_KEY: Final = b"-----BEGIN PRIVATE KEY-----"


@dataclass(frozen=True, slots=True)
class _Signer:
    certificate: x509.Certificate
    key: EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Authority:
    """Who vouches for the clinic's servers and for whoever calls them; kept in this folder.

    What it made is kept for two thirds of its life and then made anew, at the next start.
    """

    folder: Path
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @property
    def file(self) -> Path:
        """What others believe: the authority's certificate without its key."""
        return self.folder / "ca.pem"

    def keep_server(self, host: str) -> Path:
        """The certificate and key of a server that is reached as ``host``."""
        return self._keep(host, ExtendedKeyUsageOID.SERVER_AUTH, [x509.DNSName(host)])

    def keep_caller(self, name: str) -> Path:
        """The certificate and key of somebody who calls servers."""
        return self._keep(name, ExtendedKeyUsageOID.CLIENT_AUTH, [])

    def _keep(
        self, name: str, use: x509.ObjectIdentifier, hosts: Sequence[x509.GeneralName]
    ) -> Path:
        signer = self._itself()
        file = self.folder / f"{name}.pem"
        if not self._is_young(file) or not _is_of(file, signer):
            key = generate_private_key(SECP256R1())
            ours = signer.certificate.subject
            asked = self._begun(name, key, ours, _OF_A_HOLDER)
            asked = asked.add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
            asked = asked.add_extension(_may(sign=False), True)
            asked = asked.add_extension(x509.ExtendedKeyUsage([use]), False)
            known = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key())
            asked = asked.add_extension(known, False)
            if hosts:
                asked = asked.add_extension(x509.SubjectAlternativeName(hosts), False)
            _write(file, asked.sign(signer.key, SHA256()), key)
        return file

    def _itself(self) -> _Signer:
        whole = self.folder / "authority.pem"
        if not self._is_young(whole):
            key = generate_private_key(SECP256R1())
            asked = self._begun("careteam", key, _named("careteam"), _OF_THE_AUTHORITY)
            asked = asked.add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
            asked = asked.add_extension(_may(sign=True), True)
            _write(whole, asked.sign(key, SHA256()), key)
        signer = _read(whole)
        public = signer.certificate.public_bytes(Encoding.PEM).decode()
        if not self.file.exists() or self.file.read_text() != public:
            write_private(self.file, public)
        return signer

    def _begun(
        self, name: str, key: EllipticCurvePrivateKey, issuer: x509.Name, life: timedelta
    ) -> x509.CertificateBuilder:
        now = self.now()
        return (
            x509.CertificateBuilder()
            .subject_name(_named(name))
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _SKEW)
            .not_valid_after(now + life)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        )

    def _is_young(self, file: Path) -> bool:
        if not file.exists():
            return False
        kept = x509.load_pem_x509_certificate(file.read_bytes())
        whole = kept.not_valid_after_utc - kept.not_valid_before_utc
        return self.now() < kept.not_valid_after_utc - whole / 3


def _named(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _may(*, sign: bool) -> x509.KeyUsage:
    """An authority signs certificates and nothing else; a holder proves itself and nothing else."""
    return x509.KeyUsage(
        digital_signature=not sign,
        key_cert_sign=sign,
        crl_sign=sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _is_of(file: Path, signer: _Signer) -> bool:
    try:
        kept = x509.load_pem_x509_certificate(file.read_bytes())
        kept.verify_directly_issued_by(signer.certificate)
    except (InvalidSignature, ValueError):
        return False
    return True


def _read(file: Path) -> _Signer:
    text = file.read_bytes()
    key = load_pem_private_key(text[text.index(_KEY) :], None)
    if not isinstance(key, EllipticCurvePrivateKey):
        raise TypeError(f"{file} has no key of an elliptic curve")
    return _Signer(x509.load_pem_x509_certificate(text), key)


def _write(file: Path, certificate: x509.Certificate, key: EllipticCurvePrivateKey) -> None:
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_private(file, (certificate.public_bytes(Encoding.PEM) + private).decode())
