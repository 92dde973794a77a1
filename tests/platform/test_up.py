"""`careteam up` for real: what a running clinic shows, and that it heals."""

import asyncio
import json
import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from cli.clinic.services import SERVICES
from tests.support.doc_examples import documented
from tests.support.started_clinic import CLIENT, StartedClinic, careteam, free_base, start_clinic
from tests.support.waiting import eventually

pytestmark = [pytest.mark.real, pytest.mark.clinic]


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartedClinic]:
    """An empty clinic for the tests of this module, in a folder that only its owner may enter."""
    folder = tmp_path_factory.mktemp("clinic")
    folder.chmod(0o700)
    up = start_clinic(folder / "data", free_base(), "--empty")
    yield up
    if up.process.poll() is None:
        up.stop()


def test_it_tells_programs_where_everything_is(clinic: StartedClinic) -> None:
    assert clinic.told["ready"] is True
    assert list(clinic.told["services"]) == list(SERVICES)
    assert clinic.health() == [200] * 4
    assert json.loads((clinic.data / "clinic.json").read_text())["sign_ins"]


def test_secrets_are_for_their_owner_only(clinic: StartedClinic) -> None:
    assert stat.S_IMODE(clinic.data.stat().st_mode) == 0o700
    secrets = [*(clinic.data / "secrets").rglob("*"), clinic.data / "clinic.json"]
    files = [file for file in secrets if file.is_file()]
    assert len(files) > 15
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_no_secret_is_in_a_log_or_a_command_line(clinic: StartedClinic) -> None:
    passwords = [file.read_text().strip() for file in (clinic.data / "secrets").glob("*/*")]
    passwords += [person["token"] for person in clinic.told["sign_ins"]]
    assert len(passwords) > 20
    logs = "".join(file.read_text() for file in (clinic.data / "logs").iterdir())
    lines = "".join(" ".join(process.cmdline()) for process in clinic.everybody())
    environments = "".join(" ".join(p.environ().values()) for p in clinic.everybody())
    for password in passwords:
        assert password not in logs
        assert password not in lines
        assert password not in environments


def test_a_crash_leaves_nothing_of_anybodys_memory_behind(clinic: StartedClinic) -> None:
    """D1: neither in a core file, nor for a program that the system hands cores to."""
    parts = set(json.loads((clinic.data / "clinic.json").read_text())["processes"])
    assert parts >= {"postgres", "nats", "identity", *SERVICES}
    for part in parts:
        about = Path("/proc", str(clinic.pid(part)))
        limits = (about / "limits").read_text().splitlines()
        core = next(line for line in limits if line.startswith("Max core file size"))
        assert core.split()[4:6] == ["0", "0"], part
        assert int((about / "coredump_filter").read_text(), 16) == 0, part


def test_an_integrator_comes_gets_a_new_secret_and_goes(clinic: StartedClinic) -> None:
    where = "https://billing.example/hook"
    add = ("integrator", "add", "billing", "--url", where)
    added = careteam(*add, "--types", "careteam.scheduling.*", "--json", data=clinic.data)
    assert added.returncode == 0, added.stderr
    made = json.loads(added.stdout)
    assert made["secret"].startswith("whsec_")
    assert (made["name"], made["types"]) == ("billing", ["careteam.scheduling.*"])
    again = careteam(*add, data=clinic.data)
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)
    assert "integrator-name-taken" in again.stderr
    inside = ("integrator", "add", "inside", "--url", "https://127.0.0.1/hook")
    assert "endpoint-not-usable" in careteam(*inside, data=clinic.data).stderr

    rotated = careteam("integrator", "rotate", "billing", "--overlap", "1", data=clinic.data)
    assert "whsec_" in rotated.stdout
    assert made["secret"] not in rotated.stdout
    listed = careteam("integrator", "list", "--json", data=clinic.data)
    assert "whsec_" not in listed.stdout
    [one] = json.loads(listed.stdout)
    assert (one["status"], len(one["webhook"]["signing"])) == ("active", 2)
    assert where in careteam("integrator", "list", data=clinic.data).stdout

    revoked = careteam("integrator", "revoke", "billing", "--yes", data=clinic.data)
    assert revoked.stdout == "billing: revoked\n"
    unknown = careteam("integrator", "rotate", "nobody", data=clinic.data)
    assert (unknown.returncode, unknown.stderr.count("\n")) == (1, 1)
    assert "no integrator is called nobody" in unknown.stderr


