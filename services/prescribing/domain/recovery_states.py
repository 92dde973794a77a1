"""The states of a recovery, which may follow which, and what it holds (section 6.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.prescribing.domain.people import Signature


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
    observe_until: datetime
    effects_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """A reversal agent, when it was given and by whom; no clearance before ``wait_until``."""

    agent: ReversalAgent
    given: Signature
    wait_until: datetime
