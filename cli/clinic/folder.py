"""The folder in which an embedded clinic keeps everything."""

import contextlib
import fcntl
import json
import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from cli.clinic.secrets import write_private
from cli.trouble import Trouble
from shared.runtime.transport import transport

DEFAULT_FOLDER: Final = Path(".careteam")
_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class ClinicFolder:
    """Paths inside the folder. It is closed to everybody but its owner."""

    path: Path

    @classmethod
    def at(cls, path: Path) -> "ClinicFolder":
        return cls(path.absolute())

    @property
    def secrets(self) -> Path:
        return self.path / "secrets"

    def transport(self) -> ssl.SSLContext | None:
        """How commands speak to this clinic's servers: over TLS, where they are in containers."""
        authority = self.secrets / "ca.pem"
        return transport(authority, self.secrets / "client.pem") if authority.exists() else None

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def nats(self) -> Path:
        return self.path / "nats"

    @property
    def clock_file(self) -> Path:
        return self.path / "clock.json"

    @property
    def protocols(self) -> Path:
        return self.path / "protocols"

    def audit_key_file(self, service: str) -> Path:
        """The keys of a service's audit chain, one a line."""
        return self.secrets / "audit" / f"{service}.key"

    def audit_signing_key_file(self, service: str) -> Path:
        """The key with which a service signs the checkpoints of its audit chain."""
        return self.secrets / "audit" / f"{service}.signing"

    def sealing_key_file(self, service: str) -> Path:
        """The master keys that wrap the keys of a service's clients, one a line."""
        return self.secrets / "sealing" / f"{service}.key"

    def keyring(self, service: str) -> Path:
        """The wrapped keys of a service's clients, a file for each."""
        return self.path / "keyring" / service

    @property
    def webhook_key_file(self) -> Path:
        """The keys that integrators' secrets are sealed with, one a line."""
        return self.secrets / "webhook.key"

    @property
    def feeds_file(self) -> Path:
        """The integrators that have an account of their own on the bus."""
        return self.secrets / "feeds.json"

    @property
    def audit(self) -> Path:
        """Checkpoints, and the public keys that they are believed by."""
        return self.path / "audit"

    @property
    def tokens_file(self) -> Path:
        return self.secrets / "tokens.json"

    @property
    def oidc(self) -> Path:
        """The secrets with which services prove themselves to the issuer, one file for each."""
        return self.secrets / "oidc"

    @property
    def second_factor_key(self) -> Path:
        """With which the issuer makes the secrets of people's second factors."""
        return self.secrets / "issuer" / "second-factor"

    @property
    def signing_key(self) -> Path:
        return self.secrets / "issuer" / "signing.json"

    @property
    def administration_secret(self) -> Path:
        return self.secrets / "issuer" / "administration"

    @property
    def record_file(self) -> Path:
        """Addresses, ports and process numbers of the running clinic."""
        return self.path / "clinic.json"

    @property
    def _marker(self) -> Path:
        return self.path / "careteam.json"

    def create(self) -> None:
        """Make it, or accept it as one that was made earlier; refuse to use anybody else's."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except FileExistsError:
            raise Trouble(f"{self.path} is a file: choose a folder with --data") from None
        if not self._marker.exists():
            if any(self.path.iterdir()):
                raise Trouble(
                    f"{self.path} is not empty and is no careteam folder: "
                    "choose another with --data"
                )
            self.path.chmod(0o700)
            self.remember(format=_FORMAT, clinic_id=str(uuid4()))
        for inner in (self.secrets, self.logs):
            inner.mkdir(mode=0o700, exist_ok=True)
        found = self.notes().get("format")
        if found != _FORMAT:
            raise Trouble(
                f"{self.path} has format {found}, and this careteam knows {_FORMAT}: "
                "use the careteam that made it, or choose another folder with --data"
            )

    def clinic_id(self) -> UUID:
        return UUID(self.notes()["clinic_id"])

    def notes(self) -> dict[str, Any]:
        """What must be known from one start to the next."""
        try:
            notes = json.loads(self._marker.read_text())
        except FileNotFoundError:
            return {}
        except ValueError:
            notes = None
        if not isinstance(notes, dict):
            raise Trouble(f"{self._marker} is damaged: restore it, or choose another --data")
        return notes

    def remember(self, **notes: Any) -> None:
        """Keep these notes beside the earlier ones."""
        write_private(self._marker, json.dumps({**self.notes(), **notes}, indent=2) + "\n")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else runs a clinic here meanwhile. The lock goes with its process, however."""
        handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = os.pread(handle, 32, 0).decode(errors="replace").strip() or "unknown"
                raise Trouble(
                    f"a clinic is already running in {self.path} (process {holder}): "
                    "stop it, or choose another folder with --data"
                ) from None
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
            yield
            with contextlib.suppress(OSError):
                os.ftruncate(handle, 0)
        finally:
            os.close(handle)
