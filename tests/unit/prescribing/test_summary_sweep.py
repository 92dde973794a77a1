"""A summary that is not shared, or not read, comes back as a task (F35, INV-17)."""

from typing import Any
from uuid import uuid4

import pytest

from services.prescribing.domain.review_task import TaskKind, TaskStatus
from services.prescribing.domain.vocabulary import ReviewOutcome
from services.prescribing.handlers.deadlines import when_summary_is_owed
from services.prescribing.handlers.review import (
    FinishTask,
    ReviewSummary,
    finish_task,
    review_summary,
)
from services.prescribing.handlers.when_session_changes import when_summary_shared
from tests.unit.prescribing.clinic import CLIENT, COURSE, PRESCRIBER, SESSION, at, told
from tests.unit.prescribing.day import Day
from tests.unit.prescribing.memory import due_timer


@pytest.fixture
async def day() -> Day:
    day = Day()
    await day.to_the_dose()
    return day


async def swept(day: Day, moment: Any) -> list[str]:
    """The timer fires; the kinds of the tasks that are open then."""
    review = await day.uow.summaries.find_by(session_id=SESSION)
    day.act(None, "08:00")
    day.uow.now = moment
    await when_summary_is_owed(due_timer(review.id, moment), day.uow)
    return sorted(t.kind for t in day.uow.tasks.states.values() if t.status is TaskStatus.OPEN)


async def shared(day: Day, clock: str) -> None:
    await day.hear_of_session(clock, lambda s: s.shared(told(uuid4())), look=False)
    await when_summary_shared(
        day.act(None, clock), course_id=COURSE, client_id=CLIENT, session_id=SESSION
    )


async def test_a_lost_summary_shows_a_day_after_the_dose(day: Day) -> None:
    review = await day.uow.summaries.find_by(session_id=SESSION)
    assert day.uow.timers.due["session_summary_owed", review.id] == at("10:00", day=3)

    assert await swept(day, at("10:00", day=3)) == [TaskKind.SUMMARY_NOT_SHARED]
    assert day.uow.timers.due["session_summary_owed", review.id] == at("10:00", day=4)


async def test_one_task_at_a_time_and_a_new_one_when_it_was_put_away(day: Day) -> None:
    await swept(day, at("10:00", day=3))
    assert await swept(day, at("10:00", day=4)) == [TaskKind.SUMMARY_NOT_SHARED]

    (task,) = day.uow.tasks.states.values()
    await finish_task(FinishTask(task_id=task.id), day.act(PRESCRIBER, "12:00"))
    assert await swept(day, at("10:00", day=5)) == [TaskKind.SUMMARY_NOT_SHARED]
    assert len(day.uow.tasks.states) == 2


async def test_a_summary_that_nobody_reads_is_another_task(day: Day) -> None:
    await shared(day, "14:00")

    assert await swept(day, at("14:00", day=3)) == [TaskKind.SUMMARY_NOT_REVIEWED]


async def test_reading_it_ends_the_reminders(day: Day) -> None:
    await swept(day, at("10:00", day=3))
    await shared(day, "14:00")
    await review_summary(
        ReviewSummary(session_id=SESSION, outcome=ReviewOutcome.CONTINUE),
        day.act(PRESCRIBER, "15:00"),
    )

    assert {t.status for t in day.uow.tasks.states.values()} == {TaskStatus.DONE}
    review = await day.uow.summaries.find_by(session_id=SESSION)
    assert ("session_summary_owed", review.id) not in day.uow.timers.due
    assert await swept(day, at("10:00", day=4)) == []


async def test_a_newer_summary_wants_to_be_read_as_well(day: Day) -> None:
    await shared(day, "14:00")
    await review_summary(
        ReviewSummary(session_id=SESSION, outcome=ReviewOutcome.CONTINUE),
        day.act(PRESCRIBER, "15:00"),
    )
    await day.hear_of_session("16:00", lambda s: s.shared(told(uuid4(), at("16:00"))), look=False)
    await when_summary_shared(
        day.act(None, "16:00"), course_id=COURSE, client_id=CLIENT, session_id=SESSION
    )

    assert await swept(day, at("16:00", day=3)) == [TaskKind.SUMMARY_NOT_REVIEWED]
