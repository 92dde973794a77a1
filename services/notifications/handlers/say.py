"""Messages: queued once for a wording and a cause, taken back when something overtakes them.

A pending message has a timer at the moment when it is looked at next; a closed one has none.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from services.notifications.domain.message import (
    Message,
    MessageChange,
    MessageStatus,
    Reason,
    drop,
    queue_message,
    release,
)
from services.notifications.domain.wording import Wording
from services.notifications.handlers.ports import CourseRef, UnitOfWork

MESSAGE_TIMER: Final = "message_due"
PENDING: Final = (MessageStatus.QUEUED, MessageStatus.HELD)


async def say(
    uow: UnitOfWork,
    course: CourseRef,
    wording: Wording,
    *,
    cause_id: UUID,
    due_at: datetime,
    occasion: str = "",
    session_id: UUID | None = None,
    escort_id: UUID | None = None,
    about: datetime | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Queue a message, unless this cause was given one already, whatever became of it."""
    if await uow.messages.list_by(wording=wording, cause_id=cause_id, occasion=occasion):
        return
    await keep(
        uow,
        queue_message(
            message_id=uow.new_id(),
            client_id=course.client_id,
            course_id=course.course_id,
            wording=wording,
            cause_id=cause_id,
            due_at=due_at,
            occasion=occasion,
            session_id=session_id,
            escort_id=escort_id,
            about=about,
            expires_at=expires_at,
        ),
    )


async def keep(uow: UnitOfWork, change: MessageChange) -> Message:
    """Save a message together with its timer."""
    message = await uow.messages.save(change)
    if message.next_try_at is None:
        await uow.timers.cancel(MESSAGE_TIMER, message.id)
    else:
        await uow.timers.set(
            MESSAGE_TIMER, message.id, message.next_try_at, client_id=message.client_id
        )
    return message


async def take_back(
    uow: UnitOfWork,
    wordings: Iterable[Wording],
    *,
    cause_id: UUID,
    but_occasions: Iterable[str] = (),
) -> None:
    """Drop what has not gone out and is no longer true."""
    kept = frozenset(but_occasions)
    for message in await uow.messages.list_by(
        wording=tuple(wordings), cause_id=cause_id, status=PENDING
    ):
        if message.occasion not in kept:
            await keep(uow, drop(message, reason=Reason.OVERTAKEN, at=uow.now))


async def was_said(uow: UnitOfWork, wordings: Iterable[Wording], *, cause_id: UUID) -> bool:
    """Whether somebody was told this, and has to be told when it changes."""
    return bool(
        await uow.messages.list_by(
            wording=tuple(wordings), cause_id=cause_id, status=MessageStatus.SENT
        )
    )


async def times_told(
    uow: UnitOfWork, wordings: Iterable[Wording], *, cause_id: UUID
) -> list[datetime]:
    """The moments that somebody was told about this, the last told last."""
    told = await uow.messages.list_by(
        wording=tuple(wordings), cause_id=cause_id, status=MessageStatus.SENT
    )
    told.sort(key=lambda message: message.closed_at or message.due_at)
    return [message.about for message in told if message.about is not None]


async def release_held(uow: UnitOfWork, client_id: UUID) -> None:
    """The client has left: what waited for that is looked at now."""
    for message in await uow.messages.list_by(client_id=client_id, status=MessageStatus.HELD):
        if message.reason is Reason.IN_SESSION:
            await keep(uow, release(message, now=uow.now))
