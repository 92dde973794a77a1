"""A client as intake and prescribing know them: what they tell of, and answer about, the client."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from careteam_contracts import intake, prescribing
from careteam_contracts.base import Event
from careteam_contracts.enums import ClearanceRole as ByRole
from careteam_contracts.enums import (
    ConsentScope,
    CourseStatus,
    DoseOrderStatus,
    PreDoseOutcome,
    PrescriptionStatus,
    RecoveryOutcome,
)
from careteam_contracts.standing import (
    ApprovalStanding,
    ClearanceStanding,
    ConsentStanding,
    DoseOrderStanding,
    IntakeStanding,
    PreDoseCheckStanding,
    PrescribingStanding,
    PrescriptionStanding,
)
from shared.protocol.loader import DEFAULT_CLINIC, load_protocol
from shared.runtime.ids import new_id

RULES = load_protocol(DEFAULT_CLINIC)

SCOPES = (ConsentScope.TREATMENT, ConsentScope.AFTERCARE_AGREEMENT)
LONG = timedelta(days=150)


@dataclass
class Person:
    therapist_ref: UUID
    prescriber_ref: UUID
    client_id: UUID = field(default_factory=new_id)
    course_id: UUID = field(default_factory=new_id)
    approval_id: UUID = field(default_factory=new_id)
    consent_id: UUID = field(default_factory=new_id)
    prescription_id: UUID = field(default_factory=new_id)
    order_id: UUID = field(default_factory=new_id)
    check_id: UUID = field(default_factory=new_id)
    clearance_id: UUID = field(default_factory=new_id)
    session_id: UUID | None = None
    course_status: CourseStatus = CourseStatus.ACTIVE
    authorised: bool = False
    order_closed: bool = False
    doses: int = 0
    check_until: datetime | None = None
    cleared_until: datetime | None = None
    cleared_at: datetime | None = None
    rescinded: bool = False
    answers: dict[str, Any] = field(default_factory=dict)

    def aggregate(self, event: Event) -> UUID:
        match event.aggregate_type:
            case "client":
                return self.client_id
            case "course":
                return self.course_id
            case "dose_order":
                return self.order_id
        return UUID(int=self.course_id.int ^ sum(event.aggregate_type.encode()))

    def of_session(self) -> UUID:
        assert self.session_id is not None
        return self.session_id

    def beginning(self, now: datetime) -> tuple[Event, ...]:
        """From the inquiry to the consent, in the order in which it is told."""
        return (
            intake.ClientRegistered(),
            intake.CareTeamAssigned(
                therapist_ref=self.therapist_ref,
                prescriber_ref=self.prescriber_ref,
                team_version=1,
            ),
            intake.ClientApproved(
                approval_id=self.approval_id, plan_version=1, valid_until=now + LONG
            ),
            intake.ConsentGranted(
                consent_id=self.consent_id,
                consent_version=1,
                scopes=SCOPES,
                material_version=1,
                valid_until=now + LONG,
            ),
        )

    def prescribed(self, now: datetime, sessions: int = 2) -> Event:
        return prescribing.DosePrescribed(
            prescription_id=self.prescription_id,
            rx_version=1,
            timing_profile="SL-STD",
            sessions_authorised=sessions,
            valid_from=now,
            valid_until=now + LONG,
        )

    def dose_authorised(self, until: datetime) -> Event:
        self.authorised = True
        return prescribing.DoseAuthorized(
            dose_order_id=self.order_id,
            session_id=self.of_session(),
            prescription_id=self.prescription_id,
            valid_until=until,
        )

    def check_passed(self, now: datetime) -> Event:
        self.check_until = now + timedelta(minutes=30)
        return prescribing.PreDoseCheckRecorded(
            session_id=self.of_session(),
            check_id=self.check_id,
            check_version=1,
            outcome=PreDoseOutcome.PASS,
            valid_until=self.check_until,
        )

    def administered(self, now: datetime) -> Event:
        self.doses += 1
        return prescribing.DoseAdministered(
            session_id=self.of_session(),
            dose_order_id=self.order_id,
            dose_seq=self.doses,
            administered_at=now,
            timing_profile="SL-STD",
            observe_until=now + timedelta(hours=2),
        )

    def closed(self) -> Event:
        self.order_closed = True
        return prescribing.DoseOrderClosed(
            session_id=self.of_session(),
            dose_order_id=self.order_id,
            administered_count=self.doses,
        )

    def cleared(self, now: datetime) -> Event:
        self.cleared_at, self.cleared_until = now, now + timedelta(minutes=30)
        self.rescinded = False
        return prescribing.ClearedForDischarge(
            session_id=self.of_session(),
            clearance_id=self.clearance_id,
            covers_dose_seq=self.doses,
            cleared_at=now,
            valid_until=self.cleared_until,
            cleared_by_role=ByRole.NURSE,
        )

    def clearance_rescinded(self) -> Event:
        self.rescinded = True
        return prescribing.ClearanceRescinded(
            session_id=self.of_session(), clearance_id=self.clearance_id
        )

    def recovery_check(self, number: int, outcome: RecoveryOutcome) -> Event:
        return prescribing.RecoveryCheckRecorded(
            session_id=self.of_session(), check_no=number, outcome=outcome
        )

    def standing(self, peer: str, now: datetime) -> IntakeStanding | PrescribingStanding:
        if peer == "intake":
            return self._intake(now).model_copy(update=self.answers.get("intake", {}))
        return self._prescribing(now).model_copy(update=self.answers.get("prescribing", {}))

    def _intake(self, now: datetime) -> IntakeStanding:
        return IntakeStanding(
            known=True,
            unverifiable=False,
            answered_at=now,
            protocol_version=1,
            protocol_digest=RULES.digest,
            client_id=self.client_id,
            course_status=self.course_status,
            approval=ApprovalStanding(
                approval_id=self.approval_id, active=True, valid_until=now + LONG
            ),
            consents=tuple(
                ConsentStanding(
                    scope=scope,
                    consent_id=self.consent_id,
                    active=True,
                    valid_until=now + LONG,
                )
                for scope in SCOPES
            ),
            therapist_ref=self.therapist_ref,
            prescriber_ref=self.prescriber_ref,
            covers_until_session_no=6,
        )

    def _prescribing(self, now: datetime) -> PrescribingStanding:
        return PrescribingStanding(
            known=True,
            unverifiable=False,
            answered_at=now,
            protocol_version=1,
            protocol_digest=RULES.digest,
            prescription=PrescriptionStanding(
                prescription_id=self.prescription_id,
                rx_version=1,
                status=PrescriptionStatus.ACTIVE,
                active=True,
                valid_until=now + LONG,
                timing_profile="SL-STD",
                sessions_authorised=2,
                used=0,
                reserved=1,
            ),
            order=self._order(now) if self.authorised else None,
            check=PreDoseCheckStanding(
                check_id=self.check_id,
                check_version=1,
                outcome=PreDoseOutcome.PASS,
                valid_until=self.check_until,
            )
            if self.check_until
            else None,
            clearance=ClearanceStanding(
                clearance_id=self.clearance_id,
                covers_dose_seq=self.doses,
                cleared_at=self.cleared_at or now,
                valid_until=self.cleared_until,
                rescinded=self.rescinded,
            )
            if self.cleared_until
            else None,
            administered_count=self.doses,
        )

    def _order(self, now: datetime) -> DoseOrderStanding:
        closed, dosed = self.order_closed, self.doses > 0
        status = DoseOrderStatus.ADMINISTERED if dosed else DoseOrderStatus.AUTHORISED
        return DoseOrderStanding(
            dose_order_id=self.order_id,
            session_id=self.of_session(),
            status=DoseOrderStatus.CLOSED if closed else status,
            authorised=not closed,
            released=dosed,
            closed=closed,
            administered_count=self.doses,
            valid_until=now + timedelta(hours=3),
        )
