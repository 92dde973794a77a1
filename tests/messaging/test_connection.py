"""Questions to the server, and being told to end in the moment of the answer."""

import asyncio
from typing import Any, cast

import pytest
from nats.aio.client import Client

from shared.messaging.connection import request


class Answering:
    """Waits for its answer as the client of NATS does."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def request(self, _subject: str, _payload: bytes, timeout: float) -> str:  # noqa: ASYNC109 - NATS's own
        return await asyncio.wait_for(self.answer, timeout)


async def test_an_answer_is_handed_on() -> None:
    client = Answering()
    client.answer.set_result("yes")
    assert cast("Any", await request(cast("Client", client), "question")) == "yes"


async def test_a_task_that_is_cancelled_with_its_answer_ends() -> None:
    client = Answering()
    asked = asyncio.create_task(request(cast("Client", client), "question"))
    await asyncio.sleep(0)
    client.answer.set_result("yes")
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked


async def test_a_task_that_asks_while_it_ends_is_answered() -> None:
    """Only what comes during the question counts: leaving may ask questions."""
    client = Answering()
    client.answer.set_result("yes")

    async def leaves() -> Any:
        try:
            await asyncio.sleep(60)
        finally:
            told.append(await request(cast("Client", client), "question"))

    told: list[Any] = []
    leaving = asyncio.create_task(leaves())
    await asyncio.sleep(0)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert told == ["yes"]
