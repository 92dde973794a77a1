"""Invariants 20 to 25: what must hold until the client is out of the door."""

from collections.abc import Iterable
from datetime import timedelta

from careteam_contracts import prescribing, scheduling
from careteam_contracts.enums import DischargeMode
from services.scheduling.domain.session_states import SessionStatus
from tests.simulation.oracle import LOOKED, Complaint, Seen, always, at_rest, when
from tests.simulation.store import Told

_S = SessionStatus
_BELIEVED_UNDOSED = frozenset({_S.CLOSED, _S.ABORTED, _S.CANCELLED, _S.MISSED})


def standard(told: Told) -> bool:
    return told.event.mode is DischargeMode.STANDARD


@when(20, scheduling.ClientDischarged)
def only_with_a_clearance(seen: Seen, told: Told) -> Iterable[Complaint]:
    if not standard(told):
        return
    cleared = seen.all(
        prescribing.ClearedForDischarge,
        session_id=told.event.session_id,
        clearance_id=told.event.clearance_id,
    )
    by_hand = seen.all(
        scheduling.ManualClearanceRecorded,
        session_id=told.event.session_id,
        manual_clearance_id=told.event.clearance_id,
    )
    if not cleared and not by_hand:
        yield "a client was discharged without a clearance"
    if not seen.all(scheduling.SessionCompleted, session_id=told.event.session_id):
        yield "a client was discharged before the therapy ended"


@always(20, "scheduling")
def who_was_dosed_is_observed(seen: Seen) -> Iterable[Complaint]:
    for session in seen.clinic.states("scheduling", "sessions"):
        if session.doses.count:
            yield LOOKED
            if session.status in _BELIEVED_UNDOSED:
                yield f"a dosed session is {session.status.value}"


@when(21, scheduling.ClientDischarged)
def the_clearance_covers_every_dose(seen: Seen, told: Told) -> Iterable[Complaint]:
    if not standard(told):
        return
    doses = seen.all(
        prescribing.DoseAdministered, until=seen.since(told), session_id=told.event.session_id
    )
    for one in seen.all(prescribing.ClearedForDischarge, clearance_id=told.event.clearance_id):
        if one.event.covers_dose_seq < len(doses):
            yield "a clearance did not cover the last dose"
    for one in seen.all(
        scheduling.ManualClearanceRecorded, manual_clearance_id=told.event.clearance_id
    ):
        known = [dose for dose in doses if seen.heard_by("scheduling", dose)]
        if one.event.stated_dose_count < len(known):
            yield "a manual clearance states fewer doses than were seen"


@when(22, prescribing.ClearedForDischarge)
def not_before_the_minimum(seen: Seen, told: Told) -> Iterable[Complaint]:
    minimum = timedelta(minutes=seen.clinic.protocol.recovery.min_observation_minutes)
    for dose in seen.all(
        prescribing.DoseAdministered, until=told.place, session_id=told.event.session_id
    ):
        if told.event.cleared_at < dose.event.administered_at + minimum:
            yield "a client was cleared before the minimum observation was over"
    if not seen.all(prescribing.DoseAdministered, session_id=told.event.session_id):
        yield "a client without a dose was cleared"


@when(22, scheduling.ManualClearanceRecorded)
def nor_by_hand(seen: Seen, told: Told) -> Iterable[Complaint]:
    minimum = timedelta(minutes=seen.clinic.protocol.recovery.min_observation_minutes)
    for dose in seen.all(prescribing.DoseAdministered, session_id=told.event.session_id):
        early = told.event.cleared_at < dose.event.administered_at + minimum
        if early and seen.heard_by("scheduling", dose):
            yield "a client was cleared by hand before the minimum observation was over"


@when(23, scheduling.ClientDischarged)
def the_clearance_is_in_force(seen: Seen, told: Told) -> Iterable[Complaint]:
    if not standard(told):
        return
    clearance = {"clearance_id": told.event.clearance_id}
    if seen.all(prescribing.ClearanceRescinded, until=seen.since(told), **clearance):
        yield "a client was discharged on a rescinded clearance"
    for one in seen.all(prescribing.ClearedForDischarge, **clearance):
        if one.event.valid_until < told.envelope.recorded_at:
            yield "a client was discharged on a clearance that had run out"


@when(24, scheduling.ClientDischarged)
def with_the_escort(seen: Seen, told: Told) -> Iterable[Complaint]:
    if not standard(told):
        return
    escort = {"session_id": told.event.session_id, "escort_id": told.event.escort_id}
    if not seen.all(scheduling.EscortArrived, until=told.place, **escort):
        yield "a client was discharged and the escort had not arrived"
    if seen.all(scheduling.EscortCancelled, until=told.place, **escort):
        yield "a client was discharged with an escort who had cancelled"
    session = seen.session(told.event.session_id)
    if not all(e.identity_matched for e in session.escorts if e.id == told.event.escort_id):
        yield "a client was discharged with somebody whose identity was not matched"


@always(25, "scheduling")
def nothing_ends_on_silence(seen: Seen) -> Iterable[Complaint]:
    for session in seen.clinic.states("scheduling", "sessions"):
        if session.dosing and session.status is _S.CLOSED:
            yield LOOKED
            counts = {
                one.event.dose_order_id: one.event.administered_count
                for one in seen.all(prescribing.DoseOrderClosed, session_id=session.id)
                if seen.heard_by("scheduling", one)
            }
            if not counts or any(counts.values()):
                yield "an undosed session was closed without its order's count of none"


@at_rest(25)
def no_dose_is_forgotten(seen: Seen) -> Iterable[Complaint]:
    for told in seen.all(prescribing.DoseAdministered):
        yield LOOKED
        session = seen.session(told.event.session_id)
        if session.status in _BELIEVED_UNDOSED or not session.doses.count:
            yield f"a session with a dose rests as {session.status.value}"


@at_rest(25)
def every_count_is_final(seen: Seen) -> Iterable[Complaint]:
    """Whoever has left has an order that is closed with what was taken, and medicine is counted."""
    for order in seen.clinic.states("prescribing", "dose_orders"):
        session = seen.session(order.session_id)
        if session.over and not order.medicine_out:
            yield LOOKED
            if order.status != "closed":
                yield f"a session is {session.status.value} and its order {order.status}"
        closed = seen.all(prescribing.DoseOrderClosed, dose_order_id=order.id)
        if order.status == "closed" and closed[-1].event.administered_count != len(order.doses):
            yield "the last count that was told is not what was taken"
