"""What a booking needs for as long as it stands: evaluated at booking, and at every new fact.

A booking that no longer meets them is blocked, not silently kept (INV-16, ruling 23).
"""

from collections.abc import Iterator
from typing import Final

from services.scheduling.domain.authorisations import authorised_order, left_for
from services.scheduling.domain.booking_facts import BookingFacts
from services.scheduling.domain.booking_people import people_ready
from services.scheduling.domain.booking_preparation import (
    consultation_planned,
    preparation_planned,
)
from services.scheduling.domain.booking_room import effects_fit, room_suits
from services.scheduling.domain.holds_in_force import no_hold_blocks
from services.scheduling.domain.restriction import (
    Window,
    earliest_possible_end,
    merged,
    own_windows,
    published_windows,
)
from services.scheduling.domain.session_states import SessionKind, Setting
from services.scheduling.domain.spacing import (
    dosed_or_due,
    first_possible,
    integrations_since,
    last_dosed,
    most_in_seven_days,
)
from services.scheduling.domain.verdicts import judge
from shared.decisions import Decision, Unblock, Verdict
from shared.protocol import HoldBlock, protocol_known

GATE: Final = "G-BOOK"

_AFTER_A_COURSE = frozenset({SessionKind.INTEGRATION, SessionKind.FOLLOW_UP})
_KEPT_WHEN_DECLINED = frozenset({SessionKind.CONSULTATION})


def decide_standing_booking(f: BookingFacts) -> Decision:
    """Whether a booking that was made may be kept: G-BOOK without what counts only once."""
    return Decision.of(GATE, booking_conditions(f))


def booking_conditions(f: BookingFacts) -> Iterator[Verdict]:
    """The rules of G-BOOK that a later event can break."""
    yield course_open(f)
    if f.session.dosing:
        yield protocol_known(f.protocol, "scheduling")
        yield approval_current(f)
        yield preparation_planned(f)
        yield prescription_left(f)
        yield doses_apart(f)
        yield integration_between(f)
        yield no_hold_blocks(f.facts, HoldBlock.BOOK)
        yield room_suits(f)
        yield effects_fit(f)
    elif f.session.kind is SessionKind.PREP:
        yield approval_current(f)
        yield consultation_planned(f)
    yield outside_restriction(f)
    yield from people_ready(f)


def course_open(f: BookingFacts) -> Verdict:
    """After the end of a course only integration and follow-up go on (5.2)."""
    ended = f.facts.closed or f.facts.declined
    kept = _AFTER_A_COURSE if f.facts.closed else _KEPT_WHEN_DECLINED
    outcome = f.facts.closed.value if f.facts.closed else "declined"
    return judge(
        "course-is-over",
        "ruling 23",
        ok=ended is None or f.session.kind in kept,
        facts={"kind": f.session.kind.value, "outcome": outcome if ended else None},
        sources=() if ended is None else (ended.event_id,),
        unblocks=(Unblock(fact="course", owner="intake", action="open a new course"),),
    )


def approval_current(f: BookingFacts) -> Verdict:
    """INV-1: granted, not revoked, and not run out by the day of the session."""
    current = f.facts.approval(max(f.now, f.session.starts_at))
    tombstones = f.facts.approvals.tombstones
    return judge(
        "approval-not-current",
        "INV-1",
        ok=current is not None,
        facts={
            "approval_id": current and current[0],
            "valid_until": current and current[1].value.isoformat(),
            "revoked": sorted(tombstones),
        },
        sources=(current[1].event_id,) if current else tombstones.values(),
        unblocks=(Unblock(fact="approval", owner="intake", action="approve the client"),),
    )


def prescription_left(f: BookingFacts) -> Verdict:
    """An authorised order of its own, or an authorisation that nobody waits for (ruling 23)."""
    order_id = authorised_order(f.facts, f.session)
    left = left_for(f.session, f.others, f.facts, max(f.now, f.session.starts_at))
    lost = (p.revoked or p.ended.told for p in f.facts.prescriptions.values())
    return judge(
        "needs-prescription",
        "ruling 23",
        ok=order_id is not None or left > 0,
        facts={"left": left, "dose_order_id": order_id},
        sources=[told.event_id for told in lost if told is not None],
        unblocks=(Unblock(fact="prescription", owner="prescribing", action="prescribe or amend"),),
    )


def doses_apart(f: BookingFacts) -> Verdict:
    """INV-16: no more than so many dosed sessions in any rolling seven days."""
    allowed = f.protocol.dosing.max_in_7_days
    others = dosed_or_due(f.others, besides=f.session.id)
    most = most_in_seven_days(f.session.starts_at, others)
    return judge(
        "doses-too-close",
        "INV-16",
        ok=most <= allowed,
        facts={
            "in_seven_days": most,
            "allowed": allowed,
            "possible_from": first_possible(f.session.starts_at, others, allowed).isoformat(),
        },
        unblocks=(Unblock(fact="starts_at", owner="scheduling", action="choose a later day"),),
    )


def integration_between(f: BookingFacts) -> Verdict:
    """INV-16: integration booked or held, or declined on record, since the last dose."""
    needed = f.protocol.aftercare.integration_between_doses
    last = last_dosed(f.others, before=f.session.starts_at, besides=f.session.id)
    planned, declined = 0, False
    if last is not None:
        planned = integrations_since(last, f.others, until=f.session.starts_at, held_only=False)
        declined = last.integration_declined_at is not None
    return judge(
        "integration-missing",
        "INV-16",
        ok=last is None or declined or planned >= needed,
        facts={
            "after_session": str(last.id) if last else None,
            "planned": planned,
            "needed": needed,
            "declined": declined,
        },
        unblocks=(
            Unblock(
                fact="integration session",
                owner="scheduling",
                action="book one, or record that the client declines",
            ),
        ),
    )


def outside_restriction(f: BookingFacts) -> Verdict:
    """INV-34: no dosing inside a restriction, and nobody in person without an escort.

    Without a known end no dosing can be promised; an unescorted talk in person only so far ahead
    that the restriction would be over if it ended now.
    """
    inside = [w for w in restrictions(f) if _inside(w, f)]
    unaccompanied = f.session.setting is Setting.IN_CLINIC and not f.session.escort_confirmed
    concerned = (f.session.dosing or unaccompanied) and not f.session.doses.count
    action = "choose a later time" if f.session.dosing else "name an escort, or move it"
    return judge(
        "inside-restriction",
        "INV-34",
        ok=not (inside and concerned),
        facts={
            "sessions": [w.session_id for w in inside],
            "until": [w.until.isoformat() if w.until else "end not known" for w in inside],
        },
        unblocks=(Unblock(fact="restriction over", owner="scheduling", action=action),),
    )


def restrictions(f: BookingFacts) -> tuple[Window, ...]:
    """The windows of the client's other sessions: a client is restricted, not a course."""
    own = own_windows(f.others, f.protocol.aftercare, f.zone)
    known = merged((*own, *published_windows(f.facts), *f.elsewhere))
    return tuple(w for w in known if w.session_id != str(f.session.id))


def _inside(window: Window, f: BookingFacts) -> bool:
    at = f.session.starts_at
    if f.session.dosing:
        return window.covers(at)
    end = earliest_possible_end(window, f.now, f.protocol.aftercare, f.zone)
    return window.since <= at < end
