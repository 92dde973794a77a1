"""A course of treatment: from the first inquiry to its end (section 6.1, ruling 20)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from services.intake.domain.approval import Approval, Evaluation, MedicalRequest
from services.intake.domain.closing import Closed, Closing, Obstacle
from services.intake.domain.plan import CareTeam, Preferences, TouchAgreement, TreatmentPlan
from services.intake.domain.vocabulary import CourseStatus
from shared.protocol import ClinicProtocol, Programme

TERMINAL: Final = frozenset({CourseStatus.COMPLETED, CourseStatus.DECLINED, CourseStatus.STOPPED})
UNDER_WAY: Final = frozenset(
    {
        CourseStatus.APPROVED,
        CourseStatus.PREPARING,
        CourseStatus.ACTIVE,
        CourseStatus.IN_REVIEW,
    }
)
"""The states that an approval opens; which of them it is, is derived from facts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentCourse:
    """One course of treatment. ``status`` never says ``closing``: that is the flag beside it.

    So is ``changing_protocol``: the change whose settlement the gates wait for.
    """

    id: UUID
    client_id: UUID
    course_id: UUID
    status: CourseStatus = CourseStatus.INQUIRY
    opened_at: datetime
    protocol_version: int
    protocol_name: str = "default"
    covers_until_session_no: int
    preferences: Preferences
    programme: Programme | None = None
    care_team: CareTeam = field(default_factory=CareTeam)
    evaluation: Evaluation | None = None
    plans: tuple[TreatmentPlan, ...] = ()
    requests: tuple[MedicalRequest, ...] = ()
    approvals: tuple[Approval, ...] = ()
    changing_protocol: UUID | None = None
    closing: Closing | None = None
    close_refused: tuple[Obstacle, ...] = ()
    closed: Closed | None = None

    @property
    def terminal(self) -> bool:
        return self.status in TERMINAL

    @property
    def under_way(self) -> bool:
        return self.status in UNDER_WAY

    @property
    def ever_approved(self) -> bool:
        return bool(self.approvals)

    @property
    def plan(self) -> TreatmentPlan | None:
        """The plan that counts: the newest. Older ones stay, for an approval names its own."""
        return self.plans[-1] if self.plans else None

    @property
    def request(self) -> MedicalRequest | None:
        """The request that counts: the newest."""
        return self.requests[-1] if self.requests else None

    @property
    def approval(self) -> Approval | None:
        """The newest approval, current or not."""
        return self.approvals[-1] if self.approvals else None

    def current_approval(self, now: datetime) -> Approval | None:
        """The newest approval that is granted, not revoked and not expired (ruling 20)."""
        return next((a for a in reversed(self.approvals) if a.current(now)), None)


def open_course(
    *,
    course_id: UUID,
    client_id: UUID,
    protocol: ClinicProtocol,
    now: datetime,
) -> TreatmentCourse:
    """A course begins as an inquiry, under the clinic's protocol of that day.

    Its first review is due after ``review_every`` doses (C-04). The preferences are the clinic's
    until the client says otherwise.
    """
    return TreatmentCourse(
        id=course_id,
        client_id=client_id,
        course_id=course_id,
        opened_at=now,
        protocol_version=protocol.protocol_version,
        protocol_name=protocol.protocol_name,
        covers_until_session_no=protocol.course.review_every,
        preferences=Preferences(
            touch=protocol.preferences.touch,
            touch_history=(TouchAgreement(touch=protocol.preferences.touch, agreed_at=now),),
            music=protocol.preferences.music,
            eyeshades=protocol.preferences.eyeshades,
            engagement_style=protocol.preferences.engagement_style,
        ),
    )
