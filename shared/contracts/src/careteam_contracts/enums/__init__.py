"""The closed vocabularies of the wire. Members are never renamed or removed within a major."""

from careteam_contracts.enums.aftercare import (
    AftercarePlanKind,
    AftercareStatus,
    Channel,
    CheckInOutcome,
    InstructionsRecipient,
    MessagePurpose,
)
from careteam_contracts.enums.course import (
    ConsentScope,
    CourseOutcome,
    CourseStatus,
    EngagementStyle,
    ReviewDecision,
    Touch,
)
from careteam_contracts.enums.medicine import (
    AssessmentOutcome,
    DoseOrderStatus,
    PreDoseOutcome,
    PrescriptionEnd,
    PrescriptionStatus,
    RecoveryOutcome,
    RecoveryStatus,
    SummaryReview,
)
from careteam_contracts.enums.people import (
    ActorRole,
    ClearanceRole,
    KeepsClient,
    Service,
)
from careteam_contracts.enums.safety import (
    HoldBlock,
    HoldCategory,
    HoldSeverity,
    IncidentCode,
)
from careteam_contracts.enums.session import (
    DischargeMode,
    EscortStatus,
    ManualClearanceReason,
    SessionKind,
    SessionOutcome,
    SessionStatus,
    Setting,
)

__all__ = [
    "ActorRole",
    "AftercarePlanKind",
    "AftercareStatus",
    "AssessmentOutcome",
    "Channel",
    "CheckInOutcome",
    "ClearanceRole",
    "ConsentScope",
    "CourseOutcome",
    "CourseStatus",
    "DischargeMode",
    "DoseOrderStatus",
    "EngagementStyle",
    "EscortStatus",
    "HoldBlock",
    "HoldCategory",
    "HoldSeverity",
    "IncidentCode",
    "InstructionsRecipient",
    "KeepsClient",
    "ManualClearanceReason",
    "MessagePurpose",
    "PreDoseOutcome",
    "PrescriptionEnd",
    "PrescriptionStatus",
    "RecoveryOutcome",
    "RecoveryStatus",
    "ReviewDecision",
    "Service",
    "SessionKind",
    "SessionOutcome",
    "SessionStatus",
    "Setting",
    "SummaryReview",
    "Touch",
]
