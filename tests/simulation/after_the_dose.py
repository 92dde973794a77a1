"""What people do while the medicine works, at the door, and afterwards."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

from services.notifications.domain.vocabulary import CheckInOutcome, HandoverChannel, Recipient
from services.notifications.handlers.answer_escalation import (
    AcknowledgeEscalation,
    ResolveEscalation,
)
from services.notifications.handlers.complete_check_in import CompleteCheckIn
from services.notifications.handlers.deliver_instructions import DeliverInstructions
from services.prescribing.domain.adverse_event import AdverseEventCode, SeriousCriterion
from services.prescribing.domain.vocabulary import ReviewOutcome
from services.prescribing.handlers.clear_for_discharge import ClearForDischarge, RescindClearance
from services.prescribing.handlers.observe_recovery import RecordRecoveryCheck
from services.prescribing.handlers.record_adverse_event import RecordAdverseEvent
from services.prescribing.handlers.review import ReviewSummary
from services.scheduling.domain.events import ManualClearanceReason
from services.scheduling.domain.left_against_advice import Capacity
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session_states import SessionStatus
from services.scheduling.handlers.accompany_session import DeclineIntegration, ShareSummary
from services.scheduling.handlers.discharge_client import DischargeClient
from services.scheduling.handlers.leave_unusually import RecordLeftAgainstAdvice, TransferClient
from services.scheduling.handlers.record_escort_arrival import RecordEscortArrival
from services.scheduling.handlers.record_manual_clearance import RecordManualClearance
from services.scheduling.handlers.run_therapy import EndSession, StopSession
from tests.simulation import cast
from tests.simulation.cast import DESK, NURSE, ON_CALL, PRESCRIBER, THERAPIST, WITNESS
from tests.simulation.clinic import Clinic
from tests.simulation.wishes import Wish

_S = SessionStatus
_HERE = frozenset({_S.DOSED, _S.THERAPY_ENDED, _S.RECOVERING, _S.CLEARABLE, _S.DISCHARGING})


def wishes(clinic: Clinic, session: Any, chance: Random) -> Iterator[Wish]:
    """What may be asked for about a session with a dose."""
    sid = session.id
    if session.status is _S.DOSED:
        yield Wish(1.5, "scheduling", "end_session", EndSession(session_id=sid), THERAPIST)
        stop = StopSession(session_id=sid, by_role=Role.CLIENT)
        yield Wish(0.7, "scheduling", "stop_session", stop, THERAPIST)
    if session.status in _HERE:
        yield from _leaving(clinic, session, chance)
    if session.end is not None and session.summary_ref is None:
        told = ShareSummary(session_id=sid, text="calm")
        yield Wish(1.5, "scheduling", "share_summary", told, THERAPIST)
    if session.client_has_left and session.integration_declined_at is None:
        declined = DeclineIntegration(session_id=sid)
        yield Wish(0.5, "scheduling", "decline_integration", declined, DESK)
    for recovery in clinic.states("prescribing", "recoveries"):
        if recovery.session_id == sid:
            yield from _recovery(clinic, recovery, chance)
    for review in clinic.states("prescribing", "summary_reviews"):
        if review.session_id == sid and review.status == "to_review":
            read = ReviewSummary(session_id=sid, outcome=ReviewOutcome.CONTINUE)
            yield Wish(1.5, "prescribing", "review_summary", read, PRESCRIBER)
    yield from _at_home(clinic, session, chance)


def _recovery(clinic: Clinic, recovery: Any, chance: Random) -> Iterator[Wish]:
    sid = recovery.session_id
    if recovery.open:
        seen = cast.WELL if chance.random() < 0.85 else replace(cast.WELL, steady_gait=False)
        look = RecordRecoveryCheck(session_id=sid, seen=seen, escalate=chance.random() < 0.04)
        yield Wish(3, "prescribing", "record_recovery_check", look, NURSE)
        by = chance.choice((NURSE, PRESCRIBER, PRESCRIBER))
        yield Wish(4, "prescribing", "clear_for_discharge", ClearForDischarge(session_id=sid), by)
        harm = RecordAdverseEvent(
            session_id=sid,
            code=AdverseEventCode.NAUSEA,
            criteria=chance.choice(((), (SeriousCriterion.IMMEDIATE_RISK,))),
        )
        yield Wish(0.2, "prescribing", "record_adverse_event", harm, NURSE)
    if recovery.clearance is not None:
        back = RescindClearance(clearance_id=chance.choice(recovery.clearances).clearance_id)
        yield Wish(0.3, "prescribing", "rescind_clearance", back, NURSE)


def _leaving(clinic: Clinic, session: Any, chance: Random) -> Iterator[Wish]:
    sid = session.id
    if session.escort is not None and session.escort.open:
        here = RecordEscortArrival(
            escort_id=session.escort.id, identity_matched=chance.random() < 0.9
        )
        yield Wish(2, "scheduling", "record_escort_arrival", here, DESK)
    weight = 6 if session.status is _S.CLEARABLE else 1
    yield Wish(weight, "scheduling", "discharge_client", DischargeClient(session_id=sid), DESK)
    transfer = TransferClient(session_id=sid)
    yield Wish(0.12, "scheduling", "transfer_client", transfer, NURSE)
    out = RecordLeftAgainstAdvice(
        session_id=sid, capacity=chance.choice(tuple(Capacity)), escort_present=False
    )
    yield Wish(0.12, "scheduling", "leave_against_advice", out, NURSE)
    if session.end is not None and session.doses.last_at is not None:
        manual = RecordManualClearance(
            session_id=sid,
            stated_dose_count=max(1, session.doses.count + chance.choice((0, 0, 0, 1, -1))),
            last_dose_at=session.doses.last_at,
            second_ref=WITNESS,
            second_role=Role.NURSE,
            reason_code=ManualClearanceReason.PRESCRIBING_UNREACHABLE,
        )
        yield Wish(0.5, "scheduling", "clear_manually", manual, PRESCRIBER)


def _at_home(clinic: Clinic, session: Any, chance: Random) -> Iterator[Wish]:
    for plan in clinic.states("notifications", "aftercare_plans"):
        if plan.session_id == session.id:
            paper = DeliverInstructions(
                aftercare_id=plan.id, recipient=Recipient.CLIENT, channel=HandoverChannel.PAPER
            )
            yield Wish(0.3, "notifications", "deliver_instructions", paper, DESK)
    for check_in in clinic.states("notifications", "check_ins"):
        if check_in.session_id == session.id and check_in.status == "due":
            outcome = chance.choice((CheckInOutcome.OK, CheckInOutcome.OK, CheckInOutcome.CONCERN))
            done = CompleteCheckIn(checkin_id=check_in.id, outcome=outcome)
            yield Wish(2, "notifications", "complete_check_in", done, ON_CALL)
    for loop in clinic.states("notifications", "escalations"):
        if loop.session_id == session.id and loop.status != "resolved":
            answer = AcknowledgeEscalation(escalation_id=loop.id)
            yield Wish(0.4, "notifications", "acknowledge_escalation", answer, THERAPIST)
            solve = ResolveEscalation(escalation_id=loop.id)
            yield Wish(0.4, "notifications", "resolve_escalation", solve, ON_CALL)
