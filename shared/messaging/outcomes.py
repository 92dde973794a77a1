"""What can become of a message: a closed vocabulary."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias


@dataclass(frozen=True, slots=True)
class Done:
    """It took effect, or needed none."""


@dataclass(frozen=True, slots=True)
class Retry:
    """It may take effect later; the client's later events wait behind it."""

    after_seconds: float


@dataclass(frozen=True, slots=True)
class Park:
    """It cannot take effect until a person has looked at it.

    ``reason`` is a slug or the class of an error, never its text.
    """

    reason: str


Outcome: TypeAlias = Done | Retry | Park

BACK_OFF_SECONDS: Final = (1.0, 5.0, 30.0, 120.0)
"""How long a failed event waits before each further try; after the last one it is parked."""


def after_failure(
    attempts: int, reason: str, back_off: Sequence[float] = BACK_OFF_SECONDS
) -> Retry | Park:
    """What follows the ``attempts``-th failure in a row (1 is the first)."""
    if attempts <= len(back_off):
        return Retry(back_off[attempts - 1])
    return Park(reason)
