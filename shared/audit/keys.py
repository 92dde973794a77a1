"""The keys of a chain: a file with one a line, the last of which is in use."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_BYTES = 32


class UnkeyedAuditError(RuntimeError):
    """There is no key for the audit chain, so nothing may be done or shown."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys that a chain was ever made with, by their ids, and the present one."""

    keys: Mapping[str, bytes]
    current: str

    @classmethod
    def read(cls, file: Path | None) -> "KeyRing":
        """Raises :class:`UnkeyedAuditError` when the file is not there or holds no usable key."""
        if file is None:
            raise UnkeyedAuditError("CARETEAM_AUDIT_KEY_FILE is not set: name the chain's key file")
        try:
            lines = file.read_text().split()
        except OSError as error:
            raise UnkeyedAuditError(f"{file}: {error.strerror}") from None
        return cls.of(lines, str(file))

    @classmethod
    def of(cls, lines: list[str], where: str) -> "KeyRing":
        """From keys as hexadecimal digits, oldest first."""
        try:
            found = [bytes.fromhex(line) for line in lines]
        except ValueError:
            found = []
        if not found or any(len(key) != _BYTES for key in found):
            raise UnkeyedAuditError(f"{where}: expected lines of {2 * _BYTES} hexadecimal digits")
        ids = [key_id(key) for key in found]
        return cls(dict(zip(ids, found, strict=True)), ids[-1])


def key_id(key: bytes) -> str:
    """Eight digits that name a key and tell nothing of it."""
    return hashlib.sha256(b"careteam audit key" + key).hexdigest()[:8]
