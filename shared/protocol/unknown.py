"""The rules of a course whose protocol this process does not have.

Before a dose they allow nothing: every gate asks :func:`protocol_known`. After a dose they are the
strictest that the specification speaks of, so that observation, restriction and check-ins go on
under rules that no clinic's own could be stricter than where it matters, and nobody is let go.
"""

from dataclasses import dataclass, field
from typing import Final

from shared.decisions import Unblock, Verdict, holds, violated
from shared.protocol.model import ClinicProtocol
from shared.protocol.safety import Aftercare, ManualClearance, Recovery
from shared.protocol.timing import BUILT_IN_PROFILES, TimingProfile
from shared.protocol.vocabulary import ClearanceRole, Route

_LONGEST: Final = max(BUILT_IN_PROFILES.values(), key=lambda profile: profile.offset_max)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownProtocol(ClinicProtocol):
    """What stands for a version that is not loaded, or was changed after the course began."""

    protocol_name: str = "unknown"
    routes_enabled: tuple[Route, ...] = tuple(Route)
    recovery: Recovery = field(
        default_factory=lambda: Recovery(
            min_observation_minutes=_LONGEST.offset_max,
            clearance_roles=(ClearanceRole.PRESCRIBER,),
            manual_clearance=ManualClearance(allowed=False),
        )
    )
    aftercare: Aftercare = field(default_factory=lambda: Aftercare(until_next_day=True))

    @property
    def known(self) -> bool:
        return False

    def timing_profile(self, code: str) -> TimingProfile:
        """The longest of all that are built in: the clinic's own numbers are not known."""
        return _LONGEST


def protocol_known(protocol: ClinicProtocol, owner: str) -> Verdict:
    """A course is decided by the rules it began with, or by none (architecture 4).

    ``owner`` is the service that decides, and that lacks the file.
    """
    if protocol.known:
        return holds("protocol-unknown", "2.1", protocol_version=protocol.protocol_version)
    return violated(
        "protocol-unknown",
        "2.1",
        protocol_version=protocol.protocol_version,
        unblocks_with=(
            Unblock(
                fact="protocol",
                owner=owner,
                action=(
                    f"load the file of protocol version {protocol.protocol_version}"
                    " unchanged, or bring the course to a newer version"
                ),
            ),
        ),
    )
