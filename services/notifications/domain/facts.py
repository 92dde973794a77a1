"""What notifications knows of a course from the others' events: who to tell, and what to tell.

Nothing personal: no name, no phone, no address. Contacts are asked for when a message goes out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.notifications.domain.alerts import Alert, AlertKind
from services.notifications.domain.session_facts import SessionFacts
from shared.folds import Highest, PhasedSet, Sourced, owned_key
from shared.protocol import HoldCategory, Role


class CourseOutcome(StrEnum):
    COMPLETED = "completed"
    CLIENT_STOPPED = "client_stopped"
    CLINICIAN_STOPPED = "clinician_stopped"
    NO_RESPONSE = "no_response"
    TRANSFERRED = "transferred"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class CareTeam:
    therapist_ref: UUID | None
    prescriber_ref: UUID | None

    def ref(self, role: Role) -> UUID | None:
        """Who fills the role for this course; None for roles that belong to the whole clinic."""
        if role is Role.THERAPIST:
            return self.therapist_ref
        return self.prescriber_ref if role is Role.PRESCRIBER else None


NO_TEAM = CareTeam(therapist_ref=None, prescriber_ref=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCourse:
    """Which course a session belongs to, once something was heard of it."""

    session_id: UUID
    course_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFacts:
    course_id: UUID
    client_id: UUID
    registered: PhasedSet[bool] = field(default_factory=PhasedSet)
    team: Highest[CareTeam] = field(default_factory=Highest)
    assessments: PhasedSet[datetime] = field(default_factory=PhasedSet)
    declined: PhasedSet[datetime] = field(default_factory=PhasedSet)
    closings: PhasedSet[CourseOutcome] = field(default_factory=PhasedSet)
    holds: PhasedSet[HoldCategory] = field(default_factory=PhasedSet)
    alerts: PhasedSet[Alert] = field(default_factory=PhasedSet)
    sessions: Mapping[str, SessionFacts] = field(default_factory=dict)

    def session(self, session_id: UUID) -> SessionFacts:
        return self.sessions.get(str(session_id), SessionFacts(id=session_id))

    def with_session(
        self, session_id: UUID, step: Callable[[SessionFacts], SessionFacts]
    ) -> "CourseFacts":
        after = step(self.session(session_id))
        return replace(self, sessions={**self.sessions, str(session_id): after})

    def was_registered(self, told: Sourced[bool]) -> "CourseFacts":
        return replace(self, registered=self.registered.add(told.event_id, told))

    def team_assigned(self, version: int, told: Sourced[CareTeam]) -> "CourseFacts":
        return replace(self, team=self.team.tell(version, told))

    def assessment_requested(self, request_id: UUID, told: Sourced[datetime]) -> "CourseFacts":
        return replace(self, assessments=self.assessments.add(str(request_id), told))

    def assessment_completed(self, request_id: UUID, event_id: str) -> "CourseFacts":
        return replace(self, assessments=self.assessments.remove(str(request_id), event_id))

    def was_declined(self, decision_id: UUID, told: Sourced[datetime]) -> "CourseFacts":
        return replace(self, declined=self.declined.add(str(decision_id), told))

    def closed(self, told: Sourced[CourseOutcome]) -> "CourseFacts":
        return replace(self, closings=self.closings.add(told.event_id, told))

    def hold_placed(self, owner: str, hold_id: UUID, told: Sourced[HoldCategory]) -> "CourseFacts":
        """A hold belongs to the service that placed it: only that service lifts it (INV-32)."""
        return replace(self, holds=self.holds.add(owned_key(owner, hold_id), told))

    def hold_lifted(self, owner: str, hold_id: UUID, event_id: str) -> "CourseFacts":
        return replace(self, holds=self.holds.remove(owned_key(owner, hold_id), event_id))

    def alert(self, told: Sourced[Alert]) -> "CourseFacts":
        """Something the team must be told; open until it was told."""
        return replace(self, alerts=self.alerts.add(told.value.key, told))

    @property
    def to_tell(self) -> Mapping[str, Sourced[Alert]]:
        """What nobody was told yet. A lift is told once the hold's own service lifted (INV-32)."""
        return {
            key: told
            for key, told in self.alerts.open.items()
            if told.value.kind is not AlertKind.HOLD_LIFTED or self._lifted(told.value.cause_id)
        }

    def _lifted(self, hold_id: UUID) -> bool:
        ending = owned_key("", hold_id)
        return any(
            key in self.holds.tombstones for key in self.holds.members if key.endswith(ending)
        )

    def alert_told(self, key: str, event_id: str) -> "CourseFacts":
        return replace(self, alerts=self.alerts.remove(key, event_id))

    @property
    def care_team(self) -> CareTeam:
        told = self.team.told
        return NO_TEAM if told is None else told.value

    @property
    def is_over(self) -> bool:
        """Declined or closed: no more invitations."""
        return bool(self.declined.members or self.closings.members)
