"""A toy as a process of its own, that can be told to kill itself at a step.

``python -m tests.support.toy_process '{"service": "intake", "step": "published", "times": 2, …}'``
"""

import asyncio
import json
import sys
from dataclasses import dataclass
from typing import Any

from shared.messaging.pace import Pace
from shared.messaging.testing import kill_after
from shared.runtime.settings import ServiceSettings
from tests.support import toy
from tests.support.nats_part import NatsPart
from tests.support.postgres_part import ServiceDatabase


@dataclass(frozen=True, slots=True)
class Order:
    """What the process is, and where it ends. ``fails_once``: numbers whose first try fails."""

    service: str
    settings: dict[str, Any]
    step: str = ""
    times: int = 1
    fails_once: tuple[int, ...] = ()


def order(database: ServiceDatabase, bus: NatsPart, **more: Any) -> str:
    """The words for :func:`main`."""
    settings = toy.settings(database, bus).model_dump(mode="json", exclude_none=True)
    return json.dumps({"service": database.service, "settings": settings, **more})


class OnceDeaf(toy.Ear):
    """Fails on the first try of some numbers."""

    def __init__(self, numbers: tuple[int, ...]) -> None:
        super().__init__()
        for number in numbers:
            self.does[number] = self._failing(number)

    def _failing(self, number: int) -> Any:
        async def fail(_uow: toy.ToyUnitOfWork) -> None:
            del self.does[number]
            raise RuntimeError("ordered to fail once")

        return fail


async def main(words: str) -> None:
    told = Order(**json.loads(words))
    ear = OnceDeaf(tuple(told.fails_once)) if told.service == "notifications" else None
    service: toy.Service = toy.RunningService(
        toy.definition(told.service, ear=ear, timers=toy.ToyTimers()),
        ServiceSettings(**told.settings),
        pace=Pace(back_off=(0.05, 0.1), gap=0.3, lanes=0.05, position=0.1),
        on_step=kill_after(told.step, told.times) if told.step else None,
    )
    await service.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
