"""What is on record of a client who walked out: for people, and never on the bus."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Capacity(StrEnum):
    """Whether the client could decide for themselves, as somebody judged who looked."""

    HAS_CAPACITY = "has_capacity"
    LACKS_CAPACITY = "lacks_capacity"
    NOT_ASSESSED = "not_assessed"


class LeavingReason(StrEnum):
    """Why, as far as the client said; nobody has to say (F39)."""

    WISHED_TO_GO = "wished_to_go"
    ESCORT_DID_NOT_COME = "escort_did_not_come"
    DISAGREED_WITH_OBSERVATION = "disagreed_with_observation"
    OBLIGATIONS = "obligations"
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """INV-40: two named people and a reason. The second may sign later, as a task."""

    capacity: Capacity
    escort_present: bool
    reason: LeavingReason = LeavingReason.NOT_STATED
    recorded_by: UUID | None = None
    witness: UUID | None = None
