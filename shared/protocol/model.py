"""A clinic's protocol: versioned values, frozen, without IO. Loaded with checks, read by rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from shared.protocol.safety import Aftercare, Escort, Messaging, Predose, Recovery
from shared.protocol.screening import FINDINGS, Finding, FindingCode, Grade, ScreeningCuts
from shared.protocol.section import Section
from shared.protocol.sections import (
    ConsentRules,
    Course,
    Dosing,
    Preferences,
    Prep,
    PrescriptionRules,
    TalkSessions,
)
from shared.protocol.timing import BUILT_IN_PROFILES, ESKETAMINE_PROFILE, TimingProfile
from shared.protocol.vocabulary import AdministeringRole, ProtocolProfile, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening(Section):
    """Who may be treated: an age floor, and a clinic's stricter grades over the built-in ones."""

    min_age: int = 18
    cuts: ScreeningCuts = field(default_factory=ScreeningCuts)
    grades: Mapping[FindingCode, Grade] = field(default_factory=dict)

    def finding(self, code: FindingCode) -> Finding:
        """What this finding means at this clinic (F08, F09)."""
        built_in = FINDINGS[code]
        grade = self.grades.get(code, built_in.grade)
        return built_in if grade is built_in.grade else built_in.graded(grade)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicProtocol(Section):
    """Everything that a clinic may choose. A course stays with the version it began with.

    ``protocol_version`` is one count for all files of a clinic; ``protocol_name`` tells programmes
    apart.
    """

    protocol_version: int = 1
    protocol_name: str = "default"
    protocol_profile: ProtocolProfile = ProtocolProfile.STANDARD
    rems_certified: bool = False
    screening: Screening = field(default_factory=Screening)
    prep: Prep = field(default_factory=Prep)
    course: Course = field(default_factory=Course)
    dosing: Dosing = field(default_factory=Dosing)
    talk_sessions: TalkSessions = field(default_factory=TalkSessions)
    preferences: Preferences = field(default_factory=Preferences)
    routes_enabled: tuple[Route, ...] = (Route.SL, Route.IM)
    timing_profiles: Mapping[str, TimingProfile | None] = field(default_factory=dict)
    administering_roles: tuple[AdministeringRole, ...] = tuple(AdministeringRole)
    predose: Predose = field(default_factory=Predose)
    recovery: Recovery = field(default_factory=Recovery)
    escort: Escort = field(default_factory=Escort)
    aftercare: Aftercare = field(default_factory=Aftercare)
    prescription: PrescriptionRules = field(default_factory=PrescriptionRules)
    consent: ConsentRules = field(default_factory=ConsentRules)
    messaging: Messaging = field(default_factory=Messaging)
    digest: str = field(default="", compare=False)
    """Of what the file says; whoever reads the file sets it, no file does."""

    @property
    def known(self) -> bool:
        """Whether these are the rules of a file that was loaded."""
        return True

    def timing_profile(self, code: str) -> TimingProfile:
        """The profile with this code: the clinic's own, or the built-in one (ruling 24)."""
        if code in self.timing_profiles:
            chosen = self.timing_profiles[code]
        else:
            chosen = BUILT_IN_PROFILES.get(code)
        if chosen is None:
            raise UnknownTimingProfile(code)
        return chosen

    def profiles(self) -> Iterator[tuple[str, TimingProfile]]:
        """Every profile that may be prescribed here: of an enabled route, with its code."""
        for code in dict.fromkeys((*BUILT_IN_PROFILES, *self.timing_profiles)):
            profile = self.timing_profiles.get(code, BUILT_IN_PROFILES.get(code))
            if profile is None or profile.route not in self.routes_enabled:
                continue
            if self.is_esketamine and profile.route is Route.IN and code != ESKETAMINE_PROFILE:
                continue
            if code == ESKETAMINE_PROFILE and not self.is_esketamine:
                continue
            yield code, profile

    @property
    def is_esketamine(self) -> bool:
        return self.protocol_profile is ProtocolProfile.ESKETAMINE_REMS


class UnknownTimingProfile(LookupError):  # noqa: N818 - what is wrong, not that it is an error
    """No profile has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"no timing profile {code!r} in this protocol")
        self.code = code
