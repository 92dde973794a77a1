"""What an endpoint makes of its own trouble: order is kept, nobody else waits, nothing is lost."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from careteam_contracts import intake
from services.notifications.channels import courier
from services.notifications.handlers.ports import UnitOfWork
from services.notifications.handlers.tell_integrators import NoteAnswer, note_answer
from tests.integration.notifications.clinic import World
from tests.integration.notifications.integrators.integrated import (
    PATIENCE,
    TAKES_ALL,
    Integrate,
    scheduled,
)
from tests.integration.notifications.receiver import Receiver, receiving
from tests.support.waiting import eventually

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]


async def test_a_client_waits_behind_its_first_event_that_fails_and_nobody_else_does(
    world: World, integrated: Integrate
) -> None:
    quinn, robin = world.person(), world.person()
    broken = True

    def answers(got: Any) -> tuple[int, dict[str, str]]:
        return (500, {}) if broken and got.client == str(quinn.client_id) else (204, {})

    async with integrated(answers=answers) as one:
        told = [await world.tell(quinn, intake.ClientRegistered())]
        await one.failing("refused")
        told += [await world.tell(quinn, scheduled(quinn, day)) for day in (12, 13)]
        theirs = await world.tell(robin, intake.ClientRegistered())
        await one.told(theirs)
        assert {got.id for got in one.receiver.calls} == {
            str(told[0].event_id),
            str(theirs.event_id),
        }
        broken = False
        world.set_clock(world.service.clock.now() + timedelta(hours=1))
        await one.told(*told)
        mine = [got.id for got in one.receiver.taken if got.client == str(quinn.client_id)]
        assert mine == [str(envelope.event_id) for envelope in told]
        assert (await one.seen())["deliveries"]["waiting"] == 0


async def test_an_endpoint_is_not_asked_again_before_it_wants_to_be(
    world: World, integrated: Integrate
) -> None:
    async with integrated(answers=lambda _got: (503, {"Retry-After": "7200"})) as one:
        await world.tell(world.person(), intake.ClientRegistered())
        failed = await one.failing("refused")
        assert failed["status"] == 503
        wished = datetime.fromisoformat(failed["next_try_at"])
        assert wished == datetime.fromisoformat(failed["tried_at"]) + timedelta(hours=2)


async def test_what_is_gone_is_told_nothing_until_somebody_enables_it(
    world: World, integrated: Integrate
) -> None:
    async with integrated(answers=lambda _got: (410, {})) as one:
        person = world.person()
        first = await world.tell(person, intake.ClientRegistered())
        await one.failing("refused")
        assert (await one.seen())["status"] == "disabled"
        second = await world.tell(person, scheduled(person))

        async def owed() -> bool:
            return bool((await one.seen())["deliveries"]["waiting"] == 2)

        await eventually(owed, seconds=PATIENCE)
        assert len(one.receiver.calls) == 1
        one.receiver.answers = TAKES_ALL
        await one.do("enabling")
        await one.told(first, second)
        assert one.receiver.ids() == [str(first.event_id), str(second.event_id)]
        again = await one.do("enabling", status=409)
        assert again["refusals"][0]["slug"] == "integrator-already-active"


async def test_a_redirect_is_a_failure_and_leads_nowhere(
    world: World, integrated: Integrate
) -> None:
    async with receiving() as elsewhere:
        where = {"Location": elsewhere.url}
        async with integrated(answers=lambda _got: (307, where)) as one:
            await world.tell(world.person(), intake.ClientRegistered())
            assert (await one.failing("redirected"))["status"] == 307
            assert elsewhere.calls == []


async def test_one_that_does_not_answer_holds_nobody_up(
    world: World, integrated: Integrate
) -> None:
    async with integrated() as slow, integrated() as quick:
        slow.receiver.hangs = True
        for _ in range(3):
            told = await world.tell(world.person(), intake.ClientRegistered())
            await quick.told(told)
        await eventually(lambda: called(slow.receiver, 3), seconds=PATIENCE)
        assert slow.receiver.taken == []
        slow.receiver.hung_up.set()


async def called(receiver: Receiver, times: int) -> bool:
    return len(receiver.calls) >= times


async def test_a_crash_between_the_answer_and_the_note_tells_again_under_the_same_id(
    world: World, integrated: Integrate, monkeypatch: pytest.MonkeyPatch
) -> None:
    crashed = asyncio.Event()

    async def crash_once(command: Any, uow: Any) -> None:
        ours = command.owed.event.type == "careteam.scheduling.session_scheduled.v1"
        if ours and not crashed.is_set():
            crashed.set()
            raise RuntimeError("crashed before the commit")
        await note_answer(command, uow)

    async with integrated("careteam.scheduling.session_scheduled.*") as one:
        monkeypatch.setattr(courier, "note_answer", crash_once)
        person = world.person()
        told = [await world.tell(person, scheduled(person, day)) for day in (12, 13)]
        await one.told(*told)
        first, second = (str(envelope.event_id) for envelope in told)
        assert crashed.is_set()
        assert one.receiver.ids() == [first, first, second]
        assert one.receiver.taken[0].body == one.receiver.taken[1].body


async def test_what_is_replayed_while_its_first_answer_is_noted_is_told_again(
    world: World, integrated: Integrate, monkeypatch: pytest.MonkeyPatch
) -> None:
    replayed = asyncio.Event()

    async with integrated("careteam.scheduling.session_scheduled.*") as one:

        async def replay_first(command: NoteAnswer, uow: UnitOfWork) -> None:
            if not replayed.is_set():
                replayed.set()
                await one.do("replay", {})
            await note_answer(command, uow)

        person = world.person()
        monkeypatch.setattr(courier, "note_answer", replay_first)
        told = await world.tell(person, scheduled(person))
        again = await world.tell(person, scheduled(person, 13))
        await one.told(again)
        mine = [got.id for got in one.receiver.taken if got.client == str(person.client_id)]
        assert mine == [str(told.event_id), str(told.event_id), str(again.event_id)]


async def test_after_three_days_an_event_is_given_up_listed_and_the_next_goes_on(
    world: World, integrated: Integrate
) -> None:
    person = world.person()
    refuses = True

    def answers(got: Any) -> tuple[int, dict[str, str]]:
        poison = got.event["type"].endswith("client_registered.v1")
        return (422, {}) if poison and refuses else (204, {})

    async with integrated(answers=answers) as one:
        poison = await world.tell(person, intake.ClientRegistered())
        fine = await world.tell(person, scheduled(person))
        await one.failing("refused")
        world.set_clock(world.service.clock.now() + timedelta(days=3, minutes=1))
        await one.told(fine)
        [failed] = await one.deliveries(state="failed")
        assert failed["event_id"] == str(poison.event_id)
        assert (failed["failure"], failed["status"]) == ("refused", 422)
        refuses = False
        await one.do("replay", {"to": failed["cursor"]})
        await one.told(poison)
