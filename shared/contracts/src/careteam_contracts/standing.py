"""What a service answers when a gate asks it: its own committed facts, and nothing it heard.

An answer serves only the request that asked for it and is never stored for reuse (ruling 6).
Whoever decides rejects an answer that is older than 5 s.
"""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from careteam_contracts.enums import (
    AftercarePlanKind,
    AftercareStatus,
    ConsentScope,
    CourseStatus,
    DoseOrderStatus,
    EscortStatus,
    HoldBlock,
    HoldCategory,
    HoldSeverity,
    PreDoseOutcome,
    PrescriptionStatus,
    RecoveryStatus,
    SessionKind,
    SessionOutcome,
    SessionStatus,
)
from careteam_contracts.exchanged import Exchanged
from careteam_contracts.scalars import (
    Count,
    Digest,
    EscalationLevel,
    Ordinal,
    TimingProfileCode,
    UtcTime,
    Version,
)


class StandingAsk(Exchanged):
    """How does this course stand with you; and this session, where one is meant."""

    course_id: UUID
    session_id: UUID | None = None


class OpenHold(Exchanged):
    """A hold of the answering service that is placed and not lifted."""

    hold_id: UUID
    hold_category: HoldCategory
    blocks: Annotated[tuple[HoldBlock, ...], Field(min_length=1, max_length=len(HoldBlock))]
    severity: HoldSeverity
    placed_at: UtcTime
    session_id: UUID | None = None
    source_event_id: UUID | None = None


class Standing(Exchanged):
    """What every answer says.

    ``known`` is false when the service has not heard of the course. ``unverifiable`` is true while
    events of this course wait parked with the answering service: before a dose that means no.
    ``answered_at`` is the clinic's clock. ``protocol_version`` is the one that the course is
    pinned to with the answering service, ``protocol_digest`` what its file says there: none when
    that version is not loaded. Who decides by other rules takes the answer for a no.
    """

    known: bool
    unverifiable: bool
    answered_at: UtcTime
    protocol_version: Version
    protocol_digest: Digest | None = None
    open_holds: Annotated[tuple[OpenHold, ...], Field(max_length=1000)] = ()


class ApprovalStanding(Exchanged):
    """The newest approval. ``active``: granted, not revoked, not expired, no closing under way."""

    approval_id: UUID
    active: bool
    valid_until: UtcTime


class ConsentStanding(Exchanged):
    """A scope's newest signature. ``active``: granted, not withdrawn, not expired."""

    scope: ConsentScope
    consent_id: UUID
    active: bool
    valid_until: UtcTime


class IntakeStanding(Standing):
    """Approval, consent and the course. While ``course_status`` is closing, gates refuse.

    ``open_questions`` is how many questions of the client nobody has answered: None where a release
    does not say.
    """

    client_id: UUID | None = None
    course_status: CourseStatus | None = None
    approval: ApprovalStanding | None = None
    consents: Annotated[tuple[ConsentStanding, ...], Field(max_length=len(ConsentScope))] = ()
    therapist_ref: UUID | None = None
    prescriber_ref: UUID | None = None
    dosed_count: Count = 0
    covers_until_session_no: Count | None = None
    open_questions: Count | None = None

    def consents_active(self, *scopes: ConsentScope) -> bool:
        """Whether every one of these scopes has an active signature."""
        active = {consent.scope for consent in self.consents if consent.active}
        return active.issuperset(scopes)


class PrescriptionStanding(Exchanged):
    """The course's prescription. ``left`` = authorised - used, and may be negative (ruling 12)."""

    prescription_id: UUID
    rx_version: Version
    status: PrescriptionStatus
    active: bool
    valid_until: UtcTime
    timing_profile: TimingProfileCode
    sessions_authorised: Ordinal
    used: Count
    reserved: Count

    @property
    def left(self) -> int:
        """What no dose has used yet, reserved or not (ruling 18)."""
        return self.sessions_authorised - self.used


class DoseOrderStanding(Exchanged):
    """The newest dose order of the session asked about, or one that is not closed.

    ``valid_until`` is set once authorised. ``authorised`` is true from there on, until a side exit.
    """

    dose_order_id: UUID
    session_id: UUID
    status: DoseOrderStatus
    authorised: bool
    released: bool
    closed: bool
    administered_count: Count
    valid_until: UtcTime | None = None


class PreDoseCheckStanding(Exchanged):
    check_id: UUID
    check_version: Version
    outcome: PreDoseOutcome
    valid_until: UtcTime


class ClearanceStanding(Exchanged):
    """The newest clearance of the session."""

    clearance_id: UUID
    covers_dose_seq: Ordinal
    cleared_at: UtcTime
    valid_until: UtcTime
    rescinded: bool


class RecoveryStanding(Exchanged):
    """``observe_until`` = the last dose + the minimum observation."""

    session_id: UUID
    status: RecoveryStatus
    open: bool
    observe_until: UtcTime


class PrescribingStanding(Standing):
    """Prescription, dose, recovery and clearance.

    Of the session asked about: ``order``, ``check``, ``clearance``, ``recovery`` and the sum of
    its orders' doses. Of the whole course, for a closing: what is released or administered and
    not closed, and every recovery that is open (ruling 7).
    """

    prescription: PrescriptionStanding | None = None
    order: DoseOrderStanding | None = None
    check: PreDoseCheckStanding | None = None
    clearance: ClearanceStanding | None = None
    recovery: RecoveryStanding | None = None
    administered_count: Count = 0
    last_administered_at: UtcTime | None = None
    orders_in_hand: Annotated[tuple[DoseOrderStanding, ...], Field(max_length=100)] = ()
    open_recoveries: Annotated[tuple[RecoveryStanding, ...], Field(max_length=100)] = ()


class EscortStanding(Exchanged):
    """The session's newest escort assignment."""

    escort_id: UUID
    status: EscortStatus
    identity_matched: bool


class SessionStanding(Exchanged):
    """The session asked about. ``in_progress`` covers opening and every dosed phase."""

    session_id: UUID
    kind: SessionKind
    status: SessionStatus
    starts_at: UtcTime
    planned_end_at: UtcTime
    schedule_version: Version
    in_progress: bool
    stopped: bool
    doses_seen: Count
    started_at: UtcTime | None = None
    therapy_ended: bool
    ended_at: UtcTime | None = None
    outcome: SessionOutcome | None = None
    escort: EscortStanding | None = None


class OpenSession(Exchanged):
    """A session from ready to clearable, or aborted and not closed (ruling 7)."""

    session_id: UUID
    kind: SessionKind
    status: SessionStatus


class SchedulingStanding(Standing):
    """The session asked about, and what of the course must end before it may close."""

    session: SessionStanding | None = None
    open_sessions: Annotated[tuple[OpenSession, ...], Field(max_length=100)] = ()
    preparation_completed: bool = False


class RestrictionStanding(Exchanged):
    """Without a known end the restriction is in force (ruling 21)."""

    aftercare_id: UUID
    session_id: UUID
    restrictions_until: UtcTime
    end_known: bool
    plan: AftercarePlanKind
    status: AftercareStatus


class EscalationStanding(Exchanged):
    aftercare_id: UUID
    level: EscalationLevel


class NotificationsStanding(Standing):
    """Restrictions and concerns."""

    restrictions: Annotated[tuple[RestrictionStanding, ...], Field(max_length=1000)] = ()
    open_escalations: Annotated[tuple[EscalationStanding, ...], Field(max_length=1000)] = ()
