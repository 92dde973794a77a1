"""Our own NATS: on loopback, on disk before it says so, the same address after a restart."""

import json
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from cli.bus.connection import BusUser, connected
from cli.bus.names import PROVISIONER
from cli.bus.provisioning import provision, store_share
from cli.clinic.ports import LOOPBACK
from cli.clinic.services import IDENTITY, SERVICES
from cli.embedded.nats import Nats
from cli.supervisor.child import Child
from cli.trouble import Trouble
from tests.support.nats_part import EmbeddedNats
from tests.support.postgres_part import apart

pytestmark = pytest.mark.real


def at(home: Path) -> Nats:
    return Nats(home / "nats", home / "secrets", home / "nats.log")


@contextmanager
def running(nats: Nats) -> Iterator[Child]:
    child = Child(nats.program())
    try:
        apart(lambda: nats.ready(child))
        yield child
    finally:
        child.stop(10)


def change(nats: Nats, **jetstream: object) -> None:
    """Write another configuration than the one that was prepared."""
    file = nats.config
    config = json.loads(file.read_text())
    config["jetstream"] |= jetstream
    file.write_text(json.dumps(config))


def test_it_listens_on_loopback_only(tmp_path: Path) -> None:
    nats = at(tmp_path)
    nats.prepare()
    with running(nats) as child:
        listening = [
            one.laddr[0]
            for one in psutil.Process(child.pid).net_connections("inet")
            if one.status == psutil.CONN_LISTEN
        ]
    assert listening == [LOOPBACK, LOOPBACK], "clients and monitoring"


def test_it_is_refused_when_it_would_acknowledge_before_the_disk_has_it(tmp_path: Path) -> None:
    nats = at(tmp_path)
    nats.prepare()
    change(nats, sync_interval="2m")
    with pytest.raises(Trouble, match="runs without sync_interval: always"), running(nats):
        pass


def test_it_keeps_its_ports_and_its_limits_from_start_to_start(tmp_path: Path) -> None:
    first = at(tmp_path)
    first.prepare()
    again = at(tmp_path)
    again.prepare()
    assert (again.url, again.monitor, again.most_stored) == (
        first.url,
        first.monitor,
        first.most_stored,
    )


def test_a_port_that_was_taken_meanwhile_is_replaced(tmp_path: Path) -> None:
    first = at(tmp_path)
    first.prepare()
    port = int(first.url.rsplit(":", 1)[1])
    with socket.socket() as other:
        other.bind((LOOPBACK, port))
        other.listen()
        with pytest.raises(Trouble, match=f"port {port} was taken meanwhile"), running(first):
            pass
        moved = at(tmp_path)
        moved.prepare()
        assert moved.url != first.url
        with running(moved):
            assert apart(moved.health) == 200


def test_its_keys_are_for_its_owner_only(tmp_path: Path) -> None:
    nats = at(tmp_path)
    nats.prepare()
    files = list((tmp_path / "secrets").iterdir())
    assert {file.name for file in files} == {
        *(f"{user}.seed" for user in ("bus", *SERVICES, IDENTITY, "audit")),
        *("nats.conf", "store.key"),
    }
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert list((tmp_path / "nats").iterdir()) == []
    config = nats.config.read_text()
    for seed in (tmp_path / "secrets").glob("*.seed"):
        assert seed.read_text().strip() not in config


async def test_what_it_stores_is_encrypted_also_what_was_stored_before(tmp_path: Path) -> None:
    """The negative control is the same word, found while the store is as it was before."""
    nats = at(tmp_path)
    nats.prepare()
    encrypted = nats.config.read_text()
    change(nats, key="")
    word = b"canary-in-the-stream"

    def found() -> list[Path]:
        stored = [file for file in (tmp_path / "nats").rglob("*") if file.is_file()]
        assert stored
        return [file for file in stored if word in file.read_bytes()]

    with running(nats):
        await provisioned(nats, word)
    assert found() != []
    nats.config.write_text(encrypted)
    with running(nats):
        async with connected(hub_of(nats)) as hub:
            kept = await hub.jetstream().get_msg("CARETEAM_EVENTS", 1)
    assert kept.data == word
    assert found() == []
    change(nats, key="another")
    with pytest.raises(Trouble, match="cannot read its store"), running(nats):
        pass


def hub_of(nats: Nats) -> BusUser:
    return BusUser(PROVISIONER, [nats.url], nats.provisioner_seed)


async def provisioned(nats: Nats, word: bytes) -> None:
    async with connected(hub_of(nats)) as hub:
        await provision(hub, SERVICES, most_bytes=store_share(nats.most_stored))
    async with connected(hub_of(nats).beside("intake")) as client:
        await client.jetstream(timeout=5).publish("careteam.evt.intake.x.v1.p00", word)


def test_a_configuration_that_it_does_not_understand_is_named(tmp_path: Path) -> None:
    nats = at(tmp_path)
    nats.prepare()
    change(nats, store_dir="/dev/null/store")
    with (
        pytest.raises(Trouble, match=r"NATS did not start: .*not a directory \(see "),
        running(nats),
    ):
        pass


async def test_what_was_acknowledged_is_there_after_a_crash(own_nats: EmbeddedNats) -> None:
    async with own_nats.connected("intake") as client:
        ack = await client.jetstream(timeout=2).publish("careteam.evt.intake.x.v1.p00", b"kept")
    own_nats.kill()
    own_nats.start()
    async with own_nats.connected("bus") as hub:
        kept = await hub.jetstream().get_msg("CARETEAM_EVENTS", ack.seq)
    assert kept.data == b"kept"
