"""Who is told what: both roles hear of every hold, revocation and adverse event (F36, F37)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.protocol import Role


class AlertKind(StrEnum):
    HOLD_PLACED = "hold_placed"
    HOLD_LIFTED = "hold_lifted"
    APPROVAL_REVOKED = "approval_revoked"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    PRESCRIPTION_ACTIVE = "prescription_active"
    PRESCRIPTION_REVOKED = "prescription_revoked"
    PRESCRIPTION_ENDED = "prescription_ended"
    DOSE_WITHHELD = "dose_withheld"
    STOP_REQUESTED = "stop_requested"
    ESCORT_CANCELLED = "escort_cancelled"
    RECOVERY_ESCALATED = "recovery_escalated"
    CLEARANCE_RESCINDED = "clearance_rescinded"
    MANUAL_CLEARANCE = "manual_clearance"
    LEFT_AGAINST_ADVICE = "left_against_advice"
    ADVERSE_EVENT = "adverse_event"
    SERIOUS_ADVERSE_EVENT = "serious_adverse_event"
    SUMMARY_SHARED = "summary_shared"
    SUMMARY_REVIEWED = "summary_reviewed"
    AFTERCARE_ESCALATED = "aftercare_escalated"
    INCIDENT = "incident"
    EMERGENCY_ACCESS = "emergency_access"


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One thing to tell, by what it is and what caused it."""

    kind: AlertKind
    cause_id: UUID
    session_id: UUID | None = None

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.cause_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    roles: tuple[Role, ...]
    severity: Severity


_BOTH: Final = (Role.THERAPIST, Role.PRESCRIBER)
_INFORM_BOTH: Final = Route(roles=_BOTH, severity=Severity.INFO)
_WARN_BOTH: Final = Route(roles=_BOTH, severity=Severity.WARNING)
_AND_FRONT_DESK: Final = Route(roles=(*_BOTH, Role.FRONT_DESK), severity=Severity.WARNING)
_AND_NURSE: Final = Route(roles=(*_BOTH, Role.NURSE), severity=Severity.CRITICAL)
_AND_ON_CALL: Final = Route(roles=(*_BOTH, Role.ON_CALL), severity=Severity.CRITICAL)

ROUTES: Final[Mapping[AlertKind, Route]] = {
    AlertKind.HOLD_PLACED: _WARN_BOTH,
    AlertKind.HOLD_LIFTED: _INFORM_BOTH,
    AlertKind.APPROVAL_REVOKED: _WARN_BOTH,
    AlertKind.CONSENT_WITHDRAWN: _WARN_BOTH,
    AlertKind.PRESCRIPTION_ACTIVE: _INFORM_BOTH,
    AlertKind.PRESCRIPTION_REVOKED: _WARN_BOTH,
    AlertKind.PRESCRIPTION_ENDED: _INFORM_BOTH,
    AlertKind.DOSE_WITHHELD: _WARN_BOTH,
    AlertKind.STOP_REQUESTED: _AND_NURSE,
    AlertKind.ESCORT_CANCELLED: _AND_FRONT_DESK,
    AlertKind.RECOVERY_ESCALATED: _AND_NURSE,
    AlertKind.CLEARANCE_RESCINDED: _AND_NURSE,
    AlertKind.MANUAL_CLEARANCE: _WARN_BOTH,
    AlertKind.LEFT_AGAINST_ADVICE: _AND_ON_CALL,
    AlertKind.ADVERSE_EVENT: _WARN_BOTH,
    AlertKind.SERIOUS_ADVERSE_EVENT: _AND_ON_CALL,
    AlertKind.SUMMARY_SHARED: Route(roles=(Role.PRESCRIBER,), severity=Severity.INFO),
    AlertKind.SUMMARY_REVIEWED: Route(roles=(Role.THERAPIST,), severity=Severity.INFO),
    AlertKind.AFTERCARE_ESCALATED: _AND_ON_CALL,
    AlertKind.INCIDENT: _AND_ON_CALL,
    AlertKind.EMERGENCY_ACCESS: Route(roles=(*_BOTH, Role.OPERATOR), severity=Severity.WARNING),
}
