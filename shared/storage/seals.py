"""Sealing what is stored, and opening it again.

A sealed value belongs to one place: service, table and row are authenticated with it, so that it
opens nowhere else. What several clients are in is sealed once for each, one within the other: it
opens only while none of their keys is destroyed.
"""

import os
from collections.abc import Collection, Iterable
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag

from shared.storage.keyring import NOBODY, NONCE_BYTES, Keyring

_FORMAT: Final = b"\x01"
"""The first byte, so that another way of sealing can be told apart one day."""


class SealBroken(RuntimeError):  # noqa: N818 - what is wrong with the row
    """What is stored was altered, or belongs to another row."""


class Seals:
    """What a service stores, sealed with the keys of whom it is about."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    async def prepare(self, owners: Iterable[UUID | None]) -> None:
        """Have the keys that :meth:`seal` needs, before it is called."""
        await self._keyring.prepare(NOBODY if one is None else one for one in owners)

    def seal(self, content: bytes, owner: UUID | None, table: str, row: object) -> bytes:
        """Sealed for this place. The owner's key has to be there: see :meth:`prepare`."""
        nonce = os.urandom(NONCE_BYTES)
        cipher = self._keyring.cipher(NOBODY if owner is None else owner)
        return _FORMAT + nonce + cipher.encrypt(nonce, content, self._place(table, row))

    def open(self, sealed: bytes, owner: UUID | None, table: str, row: object) -> bytes:
        """What was sealed for this place.

        Raises :class:`SealBroken`, and the keyring's errors where there is no key:
        ``KeyDestroyedError`` when it was destroyed.
        """
        cipher = self._keyring.cipher(NOBODY if owner is None else owner)
        if sealed[:1] != _FORMAT:
            raise SealBroken(f"{table}: a row is not sealed as it should be")
        try:
            return cipher.decrypt(
                sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], self._place(table, row)
            )
        except (InvalidTag, ValueError):
            raise SealBroken(f"{table}: a row was altered or moved") from None

    def seal_for_all(
        self, content: bytes, owners: Collection[UUID], table: str, row: object
    ) -> bytes:
        """Sealed with the key of each of these clients, in turn; with the service's for none."""
        for owner in sorted(owners) or [NOBODY]:
            content = self.seal(content, owner, table, row)
        return content

    def open_of_all(
        self, sealed: bytes, owners: Collection[UUID], table: str, row: object
    ) -> bytes:
        """What was sealed for all of these clients."""
        for owner in reversed(sorted(owners) or [NOBODY]):
            sealed = self.open(sealed, owner, table, row)
        return sealed

    async def forget(self, owners: Iterable[UUID]) -> None:
        """Remove keys of things that are gone themselves and never come again."""
        await self._keyring.forget(owners)

    def _place(self, table: str, row: object) -> bytes:
        return f"{self._keyring.service}|{table}|{row}".encode()
