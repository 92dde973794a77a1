"""Signed statements of how long a chain was and how it ended, for places it cannot be changed in.

A digest's key is known to the service, so whoever takes over the service could write a whole new
chain. What was signed and handed away before that still says how the old one went.
"""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)


class BadCheckpointError(ValueError):
    """A checkpoint that cannot be read, or that the service's key did not sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The chain of ``service`` had ``count`` rows, and the last one, ``sequence``, this digest."""

    service: str
    sequence: int
    count: int
    head: bytes
    at: datetime

    def signed(self, key: Ed25519PrivateKey) -> str:
        """One line of JSON with its signature."""
        said = self._said()
        signature = base64.b64encode(key.sign(said.encode())).decode()
        return json.dumps({**json.loads(said), "signature": signature}, separators=(",", ":"))

    @classmethod
    def read(cls, line: str, key: Ed25519PublicKey) -> "Checkpoint":
        """What a line says; raises :class:`BadCheckpointError` unless the key's owner said it."""
        try:
            said: dict[str, Any] = json.loads(line)
            checkpoint = cls(
                service=said["service"],
                sequence=said["sequence"],
                count=said["count"],
                head=bytes.fromhex(said["head"]),
                at=datetime.fromisoformat(said["at"]),
            )
            key.verify(base64.b64decode(said["signature"]), checkpoint._said().encode())
        except (ValueError, KeyError, TypeError, InvalidSignature) as error:
            raise BadCheckpointError(type(error).__name__) from None
        return checkpoint

    def _said(self) -> str:
        return json.dumps(
            {
                "service": self.service,
                "sequence": self.sequence,
                "count": self.count,
                "head": self.head.hex(),
                "at": self.at.astimezone(UTC).isoformat(),
            },
            separators=(",", ":"),
        )


def signing_key(file: Path) -> Ed25519PrivateKey:
    """The private key in a file of 64 hexadecimal digits."""
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(file.read_text().strip()))


def public_key(digits: str) -> Ed25519PublicKey:
    """The public key of 64 hexadecimal digits."""
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(digits.strip()))
