"""The twin of the wall: with subject permissions alone, in one account, the attack succeeds.

So the test that it fails between accounts can fail, and the reason for the accounts stays true.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nats
import pytest

from cli.bus.names import STREAM
from cli.embedded.nats import Nats
from cli.supervisor.child import Child
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


@contextmanager
def running(folder: Path) -> Iterator[Nats]:
    server = Nats(folder / "nats", folder / "secrets", folder / "nats.log")
    server.prepare()
    file = server.config
    file.write_text(json.dumps(one_account(json.loads(file.read_text()))))
    child = Child(server.program())
    try:
        apart(lambda: server.ready(child))
        yield server
    finally:
        child.stop(10)


async def test_in_one_account_a_reader_writes_in_anothers_name(tmp_path: Path) -> None:
    with running(tmp_path) as server:
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
