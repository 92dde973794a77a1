"""The history of an aftercare: what happened, when, and who did it, the newest first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notifications.domain.message import MessageStatus
from services.notifications.domain.task import TaskStatus
from services.notifications.web.views import (
    AftercareView,
    CheckInView,
    EscalationView,
    MessageView,
    TaskView,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """``what`` and ``about`` are words of the clinic, as slugs."""

    at: datetime
    what: str
    about: tuple[str, ...] = ()
    by: UUID | None = None


def history(
    plan: AftercareView,
    check_ins: Iterable[CheckInView],
    loops: Iterable[EscalationView],
    messages: Iterable[MessageView],
    tasks: Iterable[TaskView],
) -> list[Happening]:
    """Everything with a time of its own."""
    found = [
        *_of_plan(plan),
        *(happening for one in check_ins for happening in _of_check_in(one)),
        *(happening for one in loops for happening in _of_loop(one)),
        *(happening for one in messages for happening in _of_message(one)),
        *(happening for one in tasks for happening in _of_task(one)),
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _of_plan(plan: AftercareView) -> Iterator[Happening]:
    yield Happening(at=plan.started_at, what="aftercare_begun")
    for one in plan.handovers:
        yield Happening(
            at=one.at, what="instructions_delivered", about=(one.recipient, one.channel)
        )
    if plan.closed_at is not None:
        yield Happening(at=plan.closed_at, what="aftercare_closed")


def _of_check_in(one: CheckInView) -> Iterator[Happening]:
    if one.closed_at is not None and one.outcome is not None:
        yield Happening(at=one.closed_at, what="check_in", about=(one.outcome,), by=one.closed_by)


def _of_loop(one: EscalationView) -> Iterator[Happening]:
    yield Happening(at=one.opened_at, what="urgent_loop_begun", about=(one.cause,))
    if one.acknowledged_at is not None:
        yield Happening(
            at=one.acknowledged_at,
            what="urgent_loop_taken",
            about=(one.cause,),
            by=one.acknowledged_by,
        )
    if one.resolved_at is not None:
        yield Happening(
            at=one.resolved_at, what="urgent_loop_ended", about=(one.cause,), by=one.resolved_by
        )


def _of_message(one: MessageView) -> Iterator[Happening]:
    if one.closed_at is not None and one.status is not MessageStatus.DROPPED:
        about = (one.wording, one.recipient, one.channel or one.reason or "")
        yield Happening(
            at=one.closed_at, what=f"message_{one.status}", about=tuple(a for a in about if a)
        )


def _of_task(one: TaskView) -> Iterator[Happening]:
    if one.status is TaskStatus.DONE and one.closed_at is not None:
        yield Happening(at=one.closed_at, what="task_done", about=(one.purpose,), by=one.closed_by)