async def test_an_integrator_on_nats_follows_a_running_clinic(
    clinic: StartedClinic, tmp_path: Path
) -> None:
    """With what docs/integrators.md tells it to do, word for word."""
    key = tmp_path / "feed.key"
    words = ("integrator", "add", "ledger", "--nats", "--types", "careteam.intake.*", "--json")
    added = careteam(*words, "--seed-file", str(key), data=clinic.data)
    assert added.returncode == 0, added.stderr
    [server] = json.loads(added.stdout)["servers"]
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_text().strip() not in added.stdout
    assert clinic.post("intake", "/clients", "front_desk", CLIENT).status_code == 201
    told: asyncio.Queue[tuple[str, str, str]] = asyncio.Queue()

    async def handle(kind: str, event_id: str, _data: bytes, cursor: str) -> None:
        await told.put((kind, event_id, cursor))

    async with asyncio.timeout(60):
        following = asyncio.create_task(documented("follow")(server, "ledger", str(key), handle))
        kind, event_id, cursor = await told.get()
        following.cancel()
    assert kind == "careteam.intake.client_registered.v1"

    async def pulled() -> bool:
        items = clinic.get("notifications", "/events", "operator").json()["items"]
        return (event_id, cursor) in {(item["id"], item["cursor"]) for item in items}

    await eventually(pulled, seconds=60)
    status = json.loads(careteam("status", "--json", data=clinic.data).stdout)
    assert [one["name"] for one in status["integrators"]["feeds"]] == ["ledger"]
    assert status["integrators"]["feeds"][0]["waiting"] in {0, 1}, "it may not have said so yet"
    assert "ledger" in careteam("integrator", "list", data=clinic.data).stdout
    taken = careteam("integrator", "add", "ledger", "--nats", data=clinic.data)
    assert (taken.returncode, taken.stderr.count("\n")) == (1, 1)
    renewed = careteam("integrator", "rotate", "ledger", data=clinic.data)
    assert "key, shown once: SU" in renewed.stdout
    assert careteam("provision", "--check", data=clinic.data).stdout == "as declared\n"
    revoked = careteam("integrator", "revoke", "ledger", "--yes", data=clinic.data)
    assert revoked.stdout == "ledger: revoked\n"
    assert clinic.health() == [200] * 4
    assert careteam("provision", "--check", data=clinic.data).stdout == "as declared\n"
    assert careteam("integrator", "add", "nothing", data=clinic.data).returncode == 2


def test_nobody_listens_beyond_this_machine(clinic: StartedClinic) -> None:
    listening = {
        connection.laddr[0]
        for process in clinic.everybody()
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


def test_status_is_healthy_and_nothing_has_drifted(clinic: StartedClinic) -> None:
    status = careteam("status", "--json", data=clinic.data)
    assert status.returncode == 0, status.stderr
    found = json.loads(status.stdout)
    assert found["ready"] is True
    assert {one["numbers"]["parked"] for one in found["services"].values()} == {0}
    assert {person["role"] for person in found["sign_ins"]} >= {"therapist", "prescriber", "nurse"}
    assert found["sign_in"]["healthy"]
    assert found["sign_in"]["seconds_checkpoint_owed"] < 300
    assert found["integrators"]["lag"] >= 0
    assert found["integrators"]["items"] == []
    assert careteam("provision", "--check", data=clinic.data).stdout == "as declared\n"


def test_a_second_one_in_the_same_folder_is_refused_in_one_line(clinic: StartedClinic) -> None:
    second = careteam("up", data=clinic.data)
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert f"already running in {clinic.data} (process {clinic.process.pid})" in second.stderr


def test_a_taken_port_is_named_in_one_line(clinic: StartedClinic, tmp_path: Path) -> None:
    base = int(clinic.told["services"]["intake"].rsplit(":", 1)[1]) - 1
    other = careteam("up", "--port-base", str(base), data=tmp_path / "other")
    assert other.returncode == 1
    assert other.stderr.count("\n") == 1
    assert f"port {base} for identity is in use" in other.stderr


def test_what_is_done_can_be_followed_and_told_on_two_clocks(clinic: StartedClinic) -> None:
    made = clinic.post("intake", "/clients", "front_desk", CLIENT)
    assert made.status_code == 201, made.text
    client = made.json()["id"]
    assert careteam("clock", "advance", "1s", data=clinic.data).returncode == 0
    words = ["events", "tail", "--since", "1h", "--no-follow", "--json", "--client", client]
    tailed = careteam(*words, data=clinic.data)
    types = [json.loads(line)["type"] for line in tailed.stdout.splitlines()]
    assert types[0] == "careteam.intake.client_registered.v1"
    told = json.loads(careteam("timeline", client, "--json", data=clinic.data).stdout)
    assert [event["type"] for event in told] == types
    before = ["--known-at", "2020-01-01T00:00:00Z"]
    assert (
        json.loads(careteam("timeline", client, "--json", *before, data=clinic.data).stdout) == []
    )
    assert "Robin" not in tailed.stdout + json.dumps(told)


def test_why_shows_the_rules_of_a_course(clinic: StartedClinic) -> None:
    course = clinic.post("intake", "/clients", "front_desk", CLIENT).json()["course_id"]
    found = careteam("why", course, "--json", data=clinic.data)
    assert found.returncode == 0, found.stderr
    assert "intake" in json.loads(found.stdout)
    nobody = careteam("why", "00000000-0000-7000-8000-000000000000", data=clinic.data)
    assert nobody.returncode == 1
    assert "no service that answers knows" in nobody.stderr


def test_the_clock_moves_for_everybody(clinic: StartedClinic) -> None:
    moved = careteam("clock", "set", "2031-03-02T09:30:00Z", "--frozen", "--json", data=clinic.data)
    assert json.loads(moved.stdout) == {
        "at": "2031-03-02T09:30:00Z",
        "running": False,
        "skipped": [],
    }
    status = json.loads(careteam("status", "--json", data=clinic.data).stdout)
    assert {one["clock"] for one in status["services"].values()} == {"2031-03-02T09:30:00Z"}
    assert careteam("clock", "advance", "90m", "--running", data=clinic.data).stdout.startswith(
        "2031-03-02T11:00:0"
    )


@pytest.mark.parametrize("part", ["intake", "nats", "postgres"])
async def test_what_is_killed_comes_back_and_works(clinic: StartedClinic, part: str) -> None:
    killed = clinic.pid(part)
    os.kill(killed, signal.SIGKILL)

    async def works() -> bool:
        if clinic.pid(part) == killed:
            return False
        try:
            return clinic.health() == [200] * 4
        except httpx.HTTPError:
            return False

    await eventually(works, seconds=60, every=0.2)
    assert clinic.post("intake", "/clients", "front_desk", CLIENT).status_code == 201
