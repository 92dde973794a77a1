"""The chain's arithmetic: each digest is keyed, and covers the one before."""

import hashlib
import hmac
from typing import Final

KEY_CHANGED: Final = "change_audit_key"
"""The action of the entry that names the key with which the next row is made."""


def beginning(service: str) -> bytes:
    """What stands before the first row: a chain cannot pass for another service's."""
    return hashlib.sha256(f"careteam audit chain of {service}".encode()).digest()


def link(key: bytes, previous: bytes, body: str) -> bytes:
    """The digest of a row: HMAC-SHA256 over the digest before it and its own text."""
    return hmac.digest(key, previous + body.encode(), "sha256")
