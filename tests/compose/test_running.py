"""A clinic in containers, from nothing: it comes up, keeps its walls, and heals itself."""

import json
import time
from collections.abc import Iterator

import pytest

from cli.clinic.services import SERVICES
from tests.compose.running import RunningClinic, running_clinic

pytestmark = [pytest.mark.compose, pytest.mark.timeout(900)]

PATIENCE = 180
"""Seconds; on a busy machine. What does not heal at all is what these tests look for."""

RESIDENTS = ("postgres", "nats", *SERVICES, "clinic")

FREEZE = """
import os, signal
children = open("/proc/1/task/1/children").read().split()
os.kill(int(children[0]), signal.SIGSTOP)
"""
REACH = """
import socket
try:
    socket.create_connection(({host!r}, {port}), 2).close()
    print("open")
except OSError:
    print("closed")
"""
IN_THE_CLEAR = """
import asyncio, asyncpg, pathlib
async def tries():
    password = pathlib.Path("/run/secrets/database").read_text().strip()
    await asyncpg.connect(
        host="postgres", user="intake_app", database="intake", password=password, ssl=False
    )
try:
    asyncio.run(tries())
    print("let in")
except asyncpg.InvalidAuthorizationSpecificationError:
    print("refused")
"""
GREETING = """
import socket
with socket.create_connection(("nats", 4222), 2) as bus:
    print(bus.makefile().readline().removeprefix("INFO "))
"""
ENCRYPTED = """
SELECT count(*), bool_and(ssl AND version >= 'TLSv1.2')
FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE client_addr IS NOT NULL
"""
RIGHTS = """
import os
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(os.getuid(), int(status["CapEff"], 16), int(status["NoNewPrivs"]))
"""
LOAD = """
import time
began = time.monotonic()
import services.intake.app
print(time.monotonic() - began)
"""
UNDISTURBED_LOAD_SECONDS = 2.0


@pytest.fixture(scope="module")
def clinic() -> Iterator[RunningClinic]:
    with running_clinic() as running:
        yield running


def all_ready(clinic: RunningClinic) -> bool:
    return all(clinic.ready(service) for service in SERVICES)


def test_everything_is_up_and_healthy(clinic: RunningClinic) -> None:
    assert all_ready(clinic)
    assert {clinic.health(name) for name in RESIDENTS} == {"healthy"}


def test_the_command_line_finds_the_clinic(clinic: RunningClinic) -> None:
    status = clinic.careteam("status", "--json")
    assert status["ready"]
    assert set(status["services"]) == set(SERVICES)
    assert {person["role"] for person in status["sign_ins"]} >= {"therapist", "prescriber"}
    assert clinic.inside("clinic", "careteam", "provision", "--check").strip() == "as declared"


def test_a_program_outside_gets_addresses_and_tokens(clinic: RunningClinic) -> None:
    told = json.loads(clinic.inside("clinic", "python", "-m", "cli.compose.addresses", "--json"))
    assert told["services"]["intake"] == f"http://127.0.0.1:{clinic.port_prefix}1"
    assert all(person["token"] for person in told["sign_ins"])


def test_the_sandbox_clock_moves_for_every_service(clinic: RunningClinic) -> None:
    before = clinic.careteam("clock", "show", "--json")["at"]
    moved = clinic.careteam("clock", "advance", "3d", "--json")
    assert moved["skipped"] == []
    assert moved["at"] > before
    clocks = {one["clock"][:10] for one in clinic.careteam("status", "--json")["services"].values()}
    assert clocks == {moved["at"][:10]}


@pytest.mark.parametrize("journey", ["J1", "J2", "J5"])
def test_a_journey_ends_as_it_has_to(journey: str, clinic: RunningClinic) -> None:
    """The command fails when a service shows another final state than the journey states."""
    assert "Where it ends" in clinic.inside("clinic", "careteam", "demo", journey)


@pytest.mark.parametrize("service", [*SERVICES, "clinic"])
def test_nobody_has_rights(service: str, clinic: RunningClinic) -> None:
    uid, capabilities, no_new = map(int, clinic.python(service, RIGHTS).split())
    assert uid > 0
    assert capabilities == 0
    assert no_new == 1
    assert clinic.attempt("exec", "-T", service, "touch", "/app/planted").returncode != 0


def test_services_meet_on_the_bus_only(clinic: RunningClinic) -> None:
    def reaches(host: str, port: int) -> str:
        return clinic.python("intake", REACH.format(host=host, port=port))

    assert reaches("postgres", 5432) == "open"
    assert reaches("nats", 4222) == "open"
    assert reaches("nats", 8222) == "closed"
    for network in clinic.container("scheduling")["NetworkSettings"]["Networks"].values():
        assert reaches(network["IPAddress"], 8080) == "closed"


def test_nothing_crosses_a_network_in_the_clear(clinic: RunningClinic) -> None:
    asking = 'PGPASSWORD=$(cat /config/superuser) psql -U postgres -tA -F " " -f -'
    asked = clinic.inside("postgres", "sh", "-c", asking, told=ENCRYPTED)
    connections, encrypted = asked.split()
    assert int(connections) > len(SERVICES)
    assert encrypted == "t"
    assert clinic.python("intake", IN_THE_CLEAR) == "refused"
    greeting = json.loads(clinic.python("intake", GREETING))
    assert greeting["tls_required"] is True
    assert greeting["tls_verify"] is True


