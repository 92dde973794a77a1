"""What each event of scheduling tells about its session."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from careteam_contracts import scheduling
from careteam_contracts.enums import DischargeMode
from services.prescribing.domain.course_facts import earliest_fact
from services.prescribing.domain.session_facts import (
    Departure,
    ManualClearance,
    SessionEnd,
    SessionFacts,
    Window,
)
from services.prescribing.domain.vocabulary import DepartureMode, SessionKind, SessionOutcome
from services.prescribing.subscriptions.hearing import Heard, folds, told
from shared.messaging import Delivery

Step = Callable[[SessionFacts, Any, Delivery], SessionFacts]


def in_session(step: Step) -> Heard:
    """A fold of one session's facts."""
    return folds(
        lambda facts, event, delivery: facts.in_session(
            event.session_id, lambda session: step(session, event, delivery)
        )
    )


def scheduled(s: SessionFacts, e: scheduling.SessionScheduled, d: Delivery) -> SessionFacts:
    window = Window(starts_at=e.starts_at, planned_end_at=e.planned_end_at)
    return replace(s, kind=SessionKind(e.kind), window=s.window.tell(1, told(window, d)))


def moved(s: SessionFacts, e: scheduling.SessionRescheduled, d: Delivery) -> SessionFacts:
    """Highest ``schedule_version`` wins; the booking itself was the first."""
    window = Window(starts_at=e.starts_at, planned_end_at=e.planned_end_at)
    return replace(s, window=s.window.tell(e.schedule_version, told(window, d)))


def cancelled(s: SessionFacts, _e: scheduling.SessionCancelled, d: Delivery) -> SessionFacts:
    return replace(s, cancelled=_first(s.cancelled, d))


def missed(s: SessionFacts, _e: scheduling.SessionMissed, d: Delivery) -> SessionFacts:
    return replace(s, missed=_first(s.missed, d))


def escort_confirmed(s: SessionFacts, e: scheduling.EscortConfirmed, d: Delivery) -> SessionFacts:
    return replace(s, escorts=s.escorts.add(str(e.escort_id), told(True, d)))


def escort_cancelled(s: SessionFacts, e: scheduling.EscortCancelled, d: Delivery) -> SessionFacts:
    escorts = s.escorts.remove_at(str(e.escort_id), str(d.event_id), d.occurred_at)
    return replace(s, escorts=escorts)


def checked_in(s: SessionFacts, e: scheduling.ClientCheckedIn, d: Delivery) -> SessionFacts:
    return replace(s, checked_in=earliest_fact(s.checked_in, told(e.at, d)))


def started(s: SessionFacts, e: scheduling.DosingSessionStarted, d: Delivery) -> SessionFacts:
    return replace(s, started=earliest_fact(s.started, told(e.started_at, d)))


def stop(s: SessionFacts, e: scheduling.SessionStopRequested, d: Delivery) -> SessionFacts:
    return replace(s, stop=earliest_fact(s.stop, told(e.at, d)))


def ended(s: SessionFacts, e: scheduling.SessionCompleted, d: Delivery) -> SessionFacts:
    end = SessionEnd(outcome=SessionOutcome(e.outcome), ended_at=e.ended_at)
    return s.ended(told(end, d), SessionKind(e.kind))


def summary(s: SessionFacts, e: scheduling.SessionSummaryShared, d: Delivery) -> SessionFacts:
    return s.shared(told(e.summary_ref, d))


def manual_clearance(
    s: SessionFacts, e: scheduling.ManualClearanceRecorded, d: Delivery
) -> SessionFacts:
    stated = ManualClearance(
        stated_dose_count=e.stated_dose_count,
        last_dose_at=e.last_dose_at,
        cleared_at=e.cleared_at,
    )
    return s.cleared_manually(e.manual_clearance_id, told(stated, d))


def discharged(s: SessionFacts, e: scheduling.ClientDischarged, d: Delivery) -> SessionFacts:
    transfer = e.mode is DischargeMode.TRANSFER
    return s.left(
        told(
            Departure(
                mode=DepartureMode.TRANSFER if transfer else DepartureMode.STANDARD,
                at=e.discharged_at,
                clearance_id=e.clearance_id,
            ),
            d,
        )
    )


def left(s: SessionFacts, e: scheduling.LeftAgainstAdvice, d: Delivery) -> SessionFacts:
    return s.left(told(Departure(mode=DepartureMode.AGAINST_ADVICE, at=e.left_at), d))


def integration_declined(
    s: SessionFacts, e: scheduling.IntegrationDeclined, d: Delivery
) -> SessionFacts:
    return replace(s, integration_declined=earliest_fact(s.integration_declined, told(e.at, d)))


def _first(known: Any, delivery: Delivery) -> Any:
    return earliest_fact(known, told(delivery.occurred_at, delivery))
