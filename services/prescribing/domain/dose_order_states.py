"""A dose order's states, and which step is possible from which (section 6.2, rulings 12 and 17)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.prescribing.domain.people import Signature
from services.prescribing.domain.transitions import Transitions
from shared.decisions import Unblock
from shared.protocol import HoldCategory


class DoseOrderStatus(StrEnum):
    REQUESTED = "requested"
    AUTHORISED = "authorised"
    CHECKED = "checked"
    RELEASED = "released"
    ADMINISTERED = "administered"
    WITHHELD = "withheld"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    CLOSED = "closed"


class OrderTrigger(StrEnum):
    AUTHORISE = "authorise"
    CHECK = "check"
    RELEASE = "release"
    ADMINISTER = "administer"
    TAKE = "take"
    STOP = "stop"
    RETURN = "return"
    CLOSE = "close"


_S = DoseOrderStatus
_T = OrderTrigger

ALLOWED: Final[Mapping[DoseOrderStatus, frozenset[OrderTrigger]]] = {
    _S.REQUESTED: frozenset({_T.AUTHORISE, _T.STOP, _T.TAKE}),
    _S.AUTHORISED: frozenset({_T.CHECK, _T.STOP, _T.TAKE}),
    _S.CHECKED: frozenset({_T.RELEASE, _T.STOP, _T.TAKE}),
    _S.RELEASED: frozenset({_T.ADMINISTER, _T.STOP, _T.RETURN, _T.TAKE}),
    _S.ADMINISTERED: frozenset({_T.RELEASE, _T.ADMINISTER, _T.RETURN, _T.TAKE, _T.CLOSE}),
    _S.WITHHELD: frozenset({_T.RETURN, _T.TAKE, _T.CLOSE}),
    _S.CANCELLED: frozenset({_T.TAKE, _T.CLOSE}),
    _S.RETURNED: frozenset({_T.TAKE, _T.CLOSE}),
    _S.CLOSED: frozenset({_T.TAKE}),
}

TRANSITIONS: Final = Transitions(about="order", cites="section 6.2", possible=ALLOWED)

OPEN: Final = frozenset(DoseOrderStatus) - {DoseOrderStatus.CLOSED}
UNDOSED: Final = frozenset({_S.REQUESTED, _S.AUTHORISED, _S.CHECKED, _S.RELEASED})
"""Nothing was given and nothing has stopped it yet."""
AUTHORISED: Final = frozenset({_S.AUTHORISED, _S.CHECKED, _S.RELEASED, _S.ADMINISTERED})


ASKING_LAPSES_AFTER: Final = timedelta(seconds=60)
RETURN_MEDICINE: Final = Unblock(
    fact="the released medicine, returned before a witness, or the dose that was taken",
    owner="prescribing",
    action="return the medicine or record the dose",
)


RELEASE: Final = Unblock(fact="a release", owner="prescribing", action="release the medicine")
AUTHORISATION: Final = Unblock(
    fact="an order authorised for this session",
    owner="prescribing",
    action="see what the authorisation waits for",
)
NEXT_NUMBER: Final = Unblock(
    fact="the number of the next dose", owner="prescribing", action="use the next number"
)


class StopCause(StrEnum):
    """What ended an order before its dose."""

    HOLD = "hold"
    WITHHELD_BY_CLINICIAN = "withheld_by_clinician"
    PRESCRIPTION_NOT_ACTIVE = "prescription_not_active"
    AUTHORISATION_GONE = "authorisation_gone"
    APPROVAL_REVOKED = "approval_revoked"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    COURSE_ENDED = "course_ended"
    STOP_REQUESTED = "stop_requested"
    SESSION_OFF = "session_off"
    SESSION_ENDED = "session_ended"
    RESCHEDULED = "rescheduled"
    GUARD_LAPSED = "guard_lapsed"
    RETURNED_BY_CLINICIAN = "returned_by_clinician"


WITHHOLDING: Final = frozenset({StopCause.HOLD, StopCause.WITHHELD_BY_CLINICIAN})
"""Causes that say "not to be given"; the others cancel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """Why an order left its way, and the category that others are told."""

    cause: StopCause
    category: HoldCategory
    at: datetime


class TakenReason(StrEnum):
    """Why a dose was not recorded when it was given."""

    RECORDED_LATE = "recorded_late"
    SYSTEM_UNAVAILABLE = "system_unavailable"
    GATE_REFUSED = "gate_refused"
    TAKEN_WITHOUT_RELEASE = "taken_without_release"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """One dose of the set; ``deviation`` when it was taken against a rule (ruling 12).

    ``recorded``, ``witness_ref`` and ``reason`` are of a dose that was recorded as taken: the two
    named people and the reason code of INV-40.
    """

    seq: int
    administered_at: datetime
    timing_profile: str
    deviation: bool = False
    witness_ref: UUID | None = None
    recorded: Signature | None = None
    reason: TakenReason | None = None