def test_nothing_but_the_services_is_published(clinic: RunningClinic) -> None:
    for name in RESIDENTS:
        ports = clinic.container(name)["NetworkSettings"]["Ports"] or {}
        published = {host["HostIp"] for hosts in ports.values() for host in hosts or []}
        assert published == ({"127.0.0.1"} if name in SERVICES else set())


def test_no_secret_is_in_what_the_engine_shows(clinic: RunningClinic) -> None:
    """Neither in a variable nor in a command nor in a log."""
    reading = ("run", "--rm", "--no-deps", "-T", "--entrypoint", "sh", "provision", "-c")
    kept = clinic.compose(*reading, "find /run/secrets -type f ! -name '*.json' -exec cat {} +")
    secrets = [line for line in kept.splitlines() if line]
    tokens = [person["token"] for person in clinic.careteam("status", "--json")["sign_ins"]]
    assert len(secrets) > 10
    shown = clinic.compose("logs", "--no-color")
    for name in (*RESIDENTS, "secrets", "provision"):
        shown += json.dumps(clinic.container(name))
    assert [secret for secret in [*secrets, *tokens] if secret in shown] == []


def test_what_is_acknowledged_is_on_disk(clinic: RunningClinic) -> None:
    checksums = clinic.inside("postgres", "sh", "-c", "pg_controldata | grep -i checksum")
    assert checksums.split()[-1] == "1"
    monitor = clinic.inside("nats", "wget", "-q", "-O", "-", "http://127.0.0.1:8222/jsz?config=1")
    assert json.loads(monitor)["config"]["sync_always"] is True


def test_a_second_up_changes_nothing(clinic: RunningClinic) -> None:
    before = clinic.careteam("status", "--json")["sign_ins"]
    started = {name: clinic.container(name)["State"]["StartedAt"] for name in RESIDENTS}
    clinic.compose("up", "--wait")
    assert clinic.careteam("status", "--json")["sign_ins"] == before
    assert {name: clinic.container(name)["State"]["StartedAt"] for name in RESIDENTS} == started


@pytest.mark.faults
def test_the_guard_is_what_heals(clinic: RunningClinic) -> None:
    """Its twin without a guard becomes unhealthy and stays so."""
    for name in ("guarded", "unguarded"):
        clinic.inside(name, "rm", "/tmp/well")
    clinic.wait_until(lambda: clinic.restarts("guarded") == 1, seconds=PATIENCE)
    clinic.wait_until(lambda: clinic.health("guarded") == "healthy", seconds=PATIENCE)
    clinic.wait_until(lambda: clinic.health("unguarded") == "unhealthy", seconds=PATIENCE)
    assert clinic.restarts("unguarded") == 0
    clinic.inside("unguarded", "touch", "/tmp/well")


@pytest.mark.faults
def test_a_stuck_service_is_started_anew(clinic: RunningClinic) -> None:
    before = clinic.restarts("scheduling")
    clinic.python("scheduling", FREEZE)
    clinic.wait_until(lambda: clinic.restarts("scheduling") == before + 1, seconds=PATIENCE)
    clinic.wait_until(lambda: clinic.ready("scheduling"), seconds=PATIENCE)


@pytest.mark.faults
@pytest.mark.parametrize("server", ["nats", "postgres"])
def test_a_stuck_server_is_started_anew(server: str, clinic: RunningClinic) -> None:
    before = clinic.restarts(server)
    clinic.inside(server, "sh", "-c", "kill -STOP $(cat /proc/1/task/1/children)")
    clinic.wait_until(lambda: clinic.restarts(server) == before + 1, seconds=PATIENCE)
    clinic.wait_until(lambda: all_ready(clinic), seconds=PATIENCE)


@pytest.mark.faults
def test_nats_writes_again_once_its_disk_has_space(clinic: RunningClinic) -> None:
    """It would not by itself: a server that could not write refuses until it is started anew."""
    clinic.inside("disk", "sh", "-c", "dd if=/dev/zero of=/disk/filler bs=1M || true")
    before = clinic.restarts("nats")
    clinic.wait_until(lambda: not clinic.ready("intake"), seconds=PATIENCE)
    clinic.wait_until(lambda: clinic.restarts("nats") > before, seconds=PATIENCE)
    clinic.inside("disk", "rm", "/disk/filler")
    clinic.wait_until(lambda: all_ready(clinic), seconds=PATIENCE)


@pytest.mark.faults
def test_a_killed_clinic_is_healthy_within_45_seconds(clinic: RunningClinic) -> None:
    """On a machine that has nothing else to do; a busy one gets as much longer as it is slower."""
    slower = max(1.0, _seconds_to_load_a_service(clinic) / UNDISTURBED_LOAD_SECONDS)
    clinic.compose("kill", *RESIDENTS)
    assert not any(clinic.ready(service) for service in SERVICES)
    began = time.monotonic()
    clinic.compose("up", "--wait", *RESIDENTS)
    assert all_ready(clinic)
    assert time.monotonic() - began < 45 * slower


def _seconds_to_load_a_service(clinic: RunningClinic) -> float:
    return float(clinic.python("intake", LOAD))
