"""Everything of prescribing but the way to the dose, in each of its states."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from services.prescribing.domain import (
    adverse_event,
    clearance,
    hold,
    incident,
    medical_assessment,
    recovery_states,
    review_task,
    summary_review,
)
from services.prescribing.domain.adverse_event import AdverseEvent, AdverseEventCode
from services.prescribing.domain.hold import Hold
from services.prescribing.domain.incident import Incident
from services.prescribing.domain.medical_assessment import MedicalAssessment
from services.prescribing.domain.recovery import Recovery
from services.prescribing.domain.recovery_states import RecoveryEnd, ReversalAgent
from services.prescribing.domain.reversal import reverse
from services.prescribing.domain.review_task import ReviewTask, TaskKind
from services.prescribing.domain.summary_review import SummaryReview
from services.prescribing.domain.vocabulary import (
    AssessmentOutcome,
    IncidentCode,
    ReviewOutcome,
)
from shared.protocol import ClearanceRole, HoldCategory, Role
from tests.unit.prescribing.clearing import CLEARANCE, cleared, ready
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    NURSE,
    PRESCRIBER,
    PROTOCOL,
    SESSION,
    at,
    observation,
    on_board,
    recovering,
)
from tests.unit.prescribing.transition_subject import Subject

UNTIL = at("08:00") + timedelta(days=180)
ORDER = UUID(int=30)
OURS: dict[str, Any] = {"client_id": CLIENT, "course_id": COURSE, "session_id": SESSION}


def _assessments() -> Mapping[Any, Any]:
    s = medical_assessment.AssessmentStatus
    opened = MedicalAssessment.open_for(
        uuid4(), client_id=CLIENT, course_id=COURSE, requested_at=at("08:00"), review_flags=0
    ).state
    return {
        s.OPEN: opened,
        s.COMPLETED: _complete(opened).state,
        s.SUPERSEDED: opened.supersede().state,
        s.CLOSED: opened.close().state,
    }


def _complete(assessment: MedicalAssessment) -> Any:
    return assessment.complete(
        AssessmentOutcome.CLEARED, by=PRESCRIBER, at=at("09:00"), valid_until=UNTIL
    )


def _recoveries() -> Mapping[Any, Any]:
    s = recovery_states.RecoveryStatus
    return {
        s.OBSERVING: recovering(),
        s.ASSESSING: recovering().minimum_reached(at("12:00")).state,
        s.NOT_READY: _look(recovering(), steady_gait=False).state,
        s.READY: ready(),
        s.CLEARED: cleared(),
        s.RESCINDED: clearance.rescind(cleared(), CLEARANCE, at("12:40")).state,
        s.CLOSED: cleared().close(RecoveryEnd.DISCHARGED, at("12:45")).state,
    }


def _look(recovery: Recovery, **seen: Any) -> Any:
    return recovery.record(
        observation(**seen), PROTOCOL.recovery, by=NURSE, at=at("12:50"), now=at("12:50")
    )


def _clear(recovery: Recovery) -> Any:
    return clearance.clear(
        recovery,
        uuid4(),
        by=NURSE,
        role=ClearanceRole.NURSE,
        at=at("12:50"),
        validity=timedelta(minutes=30),
    )


def _reverse(recovery: Recovery) -> Any:
    return reverse(
        recovery,
        ReversalAgent.NALOXONE,
        given_at=at("12:50"),
        wait=timedelta(hours=2),
        by=NURSE,
        now=at("12:50"),
    )


def _holds() -> Mapping[Any, Any]:
    s = hold.HoldStatus
    placed = Hold.place(
        uuid4(),
        **OURS,
        category=HoldCategory.VITALS,
        cause="test",
        at=at("09:45"),
        by=Role.NURSE,
    ).state
    return {s.OPEN: placed, s.LIFTED: placed.sign(PRESCRIBER, at("09:50")).state}


def _adverse(*, serious: bool) -> AdverseEvent:
    return AdverseEvent.record(
        uuid4(),
        **OURS,
        code=AdverseEventCode.NAUSEA,
        serious=serious,
        occurred_at=at("11:00"),
        by=NURSE,
        now=at("11:00"),
    ).state


def _adverse_events() -> Mapping[Any, Any]:
    s = adverse_event.AdverseEventState
    mild, grave = _adverse(serious=False), _adverse(serious=True)
    return {
        s.OPEN: mild,
        s.OPEN_SERIOUS: grave,
        s.REPORTED: mild.report(by=PRESCRIBER, at=at("12:00")).state,
        s.REPORTED_SERIOUS: grave.report(by=PRESCRIBER, at=at("12:00")).state,
    }


def _summaries() -> Mapping[Any, Any]:
    s = summary_review.SummaryStatus
    awaited = SummaryReview.awaited(uuid4(), **OURS)
    shared = awaited.share(UUID(int=50), at("13:00")).state
    return {s.AWAITED: awaited, s.TO_REVIEW: shared, s.REVIEWED: _read(shared).state}


def _read(review: SummaryReview) -> Any:
    return review.review(ReviewOutcome.CONTINUE, by=PRESCRIBER, at=at("14:00"))


def _tasks() -> Mapping[Any, Any]:
    s = review_task.TaskStatus
    task = ReviewTask.raise_for(
        uuid4(), **OURS, kind=TaskKind.CHECK_IN_CONCERN, cause="test", at=at("10:00")
    )
    return {s.OPEN: task, s.DONE: task.finish(by=PRESCRIBER, at=at("11:00")).state}


def _incidents() -> Mapping[Any, Any]:
    s = incident.IncidentStatus
    happened = Incident.record(
        uuid4(), **OURS, code=IncidentCode.COUNT_MISMATCH, cause="test", at=at("10:00")
    ).state
    return {s.OPEN: happened, s.REVIEWED: happened.review(by=PRESCRIBER, at=at("11:00")).state}


def _recovery_steps() -> Mapping[Any, Callable[[Recovery], Any]]:
    t = recovery_states.RecoveryStep
    return {
        t.DOSE: lambda r: r.on_board(on_board(at("12:20"), seq=2), at("12:50")),
        t.LOOK: _look,
        t.REVERSE: _reverse,
        t.CLEAR: _clear,
        t.RESCIND: lambda r: clearance.rescind(r, CLEARANCE, at("12:50")),
        t.LEAVE: lambda r: r.close(RecoveryEnd.TRANSFERRED, at("12:50")),
        t.ALARM: lambda r: r.alarm(at("12:50")),
        t.TIGHTEN: lambda r: r.tighten(),
        t.MINIMUM_OVER: lambda r: r.minimum_reached(at("12:50")),
        t.RUN_OUT: lambda r: clearance.expire(r, at("13:05")),
    }


AROUND_THE_DOSE: Mapping[str, Subject] = {
    "assessment": Subject(
        medical_assessment.TRANSITIONS,
        _assessments,
        {
            medical_assessment.AssessmentStep.COMPLETE: _complete,
            medical_assessment.AssessmentStep.SUPERSEDE: lambda a: a.supersede(),
            medical_assessment.AssessmentStep.CLOSE: lambda a: a.close(),
        },
    ),
    "recovery": Subject(recovery_states.TRANSITIONS, _recoveries, _recovery_steps()),
    "hold": Subject(
        hold.TRANSITIONS,
        _holds,
        {
            hold.HoldStep.SIGN: lambda h: h.sign(PRESCRIBER, at("10:00")),
            hold.HoldStep.CHECK_PASSED: lambda h: h.pass_check(at("10:00"), Role.NURSE),
        },
    ),
    "adverse event": Subject(
        adverse_event.TRANSITIONS,
        _adverse_events,
        {
            adverse_event.AdverseEventStep.REPORT: lambda a: a.report(
                by=PRESCRIBER, at=at("15:00")
            ),
            adverse_event.AdverseEventStep.FIND_SERIOUS: lambda a: a.find_serious(
                (adverse_event.SeriousCriterion.HOSPITALISATION,), now=at("15:00")
            ),
        },
    ),
    "summary": Subject(
        summary_review.TRANSITIONS,
        _summaries,
        {
            summary_review.SummaryStep.SHARE: lambda r: r.share(uuid4(), at("16:00")),
            summary_review.SummaryStep.REVIEW: _read,
        },
    ),
    "task": Subject(
        review_task.TRANSITIONS,
        _tasks,
        {review_task.TaskStep.FINISH: lambda t: t.finish(by=PRESCRIBER, at=at("12:00"))},
    ),
    "incident": Subject(
        incident.TRANSITIONS,
        _incidents,
        {incident.IncidentStep.REVIEW: lambda i: i.review(by=PRESCRIBER, at=at("12:00"))},
    ),
}
