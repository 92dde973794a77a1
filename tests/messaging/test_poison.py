"""Poison stops nobody else: whatever a message holds, or does to its handler."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from random import Random
from uuid import UUID

import asyncpg
import pytest
import sqlalchemy as sa

from shared.decisions import Change
from shared.messaging import applying
from shared.messaging.pace import Pace
from shared.messaging.testing import Message, publish, said
from shared.runtime.ids import new_id
from tests.messaging.conftest import QUICK, Toys, scalar, until
from tests.support import toy

pytestmark = pytest.mark.real

BRIEF = Pace(back_off=(600.0,), gap=0.3, lanes=0.05, position=0.1, handler=0.5)


async def written(pair: Toys, client: UUID, count: int) -> list[Message]:
    writer: toy.Service = toy.RunningService(
        toy.definition("intake"), toy.settings(pair.teller_database, pair.bus)
    )
    await pair.tell(writer, client, count)
    connection = await pair.teller_database.connect()
    messages = await said(connection, client)
    await connection.close()
    await writer.stop()
    return messages


async def test_five_in_a_hundred_clients_are_poisoned_and_the_others_do_not_notice(
    pair: Toys,
) -> None:
    random = Random(20)
    clients = [new_id() for _ in range(60)]
    poisoned = set(random.sample(clients, 3))
    teller = await pair.start_teller()
    for client in clients:
        await pair.tell(teller, client, 4)

    async def poison(_uow: toy.ToyUnitOfWork) -> None:
        if pair.ear.about in poisoned:
            raise RuntimeError("poisoned")

    pair.ear.does[2] = poison
    listener = await pair.start_listener()
    for client in set(clients) - poisoned:
        await until(lambda: pair.everything_heard(listener, client, 4), 40)  # noqa: B023
    await until(lambda: parked(listener, len(poisoned)))
    for client in poisoned:
        assert await toy.heard(listener, client) == (1,)
    poisoned.clear()
    await retry_all(listener)
    for client in clients:
        await until(lambda: pair.everything_heard(listener, client, 4))  # noqa: B023


async def _times_out(_uow: toy.ToyUnitOfWork) -> None:
    raise TimeoutError("somebody that was asked")


async def _is_refused(_uow: toy.ToyUnitOfWork) -> None:
    raise ConnectionRefusedError("a mail server")


async def _hangs(_uow: toy.ToyUnitOfWork) -> None:
    await asyncio.Event().wait()


async def _hangs_in_the_database(uow: toy.ToyUnitOfWork) -> None:
    await uow.connection.execute(sa.text("SELECT pg_sleep(60)"))


async def _cannot_be_encoded(uow: toy.ToyUnitOfWork) -> None:
    await uow.connection.execute(
        sa.text("SELECT CAST(:n AS bigint)").bindparams(sa.bindparam("n", 2**80, sa.BigInteger))
    )


async def _runs_out_of_time(uow: toy.ToyUnitOfWork) -> None:
    await uow.connection.execute(sa.text("SET LOCAL statement_timeout = 20"))
    await uow.connection.execute(sa.text("SELECT pg_sleep(60)"))


async def _swallows_an_error(uow: toy.ToyUnitOfWork) -> None:
    try:
        await uow.connection.execute(sa.text("SELECT 1 / 0"))
    except sa.exc.DBAPIError:
        return


async def _says_what_cannot_be_said(uow: toy.ToyUnitOfWork) -> None:
    """Fails when the transaction ends, not in the handler."""
    listener = toy.Listener(id=new_id(), client_id=new_id(), course_id=new_id())
    uow.stage("listener", listener, object())


SPOILS: dict[str, Callable[[toy.ToyUnitOfWork], Awaitable[None]]] = {
    "times out": _times_out,
    "is refused": _is_refused,
    "hangs": _hangs,
    "hangs in the database": _hangs_in_the_database,
    "cannot be encoded": _cannot_be_encoded,
    "statement runs out of time": _runs_out_of_time,
    "swallows an error": _swallows_an_error,
    "cannot be said": _says_what_cannot_be_said,
}


@pytest.mark.parametrize("spoil", SPOILS)
async def test_whatever_a_handler_does_is_its_own_client_s_failure(
    pair: Toys, client: UUID, spoil: str
) -> None:
    pair.ear.does[102] = SPOILS[spoil]
    teller = await pair.start_teller()
    others = [new_id() for _ in range(3)]
    await teller.transactions.run(lambda uow: _begin_at(client, 101, uow))
    for other in others:
        await pair.tell(teller, other, 2)
    listener = await pair.start_listener(pace=BRIEF)
    await pair.tell(teller, client, 3)
    for other in others:
        await pair.tell(teller, other, 2)
    for other in others:
        await until(lambda: pair.everything_heard(listener, other, 4))  # noqa: B023
    await until(lambda: waiting(listener, 3))
    assert await toy.heard(listener, client) == (101,)
    del pair.ear.does[102]
    await retry_all(listener)
    await until(lambda: heard(listener, client, (101, 102, 103, 104)))


async def test_the_check_sees_a_time_out_taken_for_an_absent_database(
    pair: Toys, client: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: where nobody is blamed, one client's time-out holds up all."""

    async def unblamed(work: Awaitable[None], *_rest: object) -> None:
        await work

    monkeypatch.setattr(applying, "blamed", unblamed)
    pair.ear.does[101] = _times_out
    teller = await pair.start_teller()
    listener = await pair.start_listener(pace=BRIEF)
    await teller.transactions.run(lambda uow: _begin_at(client, 101, uow))
    await until(lambda: tried(pair, 101, 3))
    await pair.tell(teller, other := new_id(), 1)
    await until(lambda: tried(pair, 101, 8))
    assert await toy.heard(listener, other) == ()
    pair.ear.does.clear()
    await until(lambda: pair.everything_heard(listener, other, 1))


