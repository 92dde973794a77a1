"""An integrator that a test registered, and what it was told."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from careteam_contracts import scheduling
from careteam_contracts.envelope import Envelope
from tests.integration.notifications.clinic import World
from tests.integration.notifications.happenings import booked
from tests.integration.notifications.people import Person
from tests.integration.notifications.receiver import Answers, Receiver
from tests.support.voices import at
from tests.support.waiting import eventually

PATIENCE = 90
"""Seconds until something must have happened, on a machine that has much else to do."""

TAKES_ALL: Answers = lambda _got: (204, {})  # noqa: E731


class Integrated:
    """An integrator that this test registered, and the endpoint that it has."""

    def __init__(self, world: World, receiver: Receiver, made: dict[str, Any]) -> None:
        self.world, self.receiver, self.made = world, receiver, made
        self.secret: str = made["secret"]
        self.path = f"/integrators/{made['id']}"

    async def do(self, what: str, body: Any = None, status: int = 200) -> Any:
        answer = await self.world.post(f"{self.path}/{what}", body, role="operator")
        assert answer.status_code == status, answer.text
        return answer.json()

    async def seen(self) -> Any:
        return await self.world.get(self.path, "operator")

    async def deliveries(self, **query: Any) -> list[Any]:
        return await self.world.items(f"{self.path}/deliveries", "operator", **query)

    async def told(self, *events: Envelope) -> None:
        """Wait until the endpoint has taken all of these."""
        ids = [str(one.event_id) for one in events]
        await eventually(lambda: self.receiver.has(ids), seconds=PATIENCE)

    async def failing(self, failure: str, attempts: int = 1) -> dict[str, Any]:
        """Wait until an attempt has failed so; the delivery."""
        found: list[dict[str, Any]] = []

        async def failed() -> bool:
            found[:] = [
                one
                for one in await self.deliveries()
                if one["failure"] == failure and one["attempts"] >= attempts
            ]
            return bool(found)

        await eventually(failed, seconds=PATIENCE)
        return found[0]


Integrate = Callable[..., AbstractAsyncContextManager[Integrated]]


def scheduled(person: Person, day: int = 12) -> scheduling.SessionScheduled:
    return booked(person, at("10:00", day=day))
