"""G-DISCHARGE: may this client go home now (clinical 7, rulings 6, 14 and 15).

Order closed, count and clearance are prescribing's to say; scheduling knows the door: therapy
ended, escort, holds. While prescribing does not answer, two named people may stand in for it;
nothing that is merely missing ever lets anybody go.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.escort import Escort, EscortStatus
from services.scheduling.domain.holds_in_force import no_hold_blocks
from services.scheduling.domain.manual_clearance import ManualClearance
from services.scheduling.domain.peer_answers import (
    PrescribingWord,
    answered,
    with_answered_holds,
)
from services.scheduling.domain.session import Session
from services.scheduling.domain.session_states import UNDER_OBSERVATION
from services.scheduling.domain.verdicts import judge
from shared.decisions import Decision, Unblock, Verdict
from shared.protocol import HoldBlock, Recovery

GATE: Final = "G-DISCHARGE"


@dataclass(frozen=True, slots=True, kw_only=True)
class DischargeFacts:
    """What a discharge is decided by; ``prescribing`` is None when it does not answer."""

    session: Session
    facts: CourseFacts
    prescribing: PrescribingWord | None
    recovery: Recovery
    now: datetime


def decide_discharge(f: DischargeFacts) -> Decision:
    """Every rule of G-DISCHARGE."""
    facts = with_answered_holds(f.facts, (f.prescribing,))
    return Decision.of(
        GATE,
        (
            _therapy_ended(f.session),
            *_cleared(f),
            _escort_here(f.session),
            no_hold_blocks(facts, HoldBlock.DISCHARGE),
        ),
    )


def clearance_used(f: DischargeFacts) -> UUID | None:
    """The clearance, or manual clearance, that an allowed discharge names."""
    if f.prescribing is not None:
        return UUID(f.prescribing.clearance.id) if f.prescribing.clearance else None
    return f.session.manual_clearance.id if f.session.manual_clearance else None


def escort_here(session: Session) -> Escort | None:
    """The escort who is at the desk, and is who was named, for this booking and no earlier one.

    Whoever brought the client in the morning is not there because of that: only an arrival since
    the last dose counts.
    """
    since = session.doses.last_at
    here = (
        e
        for e in session.escorts
        if e.status is EscortStatus.ARRIVED
        and e.identity_matched
        and e.schedule_version == session.schedule_version
        and (since is None or (e.last_seen is not None and e.last_seen >= since))
    )
    return next(here, None)


def doses_known(session: Session, facts: CourseFacts) -> int:
    return max(session.doses.count, facts.dose_count(str(session.id)))


def _therapy_ended(session: Session) -> Verdict:
    return judge(
        "therapy-not-ended",
        "G-DISCHARGE",
        ok=session.end is not None and session.status in UNDER_OBSERVATION,
        facts={"status": session.status.value, "ended": session.end is not None},
        unblocks=(Unblock(fact="therapy ended", owner="scheduling", action="end the session"),),
    )


def _escort_here(session: Session) -> Verdict:
    """INV-24: present, for this session, and identity matched."""
    escort = session.escort
    return judge(
        "escort-not-here",
        "INV-24",
        ok=escort_here(session) is not None,
        facts={
            "escort_id": str(escort.id) if escort else None,
            "status": escort.status.value if escort else "none",
            "identity_matched": escort is not None and escort.identity_matched,
        },
        unblocks=(
            Unblock(fact="escort", owner="scheduling", action="record arrival and identity"),
        ),
    )


def _cleared(f: DischargeFacts) -> Iterator[Verdict]:
    if f.prescribing is None and f.session.manual_clearance is not None:
        yield from manually_cleared(
            f.session, f.session.manual_clearance, f.facts, f.recovery, f.now
        )
        return
    yield from answered("prescribing", f.prescribing)
    if f.prescribing is not None:
        yield _order_closed(f.prescribing, doses_known(f.session, f.facts))
        yield _clearance_covers(f, f.prescribing)


def _order_closed(word: PrescribingWord, seen: int) -> Verdict:
    """INV-21, INV-25: the final count is there, and it is the number of doses seen here."""
    closed = word.order is not None and word.order.closed and word.orders_in_hand == 0
    return judge(
        "dose-order-not-closed",
        "INV-25",
        ok=closed and word.administered_count == seen,
        facts={"closed": closed, "administered": word.administered_count, "seen": seen},
        unblocks=(Unblock(fact="dose order", owner="prescribing", action="close with its count"),),
    )


def _clearance_covers(f: DischargeFacts, word: PrescribingWord) -> Verdict:
    """INV-20 to 23: unexpired, not rescinded by what anybody knows, covering the last dose."""
    c = word.clearance
    session_facts = f.facts.of_session(str(f.session.id))
    rescinded_by = session_facts.clearances.tombstones.get(c.id) if c else None
    known = session_facts.clearances.members.get(c.id) if c else None
    covers = c is not None and c.covers_dose_seq == word.administered_count
    return judge(
        "clearance-not-valid",
        "INV-21",
        ok=c is not None
        and covers
        and not c.rescinded
        and rescinded_by is None
        and f.now < c.valid_until,
        facts={
            "clearance_id": c.id if c else None,
            "covers_dose_seq": c.covers_dose_seq if c else None,
            "administered": word.administered_count,
            "valid_until": c.valid_until.isoformat() if c else None,
            "rescinded": c is not None and (c.rescinded or rescinded_by is not None),
        },
        sources=[e for e in (rescinded_by, known.event_id if known else None) if e],
        unblocks=(Unblock(fact="clearance", owner="prescribing", action="assess and clear"),),
    )


def manually_cleared(
    session: Session,
    clearance: ManualClearance,
    facts: CourseFacts,
    recovery: Recovery,
    now: datetime,
) -> Iterator[Verdict]:
    """Ruling 15: what two named people state must fit everything that scheduling has seen."""
    seen = doses_known(session, facts)
    observation = timedelta(minutes=recovery.min_observation_minutes)
    earliest = clearance.earliest(session.doses.last_at, observation)
    doubts = facts.of_session(str(session.id)).doubts
    state_again = Unblock(
        fact="manual clearance", owner="scheduling", action="look again, state anew"
    )
    yield judge(
        "manual-clearance-not-valid",
        "ruling 15",
        ok=recovery.manual_clearance.allowed and clearance.valid(now),
        facts={
            "valid_until": clearance.valid_until.isoformat(),
            "allowed": recovery.manual_clearance.allowed,
        },
        unblocks=(state_again,),
    )
    yield judge(
        "more-doses-seen-than-stated",
        "ruling 15",
        ok=clearance.stated_dose_count >= seen,
        facts={"stated": clearance.stated_dose_count, "seen": seen},
        unblocks=(state_again,),
    )
    yield judge(
        "observed-too-short",
        "INV-22",
        ok=clearance.cleared_at >= earliest,
        facts={"cleared_at": clearance.cleared_at.isoformat(), "earliest": earliest.isoformat()},
        unblocks=(state_again,),
    )
    yield judge(
        "doubted-since",
        "ruling 15",
        ok=clearance.later_than_all(doubts),
        facts={"doubts": [doubt.isoformat() for doubt in sorted(doubts)]},
        unblocks=(state_again,),
    )
