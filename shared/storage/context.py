"""Who acts in a transaction, when, and because of what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from shared.access import Access
from shared.audit import Attempt

_SYSTEM: Final = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person by role and opaque reference; policies and timers act as ``system``."""

    role: str
    ref: UUID | None = None

    @property
    def is_system(self) -> bool:
        return self.role == _SYSTEM


SYSTEM = Actor(_SYSTEM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What every event of a transaction is stamped with.

    ``now`` is the clinic's clock, read once per transaction. ``target`` and ``if_match`` carry the
    version that the caller saw of the resource that the command names. ``attempt`` is what somebody
    tries with it: its transaction has a row in the audit chain, or does not commit. ``access`` is
    what a person was let do; the service's own work has none.
    """

    actor: Actor
    now: datetime
    correlation_id: UUID
    causation_id: UUID | None = None
    target: UUID | None = None
    if_match: int | None = None
    attempt: Attempt | None = None
    access: Access | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How well one producer's events of one client are known.

    ``age_seconds`` is how long ago everything recorded by then had been received (monotonic
    clock), or None when that was never proven; ``waiting`` and ``parked`` count events of the
    client that were received and have not taken effect.
    """

    age_seconds: float | None
    waiting: int = 0
    parked: int = 0

    def within(self, seconds: float) -> bool:
        """Whether nothing waits, nothing is parked, and the age is known and small enough."""
        return (
            self.waiting == 0
            and self.parked == 0
            and self.age_seconds is not None
            and self.age_seconds <= seconds
        )
