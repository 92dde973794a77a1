"""The audit of a clinic that really runs: verified, tampered with by its own superuser, found."""

import json
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from nats.js.errors import APIError

from cli.bus.connection import BusUser, connected
from cli.bus.names import AUDIT_STREAM, AUDITOR
from cli.clinic.folder import ClinicFolder
from cli.clinic.services import CHAINS
from tests.support.started_clinic import CLIENT, StartedClinic, careteam, free_base, start_clinic
from tests.support.waiting import eventually

pytestmark = [pytest.mark.real, pytest.mark.clinic]


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartedClinic]:
    up = start_clinic(tmp_path_factory.mktemp("clinic") / "data", free_base(), "--empty")
    yield up
    up.stop()


def verified(clinic: StartedClinic, *words: str) -> tuple[int, dict[str, dict[str, Any]]]:
    done = careteam("audit", "verify", "--json", *words, data=clinic.data)
    assert done.stdout, done.stderr
    return done.returncode, {one["service"]: one for one in json.loads(done.stdout)}


@asynccontextmanager
async def as_superuser(clinic: StartedClinic, service: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(
        host=clinic.told["postgres"],
        port=5432,
        user="postgres",
        password=(clinic.data / "secrets" / "postgres" / "superuser").read_text().strip(),
        database=service,
    )
    try:
        yield connection
    finally:
        await connection.close()


async def with_rows_and_checkpoints(clinic: StartedClinic) -> None:
    """A few accesses; a service that ends hands a checkpoint away first, and is started again."""
    for _ in range(3):
        assert clinic.post("intake", "/clients", "front_desk", CLIENT).status_code == 201
    assert clinic.post("intake", "/clients", "nurse", CLIENT).status_code == 403
    before = clinic.pid("intake")
    os.kill(before, signal.SIGTERM)

    async def back() -> bool:
        try:
            return clinic.pid("intake") != before and set(clinic.health()) == {200}
        except (httpx.HTTPError, KeyError):
            return False

    await eventually(back, seconds=60)


async def test_a_clinics_chains_hold_and_each_tampering_is_found(
    clinic: StartedClinic, tmp_path: Path
) -> None:
    """F2, as the database's superuser; the stream and the file are not the superuser's."""
    await with_rows_and_checkpoints(clinic)
    code, said = verified(clinic)
    assert (code, set(said)) == (0, set(CHAINS))
    intake = said["intake"]
    assert intake["places"] == {"file": intake["vouched"], "stream": intake["vouched"]}
    assert intake["vouched"] >= 4

    exported = tmp_path / "export"
    done = careteam("audit", "export", str(exported), data=clinic.data)
    assert done.returncode == 0, done.stderr
    elsewhere = ("--from", str(exported), "--keys", str(clinic.data / "secrets" / "audit"))
    code, found = verified(clinic, *elsewhere)
    assert (code, found["intake"]["vouched"]) == (0, intake["vouched"])
    rows = exported / "intake" / "rows.jsonl"
    rows.write_text(rows.read_text().replace("front_desk", "therapist", 1))
    code, found = verified(clinic, *elsewhere, "--service", "intake")
    assert (code, found["intake"]["first_bad_row"]) == (1, 1)

    async with as_superuser(clinic, "intake") as database:
        body = await database.fetchval("SELECT body FROM audit_chain WHERE sequence = 2")
        change = "UPDATE audit_chain SET body = $1 WHERE sequence = 2"
        await database.execute(change, body.replace("front_desk", "prescriber"))
        code, said = verified(clinic)
        assert code == 1
        assert {name for name, one in said.items() if not one["holds"]} == {"intake"}
        assert said["intake"]["first_bad_row"] == 2
        await database.execute(change, body)
        assert verified(clinic, "--service", "intake")[0] == 0

        await database.execute(
            "CREATE TABLE hidden AS SELECT * FROM audit_chain WHERE sequence > 2"
        )
        await database.execute("DELETE FROM audit_chain WHERE sequence > 2")
        code, said = verified(clinic, "--service", "intake")
        assert (code, said["intake"]["first_bad_row"]) == (1, 3)
        await database.execute("INSERT INTO audit_chain SELECT * FROM hidden")
        await database.execute("DROP TABLE hidden")
    assert verified(clinic)[0] == 0


async def test_nobody_takes_a_checkpoint_back(clinic: StartedClinic) -> None:
    """Not even the account's own user may delete a message or the stream, or purge it."""
    await with_rows_and_checkpoints(clinic)
    seed = ClinicFolder.at(clinic.data).secrets / "nats" / f"{AUDITOR}.seed"
    async with connected(BusUser(AUDITOR, [clinic.told["nats"]], seed)) as client:
        hub = client.jetstream(timeout=1)
        found = await hub.stream_info(AUDIT_STREAM)
        state = found.state
        for attack in (
            hub.delete_stream(AUDIT_STREAM),
            hub.purge_stream(AUDIT_STREAM),
            hub.update_stream(replace(found.config, max_msgs=1)),
            hub.delete_msg(AUDIT_STREAM, state.first_seq),
        ):
            with pytest.raises((TimeoutError, APIError)):
                await attack
        assert (await hub.stream_info(AUDIT_STREAM)).state.messages >= state.messages > 0


def test_it_says_who_saw_what_of_a_client(clinic: StartedClinic) -> None:
    made = clinic.post("intake", "/clients", "front_desk", CLIENT).json()
    done = careteam("audit", "list", "--client", made["id"], "--json", data=clinic.data)
    (entry,) = json.loads(done.stdout)
    assert (entry["service"], entry["action"], entry["role"]) == (
        "intake",
        "register_client",
        "front_desk",
    )
    assert "Robin" not in done.stdout


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["verify", "--service", "nobody"], 2),
        (["verify", "--from", "/nowhere"], 2),
        (["verify", "--from", "/nowhere", "--keys", "/nowhere"], 1),
    ],
)
def test_misuse_is_told_apart_from_failure(
    clinic: StartedClinic, words: list[str], code: int
) -> None:
    assert careteam("audit", *words, data=clinic.data).returncode == code
