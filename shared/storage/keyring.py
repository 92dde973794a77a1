"""The keys that clients' records are sealed with: a small file for each client, beside no database.

A file holds one key, wrapped by the service's master key, which is a secret of its own. So a copy
of the database opens nothing, and whoever destroys a client's file has shredded every copy of what
was sealed with it. Several processes share the folder: a file appears whole or not at all, before
the row that needs it commits, and is never replaced but by the word that it was destroyed. What a
process has read it believes for :data:`BELIEVED_SECONDS`.
"""

import asyncio
import os
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.audit import KeyRing, UnkeyedAuditError
from shared.storage import key_files

NOBODY: Final = UUID(int=0)
"""Whose key seals what belongs to no client: rooms, clinicians, integrators."""
BELIEVED_SECONDS: Final = 30.0
NONCE_BYTES: Final = 12

_MARK: Final = "keyring"
_GONE: Final = b"destroyed\n"
_MOST_BYTES: Final = 1024


class KeyringError(RuntimeError):
    """The keyring is not there, is another database's, or its master key is not here."""


class KeyringAwayError(OSError):
    """The folder cannot be read or written at the moment."""


class KeyMissingError(LookupError):
    """A key is neither there nor destroyed: the keyring is not whole."""


class KeyDestroyedError(LookupError):
    """A key was destroyed: what was sealed with it cannot be read any more, by anybody."""


