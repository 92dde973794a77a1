"""The twin of the wall: with subject permissions alone, in one account, the attacks succeed.

So the tests that they fail between accounts can fail, and the reason for the accounts stays true.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nats
import pytest

from cli.bus.connection import BusUser, connected
from cli.bus.feed_provisioning import provision_feeds
from cli.bus.feed_registry import FeedRegistry
from cli.bus.names import HUB, PROVISIONER, STREAM, feed_account, integrator_account
from cli.bus.provisioning import provision
from cli.clinic.secrets import nkey_seed, public_nkey
from cli.clinic.services import SERVICES
from cli.embedded.nats import Nats
from cli.supervisor.child import Child
from shared.messaging.feeds import STREAM_OF_A_FEED, Feed, feed_api
from tests.support.integrators import connect
from tests.support.postgres_part import apart
from tests.support.waiting import eventually

pytestmark = pytest.mark.real

FOREIGN = "careteam.evt.prescribing.dose_administered.v1.p00"
NEXT = f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.intake"


def one_account(config: dict[str, Any]) -> dict[str, Any]:
    """Everybody in one account, each user with its own permissions, as careful as can be."""
    users = [user for account in config["accounts"].values() for user in account["users"]]
    for user in users:
        user["permissions"]["publish"]["allow"].append(f"$JS.API.STREAM.INFO.{STREAM}")
    return {**config, "accounts": {"ALL": {"jetstream": "enabled", "users": users}}}


def beside_its_stream(config: dict[str, Any]) -> dict[str, Any]:
    """The integrator comes in where its stream is, with the same permissions."""
    accounts = config["accounts"]
    entrance = accounts.pop(integrator_account("billing"))
    entrance["users"][0]["permissions"]["publish"]["allow"] = [
        f"$JS.API.CONSUMER.MSG.NEXT.{STREAM_OF_A_FEED}.billing",
    ]
    stream = accounts[feed_account("billing")]
    to_the_hub = {"service": "$JS.API.>", "accounts": [HUB]}
    stream |= {"exports": [to_the_hub], "users": entrance["users"]}
    reader = accounts["NOTIFICATIONS"]["imports"]
    accounts["NOTIFICATIONS"]["imports"] = [one for one in reader if "FEED" not in str(one)]
    return config


@contextmanager
def running(
    folder: Path,
    changed: Callable[[dict[str, Any]], dict[str, Any]],
    feeds: Sequence[Feed] = (),
) -> Iterator[Nats]:
    registry = FeedRegistry(folder / "feeds.json")
    registry.write(tuple(feeds))
    server = Nats(folder / "nats", folder / "secrets", folder / "nats.log", registry.file)
    server.prepare()
    file = server.config
    file.write_text(json.dumps(changed(json.loads(file.read_text()))))
    child = Child(server.program())
    try:
        apart(lambda: server.ready(child))
        yield server
    finally:
        child.stop(10)


async def test_in_one_account_a_reader_writes_in_anothers_name(tmp_path: Path) -> None:
    with running(tmp_path, one_account) as server:
        hub = await nats.connect(
            server.url,
            nkeys_seed=str(server.provisioner_seed),
            inbox_prefix=b"_INBOX_bus",
        )
        stream = hub.jetstream()
        await stream.add_stream(name=STREAM, subjects=["careteam.evt.>"])
        attacker = await nats.connect(
            server.url,
            nkeys_seed=str(server.seeds.file("intake")),
            inbox_prefix=b"_INBOX_intake",
        )
        with pytest.raises(nats.errors.Error):
            await attacker.request(FOREIGN, b"{}", timeout=0.3)
        assert (await stream.stream_info(STREAM)).state.messages == 0, "said directly: refused"

        await attacker.publish(f"$JS.API.STREAM.INFO.{STREAM}", b"", reply=FOREIGN)

        async def written() -> bool:
            return (await stream.stream_info(STREAM)).state.messages == 1

        await eventually(written)
        assert (await stream.get_msg(STREAM, 1)).subject == FOREIGN
        await attacker.close()
        await hub.close()


async def test_beside_its_stream_an_integrator_deletes_it(tmp_path: Path) -> None:
    """What a pull is answered may be empty, and that is what a deletion takes."""
    key = tmp_path / "billing.key"
    public, now = public_nkey(nkey_seed(key)), datetime.now(UTC)
    feed = Feed(name="billing", types=(), key=public, added_at=now, key_since=now)
    with running(tmp_path, beside_its_stream, [feed]) as server:
        user = BusUser(PROVISIONER, [server.url], server.provisioner_seed)
        async with connected(user) as hub:
            await provision(hub, SERVICES, most_bytes=2**20)
            await provision_feeds(hub, [feed])
            own = hub.jetstream(prefix=feed_api("billing"))
            assert len(await own.streams_info()) == 1
            attacker = await connect(server.url, key, "billing")
            await attacker.publish(
                f"$JS.API.CONSUMER.MSG.NEXT.{STREAM_OF_A_FEED}.billing",
                b'{"batch": 1, "no_wait": true}',
                reply=f"$JS.API.STREAM.DELETE.{STREAM_OF_A_FEED}",
            )

            async def gone() -> bool:
                return await own.streams_info() == []

            await eventually(gone)
            await attacker.close()
