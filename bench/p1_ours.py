"""P1's measured side: ``python -m bench.p1_ours teller`` or ``listener``.

The teller accepts commands as its service does: one transaction that loads, decides, saves and
writes the outbox. The listener is a consumer that folds and answers.
"""

import sys
from dataclasses import replace
from typing import Any

import uvloop
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bench import toys
from bench.pace import Seen, at_rate
from bench.side import quiet, serve
from careteam_contracts import intake
from shared.messaging import Delivery, Subscription
from shared.runtime.ids import new_id
from shared.runtime.settings import ServiceSettings
from tests.support import toy

CLIENTS = 200


async def teller(settings: ServiceSettings) -> None:
    service: toys.Running = toys.Running(toy.definition("intake"), settings)
    await service.start()
    clients = [new_id() for _ in range(CLIENTS)]

    async def tell(number: int) -> str:
        client = clients[number % CLIENTS]
        while True:
            try:
                async with service.transactions.begin() as uow:
                    told = await toy.tell(client, uow)
            except PoolTimeoutError:
                continue  # as people do who are told that the service is busy; their wait goes on
            return f"{client}:{told.told}"

    async def handle(asked: Any) -> dict[str, float]:
        return await at_rate(asked["rate"], asked["count"], tell)

    await serve(handle)
    await service.stop()


async def listener(settings: ServiceSettings) -> None:
    seen = Seen()
    applied: list[str] = []

    async def note(
        event: intake.ContactPreferencesChanged, delivery: Delivery, uow: toy.ToyUnitOfWork
    ) -> None:
        await toys.answer(event, delivery, uow)
        applied.append(f"{delivery.client_id}:{event.pref_version}")

    async def at_step(step: str) -> None:
        if step == "committed":
            seen.add(*applied)
            applied.clear()

    definition = replace(
        toys.listening(),
        subscriptions=(
            Subscription(intake.ContactPreferencesChanged, fold=toys.fold, policy=note),
        ),
    )
    service = toys.timed(definition, settings, at_step)
    await service.start()
    await serve(lambda asked: seen.take(asked["count"]))
    await service.stop()


if __name__ == "__main__":
    quiet()
    role = {"teller": teller, "listener": listener}[sys.argv[1]]
    uvloop.run(role(ServiceSettings()))