class Keyring:
    """The keys of one service, in a folder that all its processes share."""

    def __init__(
        self,
        service: str,
        folder: Path | None,
        master_file: Path | None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._service = service
        self._given = folder
        self._master_file = master_file
        self._master: KeyRing | None = None
        self._masters: Mapping[str, AESGCM] = {}
        self._id: UUID | None = None
        self._ciphers: dict[UUID, AESGCM] = {}
        self._monotonic = monotonic
        self._believed_until = 0.0

    @property
    def service(self) -> str:
        return self._service

    def found(self) -> UUID:
        """Make the keyring where there is none yet; its id, which its database keeps.

        Raises :class:`KeyringError` as :meth:`open` does.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._mark.exists() and not any(self._folder.glob("*.key")):
                key_files.make({self._mark: f"{uuid4()}\n".encode()}, self._folder)
        except OSError as error:
            raise KeyringError(f"{self._folder}: {error.strerror}") from None
        known = self._read_id()
        self._id = known
        if not self._file(NOBODY).exists():
            self._make_keys([NOBODY])
        self.open(known)
        return known

    def open(self, known: UUID | None) -> None:
        """Refuse, with :class:`KeyringError`, a keyring that does not open what it should.

        ``known`` is the id that the database keeps, None when it keeps none.
        """
        if known is None:
            raise KeyringError("the database names no keyring: bring it up to date (migrate)")
        if self._read_id() != known:
            raise KeyringError(
                f"{self._folder} is not the keyring of this database: mount the one that is"
            )
        self._id = known
        try:
            self.cipher(NOBODY)
        except (KeyMissingError, KeyringAwayError):
            raise KeyringError(
                f"{self._folder}: the keys are missing or were wrapped by another master key than"
                f" {self._master_file} holds: restore both"
            ) from None

    def cipher(self, owner: UUID) -> AESGCM:
        """What seals and opens with this owner's key.

        Raises :class:`KeyDestroyedError`, :class:`KeyMissingError` or :class:`KeyringAwayError`.
        """
        now = self._monotonic()
        if now >= self._believed_until:
            self._ciphers.clear()
            self._believed_until = now + BELIEVED_SECONDS
        found = self._ciphers.get(owner)
        if found is None:
            found = self._ciphers[owner] = AESGCM(self._unwrapped(owner))
        return found

    async def prepare(self, owners: Iterable[UUID]) -> None:
        """Have a key on disk for each of them, before anything is sealed that is to commit."""
        missing = self._missing(owners)
        if missing:
            await asyncio.to_thread(self._make_keys, missing)

    def prepare_now(self, owners: Iterable[UUID]) -> None:
        """As :meth:`prepare`, for whoever may wait for a disk: a migration."""
        missing = self._missing(owners)
        if missing:
            self._make_keys(missing)

    async def destroy(self, owners: Iterable[UUID]) -> None:
        """Overwrite these keys, and leave the word that they are gone. Once more does no harm.

        It does not ask whether there was a key: none can be made for the owner any more.
        """
        for owner in owners:
            await asyncio.to_thread(self._overwrite, owner, _GONE)
            self._ciphers.pop(owner, None)

    async def destroyed(self) -> frozenset[UUID]:
        """Whose keys were destroyed, as the folder says; raises :class:`KeyringAwayError`."""
        try:
            gone = await asyncio.to_thread(key_files.saying, _GONE, self._folder, ".key")
        except OSError as error:
            raise KeyringAwayError(error.errno, error.strerror) from None
        return frozenset(UUID(file.stem) for file in gone)

    async def forget(self, owners: Iterable[UUID]) -> None:
        """Overwrite and remove keys whose owners' ids never come again."""
        for owner in owners:
            await asyncio.to_thread(self._overwrite, owner, None)
            self._ciphers.pop(owner, None)

    @property
    def _folder(self) -> Path:
        if self._given is None:
            raise KeyringError("CARETEAM_KEYRING_FOLDER is not set: name the keyring's folder")
        return self._given

    @property
    def _mark(self) -> Path:
        return self._folder / _MARK

    def _file(self, owner: UUID) -> Path:
        return self._folder / f"{owner}.key"

    def _missing(self, owners: Iterable[UUID]) -> list[UUID]:
        unknown = [one for one in set(owners) if one not in self._ciphers]
        return [one for one in unknown if not self._file(one).exists()]

    def _read_id(self) -> UUID:
        try:
            return UUID(self._mark.read_text().strip())
        except FileNotFoundError:
            raise KeyringError(
                f"{self._folder}: there is no keyring; without it nothing can be read: restore it"
            ) from None
        except (OSError, ValueError):
            raise KeyringError(f"{self._mark} cannot be read: restore the keyring") from None

    def _keys(self) -> KeyRing:
        if self._master is None:
            if self._master_file is None:
                raise KeyringError(
                    "CARETEAM_SEALING_KEY_FILE is not set: name the file of the master key"
                )
            try:
                lines = self._master_file.read_text().split()
                self._master = KeyRing.of(lines, str(self._master_file))
            except OSError as error:
                raise KeyringError(f"{self._master_file}: {error.strerror}") from None
            except UnkeyedAuditError as error:
                raise KeyringError(str(error)) from None
        return self._master

    def _master_ciphers(self) -> Mapping[str, AESGCM]:
        if not self._masters:
            self._masters = {name: AESGCM(key) for name, key in self._keys().keys.items()}
        return self._masters

    def _bound(self, owner: UUID) -> bytes:
        """What a wrapped key is good for: a file that was moved does not open."""
        return f"careteam key|{self._service}|{self._id}|{owner}".encode()

    def _wrapped(self, owner: UUID) -> bytes:
        current, nonce = self._keys().current, os.urandom(NONCE_BYTES)
        key = AESGCM.generate_key(256)
        wrapped = self._master_ciphers()[current].encrypt(nonce, key, self._bound(owner))
        return f"{current} {(nonce + wrapped).hex()}\n".encode()

    def _unwrapped(self, owner: UUID) -> bytes:
        content = self._read(owner)
        if not content.strip(b"\0") or content == _GONE:
            raise KeyDestroyedError(owner)
        name, _, wrapped = content.decode(errors="replace").partition(" ")
        master = self._master_ciphers().get(name)
        try:
            sealed = bytes.fromhex(wrapped)
            if master is None:
                raise KeyMissingError(owner)
            return master.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._bound(owner))
        except (ValueError, InvalidTag):
            raise KeyMissingError(owner) from None

    def _read(self, owner: UUID) -> bytes:
        try:
            return key_files.read(self._file(owner), _MOST_BYTES)
        except FileNotFoundError:
            raise KeyMissingError(owner) from None
        except OSError as error:
            raise KeyringAwayError(error.errno, error.strerror) from None

    def _make_keys(self, owners: Iterable[UUID]) -> None:
        wrapped = {self._file(owner): self._wrapped(owner) for owner in owners}
        try:
            key_files.make(wrapped, self._folder)
        except OSError as error:
            raise KeyringAwayError(error.errno, error.strerror) from None

    def _overwrite(self, owner: UUID, word: bytes | None) -> None:
        try:
            key_files.overwrite(self._file(owner), word)
        except OSError as error:
            raise KeyringAwayError(error.errno, error.strerror) from None
