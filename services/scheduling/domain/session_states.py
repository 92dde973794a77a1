"""The states of a session and what leads from one to the next.

Two machines: talk sessions end with the talk; a dosing session ends when the client has left
(F88). Whatever is not in a table is refused by name.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class SessionKind(StrEnum):
    CONSULTATION = "consultation"
    PREP = "prep"
    DOSING = "dosing"
    INTEGRATION = "integration"
    FOLLOW_UP = "follow_up"


class Setting(StrEnum):
    IN_CLINIC = "in_clinic"
    VIRTUAL = "virtual"


class SessionStatus(StrEnum):
    SCHEDULED = "scheduled"
    BLOCKED = "blocked"
    CHECKED_IN = "checked_in"
    READY = "ready"
    IN_PROGRESS = "in_progress"
    DOSED = "dosed"
    THERAPY_ENDED = "therapy_ended"
    RECOVERING = "recovering"
    CLEARABLE = "clearable"
    DISCHARGING = "discharging"
    DISCHARGED = "discharged"
    TRANSFERRED = "transferred"
    LEFT_AGAINST_ADVICE = "left_against_advice"
    ABORTED = "aborted"
    CLOSED = "closed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    MISSED = "missed"


class Trigger(StrEnum):
    BLOCK = "block"
    UNBLOCK = "unblock"
    CHECK_IN = "check_in"
    RAISE_READY = "raise_ready"
    LOWER_READY = "lower_ready"
    START = "start"
    SEE_DOSE = "see_dose"
    ABORT = "abort"
    END = "end"
    OBSERVE = "observe"
    CLEAR = "clear"
    UNCLEAR = "unclear"
    BEGIN_DISCHARGE = "begin_discharge"
    RETURN_TO_CLEARABLE = "return_to_clearable"
    DISCHARGE = "discharge"
    TRANSFER = "transfer"
    WALK_OUT = "walk_out"
    CLOSE = "close"
    CANCEL = "cancel"
    MISS = "miss"
    RESCHEDULE = "reschedule"


Table = Mapping[SessionStatus, Mapping[Trigger, SessionStatus]]
_S = SessionStatus
_T = Trigger

_NOT_YET_THERE: Final = {
    _T.CANCEL: _S.CANCELLED,
    _T.MISS: _S.MISSED,
    _T.RESCHEDULE: _S.SCHEDULED,
}
_ARRIVED: Final = {_T.CANCEL: _S.CANCELLED, _T.RESCHEDULE: _S.SCHEDULED}
_LEAVING_UNUSUALLY: Final = {
    _T.TRANSFER: _S.TRANSFERRED,
    _T.WALK_OUT: _S.LEFT_AGAINST_ADVICE,
}

TALK: Final[Table] = MappingProxyType(
    {
        _S.SCHEDULED: {_T.BLOCK: _S.BLOCKED, _T.CHECK_IN: _S.CHECKED_IN, **_NOT_YET_THERE},
        _S.BLOCKED: {_T.UNBLOCK: _S.SCHEDULED, **_NOT_YET_THERE},
        _S.CHECKED_IN: {_T.START: _S.IN_PROGRESS, **_ARRIVED},
        _S.IN_PROGRESS: {_T.END: _S.COMPLETED},
        _S.COMPLETED: {},
        _S.CANCELLED: {},
        _S.MISSED: {},
    }
)

# A dose that was taken is never refused (ruling 12): every state that is not the end of a dosed
# session knows what to do with one.
DOSING: Final[Table] = MappingProxyType(
    {
        _S.SCHEDULED: {
            _T.BLOCK: _S.BLOCKED,
            _T.CHECK_IN: _S.CHECKED_IN,
            _T.SEE_DOSE: _S.DOSED,
            **_NOT_YET_THERE,
        },
        _S.BLOCKED: {_T.UNBLOCK: _S.SCHEDULED, _T.SEE_DOSE: _S.DOSED, **_NOT_YET_THERE},
        _S.CHECKED_IN: {_T.RAISE_READY: _S.READY, _T.SEE_DOSE: _S.DOSED, **_ARRIVED},
        _S.READY: {
            _T.START: _S.IN_PROGRESS,
            _T.LOWER_READY: _S.CHECKED_IN,
            _T.SEE_DOSE: _S.DOSED,
            **_ARRIVED,
        },
        _S.IN_PROGRESS: {
            _T.SEE_DOSE: _S.DOSED,
            _T.ABORT: _S.ABORTED,
            _T.END: _S.THERAPY_ENDED,
        },
        _S.DOSED: {
            _T.SEE_DOSE: _S.DOSED,
            _T.END: _S.THERAPY_ENDED,
        },
        _S.THERAPY_ENDED: {
            _T.OBSERVE: _S.RECOVERING,
            _T.SEE_DOSE: _S.RECOVERING,
            _T.CLOSE: _S.CLOSED,
            **_LEAVING_UNUSUALLY,
        },
        _S.RECOVERING: {
            _T.CLEAR: _S.CLEARABLE,
            _T.SEE_DOSE: _S.RECOVERING,
            _T.CLOSE: _S.CLOSED,
            **_LEAVING_UNUSUALLY,
        },
        _S.CLEARABLE: {
            _T.UNCLEAR: _S.RECOVERING,
            _T.SEE_DOSE: _S.RECOVERING,
            _T.BEGIN_DISCHARGE: _S.DISCHARGING,
            **_LEAVING_UNUSUALLY,
        },
        _S.DISCHARGING: {
            _T.RETURN_TO_CLEARABLE: _S.CLEARABLE,
            _T.UNCLEAR: _S.RECOVERING,
            _T.SEE_DOSE: _S.RECOVERING,
            _T.DISCHARGE: _S.DISCHARGED,
            **_LEAVING_UNUSUALLY,
        },
        _S.ABORTED: {_T.CLOSE: _S.CLOSED, _T.SEE_DOSE: _S.DOSED},
        _S.CLOSED: {_T.SEE_DOSE: _S.DOSED},
        _S.CANCELLED: {_T.SEE_DOSE: _S.DOSED},
        _S.MISSED: {_T.SEE_DOSE: _S.DOSED},
        _S.DISCHARGED: {},
        _S.TRANSFERRED: {},
        _S.LEFT_AGAINST_ADVICE: {},
    }
)

BEFORE_START: Final = frozenset({_S.SCHEDULED, _S.BLOCKED, _S.CHECKED_IN, _S.READY})
IN_THE_ROOM: Final = frozenset(
    {
        _S.IN_PROGRESS,
        _S.DOSED,
        _S.THERAPY_ENDED,
        _S.RECOVERING,
        _S.CLEARABLE,
        _S.DISCHARGING,
        _S.ABORTED,
    }
)
UNDER_OBSERVATION: Final = frozenset(
    {_S.THERAPY_ENDED, _S.RECOVERING, _S.CLEARABLE, _S.DISCHARGING}
)
GONE: Final = frozenset({_S.DISCHARGED, _S.TRANSFERRED, _S.LEFT_AGAINST_ADVICE})
OVER: Final = GONE | {_S.CLOSED, _S.COMPLETED, _S.CANCELLED, _S.MISSED}


def table_of(kind: SessionKind) -> Table:
    """The machine that a kind of session follows."""
    return DOSING if kind is SessionKind.DOSING else TALK
