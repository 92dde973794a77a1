from uuid import UUID, uuid4

import pytest

from services.prescribing.domain.adverse_event import (
    REPORT_WITHIN,
    AdverseEvent,
    AdverseEventCode,
    AdverseEventStatus,
)
from services.prescribing.domain.incident import Incident, IncidentStatus
from services.prescribing.domain.review_task import ReviewTask, TaskKind, TaskStatus
from services.prescribing.domain.summary_review import SummaryReview, SummaryStatus
from services.prescribing.domain.vocabulary import IncidentCode, ReviewOutcome
from shared.decisions import Refused
from tests.unit.prescribing.clinic import CLIENT, COURSE, NURSE, PRESCRIBER, SESSION, at, slugs


@pytest.fixture
def awaited() -> SummaryReview:
    return SummaryReview.awaited(uuid4(), client_id=CLIENT, course_id=COURSE, session_id=SESSION)


def test_a_summary_is_read_after_it_was_shared(awaited: SummaryReview) -> None:
    with pytest.raises(Refused) as refused:
        awaited.review(ReviewOutcome.CONTINUE, by=PRESCRIBER, at=at("15:00"))
    assert slugs(refused.value) == {"summary-not-shared"}

    change = awaited.share(UUID(int=90), at("14:00")).state.review(
        ReviewOutcome.ADJUST, by=PRESCRIBER, at=at("15:00")
    )
    assert change.state.reviewed
    assert [e.review_outcome for e in change.events] == [ReviewOutcome.ADJUST]  # type: ignore[union-attr]


def test_a_newer_summary_wants_to_be_read_too(awaited: SummaryReview) -> None:
    reviewed = (
        awaited.share(UUID(int=90), at("14:00"))
        .state.review(ReviewOutcome.CONTINUE, by=PRESCRIBER, at=at("15:00"))
        .state
    )

    assert reviewed.share(UUID(int=90), at("14:00")).state.reviewed
    assert reviewed.share(UUID(int=91), at("13:00")).state.reviewed
    newer = reviewed.share(UUID(int=91), at("16:00")).state
    assert newer.status is SummaryStatus.TO_REVIEW


def test_a_summary_is_reviewed_once(awaited: SummaryReview) -> None:
    reviewed = (
        awaited.share(UUID(int=90), at("14:00"))
        .state.review(ReviewOutcome.CONTINUE, by=PRESCRIBER, at=at("15:00"))
        .state
    )
    with pytest.raises(Refused) as refused:
        reviewed.review(ReviewOutcome.HOLD, by=PRESCRIBER, at=at("15:01"))
    assert slugs(refused.value) == {"summary-already-reviewed"}


@pytest.mark.parametrize("serious", [True, False])
def test_only_a_serious_adverse_event_owes_a_report(serious: bool) -> None:
    change = AdverseEvent.record(
        uuid4(),
        client_id=CLIENT,
        course_id=COURSE,
        session_id=SESSION,
        code=AdverseEventCode.HYPERTENSION,
        serious=serious,
        occurred_at=at("10:50"),
        by=NURSE,
        now=at("10:52"),
    )

    due = at("10:52") + REPORT_WITHIN if serious else None
    assert change.state.report_due_at == due
    (event,) = change.events
    assert (event.at, event.serious, event.report_due_at) == (at("10:50"), serious, due)  # type: ignore[union-attr]

    reported = change.state.report(by=PRESCRIBER, at=at("16:00")).state
    assert reported.status is AdverseEventStatus.REPORTED
    with pytest.raises(Refused):
        reported.report(by=PRESCRIBER, at=at("16:01"))


def test_an_incident_names_the_rules_that_were_broken_and_is_reviewed_once() -> None:
    change = Incident.record(
        uuid4(),
        client_id=CLIENT,
        course_id=COURSE,
        session_id=SESSION,
        code=IncidentCode.DOSE_RULE_BROKEN,
        cause="order:1",
        at=at("10:00"),
        broken_rules=("session-stopped",),
    )
    (event,) = change.events
    assert event.broken_rules == ("session-stopped",)  # type: ignore[union-attr]

    reviewed = change.state.review(by=PRESCRIBER, at=at("15:00")).state
    assert reviewed.status is IncidentStatus.REVIEWED
    with pytest.raises(Refused):
        reviewed.review(by=PRESCRIBER, at=at("15:01"))


def test_a_task_is_done_once() -> None:
    task = ReviewTask.raise_for(
        uuid4(),
        client_id=CLIENT,
        course_id=COURSE,
        session_id=SESSION,
        kind=TaskKind.CHECK_IN_CONCERN,
        cause="event",
        at=at("10:00", day=3),
    )
    done = task.finish(by=PRESCRIBER, at=at("11:00", day=3)).state
    assert done.status is TaskStatus.DONE
    with pytest.raises(Refused):
        done.finish(by=PRESCRIBER, at=at("11:01", day=3))
