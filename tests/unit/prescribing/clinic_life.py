"""A clinic day in which people do anything and messages come in any order, more than once, late.

Refusals are fine. The commands are the service's own, and so are its subscriptions.
"""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from hypothesis.stateful import RuleBasedStateMachine

from careteam_contracts import scheduling
from careteam_contracts.base import Event
from services.prescribing.domain.people import Clinician
from services.prescribing.handlers.amend_prescription import AmendPrescription, amend_prescription
from shared.decisions import Refused
from shared.storage import Actor, NotFound
from tests.unit.prescribing import clinic_life_heard as tells
from tests.unit.prescribing.clinic import (
    PRESCRIBER,
    PROTOCOL,
    SESSION,
    at,
)
from tests.unit.prescribing.clinic_life_heard import Heard
from tests.unit.prescribing.day import Day
from tests.unit.prescribing.memory import transactions


class ClinicLife(RuleBasedStateMachine):
    """One course and one dosing session; the clinic gives a booster."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.day = Day()
        self.uow: Any = self.day.uow
        dosing = replace(PROTOCOL.dosing, max_doses_per_session=2)
        self.uow.protocol = replace(PROTOCOL, dosing=dosing)
        self.bag: list[Heard] = []
        self.taken_late = 0
        self.loop.run_until_complete(self.day.approved())
        self.now = at("08:30")
        self.amend(60.0)
        for event in (
            tells.booked(self.now),
            scheduling.ClientCheckedIn(session_id=SESSION, at=self.now),
            scheduling.EscortConfirmed(session_id=SESSION, escort_id=tells.ESCORT),
        ):
            self.happens(event)
            self.run(self.bag[-1].take_effect(self.uow))

    def teardown(self) -> None:
        self.loop.close()

    def run(self, step: Awaitable[Any]) -> Any:
        with suppress(Refused, NotFound):
            return self.loop.run_until_complete(step)
        return None

    def act(self, who: Clinician | None) -> Any:
        self.uow.now = self.now
        self.uow.actor = Actor(who.role.value, who.ref) if who is not None else Actor("system")
        return self.uow

    def command(self, handler: Any, command: Any, who: Clinician) -> Any:
        """A use case in one transaction: what is refused leaves nothing behind."""

        async def within() -> Any:
            async with transactions(self.act(who))() as uow:
                return await handler(command, uow)

        return self.run(within())

    def gate(self, handler: Any, command: Any, who: Clinician) -> Any:
        return self.run(handler(command, transactions(self.act(who)), self.day.peers))

    def happens(self, event: Event, at_: datetime | None = None) -> None:
        version = len(self.bag) + 1
        self.bag.append(Heard(event, at_ or self.now, uuid4(), version))

    def order_id(self) -> UUID:
        orders = sorted(self.uow.dose_orders.states.values(), key=lambda o: (o.open, o.count))
        return orders[-1].id if orders else uuid4()

    def one(self, repository: str, pick: int) -> Any:
        states = list(getattr(self.uow, repository).states.values())
        return states[pick % len(states)] if states else None

    def amend(self, amount: float) -> None:
        rx = next(iter(self.uow.prescriptions.states.values()))
        self.command(
            amend_prescription,
            AmendPrescription(prescription_id=rx.id, booster_mg=amount),
            PRESCRIBER,
        )
