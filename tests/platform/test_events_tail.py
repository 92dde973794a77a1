"""`careteam events tail` as far as the bus goes: order, filters, and no consumer left behind."""

import contextlib
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from careteam_contracts.base import partition
from cli.bus.names import FEED, STREAM
from cli.bus.tailing import Wanted, matches, tail
from cli.clinic.services import SERVICES
from tests.support.nats_part import NatsPart
from tests.support.postgres_part import apart

ADA, BEN = UUID(int=1), UUID(int=2)


@pytest.fixture(scope="module")
def said(bus: NatsPart) -> NatsPart:
    """Five events of two clients by two services."""
    apart(lambda: say(bus))
    return bus


async def say(bus: NatsPart) -> None:
    for service, name, client in (
        ("intake", "client_registered", ADA),
        ("intake", "client_registered", BEN),
        ("prescribing", "dose_prescribed", ADA),
        ("prescribing", "dose_administered", ADA),
        ("intake", "consent_granted", BEN),
    ):
        async with bus.connected(service) as connection:
            await connection.jetstream().publish(
                f"careteam.evt.{service}.{name}.v1.p{partition(client):02d}",
                b"{}",
                headers={
                    "ce-type": f"careteam.{service}.{name}.v1",
                    "ce-partitionkey": str(client),
                },
            )


async def names(bus: NatsPart, wanted: Wanted) -> list[str]:
    async with bus.connected("bus") as hub:
        found = tail(hub, wanted, follow=False)
        return [(message.headers or {})["ce-type"].split(".")[2] async for message in found]


def ago(**wanted: object) -> Wanted:
    return Wanted(since=datetime.now(UTC) - timedelta(minutes=5), **wanted)  # type: ignore[arg-type]


@pytest.mark.real
async def test_it_tells_in_the_order_of_the_stream(said: NatsPart) -> None:
    assert await names(said, ago()) == [
        "client_registered",
        "client_registered",
        "dose_prescribed",
        "dose_administered",
        "consent_granted",
    ]


@pytest.mark.real
async def test_it_tells_what_was_asked_for_and_nothing_else(said: NatsPart) -> None:
    assert await names(said, ago(client_id=BEN)) == ["client_registered", "consent_granted"]
    assert await names(said, ago(type_glob="dose_*")) == ["dose_prescribed", "dose_administered"]
    assert await names(said, ago(type_glob="dose_*", client_id=BEN)) == []
    assert await names(said, ago(client_id=uuid4())) == []
    assert await names(said, Wanted(since=datetime.now(UTC) + timedelta(minutes=5))) == []


@pytest.mark.real
async def test_it_goes_on_with_what_comes_and_leaves_nothing_behind(said: NatsPart) -> None:
    async with said.connected("bus") as hub, said.connected("intake") as intake:
        before = await hub.jetstream().consumers_info(STREAM)
        assert {one.name for one in before} == {*SERVICES, FEED}
        async with contextlib.aclosing(tail(hub, ago(), follow=True)) as following:
            for _ in range(5):
                await anext(following)
            await intake.jetstream().publish(
                "careteam.int.intake.hold_placed.v1.p00",
                b"{}",
                headers={"ce-type": "careteam.intake.hold_placed.v1"},
            )
            late = await anext(following)
        assert (late.headers or {})["ce-type"] == "careteam.intake.hold_placed.v1"
        assert len(await hub.jetstream().consumers_info(STREAM)) == len(before)


def test_a_short_glob_means_any_service_and_version() -> None:
    assert matches("dose_*", "careteam.prescribing.dose_administered.v1")
    assert not matches("dose_*", "careteam.prescribing.redose_requested.v1")
    assert matches("careteam.intake.*", "careteam.intake.client_registered.v1")
    assert not matches("careteam.intake.*", "careteam.scheduling.session_scheduled.v1")
