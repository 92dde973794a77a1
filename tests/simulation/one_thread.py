"""Takes the machine's own clock and scheduling away from the code under simulation.

Peers are asked one after the other, because there is no event loop to ask them side by side, and an
answer's age is counted by the clinic's clock.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

_GATHERING = (
    "services.scheduling.handlers.start_session",
    "services.prescribing.handlers.dose_gate_facts",
    "services.intake.handlers.settle_closing",
    "services.notifications.handlers.send_message",
)
_COUNTING = ("shared.messaging.asking", "services.scheduling.peers", "services.prescribing.peers")


@asynccontextmanager
async def _patiently(_seconds: float) -> AsyncIterator[None]:
    yield


async def _one_by_one(*questions: Coroutine[Any, Any, Any]) -> list[Any]:
    try:
        return [await question for question in questions]
    finally:
        for question in questions:
            question.close()


@contextmanager
def one_thread(seconds: Callable[[], float]) -> Iterator[None]:
    """Within this the services wait for nobody but the simulation."""
    gathering = SimpleNamespace(gather=_one_by_one, timeout=_patiently)
    counting = SimpleNamespace(monotonic=seconds)
    patches = [patch(f"{module}.asyncio", gathering) for module in _GATHERING]
    patches += [patch(f"{module}.time", counting) for module in _COUNTING]
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()
