"""What the others publish on a clinic day, told in memory."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.prescribing.domain.course_facts import CourseFacts
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.people import Clinician
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.recovery import Recovery
from services.prescribing.domain.session_facts import (
    Departure,
    SessionEnd,
    SessionFacts,
    Window,
)
from services.prescribing.domain.vocabulary import (
    DepartureMode,
    SessionKind,
    SessionOutcome,
)
from services.prescribing.handlers.advance_course import advance_course
from services.prescribing.handlers.when_client_leaves import when_client_discharged
from services.prescribing.handlers.when_session_changes import (
    when_client_checked_in,
    when_session_completed,
)
from shared.protocol import ConsentScope
from shared.storage import Actor
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    SESSION,
    at,
    scheduling_says,
    told,
)
from tests.unit.prescribing.memory import MemoryPeers, MemoryUnitOfWork

REQUEST = UUID(int=9)
SCOPES = (ConsentScope.TREATMENT, ConsentScope.AFTERCARE_AGREEMENT)


class Hearing:
    """Times are local clock times of one day; ``act`` says who and when."""

    def __init__(self) -> None:
        self.uow: Any = MemoryUnitOfWork()
        self.peers = MemoryPeers()

    def act(self, who: Clinician | None, clock: str) -> Any:
        self.uow.now = at(clock)
        self.uow.actor = Actor(who.role.value, who.ref) if who is not None else Actor("system")
        return self.uow

    async def hear(
        self, clock: str, step: Callable[[CourseFacts], CourseFacts], *, look: bool = True
    ) -> None:
        """An event of another service: folded, then the course is looked at again."""
        uow = self.act(None, clock)
        uow.learn(step)
        if look:
            await advance_course(uow, COURSE, CLIENT)

    async def hear_of_session(
        self,
        clock: str,
        step: Callable[[SessionFacts], SessionFacts],
        *,
        session: UUID = SESSION,
        look: bool = True,
    ) -> None:
        await self.hear(clock, lambda f: f.in_session(session, step), look=look)

    async def booked(
        self,
        clock: str = "08:30",
        *,
        starts: datetime | None = None,
        session: UUID = SESSION,
        version: int = 1,
    ) -> None:
        begins = starts or at("09:30")
        window = told(Window(starts_at=begins, planned_end_at=begins + timedelta(hours=3)))
        await self.hear_of_session(
            clock,
            lambda s: replace(s, kind=SessionKind.DOSING, window=s.window.tell(version, window)),
            session=session,
        )

    async def checked_in(self, clock: str = "09:35") -> None:
        await self.hear_of_session(clock, lambda s: replace(s, checked_in=told(at(clock))))
        await when_client_checked_in(self.act(None, clock), session_id=SESSION)

    async def started(self, clock: str = "09:50") -> None:
        await self.hear_of_session(
            clock,
            lambda s: replace(
                s,
                started=told(at(clock), at(clock)),
                escorts=s.escorts.add(str(UUID(int=22)), told(True)),
            ),
        )

    async def ended(self, clock: str, outcome: SessionOutcome = SessionOutcome.COMPLETED) -> None:
        end = told(SessionEnd(outcome=outcome, ended_at=at(clock)), at(clock))
        await self.hear_of_session(clock, lambda s: s.ended(end, SessionKind.DOSING), look=False)
        await when_session_completed(
            self.act(None, clock), course_id=COURSE, client_id=CLIENT, session_id=SESSION
        )

    async def left(
        self, clock: str, *, transferred: bool = False, clearance_id: UUID | None = None
    ) -> None:
        mode = DepartureMode.TRANSFER if transferred else DepartureMode.STANDARD
        gone = told(Departure(mode=mode, at=at(clock), clearance_id=clearance_id), at(clock))
        await self.hear_of_session(clock, lambda s: replace(s, departure=gone), look=False)
        await when_client_discharged(
            self.act(None, clock),
            course_id=COURSE,
            client_id=CLIENT,
            session_id=SESSION,
            clearance_id=clearance_id,
            transferred=transferred,
            at=at(clock),
        )

    async def order(self, session: UUID = SESSION) -> DoseOrder:
        orders: list[DoseOrder] = await self.uow.dose_orders.list_by(session_id=session)
        return orders[-1]

    async def rx(self) -> Prescription:
        (rx,) = await self.uow.prescriptions.list_by(course_id=COURSE)
        return rx  # type: ignore[no-any-return]

    async def recovery(self) -> Recovery:
        return await self.uow.recoveries.find_by(session_id=SESSION)  # type: ignore[no-any-return]

    def told_by(self, kind: type) -> list[Any]:
        return [event for event in self.uow.events if type(event) is kind]

    def therapy_has_ended(self, clock: str) -> None:
        """Scheduling answers that the session's end is known there, before its event is here."""
        self.peers.scheduling_answer = scheduling_says(
            session_status="recovering",
            in_progress=False,
            therapy_ended=True,
            ended_at=at(clock),
            outcome=SessionOutcome.COMPLETED,
        )
