"""How long messaging waits for what. One value, so that tests can be quick without being others."""

from dataclasses import dataclass

from shared.messaging.outcomes import BACK_OFF_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds of the machine's monotonic time, never of the clinic's clock.

    ``back_off`` is how long a failed event waits before each further try; after the last one it is
    parked. ``handler`` is how long one handler may take (less than the database lets a transaction
    lie idle, so that a handler that hangs fails by itself and is known by name). ``gap`` is how
    long an event waits for a missing one before its producer is asked to publish it again. ``fold``
    is how long an urgent event that could not be folded waits before that is tried again. ``lanes``
    and ``position`` are how often what waits is looked at, and how far we are is written down.
    """

    back_off: tuple[float, ...] = BACK_OFF_SECONDS
    handler: float | None = 10.0
    gap: float = 30.0
    lanes: float = 0.5
    fold: float = 5.0
    position: float = 1.0


USUAL = Pace()
