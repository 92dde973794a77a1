"""How an event becomes facts, and then an act: the words that subscriptions are written in.

A fold writes facts, in any order and as often as it likes. After an urgent event it also sets a
timer that catches up with what the facts now say, so that nobody waits for a lane that is blocked.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol, TypeAlias, TypeVar
from uuid import UUID

from services.notifications.domain.alerts import Alert, AlertKind
from services.notifications.domain.facts import CourseFacts
from services.notifications.domain.session_facts import SessionFacts
from services.notifications.handlers.ports import CourseRef, UnitOfWork
from services.notifications.handlers.when_safety_changes import CATCH_UP_TIMER
from shared.folds import Sourced

V = TypeVar("V")


class Told(Protocol):
    """The envelope of what was heard."""

    @property
    def event_id(self) -> UUID: ...
    @property
    def type(self) -> str: ...
    @property
    def producer(self) -> str: ...
    @property
    def client_id(self) -> UUID: ...
    @property
    def course_id(self) -> UUID | None: ...
    @property
    def aggregate_version(self) -> int: ...
    @property
    def occurred_at(self) -> datetime: ...


Step: TypeAlias = Callable[[CourseFacts, Any, Any], CourseFacts]
SessionStep: TypeAlias = Callable[[SessionFacts, Any, Any], SessionFacts]
Act: TypeAlias = Callable[[Any, CourseRef, Any, Any], Awaitable[None]]
Handle: TypeAlias = Callable[[Any, Any, Any], Awaitable[None]]


def course_of(told: Told) -> CourseRef:
    if told.course_id is None:
        raise LookupError(f"{told.type} without a course")
    return CourseRef(told.client_id, told.course_id)


def sourced(value: V, told: Told) -> Sourced[V]:
    return Sourced(value, str(told.event_id), told.occurred_at)


def heard(*steps: Step) -> Handle:
    """Fold an event into what is known of its course."""

    async def fold(event: Any, told: Told, uow: UnitOfWork) -> None:
        course = course_of(told)

        def all_steps(facts: CourseFacts) -> CourseFacts:
            for step in steps:
                facts = step(facts, event, told)
            return facts

        await uow.course_facts.fold(course.course_id, course.client_id, all_steps)
        session_id = getattr(event, "session_id", None)
        if session_id is not None:
            await uow.session_courses.fold(
                session_id,
                course.client_id,
                lambda known: replace(known, course_id=course.course_id),
            )
        if event.urgent:
            await uow.timers.set(
                CATCH_UP_TIMER, course.course_id, uow.now, client_id=course.client_id
            )

    return fold


def of_session(step: SessionStep) -> Step:
    """A step for the session that the event names."""
    return lambda facts, event, told: facts.with_session(
        event.session_id, lambda session: step(session, event, told)
    )


def sign_of_dose(
    key: Callable[[Any], str], at: Callable[[Any, Any], datetime] = lambda _e, t: t.occurred_at
) -> Step:
    """Only a session with a dose has this (INV-28)."""
    return of_session(lambda s, event, t: s.sign_of_dose(key(event), sourced(at(event, t), t)))


def worry(key: Callable[[Any], str]) -> Step:
    """A reason to watch this session's client more closely."""
    return of_session(lambda s, event, t: s.worried(key(event), sourced(t.occurred_at, t)))


def only_if(condition: Callable[[Any], bool], *steps: Step) -> Step:
    """Steps for some of the events of a type."""

    def chosen(facts: CourseFacts, event: Any, told: Told) -> CourseFacts:
        for step in steps if condition(event) else ():
            facts = step(facts, event, told)
        return facts

    return chosen


def alert(kind: AlertKind, cause: Callable[[Any], UUID] | None = None) -> Step:
    """The team is told of this once for its cause; where none is named, the event is the cause."""

    def step(facts: CourseFacts, event: Any, told: Told) -> CourseFacts:
        what = Alert(
            kind=kind,
            cause_id=told.event_id if cause is None else cause(event),
            session_id=getattr(event, "session_id", None),
        )
        return facts.alert(sourced(what, told))

    return step


def then(act: Act) -> Handle:
    """Act on an event in its place."""

    async def policy(event: Any, told: Told, uow: UnitOfWork) -> None:
        await act(uow, course_of(told), event, told)

    return policy
