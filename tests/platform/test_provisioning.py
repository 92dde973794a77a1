"""Provisioning: idempotent, strict, and silent when everything is as declared."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from nats.errors import NoRespondersError
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from cli.bus.declarations import consumer_declaration
from cli.bus.names import AUDIT_STREAM, FEED, STREAM
from cli.bus.provisioning import Drift, provision, provision_audit
from cli.clinic.services import SERVICES
from cli.trouble import Trouble
from tests.support.bus_talk import PATIENCE
from tests.support.nats_part import NatsPart

pytestmark = pytest.mark.real


async def provisioned(bus: NatsPart, *, check: bool = False) -> list[Drift]:
    async with bus.connected("bus") as client:
        return await provision(client, SERVICES, check=check)


async def change(bus: NatsPart, *, stream: dict[str, Any], consumer: dict[str, Any]) -> None:
    async with bus.connected("bus") as client:
        hub = client.jetstream()
        found = (await hub.stream_info(STREAM)).config
        await hub.update_stream(replace(found, **stream))
        if consumer:
            held = (await hub.consumer_info(STREAM, "intake")).config
            await hub.add_consumer(STREAM, replace(held, **consumer))


async def test_again_is_the_same(bus: NatsPart) -> None:
    assert await provisioned(bus) == []
    assert await provisioned(bus, check=True) == []


async def test_the_stream_is_as_the_rulings_want_it(bus: NatsPart) -> None:
    async with bus.connected("bus") as client:
        config = (await client.jetstream().stream_info(STREAM)).config
    assert sorted(config.subjects or []) == [
        "careteam.canary.>",
        "careteam.evt.>",
        "careteam.int.>",
    ]
    assert (config.storage, config.discard) == ("file", "old")
    assert timedelta(seconds=config.max_age or 0) == timedelta(days=400)
    assert (config.deny_delete, config.deny_purge) == (True, True)
    assert config.duplicate_window == 600
    assert config.max_bytes
    assert config.max_bytes > 0


@pytest.mark.parametrize("service", SERVICES)
async def test_a_consumer_hears_every_event_of_the_others_and_none_of_its_own(
    bus: NatsPart, service: str
) -> None:
    async with bus.connected("bus") as client:
        config = (await client.jetstream().consumer_info(STREAM, service)).config
    heard = {tuple(subject.split(".")[1:3]) for subject in config.filter_subjects or []}
    assert heard == {
        (kind, peer) for peer in SERVICES if peer != service for kind in ("evt", "int")
    }
    assert (config.max_deliver, config.ack_wait) == (-1, 5)
    assert config.ack_policy == AckPolicy.EXPLICIT


async def test_integrators_are_told_from_every_public_event_one_at_a_time(bus: NatsPart) -> None:
    async with bus.connected("bus") as client:
        config = (await client.jetstream().consumer_info(STREAM, FEED)).config
    assert set(config.filter_subjects or []) == {f"careteam.evt.{one}.>" for one in SERVICES}
    assert (config.max_ack_pending, config.max_deliver) == (1, -1)
    assert config.ack_policy == AckPolicy.EXPLICIT


async def test_check_reports_and_changes_nothing_then_provisioning_repairs(bus: NatsPart) -> None:
    await change(bus, stream={"max_age": 86400.0}, consumer={"ack_wait": 30.0})
    found = [(drift.what, drift.setting) for drift in await provisioned(bus, check=True)]
    assert found == [(STREAM, "max_age"), ("consumer intake", "ack_wait")]
    assert len(await provisioned(bus, check=True)) == 2
    assert len(await provisioned(bus)) == 2
    assert await provisioned(bus, check=True) == []


async def test_repair_loses_no_message(bus: NatsPart) -> None:
    async with bus.connected("intake") as client:
        ack = await client.jetstream().publish("careteam.evt.intake.x.v1.p00", b"kept")
    await change(bus, stream={"duplicate_window": 60.0}, consumer={})
    await provisioned(bus)
    async with bus.connected("bus") as client:
        assert (await client.jetstream().get_msg(STREAM, ack.seq)).data == b"kept"


async def test_a_consumer_of_nobody_is_reported_and_left(bus: NatsPart) -> None:
    async with bus.connected("bus") as client:
        hub = client.jetstream()
        await hub.add_consumer(STREAM, ConsumerConfig(durable_name="stranger"))
        try:
            drifts = await provision(client, SERVICES)
            assert [str(drift) for drift in drifts] == [
                "consumer stranger: consumer is there, declared not declared"
            ]
            assert (await hub.consumer_info(STREAM, "stranger")).name == "stranger"
        finally:
            await hub.delete_consumer(STREAM, "stranger")


async def test_what_cannot_be_changed_in_place_is_refused(bus: NatsPart) -> None:
    async with bus.connected("bus") as client:
        hub = client.jetstream()
        await hub.delete_consumer(STREAM, "intake")
        declared = consumer_declaration("intake", SERVICES)
        await hub.add_consumer(STREAM, replace(declared, deliver_policy=DeliverPolicy.NEW))
    try:
        with pytest.raises(Trouble, match=r"consumer intake: deliver_policy is .* cannot change"):
            await provisioned(bus)
    finally:
        bus.renew_stream()


async def test_a_new_stream_is_a_new_epoch(bus: NatsPart) -> None:
    before = datetime.now(UTC)
    bus.renew_stream()
    async with bus.connected("intake") as client:
        info = await client.jetstream(prefix="BUS.API").stream_info(STREAM)
    assert info.created
    assert info.created >= before
    assert info.state.last_seq == 0


async def test_the_audits_stream_is_made_and_never_changed(bus: NatsPart) -> None:
    """Reliability 2.5: nothing is pushed out, taken out or limited away."""
    async with bus.connected("audit") as client:
        assert await provision_audit(client) == []
        found = await client.jetstream().stream_info(AUDIT_STREAM)
        assert (found.config.discard, found.config.storage) == ("new", "file")
        assert (found.config.deny_delete, found.config.deny_purge) == (True, True)
        other = (found.config.max_bytes or 0) + 1
        (drift,) = await provision_audit(client, most_bytes=other, check=True)
        assert (drift.setting, drift.declared) == ("max_bytes", other)
        with pytest.raises(Trouble, match="nobody may change that"):
            await provision_audit(client, most_bytes=other)
    async with bus.connected("intake") as intake:
        said = await intake.request("careteam.audit.intake", b"a line", timeout=PATIENCE)
        assert b"seq" in said.data
        with pytest.raises((NoRespondersError, NatsTimeoutError)):
            await intake.request("careteam.audit.scheduling", b"a lie", timeout=0.5)
