"""What is arranged after a session: a talk about it, a safety plan, a follow-up (F92 to F101)."""

from datetime import datetime
from uuid import UUID

import pytest

from careteam_contracts import intake
from careteam_contracts.enums import CourseOutcome, SessionKind
from services.notifications.domain.task import TaskKind
from services.notifications.handlers.work_through import CompleteTask, complete_owed_task
from shared.protocol import Role
from shared.storage import Actor
from tests.integration.notifications import happenings as told
from tests.unit.notifications.moments import SESSION, at
from tests.unit.notifications.others import QUINN
from tests.unit.notifications.ward import DOSED, Ward


async def test_talking_about_it_later_is_owed_until_booked_or_declined(ward: Ward) -> None:
    """F92: offered, and then booked or declined."""
    await ward.hear(*DOSED, ("ended", "12:30"), ("cleared", "12:35"), ("discharged", "12:45"))
    await ward.at("20:30")
    assert ward.owed() == {(TaskKind.ARRANGE_INTEGRATION, Role.THERAPIST)}
    assert ward.due(TaskKind.ARRANGE_INTEGRATION) == at("12:30", day=13)
    await ward.hear(("integration declined", "21:00"))
    assert ward.owed() == set()


@pytest.mark.parametrize("arranged", ["integration", "integration declined"])
async def test_what_was_arranged_before_is_not_owed(ward: Ward, arranged: str) -> None:
    await ward.tell(told.booked(QUINN, at("09:30")), at("08:00"))
    await ward.hear(*DOSED, ("ended", "12:30"), ("cleared", "12:35"), ("discharged", "12:45"))
    await ward.hear((arranged, "12:50"))
    await ward.at("20:30")
    assert ward.owed() == set()
    wordings = {m.wording for m in ward.clinic.messages.states.values()}
    assert "next_appointment" not in wordings


async def test_a_talk_that_is_booked_takes_the_invitation_back(ward: Ward) -> None:
    await ward.hear(*DOSED, ("ended", "16:00"), ("cleared", "16:05"), ("discharged", "16:10"))
    await ward.at("00:05", day=11)  # in quiet hours: the invitation waits
    await ward.tell(
        told.booked(
            QUINN, at("10:00", day=12), kind=SessionKind.INTEGRATION, session_id=UUID(int=33)
        ),
        at("00:10", day=11),
    )
    assert ward.owed() == set()
    [invitation] = [
        m for m in ward.clinic.messages.states.values() if m.wording == "next_appointment"
    ]
    assert (invitation.status, invitation.reason) == ("dropped", "overtaken")


def closed(outcome: CourseOutcome, due: datetime | None) -> intake.CourseClosed:
    return intake.CourseClosed(outcome=outcome, followup_due_at=due)


async def test_a_course_that_ends_is_followed_up_until_a_date_is_booked(ward: Ward) -> None:
    """F97: the plan is due when intake says, or within the week."""
    await ward.tell(closed(CourseOutcome.COMPLETED, at("09:00", day=28)), at("09:00"))
    assert ward.owed() == {(TaskKind.PLAN_FOLLOW_UP, Role.THERAPIST)}
    assert ward.due(TaskKind.PLAN_FOLLOW_UP) == at("09:00", day=28)
    await ward.tell(
        told.booked(QUINN, at("10:00", day=20), kind=SessionKind.FOLLOW_UP, session_id=SESSION),
        at("09:10"),
    )
    assert ward.owed() == set()


async def test_a_follow_up_that_is_booked_already_is_not_owed(ward: Ward) -> None:
    await ward.tell(
        told.booked(QUINN, at("10:00", day=20), kind=SessionKind.FOLLOW_UP, session_id=SESSION),
        at("09:00"),
    )
    await ward.tell(closed(CourseOutcome.NO_RESPONSE, None), at("09:10"))
    assert ward.owed() == set()


@pytest.mark.parametrize(
    ("story", "owed"),
    [
        ((), False),
        ((("suicidality", "10:30"),), True),
        ((("serious event", "10:30"),), True),
        ((("suicidality", "10:30"), ("ended", "10:55"), ("walked out", "10:55")), False),
        ((("serious event", "10:30"), ("ended", "11:05"), ("transferred", "11:05")), False),
        (
            (("suicidality", "10:30"), ("ended", "12:30"), ("discharged", "12:45")),
            True,
        ),
    ],
)
async def test_an_enhanced_plan_comes_with_a_safety_plan(
    ward: Ward, story: tuple[tuple[str, str], ...], owed: bool
) -> None:
    """F101: before the client leaves; who is in others' care, or gone, is reached otherwise."""
    await ward.hear(*DOSED, *story)
    assert ((TaskKind.CONFIRM_SAFETY_PLAN, Role.THERAPIST) in ward.owed()) is owed


async def test_a_safety_plan_that_was_gone_through_is_not_owed_again(ward: Ward) -> None:
    await ward.hear(*DOSED, ("suicidality", "10:30"))
    clinic = ward.clinic
    [task] = [t for t in clinic.tasks.states.values() if t.kind == "confirm_safety_plan"]
    therapist = Actor(Role.THERAPIST, UUID(int=41))
    await clinic.by(therapist, complete_owed_task(CompleteTask(task_id=task.id), clinic))  # type: ignore[arg-type]
    await ward.hear(("ended", "12:30"), ("discharged", "12:45"))
    assert (TaskKind.CONFIRM_SAFETY_PLAN, Role.THERAPIST) not in ward.owed()


@pytest.mark.parametrize(
    "story",
    [
        (("suicidality", "10:30"), ("safety plan", "12:40")),
        (("safety plan", "10:20"), ("suicidality", "10:30")),
    ],
)
async def test_what_was_confirmed_on_the_session_screen_is_owed_by_nobody(
    ward: Ward, story: tuple[tuple[str, str], ...]
) -> None:
    """F101: done in one place is done; in either order of hearing."""
    await ward.hear(*DOSED, *story, ("ended", "12:30"), ("discharged", "12:45"))
    assert (TaskKind.CONFIRM_SAFETY_PLAN, Role.THERAPIST) not in ward.owed()
