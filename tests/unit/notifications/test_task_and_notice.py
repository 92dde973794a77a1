"""Tasks and inbox entries: who owes, who has seen, and what closes by itself (F36, INV-29)."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

import pytest

from services.notifications.domain.alerts import AlertKind, Severity
from services.notifications.domain.notice import (
    Notice,
    NoticeStatus,
    read_notice,
    readdress_notice,
)
from services.notifications.domain.task import ALLOWED as ALLOWED_TASKS
from services.notifications.domain.task import (
    OWNERS,
    SETTLED_BY,
    Task,
    TaskKind,
    TaskStatus,
    complete_task,
    open_task,
    settle_task,
    withdraw_task,
)
from services.notifications.domain.task import Trigger as TaskTrigger
from services.notifications.domain.wording import TRAITS
from shared.decisions import Refused
from shared.protocol import Role
from tests.unit.notifications.moments import CLIENT, CLINICIAN, COURSE, SESSION, at


def task(kind: TaskKind = TaskKind.CALL_CLIENT, owner: Role | None = None) -> Task:
    return open_task(
        task_id=UUID(int=51),
        client_id=CLIENT,
        course_id=COURSE,
        kind=kind,
        cause_id=SESSION,
        since=at("09:00"),
        due_at=at("10:00"),
        owner_role=owner,
    ).state


def notice() -> Notice:
    return Notice(
        id=UUID(int=52),
        client_id=CLIENT,
        course_id=COURSE,
        kind=AlertKind.HOLD_PLACED,
        severity=Severity.WARNING,
        cause_id=SESSION,
        session_id=None,
        role=Role.THERAPIST,
        recipient_ref=None,
        occurred_at=at("09:00"),
        told_at=at("09:01"),
    )


def test_every_kind_has_an_owner() -> None:
    assert set(OWNERS) == set(TaskKind)
    assert task(TaskKind.ASSESS_CLIENT).owner_role is Role.PRESCRIBER
    assert task(TaskKind.ASSESS_CLIENT, Role.NURSE).owner_role is Role.NURSE


def test_a_named_person_completes_a_task_once() -> None:
    done = complete_task(task(), by=CLINICIAN, role=Role.FRONT_DESK, at=at("10:00")).state
    assert (done.status, done.closed_by) == (TaskStatus.DONE, CLINICIAN)
    with pytest.raises(Refused, match="person-not-named"):
        complete_task(task(), by=None, role=Role.NURSE, at=at("10:00"))
    with pytest.raises(Refused, match="task-done"):
        complete_task(done, by=CLINICIAN, role=Role.NURSE, at=at("10:01"))
    with pytest.raises(Refused, match="task-done"):
        withdraw_task(done, at=at("10:01"))


TASKS: Mapping[TaskStatus, Callable[[], Task]] = {
    TaskStatus.OPEN: task,
    TaskStatus.DONE: lambda: settle_task(task(), by=CLINICIAN, at=at("10:00")).state,
    TaskStatus.WITHDRAWN: lambda: withdraw_task(task(), at=at("10:00")).state,
}
PULL: Mapping[str, tuple[TaskTrigger, Callable[[Task], object]]] = {
    "complete": (
        TaskTrigger.COMPLETE,
        lambda t: complete_task(t, by=CLINICIAN, role=Role.NURSE, at=at("11:00")),
    ),
    "settle": (TaskTrigger.COMPLETE, lambda t: settle_task(t, by=CLINICIAN, at=at("11:00"))),
    "withdraw": (TaskTrigger.WITHDRAW, lambda t: withdraw_task(t, at=at("11:00"))),
}


@pytest.mark.parametrize("status", TaskStatus)
@pytest.mark.parametrize("command", PULL)
def test_every_cell_of_the_tasks_table(status: TaskStatus, command: str) -> None:
    assert {trigger for trigger, _ in PULL.values()} == set(TaskTrigger)
    trigger, pull = PULL[command]
    if trigger in ALLOWED_TASKS[status]:
        pull(TASKS[status]())
        return
    with pytest.raises(Refused, match=f"task-{status}"):
        pull(TASKS[status]())


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.PRESCRIBER, True),
        (Role.NURSE, True),
        (Role.ON_CALL, True),
        (Role.FRONT_DESK, False),
        (Role.OPERATOR, False),
    ],
)
def test_a_clinicians_task_is_not_the_front_desks(role: Role, allowed: bool) -> None:
    owed = task(TaskKind.ASSESS_CLIENT)
    if allowed:
        complete_task(owed, by=CLINICIAN, role=role, at=at("10:00"))
        return
    with pytest.raises(Refused, match="task-of-another-role"):
        complete_task(owed, by=CLINICIAN, role=role, at=at("10:00"))


def test_a_withdrawn_task_is_owed_by_nobody() -> None:
    gone = withdraw_task(task(), at=at("10:00")).state
    assert gone.status is TaskStatus.WITHDRAWN
    with pytest.raises(Refused, match="task-withdrawn"):
        complete_task(gone, by=CLINICIAN, role=Role.NURSE, at=at("10:01"))


@pytest.mark.parametrize("kind", SETTLED_BY)
def test_a_task_with_an_outcome_is_closed_by_the_outcome_only(kind: TaskKind) -> None:
    with pytest.raises(Refused, match="task-needs-an-outcome") as refused:
        complete_task(task(kind), by=CLINICIAN, role=Role.NURSE, at=at("10:00"))
    assert refused.value.refusals[0].unblocks_with[0].action == SETTLED_BY[kind]
    assert settle_task(task(kind), by=CLINICIAN, at=at("10:00")).state.status is TaskStatus.DONE


def test_a_fallback_is_a_task_that_somebody_owns() -> None:
    assert {t.fallback for t in TRAITS.values() if t.fallback} <= set(OWNERS)
    assert all(not (t.fallback and t.people_call_anyway) for t in TRAITS.values())
    assert all(t.keeps_for >= t.late_after > timedelta(0) for t in TRAITS.values())


def test_a_notice_is_read_by_a_named_person_and_stays_read() -> None:
    read = read_notice(notice(), by=CLINICIAN, at=at("10:00")).state
    assert (read.status, read.read_by) == (NoticeStatus.READ, CLINICIAN)
    assert read_notice(read, by=UUID(int=99), at=at("11:00")).state == read
    with pytest.raises(Refused, match="person-not-named"):
        read_notice(notice(), by=None, at=at("10:00"))


def test_an_unread_notice_follows_the_team() -> None:
    assert readdress_notice(notice(), recipient_ref=CLINICIAN).state.recipient_ref == CLINICIAN
    read = read_notice(notice(), by=CLINICIAN, at=at("10:00")).state
    with pytest.raises(Refused, match="notice-read"):
        readdress_notice(read, recipient_ref=UUID(int=99))
