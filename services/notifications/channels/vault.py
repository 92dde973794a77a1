"""Integrators' secrets as the database keeps them: sealed with a key that only this service has."""

import base64
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from shared.runtime.sealing import opened, sealed

_PREFIX: Final = "whsec_"
_BYTES: Final = 32


class NoKeyError(RuntimeError):
    """The clinic has no key for integrators' secrets."""


class Vault:
    """Seals with the last of its keys, and opens what any of them sealed."""

    def __init__(self, keys: Sequence[str] = ()) -> None:
        self._keys: Final = tuple(keys)

    @classmethod
    def from_file(cls, file: Path | None) -> "Vault":
        """The keys in a file, one a line, the present one last."""
        return cls(() if file is None else file.read_text().split())

    @property
    def has_key(self) -> bool:
        return bool(self._keys)

    def seal(self, secret: str) -> str:
        """As it may be stored; raises :class:`NoKeyError`."""
        if not self._keys:
            raise NoKeyError
        return sealed(secret, self._keys[-1])

    def open(self, text: str) -> str | None:
        """The secret; None where none of the keys sealed it."""
        for key in reversed(self._keys):
            found = opened(text, key)
            if isinstance(found, str):
                return found
        return None


def new_secret() -> str:
    """A secret as Standard Webhooks writes it: 256 random bits."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()
