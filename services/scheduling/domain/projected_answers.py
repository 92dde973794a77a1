"""What the peers would answer, by what they told: for showing a gate, never for deciding one."""

from datetime import datetime, timedelta

from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.peer_answers import (
    CheckWord,
    ClearanceWord,
    IntakeWord,
    NamedUntil,
    OrderWord,
    PrescribingWord,
)
from services.scheduling.domain.preparation import Preparation
from shared.protocol import ClinicProtocol

_NOW = timedelta(0)


def projected_intake(
    facts: CourseFacts, preparation: Preparation | None, protocol: ClinicProtocol, now: datetime
) -> IntakeWord:
    """Intake's standing as far as its events told it."""
    approval = facts.approval(now)
    consents = {}
    for scope in protocol.consent.required_scopes:
        told = facts.consents.active(scope.value, now)
        signature = facts.consents.signature_of(told) if told else None
        if told and signature:
            consents[scope.value] = NamedUntil(id=signature, active=True, valid_until=told.value)
    prepared = preparation is not None and preparation.completed_at is not None
    ended = facts.closed or facts.declined
    return IntakeWord(
        age=_NOW,
        known=facts.registered is not None,
        course_status="ended" if ended else "active" if approval and prepared else "not active",
        approval=NamedUntil(id=approval[0], active=True, valid_until=approval[1].value)
        if approval
        else None,
        consents=consents,
        dosed_count=sum(1 for order in facts.orders.values() if order.is_closed and order.count),
        covers_until_session_no=max((r.value for r in facts.reviews.values()), default=None),
    )


def projected_prescribing(
    facts: CourseFacts, session_id: str, doses: int, now: datetime
) -> PrescribingWord:
    """Prescribing's standing as far as its events told it."""
    orders = facts.orders_of(session_id)
    order_id = max(orders, key=lambda i: (not orders[i].is_closed, i), default=None)
    known = facts.of_session(session_id)
    check, clearance = known.check, known.clearance(now, doses)
    in_force = [
        (rx_id, terms)
        for rx_id, rx in facts.prescriptions.items()
        if (terms := rx.current(now)) is not None
    ]
    rx = max(in_force, key=lambda item: item[1].valid_until, default=None)
    return PrescribingWord(
        age=_NOW,
        prescription=NamedUntil(id=rx[0], active=True, valid_until=rx[1].valid_until)
        if rx
        else None,
        order=OrderWord(
            id=order_id,
            authorised=orders[order_id].authorised,
            closed=orders[order_id].is_closed,
            valid_until=until.value if (until := orders[order_id].valid_until) else None,
        )
        if order_id
        else None,
        check=CheckWord(
            id=check.told.value.check_id,
            version=check.version,
            outcome=check.told.value.outcome,
            valid_until=check.told.value.valid_until,
        )
        if check.told
        else None,
        clearance=ClearanceWord(
            id=clearance[0],
            covers_dose_seq=clearance[1].value.covers_dose_seq,
            cleared_at=clearance[1].value.cleared_at,
            valid_until=clearance[1].value.valid_until,
        )
        if clearance
        else None,
        administered_count=facts.dose_count(session_id),
    )
