"""Every service learns from the owner of courses which protocol a course is pinned to."""

from uuid import UUID

from shared.protocol import ClinicProtocol, ProtocolLibrary
from tests.messaging.conftest import Pair, scalar, until
from tests.support import toy

_STAMPS = "SELECT string_agg(headers ->> 'ce-protocolversion', ' ' ORDER BY position) FROM outbox"
_PIN = "SELECT version FROM course_protocols WHERE course_id = :course"


async def _move(teller: toy.Service, course: UUID, version: int) -> None:
    async with teller.transactions.begin() as uow:
        await uow.lock_client(course)
        await uow.course_protocols.pin(course, course, version)
        await toy.tell(course, uow)


async def _pinned(listener: toy.Service, course: UUID, version: int) -> bool:
    return bool(await scalar(listener, _PIN, course=course) == version)


async def test_events_carry_the_version_of_their_course(pair: Pair, client: UUID) -> None:
    teller = await pair.start_teller()
    await _move(teller, client, 4)
    await pair.tell(teller, client)
    assert await scalar(teller, _STAMPS) == "4 4"


async def test_a_course_without_a_pin_is_stamped_with_the_present_protocol(
    pair: Pair, client: UUID
) -> None:
    teller = await pair.start_teller()
    teller.protocols = ProtocolLibrary.of(ClinicProtocol(protocol_version=6))
    await pair.tell(teller, client)
    assert await scalar(teller, _STAMPS) == "6"


async def test_others_learn_it_and_decide_by_it(pair: Pair, client: UUID) -> None:
    teller = await pair.start_teller()
    listener = await pair.start_listener()
    await _move(teller, client, 3)
    await until(lambda: _pinned(listener, client, 3))
    async with listener.transactions.begin() as uow:
        assert (await uow.protocol_of(client)).protocol_version == 3
        assert not (await uow.protocol_of(client)).known
        assert (await uow.protocol_of(None)).protocol_version == 1


async def test_a_course_only_moves_up_however_late_a_lower_version_is_heard(
    pair: Pair, client: UUID
) -> None:
    teller = await pair.start_teller()
    listener = await pair.start_listener()
    for version in (2, 5, 3):
        await _move(teller, client, version)
    assert await scalar(teller, _STAMPS) == "2 5 5"
    await until(lambda: pair.everything_heard(listener, client, 3))
    assert await _pinned(listener, client, 5)


async def test_whoever_owns_no_courses_pins_none(trio: Pair, client: UUID) -> None:
    chimer = await trio.start_chimer()
    listener = await trio.start_listener()
    await trio.chime(chimer, client, 2)

    async def chimed() -> bool:
        return bool(await scalar(listener, "SELECT count(*) FROM inbox") == 2)

    await until(chimed)
    assert await scalar(listener, _PIN, course=client) is None
