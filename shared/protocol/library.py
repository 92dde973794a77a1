"""All protocols that a clinic runs by, side by side: a course keeps the version it began with.

Within a clinic the number is the identity: two files never share one. The name tells programmes
apart (a clinic may run one with racemic ketamine and one with esketamine), and a course only moves
to a higher number of its own name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from shared.protocol.model import ClinicProtocol
from shared.protocol.unknown import UnknownProtocol


@dataclass(frozen=True, slots=True)
class Pin:
    """The version of a course, and a digest of what its file said when this service learned it.

    Without a digest the version was not loaded at that time.
    """

    version: int
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One version as it is loaded, and the digest of what its file says."""

    protocol: ClinicProtocol
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolLibrary:
    """The loaded protocols by version. A new course begins with ``current``."""

    current: ClinicProtocol
    editions: Mapping[int, Edition] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def only(cls, protocol: ClinicProtocol, digest: str = "") -> "ProtocolLibrary":
        """A library of one."""
        edition = Edition(protocol=protocol, digest=digest)
        return cls(current=protocol, editions={protocol.protocol_version: edition})

    def find(self, version: int) -> ClinicProtocol | None:
        """The protocol with this number, if it is loaded."""
        found = self.editions.get(version)
        return None if found is None else found.protocol

    def digest(self, version: int) -> str | None:
        """What the file of this version says, in short; None when it is not loaded."""
        found = self.editions.get(version)
        return None if found is None else found.digest

    def pinned(self, pin: Pin | None) -> ClinicProtocol:
        """The rules of a course with this pin; :class:`UnknownProtocol` where they are not had.

        A file that was changed under its number is not the one that the course began with.
        """
        if pin is None:
            return UnknownProtocol(protocol_version=0)
        found = self.editions.get(pin.version)
        if found is None or (pin.digest is not None and pin.digest != found.digest):
            return UnknownProtocol(protocol_version=pin.version)
        return found.protocol

    def newer(self, protocol: ClinicProtocol) -> tuple[ClinicProtocol, ...]:
        """The versions that a course with this protocol may move to, lowest first."""
        return tuple(
            edition.protocol
            for version, edition in sorted(self.editions.items())
            if version > protocol.protocol_version
            and edition.protocol.protocol_name == protocol.protocol_name
        )
