"""G-START: may this dosing session begin now (clinical 7, rulings 6, 7 and 22).

What intake and prescribing own allows only by their own answer; what scheduling was told adds
refusals, and never takes one away. Whatever cannot be proven refuses.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from services.scheduling.domain.assent import AssentStatus
from services.scheduling.domain.booking_conditions import restrictions
from services.scheduling.domain.booking_facts import BookingFacts
from services.scheduling.domain.booking_people import (
    attended,
    therapist_credentialed,
    therapist_met,
)
from services.scheduling.domain.booking_room import room_suits
from services.scheduling.domain.holds_in_force import no_hold_blocks
from services.scheduling.domain.peer_answers import (
    IntakeWord,
    PrescribingWord,
    answered,
    with_answered_holds,
)
from services.scheduling.domain.resources import Clash, nothing_taken
from services.scheduling.domain.spacing import (
    dosed_or_due,
    integrations_since,
    last_dosed,
    most_in_seven_days,
)
from services.scheduling.domain.staleness import Recency, provable
from services.scheduling.domain.start_by_intake import intake_allows
from services.scheduling.domain.start_by_prescribing import prescribing_allows
from services.scheduling.domain.verdicts import judge
from shared.decisions import Decision, Unblock, Verdict
from shared.protocol import HoldBlock, protocol_agreed, protocol_known

GATE: Final = "G-START"


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFacts:
    """What a start is decided by. ``occupied``: who is in the room, or with whom."""

    booking: BookingFacts
    intake: IntakeWord | None
    prescribing: PrescribingWord | None
    heard: Mapping[str, Recency]
    occupied: tuple[Clash, ...]


def decide_start(f: StartFacts) -> Decision:
    """Every rule of G-START."""
    known = with_answered_holds(f.booking.facts, (f.intake, f.prescribing))
    f = replace(f, booking=replace(f.booking, facts=known))
    return Decision.of(GATE, (*_others(f), *_own(f)))


def _others(f: StartFacts) -> Iterator[Verdict]:
    facts, now = f.booking.facts, f.booking.now
    yield protocol_known(f.booking.protocol, "scheduling")
    yield from answered("intake", f.intake)
    yield from answered("prescribing", f.prescribing)
    yield from provable(f.heard)
    for peer, word in (("intake", f.intake), ("prescribing", f.prescribing)):
        if word is not None and word.protocol is not None:
            yield protocol_agreed(f.booking.protocol, peer, word.protocol)
    if f.intake is not None:
        yield from intake_allows(f.intake, facts, f.booking.protocol, now)
    if f.prescribing is not None:
        session_id = str(f.booking.session.id)
        yield from prescribing_allows(f.prescribing, facts, session_id, now)
    yield no_hold_blocks(facts, HoldBlock.START)


def _own(f: StartFacts) -> Iterator[Verdict]:
    b = f.booking
    yield _assent_fresh(b)
    yield _prepared(b)
    yield therapist_met(b, held_only=True)
    yield therapist_credentialed(b.therapist, dosing=True, at=b.now)
    yield attended(b, at=b.now)
    yield _supervised(b)
    yield room_suits(b)
    yield from nothing_taken(b.session, f.occupied)
    yield _escorted(b)
    yield _unrestricted(b)
    yield _spaced(b)
    yield _integrated(b)
    yield judge(
        "stop-was-requested",
        "INV-11",
        ok=b.session.stop is None,
        facts={"by_role": b.session.stop.by_role.value if b.session.stop else None},
        unblocks=(Unblock(fact="session", owner="scheduling", action="book another day"),),
    )


def _assent_fresh(b: BookingFacts) -> Verdict:
    """INV-5: explained and given today, not longer ago than the clinic allows."""
    status = b.session.assent.as_of(b.now, b.zone)
    return judge(
        "assent-not-fresh",
        "INV-5",
        ok=status is AssentStatus.GIVEN,
        facts={
            "status": status.value,
            "given_at": b.session.assent.at.isoformat() if b.session.assent.at else None,
        },
        unblocks=(Unblock(fact="assent", owner="scheduling", action="explain and ask again"),),
    )


def _prepared(b: BookingFacts) -> Verdict:
    """INV-4: the minimum was held and signed, counted as a set of sessions."""
    p = b.preparation
    return judge(
        "preparation-not-completed",
        "INV-4",
        ok=p is not None and p.completed_at is not None,
        facts={
            "held": len(p.sessions) if p else 0,
            "needed": max(b.protocol.prep.min_sessions, b.protocol.prep.floor_min),
            "signed": p is not None and p.signed is not None,
        },
        unblocks=(Unblock(fact="preparation", owner="scheduling", action="hold and sign it"),),
    )


def _supervised(b: BookingFacts) -> Verdict:
    """F33: a supervising professional is named: at booking, or the course's prescriber."""
    supervisor = supervisor_of(b)
    return judge(
        "supervisor-not-named",
        "F33",
        ok=supervisor is not None,
        facts={"supervisor_ref": supervisor},
        unblocks=(Unblock(fact="care team", owner="intake", action="assign a prescriber"),),
    )


