"""What a booked dosing session still lacks, seen from the days before it."""

from dataclasses import dataclass, replace
from typing import Final

from services.scheduling.domain.booking_conditions import GATE as BOOKING
from services.scheduling.domain.booking_conditions import booking_conditions
from services.scheduling.domain.booking_facts import BookingFacts
from services.scheduling.domain.gate_start import StartFacts, decide_start
from services.scheduling.domain.projected_answers import projected_intake, projected_prescribing
from shared.decisions import Decision, Refusal
from shared.protocol.unblocking import Missing, shortest_list

ON_THE_DAY: Final = frozenset({"assent-not-fresh", "pre-dose-check-not-valid"})
"""What nobody can have before the client is there."""
_OF_THE_MOMENT: Final = ("cannot-prove-safe-", "intake-", "prescribing-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """``missing`` can be seen to now, ``on_the_day`` when the client is there."""

    missing: tuple[Missing, ...]
    on_the_day: tuple[Missing, ...]


def readiness(f: BookingFacts) -> Readiness:
    """The rules of G-BOOK and, for a dose, of G-START, as they would be at the planned start.

    It is judged by what was told. How fresh that is matters at the start, not the day before.
    """
    then = replace(f, now=max(f.now, f.session.starts_at))
    refusals = {refusal.slug: refusal for refusal in _refusals(then)}
    later = [r for slug, r in refusals.items() if slug in ON_THE_DAY]
    now = [r for slug, r in refusals.items() if slug not in ON_THE_DAY]
    return Readiness(missing=shortest_list(now), on_the_day=shortest_list(later))


def _refusals(f: BookingFacts) -> tuple[Refusal, ...]:
    booking = Decision.of(BOOKING, booking_conditions(f)).refusals
    if not f.session.dosing:
        return booking
    session = f.session
    start = decide_start(
        StartFacts(
            booking=f,
            intake=projected_intake(f.facts, f.preparation, f.protocol, f.now),
            prescribing=projected_prescribing(f.facts, str(session.id), session.doses.count, f.now),
            heard={},
            occupied=(),
        )
    ).refusals
    return (*booking, *(r for r in start if not r.slug.startswith(_OF_THE_MOMENT)))
