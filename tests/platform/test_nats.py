"""Our own NATS: on loopback, on disk before it says so, the same address after a restart."""

import json
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from cli.clinic.ports import LOOPBACK
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
    file = nats.home / "nats.conf"
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
    files = [*(tmp_path / "secrets").iterdir(), tmp_path / "nats" / "nats.conf"]
    assert {file.stem for file in files} == {
        *("bus", "intake", "prescribing", "scheduling", "notifications", "identity"),
        *("audit", "nats"),
    }
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    config = (tmp_path / "nats" / "nats.conf").read_text()
    for seed in (tmp_path / "secrets").iterdir():
        assert seed.read_text().strip() not in config


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
