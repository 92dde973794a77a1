"""Making folds and policies of short words: a fact with its source, and the course it is about."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from careteam_contracts.base import Event
from services.prescribing.domain.course_facts import CourseFacts
from services.prescribing.handlers.advance_course import advance_course
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from shared.folds import Sourced
from shared.messaging import Delivery

T = TypeVar("T")

Heard = Callable[[Any, Delivery, SqlPrescribingUnitOfWork], Awaitable[None]]


def told(value: T, delivery: Delivery) -> Sourced[T]:
    """A fact with the event that tells it, at the time it became true."""
    return Sourced(value, str(delivery.event_id), delivery.occurred_at)


def course_of(delivery: Delivery) -> UUID:
    """The course of an event; all that prescribing hears is about one."""
    if delivery.course_id is None:
        raise LookupError(f"{delivery.type} names no course")
    return delivery.course_id


def folds(step: Callable[[CourseFacts, Any, Delivery], CourseFacts]) -> Heard:
    """A fold: writes facts only, the same whatever the order."""

    async def fold(event: Event, delivery: Delivery, uow: SqlPrescribingUnitOfWork) -> None:
        await uow.facts.fold(
            course_of(delivery), delivery.client_id, lambda facts: step(facts, event, delivery)
        )

    return fold


async def look_again(_event: Event, delivery: Delivery, uow: SqlPrescribingUnitOfWork) -> None:
    """Whatever it was: a guard may now hold, or no longer (ruling 20)."""
    await advance_course(uow, course_of(delivery), delivery.client_id)