def supervisor_of(b: BookingFacts) -> str | None:
    """Who supervises the session."""
    if b.session.supervisor_ref is not None:
        return str(b.session.supervisor_ref)
    team = b.facts.care_team.told
    prescriber = team.value.prescriber_ref if team else None
    return str(prescriber) if prescriber else None


def _escorted(b: BookingFacts) -> Verdict:
    """INV-6: somebody is promised for this very booking, and did not fall through."""
    escort = b.session.escort
    return judge(
        "escort-not-confirmed",
        "INV-6",
        ok=b.session.escort_confirmed,
        facts={
            "escort_id": str(escort.id) if escort else None,
            "status": escort.status.value if escort else "none",
            "for_this_booking": escort is not None
            and escort.schedule_version == b.session.schedule_version,
        },
        unblocks=(Unblock(fact="escort", owner="scheduling", action="confirm a trusted adult"),),
    )


def _unrestricted(b: BookingFacts) -> Verdict:
    """Ruling 22: not within the rule of an earlier dose or end, nor in a published window."""
    windows = [w for w in restrictions(b) if w.covers(b.now)]
    return judge(
        "restriction-in-force",
        "ruling 22",
        ok=not windows,
        facts={
            "sessions": [w.session_id for w in windows],
            "until": [w.until.isoformat() if w.until else "end not known" for w in windows],
        },
        unblocks=(Unblock(fact="restriction over", owner="notifications", action="wait"),),
    )


def _spaced(b: BookingFacts) -> Verdict:
    """INV-16: counting only what was dosed, and this session as of now."""
    dosed = [s for s in b.others if s.doses.count]
    most = most_in_seven_days(b.now, dosed_or_due(dosed, besides=b.session.id))
    allowed = b.protocol.dosing.max_in_7_days
    return judge(
        "doses-too-close",
        "INV-16",
        ok=most <= allowed,
        facts={"in_seven_days": most, "allowed": allowed},
        unblocks=(Unblock(fact="starts_at", owner="scheduling", action="reschedule"),),
    )


def _integrated(b: BookingFacts) -> Verdict:
    """INV-16: before the next dose the integration was held, or declined on record."""
    last = last_dosed(b.others, before=b.now, besides=b.session.id)
    needed = b.protocol.aftercare.integration_between_doses
    held = integrations_since(last, b.others, until=b.now, held_only=True) if last else 0
    declined = last is not None and last.integration_declined_at is not None
    return judge(
        "integration-not-held",
        "INV-16",
        ok=last is None or declined or held >= needed,
        facts={
            "after_session": str(last.id) if last else None,
            "held": held,
            "needed": needed,
            "declined": declined,
        },
        unblocks=(
            Unblock(fact="integration", owner="scheduling", action="hold it, or record a decline"),
        ),
    )
