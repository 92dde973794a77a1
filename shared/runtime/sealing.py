"""Sealing with a secret that is kept elsewhere: a copy of the database does not open it."""

import hashlib
import json
from typing import Any, Final

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

_HEADER: Final = {"alg": "dir", "enc": "A256GCM"}
_ALGORITHMS: Final = ["dir", "A256GCM"]


def sealed(content: Any, secret: str) -> str:
    """JSON as a JWE under a key that follows from the secret: 256 random bits, so one hash does."""
    return jwe.encrypt_compact(_HEADER, json.dumps(content), _key(secret), algorithms=_ALGORITHMS)


def opened(text: str, secret: str) -> Any:
    """What was sealed; None where this is not the secret."""
    try:
        return json.loads(
            jwe.decrypt_compact(text, _key(secret), algorithms=_ALGORITHMS).plaintext or b"null"
        )
    except (JoseError, ValueError):
        return None


def digest(secret: str) -> bytes:
    """By which a row is found without keeping the secret."""
    return hashlib.sha256(secret.encode()).digest()


def _key(secret: str) -> OctKey:
    return OctKey.import_key(hashlib.sha256(b"seal:" + secret.encode()).digest())
