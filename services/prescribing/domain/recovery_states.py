"""The states of a recovery, which may follow which, and what it holds (section 6.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.prescribing.domain.people import Signature
from services.prescribing.domain.transitions import Transitions
from shared.decisions import Unblock


class RecoveryStatus(StrEnum):
    OBSERVING = "observing"
    ASSESSING = "assessing"
    NOT_READY = "not_ready"
    READY = "ready"
    CLEARED = "cleared"
    RESCINDED = "rescinded"
    CLOSED = "closed"


class ReversalAgent(StrEnum):
    """What was given against sedation; ``other`` where the clinic keeps something else."""

    FLUMAZENIL = "flumazenil"
    NALOXONE = "naloxone"
    OTHER = "other"


class RecoveryEnd(StrEnum):
    DISCHARGED = "discharged"
    TRANSFERRED = "transferred"
    UNSAFE = "unsafe"


_S = RecoveryStatus
NEXT: Final[Mapping[RecoveryStatus, frozenset[RecoveryStatus]]] = {
    _S.OBSERVING: frozenset({_S.OBSERVING, _S.ASSESSING, _S.NOT_READY, _S.READY, _S.CLOSED}),
    _S.ASSESSING: frozenset({_S.OBSERVING, _S.NOT_READY, _S.READY, _S.CLOSED}),
    _S.NOT_READY: frozenset({_S.OBSERVING, _S.NOT_READY, _S.READY, _S.CLOSED}),
    _S.READY: frozenset({_S.OBSERVING, _S.NOT_READY, _S.READY, _S.CLEARED, _S.CLOSED}),
    _S.CLEARED: frozenset({_S.OBSERVING, _S.READY, _S.CLEARED, _S.RESCINDED, _S.CLOSED}),
    _S.RESCINDED: frozenset({_S.OBSERVING, _S.NOT_READY, _S.READY, _S.CLOSED}),
    _S.CLOSED: frozenset({_S.OBSERVING}),
}
"""Which state may follow which. Only a dose leads out of ``closed``."""


class RecoveryStep(StrEnum):
    """What people do, a dose does, and deadlines announce."""

    DOSE = "dose"
    LOOK = "look"
    REVERSE = "reverse"
    CLEAR = "clear"
    RESCIND = "rescind"
    LEAVE = "leave"
    ALARM = "alarm"
    TIGHTEN = "tighten"
    MINIMUM_OVER = "minimum_over"
    RUN_OUT = "run_out"


_T = RecoveryStep
_WHENEVER_OPEN: Final = {_T.DOSE, _T.LOOK, _T.REVERSE, _T.LEAVE, _T.ALARM, _T.TIGHTEN}
_ANNOUNCED: Final = {_T.MINIMUM_OVER, _T.RUN_OUT}
TRANSITIONS: Final = Transitions(
    about="recovery",
    cites="section 6.4",
    possible={
        _S.OBSERVING: _WHENEVER_OPEN | {_T.MINIMUM_OVER},
        _S.ASSESSING: _WHENEVER_OPEN,
        _S.NOT_READY: _WHENEVER_OPEN,
        _S.READY: _WHENEVER_OPEN | {_T.CLEAR},
        _S.CLEARED: _WHENEVER_OPEN | {_T.RESCIND, _T.RUN_OUT},
        _S.RESCINDED: _WHENEVER_OPEN,
        # Only a dose leads out; people are alarmed also when the client has gone.
        _S.CLOSED: {_T.DOSE, _T.ALARM},
    },
    settled={
        _S.OBSERVING: {_T.RUN_OUT},
        _S.ASSESSING: _ANNOUNCED,
        _S.NOT_READY: _ANNOUNCED,
        _S.READY: _ANNOUNCED,
        _S.CLEARED: {_T.MINIMUM_OVER},
        _S.RESCINDED: _ANNOUNCED,
        _S.CLOSED: {*_ANNOUNCED, _T.LEAVE, _T.TIGHTEN},
    },
    slugs={
        **{(s, _T.CLEAR): "recovery-not-ready" for s in _S},
        **{(s, _T.RESCIND): "clearance-not-in-force" for s in _S},
        **{(_S.CLOSED, t): "recovery-closed" for t in (_T.LOOK, _T.REVERSE, _T.RESCIND)},
    },
)
CLIENT_HAS_GONE: Final = Unblock(
    fact="a client who is still here",
    owner="scheduling",
    action="see on the session's page how the client left",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """Covers the doses known when it was given; final once rescinded (INV-21, INV-23)."""

    clearance_id: UUID
    covers_dose_seq: int
    cleared: Signature
    valid_until: datetime
    rescinded_at: datetime | None = None

    def in_force(self, now: datetime) -> bool:
        return self.rescinded_at is None and now < self.valid_until


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseOnBoard:
    """A dose as recovery sees it; ``effects_until`` is the latest end its profile gives (C-05)."""

    order_id: UUID
    seq: int
    administered_at: datetime
    timing_profile: str
    observe_until: datetime
    effects_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """A reversal agent, when it was given and by whom; no clearance before ``wait_until``."""

    agent: ReversalAgent
    given: Signature
    wait_until: datetime
