"""What pages put together themselves: a history, previews of texts, and how old somebody is."""

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.notifications.domain.aftercare_plan import AftercareStatus
from services.notifications.domain.check_in import CheckInStatus
from services.notifications.domain.task import SETTLED_BY, TaskKind, TaskStatus
from services.notifications.domain.texts import TEXTS
from services.notifications.domain.vocabulary import (
    CheckInOutcome,
    HandoverChannel,
    Language,
    PlanKind,
    Recipient,
)
from services.notifications.domain.wording import Wording
from services.notifications.web.pages.history import history
from services.notifications.web.pages.integrators import by_owner
from services.notifications.web.pages.previews import previews
from services.notifications.web.pages.tasks import PLACES, each_once
from services.notifications.web.views import (
    AftercareView,
    CheckInView,
    HandoverView,
    TaskView,
)
from shared.messaging.people import Person
from shared.protocol import Role

SOMEBODY = UUID(int=51)


def at(clock: str, day: int = 10) -> datetime:
    return datetime.fromisoformat(f"2026-03-{day}T{clock}").replace(tzinfo=UTC)


def plan() -> AftercareView:
    return AftercareView(
        id=SOMEBODY,
        client_id=SOMEBODY,
        course_id=SOMEBODY,
        session_id=SOMEBODY,
        status=AftercareStatus.MONITORING,
        plan=PlanKind.STANDARD,
        restrictions_until=at("20:30"),
        end_known=True,
        restriction_active=False,
        level=0,
        handovers=[
            HandoverView(recipient=Recipient.CLIENT, channel=HandoverChannel.PAPER, at=at("12:40"))
        ],
        acknowledged=[],
        started_at=at("10:00"),
        closed_at=None,
    )


def check_in(outcome: CheckInOutcome | None) -> CheckInView:
    return CheckInView(
        id=SOMEBODY,
        client_id=SOMEBODY,
        course_id=SOMEBODY,
        session_id=SOMEBODY,
        aftercare_id=SOMEBODY,
        hours=24,
        status=CheckInStatus.DUE if outcome is None else CheckInStatus.CLOSED,
        due_at=at("12:30", day=11),
        silent_at=at("18:30", day=11),
        outcome=outcome,
        closed_at=None if outcome is None else at("12:50", day=11),
        closed_by=None if outcome is None else SOMEBODY,
    )


def test_a_history_tells_the_newest_first_and_who_did_it() -> None:
    told = history(plan(), [check_in(CheckInOutcome.OK)], [], [], [])
    assert [one.what for one in told] == ["check_in", "instructions_delivered", "aftercare_begun"]
    assert (told[0].about, told[0].by) == (("ok",), SOMEBODY)
    assert told[1].about == ("client", "paper")


def test_what_has_not_happened_is_not_told() -> None:
    told = history(plan(), [check_in(None)], [], [], [])
    assert [one.what for one in told] == ["instructions_delivered", "aftercare_begun"]


def test_every_text_is_previewed_as_it_would_leave() -> None:
    shown = previews(ZoneInfo("America/Los_Angeles"))
    assert [one.wording for one in shown] == list(Wording)
    for one in shown:
        for language in Language:
            text = TEXTS[language][one.wording]
            assert (language in one.without) is (text.without is not None)
            assert one.late[language].body.endswith(one.known[language].body)
            assert one.late[language].body != one.known[language].body


@pytest.mark.parametrize(
    ("today", "years"),
    [(date(2026, 4, 1), 35), (date(2026, 4, 2), 36), (date(2026, 12, 31), 36)],
)
def test_an_age_counts_completed_years(today: date, years: int) -> None:
    assert Person(name="Sample", date_of_birth=date(1990, 4, 2), told_at=0.0).age_on(today) == years


def test_a_client_s_name_is_in_no_log() -> None:
    assert "Sample" not in repr(Person(name="Sample", date_of_birth=date(1990, 4, 2), told_at=0.0))


def test_every_task_that_an_outcome_ends_leads_to_that_outcome() -> None:
    assert PLACES.keys() == set(SETTLED_BY.values())


def owed(number: int, role: Role, kind: TaskKind, status: TaskStatus = TaskStatus.OPEN) -> TaskView:
    return TaskView(
        id=UUID(int=number),
        client_id=SOMEBODY,
        course_id=SOMEBODY,
        session_id=SOMEBODY,
        purpose=kind,
        owner_role=role,
        urgent=True,
        status=status,
        cause_id=SOMEBODY,
        since=at("10:00"),
        due_at=at("10:05"),
        closed_at=None,
        closed_by=None,
        of_service=None,
        done_by=(role,),
    )


def test_what_one_outcome_ends_for_all_is_one_line_with_everybody_s_role() -> None:
    called = [
        owed(number, role, TaskKind.CONTACT_CLIENT_NOW)
        for number, role in enumerate((Role.THERAPIST, Role.PRESCRIBER, Role.ON_CALL))
    ]
    lines, owners = each_once(called)
    assert lines == called[:1]
    assert owners[called[0].id] == [Role.THERAPIST, Role.PRESCRIBER, Role.ON_CALL]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (TaskKind.CALL_CLIENT, TaskStatus.OPEN),
        (TaskKind.CONTACT_CLIENT_NOW, TaskStatus.WITHDRAWN),
    ],
)
def test_what_each_does_for_themselves_is_a_line_each(kind: TaskKind, status: TaskStatus) -> None:
    tasks = [owed(number, Role.NURSE, kind, status) for number in range(2)]
    assert each_once(tasks)[0] == tasks


def test_types_of_events_stand_under_the_service_that_tells_them() -> None:
    found = by_owner({"careteam.scheduling.session_missed.v1", "careteam.intake.course_closed.v1"})
    assert found == [
        ("intake", [("careteam.intake.course_closed.v1", "course_closed")]),
        ("scheduling", [("careteam.scheduling.session_missed.v1", "session_missed")]),
    ]
