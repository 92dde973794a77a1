"""All protocols that a clinic runs by, side by side: a course keeps the version it began with.

Within a clinic the number is the identity: two files never share one. The name tells programmes
apart (a clinic may run one with racemic ketamine and one with esketamine), and a course only moves
to a higher number of its own name.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.decisions import Unblock, Verdict, holds, violated
from shared.protocol.model import ClinicProtocol
from shared.protocol.unknown import UnknownProtocol


@dataclass(frozen=True, slots=True)
class Pin:
    """A version, and a digest of what its file said to whoever pins a course to it.

    Without a digest the version was not loaded there.
    """

    version: int
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class ProtocolLibrary:
    """The loaded protocols by version. A new course begins with ``current``."""

    current: ClinicProtocol
    versions: Mapping[int, ClinicProtocol]

    @classmethod
    def of(cls, *protocols: ClinicProtocol, current: int | None = None) -> "ProtocolLibrary":
        """These protocols; the first is the current one unless another version is named."""
        versions = {p.protocol_version: p for p in protocols}
        return cls(protocols[0] if current is None else versions[current], versions)

    def pin(self, version: int) -> Pin:
        """This version as it is loaded here."""
        found = self.versions.get(version)
        return Pin(version, None if found is None else found.digest)

    def pinned(self, pin: Pin | None) -> ClinicProtocol:
        """The rules of a course with this pin; :class:`UnknownProtocol` where they are not had.

        A file that was changed under its number is not the one that the course began with.
        """
        if pin is None:
            return UnknownProtocol(protocol_version=0)
        found = self.versions.get(pin.version)
        if found is None or pin.digest not in {None, found.digest}:
            return UnknownProtocol(protocol_version=pin.version)
        return found

    def newer(self, name: str, version: int) -> tuple[ClinicProtocol, ...]:
        """The versions that a course of this name and version may move to, lowest first."""
        return tuple(
            later
            for number, later in sorted(self.versions.items())
            if number > version and later.protocol_name == name
        )


def protocol_agreed(own: ClinicProtocol, peer: str, theirs: Pin) -> Verdict:
    """A peer that allows something does so by the same rules, word for word (architecture 4).

    A course that was just brought to a newer version is heard of here a moment later.
    """
    same = theirs.version == own.protocol_version and theirs.digest == own.digest
    facts = {"own_version": own.protocol_version, "their_version": theirs.version}
    if same:
        return holds(f"{peer}-protocol-differs", "2.1", **facts)
    return violated(
        f"{peer}-protocol-differs",
        "2.1",
        **facts,
        loaded_there=theirs.digest is not None,
        unblocks_with=(
            Unblock(
                fact="the same protocol",
                owner=peer,
                action="give both services the same files, or try again in a moment",
            ),
        ),
    )