def _bodies() -> Iterator[tuple[str, bytes]]:
    yield "no JSON", b"{"
    yield "nothing", b""
    yield "other fields", b'{"pref_version": "three"}'
    yield "no text", b"\xff\xfe\x00"


@pytest.mark.parametrize(("_name", "body"), list(_bodies()))
async def test_a_malformed_body_is_parked_at_once(
    pair: Toys, client: UUID, _name: str, body: bytes
) -> None:
    first, second, third = await written(pair, client, 3)
    listener = await pair.start_listener()
    async with pair.bus.connected("intake") as intake:
        await publish(intake, [first, replace(second, body=body), third])
    await until(lambda: parked(listener, 1))
    assert await scalar(listener, "SELECT reason FROM lane_events WHERE parked_at IS NOT NULL") == (
        "malformed-body"
    )
    assert await toy.heard(listener, client) == (1,)


HEADERS = {
    "no envelope": ("ce-specversion", ""),
    "another's name": ("ce-source", "/careteam/prescribing"),
    "no such service": ("ce-source", "/careteam/accounting"),
    "a number that nobody counts to": ("ce-clientsequence", str(2**63)),
    "a type that is no name": ("ce-type", "careteam.intake.\x07\x1b.v1"),
    "a type that is a book": ("ce-type", "careteam.intake." + "a" * 300),
    "no time": ("ce-time", "yesterday"),
    "half a character": ("ce-time", "\udcff"),
}


@pytest.mark.parametrize("wrong", HEADERS)
async def test_malformed_headers_are_kept_and_hold_up_nobody(
    pair: Toys, client: UUID, wrong: str
) -> None:
    name, value = HEADERS[wrong]
    (message,) = await written(pair, client, 1)
    listener = await pair.start_listener()
    async with pair.bus.connected("intake") as intake:
        broken = {**message.once_more().headers, name: value}
        raw = b"NATS/1.0\r\n" + b"".join(
            f"{k}: {v}\r\n".encode(errors="surrogateescape") for k, v in broken.items()
        )
        await _publish_raw(intake, message.subject, raw + b"\r\n", message.body)
        await publish(intake, [message])
    await until(lambda: pair.everything_heard(listener, client, 1))
    await until(lambda: unreadable(listener, 1))
    assert (await listener.backlog())[1] == 0


async def test_a_message_without_headers_is_kept_too(pair: Toys, client: UUID) -> None:
    (message,) = await written(pair, client, 1)
    listener = await pair.start_listener()
    async with pair.bus.connected("intake") as intake:
        await intake.jetstream().publish(message.subject, b"\x00\x01")
        await publish(intake, [message])
    await until(lambda: pair.everything_heard(listener, client, 1))
    assert await unreadable(listener, 1)


async def test_a_type_that_nobody_knows_only_counts(pair: Toys, client: UUID) -> None:
    first, second, third = await written(pair, client, 3)
    newer = {**second.headers, "ce-type": "careteam.intake.invented_later.v1"}
    listener = await pair.start_listener()
    async with pair.bus.connected("intake") as intake:
        await publish(intake, [first, replace(second, headers=newer), third])
    await until(lambda: heard(listener, client, (1, 3)))


async def test_a_client_whose_lock_somebody_holds_waits_alone(pair: Toys, client: UUID) -> None:
    teller = await pair.start_teller()
    listener = await pair.start_listener(pace=QUICK)
    async with listener.transactions.begin() as uow:
        await uow.lock_client(client)
        await pair.tell(teller, client, 3)
        await pair.tell(teller, other := new_id(), 3)
        await until(lambda: pair.everything_heard(listener, other, 3))
        await until(lambda: waiting(listener, 3))
    await until(lambda: pair.everything_heard(listener, client, 3))


async def _publish_raw(client: object, subject: str, headers: bytes, body: bytes) -> None:
    """Publish headers that the library would refuse to write."""
    sizes = f"{len(headers)} {len(headers) + len(body)}"
    await client._send_command(  # type: ignore[attr-defined]
        f"HPUB {subject} {sizes}\r\n".encode() + headers + body + b"\r\n"
    )
    await client.flush()  # type: ignore[attr-defined]


async def _begin_at(client: UUID, number: int, uow: toy.ToyUnitOfWork) -> None:
    await uow.lock_client(client)
    teller = toy.Teller(id=client, client_id=client, course_id=client, told=number)
    await uow.tellers.save(Change(teller, (toy.Told(uow.now, number),)))


async def retry_all(listener: toy.Service) -> None:
    connection: asyncpg.Connection = await listener.database.connect_alone()
    await connection.execute(
        "UPDATE lane_events SET parked_at = NULL, retry_at = NULL, attempts = 0"
    )
    await connection.close()
    listener.lanes.wake()


async def waiting(listener: toy.Service, count: int) -> bool:
    return (await listener.backlog())[1] == count


async def parked(listener: toy.Service, count: int) -> bool:
    found = await scalar(listener, "SELECT count(*) FROM lane_events WHERE parked_at IS NOT NULL")
    return bool(found == count)


async def unreadable(listener: toy.Service, count: int) -> bool:
    return bool(await scalar(listener, "SELECT count(*) FROM unreadable_messages") == count)


async def heard(listener: toy.Service, client: UUID, numbers: tuple[int, ...]) -> bool:
    return await toy.heard(listener, client) == numbers


async def tried(pair: Toys, number: int, times: int) -> bool:
    return pair.ear.attempts.count(number) >= times
