"""Integrators on NATS: history and then what happens, each once and in order, come what may.

Reliability A8. What they cannot do is in ``test_feed_attacks``.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from nats.aio.client import Client
from nats.errors import Error, NoServersError

from cli.bus.feed_accounts import MOST_FEEDS
from cli.bus.feed_provisioning import provision_feeds
from cli.bus.names import STREAM
from cli.bus.provisioning import provision
from cli.clinic.services import SERVICES
from cli.trouble import Trouble
from shared.messaging.feeds import STREAM_OF_A_FEED, feed_api
from shared.messaging.stream import stream_state
from tests.support.bus_talk import PATIENCE
from tests.support.integrators import held, ids, let_in, pulling, sequence, take
from tests.support.nats_part import EmbeddedNats, embedded_nats
from tests.support.waiting import eventually

pytestmark = pytest.mark.real

BOOKED: Final = "session_scheduled"
DISCHARGED: Final = "client_discharged"


@pytest.fixture(scope="module")
def clinic_bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedNats]:
    with embedded_nats(tmp_path_factory.mktemp("feeds")) as part:
        yield part


@pytest.fixture
async def server(clinic_bus: EmbeddedNats) -> EmbeddedNats:
    """With an empty stream, and nobody told."""
    clinic_bus.renew_stream()
    for feed in clinic_bus.feeds.registry.feeds():
        if feed.revoked_at is None:
            await clinic_bus.feeds.revoke(feed.name)
    return clinic_bus


async def happened(
    client: Client, event_id: str, kind: str = BOOKED, *, client_no: int = 0, public: bool = True
) -> None:
    """Scheduling says it; again under the same id it is the same event."""
    subject = f"careteam.{'evt' if public else 'int'}.scheduling.{kind}.v1.p{client_no:02}"
    headers = {"Nats-Msg-Id": event_id, "ce-id": event_id}
    await client.jetstream(timeout=PATIENCE).publish(subject, b"{}", headers=headers)


async def test_history_and_then_what_happens_in_order(server: EmbeddedNats, tmp_path: Path) -> None:
    """Of two types and several clients; nothing internal, and nothing that was not asked for."""
    async with server.connected("scheduling") as author:
        for number in range(6):
            kind = BOOKED if number % 2 else DISCHARGED
            await happened(author, f"h{number}", kind, client_no=number % 3)
            await happened(author, f"i{number}", "escort_confirmed", public=False)
            await happened(author, f"o{number}", "client_checked_in")
        billing = await let_in(
            server, tmp_path, "billing", f"careteam.*.{BOOKED}.v1", f"careteam.*.{DISCHARGED}.v1"
        )
        assert ids(await billing.took(6)) == [f"h{number}" for number in range(6)]
        for number in range(6, 9):
            await happened(author, f"h{number}")
        told = await billing.took(3)
        assert ids(told) == ["h6", "h7", "h8"]
        epoch = (await stream_state(author)).epoch
    assert await billing.epoch() == str(epoch)
    async with server.connected("bus") as hub:
        for message in told:
            stored = await hub.jetstream().get_msg(STREAM, sequence(message))
            assert stored.subject == message.subject


async def test_the_next_comes_when_the_one_before_it_was_acknowledged(
    server: EmbeddedNats, tmp_path: Path
) -> None:
    billing = await let_in(server, tmp_path, "billing")
    async with server.connected("scheduling") as author:
        for number in range(3):
            await happened(author, f"e{number}")
    async with billing.connected() as first:
        feed = await pulling(first, "billing")
        (taken,) = await feed.fetch(1, timeout=PATIENCE)
        with pytest.raises(Error):
            await feed.fetch(1, timeout=0.3)
        await taken.nak()
    assert ids(await billing.took(3)) == ["e0", "e1", "e2"]


async def test_nothing_is_missed_over_crashes_and_a_stream_made_anew(
    server: EmbeddedNats, tmp_path: Path
) -> None:
    """Offline while the broker dies, and while the stream is lost and published again."""
    everything = await let_in(server, tmp_path, "everything")
    async with server.connected("scheduling") as author:
        for number in range(20):
            await happened(author, f"e{number:02}", client_no=number % 4)
    epoch = await everything.epoch()
    server.kill()
    server.start()
    async with server.connected("scheduling") as author:
        for number in range(20, 30):
            await happened(author, f"e{number:02}", client_no=number % 4)
    before = await everything.took(10)
    server.stop()
    server.start()
    before += await everything.took(5)
    assert ids(before) == [f"e{number:02}" for number in range(15)]

    server.renew_stream()
    async with server.connected("bus") as hub:
        feeds = server.feeds.registry.feeds()
        (drift,) = await provision_feeds(hub, feeds, check=True)
        assert (drift.what, drift.setting) == ("feed everything", "stream epoch")
        await provision_feeds(hub, feeds)
        assert await provision_feeds(hub, feeds, check=True) == []
    async with server.connected("scheduling") as author:
        for number in range(40):
            await happened(author, f"e{number:02}", client_no=number % 4)
    after = await everything.took(40)
    assert await everything.epoch() > epoch
    assert ids(after) == [f"e{number:02}" for number in range(40)]
    assert list(dict.fromkeys(ids(before + after))) == [f"e{number:02}" for number in range(40)]


async def test_a_new_key_ends_the_old_one_and_the_feed_goes_on(
    server: EmbeddedNats, tmp_path: Path
) -> None:
    billing = await let_in(server, tmp_path, "billing")
    async with server.connected("scheduling") as author:
        await happened(author, "first")
        await happened(author, "second")
        async with billing.connected() as client:
            assert ids([await take(await pulling(client, "billing"))]) == ["first"]
            renewed = await server.feeds.rotate("billing")
            await eventually(lambda: _is(client.is_closed))
        with pytest.raises((Error, NoServersError)):
            await billing.took(1)
        billing.seed.write_text(renewed)
        assert ids(await billing.took(1)) == ["second"]
        assert author.is_connected, "nobody else notices"


async def test_who_is_revoked_is_cut_off_and_its_stream_is_gone(
    server: EmbeddedNats, tmp_path: Path
) -> None:
    billing = await let_in(server, tmp_path, "billing")
    other = await let_in(server, tmp_path, "other")
    async with billing.connected() as client:
        await server.feeds.revoke("billing")
        await eventually(lambda: _is(client.is_closed))
    with pytest.raises((Error, NoServersError)):
        await billing.took(1)
    async with server.connected("bus") as hub, server.connected("scheduling") as author:
        names = await hub.jetstream(prefix=feed_api("billing")).streams_info()
        assert names == []
        feeds = server.feeds.registry.feeds()
        assert await provision_feeds(hub, feeds, check=True) == []
        await happened(author, "later")
    assert ids(await other.took(1)) == ["later"]
    assert await server.is_healthy()
    with pytest.raises(Trouble, match="no integrator on NATS is called billing"):
        await server.feeds.rotate("billing")
    again = await let_in(server, tmp_path, "billing")
    assert ids(await again.took(1)) == ["later"], "one of that name may come again"


async def test_all_is_there_after_a_start_without_anybody_doing_anything(
    server: EmbeddedNats, tmp_path: Path
) -> None:
    """The list is enough: what `up` does, and what it does for a clinic of before."""
    billing = await let_in(server, tmp_path, "billing")
    server.stop()
    server.configure()
    server.start()
    async with server.connected("bus") as hub, server.connected("scheduling") as author:
        assert await provision(hub, SERVICES, check=True) == []
        assert await provision_feeds(hub, server.feeds.registry.feeds(), check=True) == []
        await happened(author, "after")
    assert ids(await billing.took(1)) == ["after"]


async def test_drift_is_reported_and_mended(server: EmbeddedNats, tmp_path: Path) -> None:
    await let_in(server, tmp_path, "billing", f"careteam.*.{BOOKED}.v1")
    feed = server.feeds.registry.known("billing")
    feeds = [feed]
    async with server.connected("bus") as hub:
        own = hub.jetstream(prefix=feed_api("billing"), timeout=PATIENCE)
        await own.delete_consumer(STREAM_OF_A_FEED, "billing")
        (missing,) = await provision_feeds(hub, feeds, check=True)
        assert str(missing) == ("consumer of the feed billing: consumer is missing, declared there")
        await provision_feeds(hub, feeds)
        feeds = [replace(feed, types=(f"careteam.*.{DISCHARGED}.v1",))]
        (other,) = await provision_feeds(hub, feeds, check=True)
        assert other.setting == "filter_subjects"
        await provision_feeds(hub, feeds)
        assert await provision_feeds(hub, feeds, check=True) == []
        (account,) = await provision_feeds(hub, [replace(feed, name="unheard-of")], check=True)
        assert account.setting == "account"


async def test_a_feed_that_does_not_come_about_leaves_nothing(
    server: EmbeddedNats, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await let_in(server, tmp_path, "billing")
    before = server.feeds.registry.feeds()
    with pytest.raises(Trouble, match="is called billing already"):
        await server.feeds.add("billing", ())
    with pytest.raises(Trouble, match="no public type of events is called"):
        await server.feeds.add("curious", ("careteam.intake.consent_granted.v1",))
    with pytest.raises(Trouble, match="small letters"):
        await server.feeds.add("../keys", ())

    async def fails(*_: object) -> None:
        raise Trouble("NATS refused")

    monkeypatch.setattr("cli.embedded.feeds.provision_feeds", fails)
    with pytest.raises(Trouble, match="NATS refused"):
        await server.feeds.add("half", ())
    feeds = server.feeds.registry.feeds()
    assert [feed for feed in feeds if feed.revoked_at is None] == [
        feed for feed in before if feed.revoked_at is None
    ]
    monkeypatch.undo()
    async with server.connected("bus") as hub:
        assert await provision_feeds(hub, feeds, check=True) == []
    assert await server.is_healthy()


async def test_there_is_room_for_so_many_and_each_has_its_part(
    server: EmbeddedNats, tmp_path: Path
) -> None:
    pullers = [await let_in(server, tmp_path, f"one-{n}") for n in range(MOST_FEEDS)]
    with pytest.raises(Trouble, match="there is room for no more"):
        await server.feeds.add("one-more", ())
    async with server.connected("scheduling") as author:
        await happened(author, "for-all")
    for puller in pullers:
        await eventually(partial(_holds, server, puller.name, 1))
    told = await asyncio.gather(*(puller.took(1) for puller in pullers))
    assert {ids(one)[0] for one in told} == {"for-all"}


async def _is(value: bool) -> bool:
    return value


async def _holds(server: EmbeddedNats, name: str, many: int) -> bool:
    return (await held(server, name))[0] == many
