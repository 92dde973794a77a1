"""A client as the other services speak about them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from careteam_contracts import intake, scheduling
from careteam_contracts.base import Event
from careteam_contracts.enums import (
    ConsentScope,
    CourseStatus,
    EscortStatus,
    SessionKind,
    SessionOutcome,
    SessionStatus,
    Setting,
)
from careteam_contracts.standing import (
    ApprovalStanding,
    ConsentStanding,
    EscortStanding,
    IntakeStanding,
    SchedulingStanding,
    SessionStanding,
)
from shared.protocol.loader import DEFAULT_CLINIC, load_protocol
from shared.runtime.ids import new_id

RULES = load_protocol(DEFAULT_CLINIC)

SCOPES = (ConsentScope.TREATMENT, ConsentScope.AFTERCARE_AGREEMENT)


@dataclass
class Person:
    """Their ids, and what intake and scheduling answer about them now."""

    therapist_ref: UUID
    prescriber_ref: UUID
    client_id: UUID = field(default_factory=new_id)
    course_id: UUID = field(default_factory=new_id)
    session_id: UUID = field(default_factory=new_id)
    request_id: UUID = field(default_factory=new_id)
    approval_id: UUID = field(default_factory=new_id)
    consent_id: UUID = field(default_factory=new_id)
    escort_id: UUID = field(default_factory=new_id)
    preparation_id: UUID = field(default_factory=new_id)
    course_status: CourseStatus = CourseStatus.ACTIVE
    open_questions: int = 0
    name: str = "Wren Halloway"
    date_of_birth: date = date(1990, 4, 2)
    session: dict[str, Any] = field(default_factory=dict)

    def aggregate(self, event: Event) -> UUID:
        """The aggregate that an event of its owner belongs to."""
        by_type = {
            "client": self.client_id,
            "course": self.course_id,
            "consent": self.consent_id,
            "preparation": self.preparation_id,
        }
        other: UUID | None = getattr(event, "hold_id", None)
        other = other or getattr(event, "session_id", None)
        return by_type.get(event.aggregate_type, other or self.session_id)

    def registered(self, now: datetime) -> Iterator[Event]:
        """From registration to a finished preparation, without the assessment's answer."""
        later = now + timedelta(days=365)
        yield intake.ClientRegistered()
        yield intake.CareTeamAssigned(
            therapist_ref=self.therapist_ref, prescriber_ref=self.prescriber_ref, team_version=1
        )
        yield intake.MedicalAssessmentRequested(request_id=self.request_id, review_flags=0)
        yield intake.ClientApproved(approval_id=self.approval_id, plan_version=1, valid_until=later)
        yield intake.ConsentGranted(
            consent_id=self.consent_id,
            consent_version=1,
            scopes=SCOPES,
            material_version=1,
            valid_until=later,
        )
        yield scheduling.PreparationCompleted(prep_count=2, checklist_version=1)

    def booked(self, starts_at: datetime, session_id: UUID | None = None) -> Event:
        return scheduling.SessionScheduled(
            session_id=session_id or self.session_id,
            kind=SessionKind.DOSING,
            kind_no=1,
            starts_at=starts_at,
            planned_end_at=starts_at + timedelta(hours=3),
            setting=Setting.IN_CLINIC,
            therapist_ref=self.therapist_ref,
        )

    def started(self, at: datetime) -> Iterator[Event]:
        yield scheduling.EscortConfirmed(session_id=self.session_id, escort_id=self.escort_id)
        yield scheduling.DosingSessionStarted(
            session_id=self.session_id,
            gate_id=new_id(),
            assent_id=new_id(),
            supervisor_ref=self.therapist_ref,
            started_at=at,
        )
        self.session = {"status": SessionStatus.IN_PROGRESS, "in_progress": True}

    def ended(self, at: datetime, outcome: SessionOutcome = SessionOutcome.COMPLETED) -> Event:
        self.session = {
            "status": SessionStatus.THERAPY_ENDED,
            "in_progress": False,
            "therapy_ended": True,
            "ended_at": at,
            "outcome": outcome,
        }
        return scheduling.SessionCompleted(
            session_id=self.session_id,
            kind=SessionKind.DOSING,
            outcome=outcome,
            ended_at=at,
        )

    def standing(self, peer: str, now: datetime) -> IntakeStanding | SchedulingStanding:
        later = now + timedelta(days=365)
        if peer == "intake":
            return IntakeStanding(
                known=True,
                unverifiable=False,
                answered_at=now,
                protocol_version=1,
                protocol_digest=RULES.digest,
                client_id=self.client_id,
                course_status=self.course_status,
                open_questions=self.open_questions,
                approval=ApprovalStanding(
                    approval_id=self.approval_id, active=True, valid_until=later
                ),
                consents=tuple(
                    ConsentStanding(
                        scope=scope, consent_id=self.consent_id, active=True, valid_until=later
                    )
                    for scope in SCOPES
                ),
            )
        return SchedulingStanding(
            known=True,
            unverifiable=False,
            answered_at=now,
            protocol_version=1,
            protocol_digest=RULES.digest,
            session=SessionStanding(
                **{
                    "session_id": self.session_id,
                    "kind": SessionKind.DOSING,
                    "status": SessionStatus.SCHEDULED,
                    "starts_at": now,
                    "planned_end_at": now + timedelta(hours=3),
                    "schedule_version": 1,
                    "in_progress": False,
                    "stopped": False,
                    "doses_seen": 0,
                    "therapy_ended": False,
                    "escort": EscortStanding(
                        escort_id=self.escort_id,
                        status=EscortStatus.CONFIRMED,
                        identity_matched=False,
                    ),
                    **self.session,
                }
            ),
        )

    @contextmanager
    def closing(self) -> Iterator[None]:
        """While intake closes the course it answers so."""
        self.course_status = CourseStatus.CLOSING
        yield
        self.course_status = CourseStatus.ACTIVE
