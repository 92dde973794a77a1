"""How fresh what was told is: shown, and a reason to refuse before a dose; never one to allow."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from services.scheduling.domain.verdicts import judge
from shared.decisions import Unblock, Verdict

FRESH_SECONDS: Final = 30.0
RELIED_ON: Final = ("intake", "prescribing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recency:
    """How well one producer's events of this client are known (ruling 5)."""

    age_seconds: float | None
    waiting: int = 0
    parked: int = 0


def provable(heard: Mapping[str, Recency]) -> Iterator[Verdict]:
    """One rule per producer: nothing waits, nothing is parked, and the age is known and small.

    A peer that is not asked need not be up, but what it sent must have taken effect.
    """
    for producer in sorted({*RELIED_ON, *heard}):
        known = heard.get(producer, Recency(age_seconds=None))
        in_effect = known.waiting == 0 and known.parked == 0
        fresh = known.age_seconds is not None and known.age_seconds <= FRESH_SECONDS
        yield judge(
            f"cannot-prove-safe-{producer}",
            "ruling 5",
            ok=in_effect and (fresh or producer not in RELIED_ON),
            facts={
                "producer": producer,
                "age_seconds": known.age_seconds,
                "waiting": known.waiting,
                "parked": known.parked,
            },
            unblocks=(
                Unblock(fact="its events", owner=producer, action="wait, or retry what is parked"),
            ),
        )
