"""D1, F1: a course of care in which every word is a canary; then all places are searched for them.

The journey goes through the API of a clinic that really runs; then every route that takes a body
is called with everything made up, with what cannot be read, against a database that fails, and with
none. What is searched: the stream as it is read and as it lies on disk, all logs, what leaves a
database for others, the audit and its checkpoints, metrics, and what is said about an error.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

import httpx
import pytest

from cli.bus.connection import BusUser, connected
from cli.clinic.folder import ClinicFolder
from cli.clinic.services import IDENTITY, SERVICES
from shared.storage.receipts import INPUTS
from tests.journeys.marked_journey import Run, play_marked
from tests.journeys.searched_places import (
    LEAVES,
    database,
    in_the_stream,
    seals_of,
    told_in_receipts,
    told_to_others,
)
from tests.journeys.typed_at_the_issuer import type_at_the_issuer, type_blindly
from tests.journeys.typed_on_pages import Typist, routes
from tests.support.canaries import made_up
from tests.support.furnished_clinics import FurnishedClinics
from tests.support.started_clinic import StartedClinic
from tests.support.waiting import eventually

pytestmark = [pytest.mark.clinic, pytest.mark.real, pytest.mark.timeout(1800)]

SAID_BACK: Final = "/api/v1/operations/what-if body.name"
"""What an operator calls a protocol's file: its errors are told to that operator by that name."""


@pytest.fixture(scope="module")
def clinic(furnished_clinics: FurnishedClinics) -> Iterator[StartedClinic]:
    with furnished_clinics() as started:
        yield started


async def leaks(run: Run) -> dict[str, list[str]]:
    """Every place where a canary is that has none to be in."""
    data = run.clinic.data
    folders = [data / "nats", data / "logs", data / "audit", data / "clinic.json"]
    found = run.canaries.found_in_files([*folders, data.parent / "data.log"])
    if seen := run.canaries.found_in(await in_the_stream(run.clinic)):
        found["the stream"] = seen
    for table in ("audit_chain", "notices"):
        if seen := run.canaries.found_in(await told_to_others(run.clinic, IDENTITY, table)):
            found[f"{IDENTITY} {table}"] = seen
    for service, url in run.clinic.reach.services.items():
        if seen := run.canaries.found_in(await told_in_receipts(run.clinic, service)):
            found[f"{service} opened receipts"] = seen
        for table in LEAVES:
            if seen := run.canaries.found_in(await told_to_others(run.clinic, service, table)):
                found[f"{service} {table}"] = seen
        async with httpx.AsyncClient(timeout=20) as http:
            for path in ("/metrics", "/health/ready", "/health/live"):
                if seen := run.canaries.found_in((await http.get(url + path)).content):
                    found[f"{service} {path}"] = seen
    said = run.canaries.found_in(b"\n".join(run.problems))
    if seen := [one for one in said if not one.endswith(SAID_BACK)]:
        found["answers to errors"] = seen
    return found


async def every_route(
    run: Run, http: httpx.AsyncClient, *, spoil: bool, services: Sequence[str] = SERVICES
) -> Counter[int]:
    """Call all that takes a body, as everybody, with everything made up; says how it ended."""
    ended: Counter[int] = Counter()
    for service in services:
        for of in run.routes[service]:
            for role in sorted(run.clinic.reach.tokens):
                body = made_up(run.canaries, of)
                if spoil and isinstance(body, dict):
                    word = next(iter(run.canaries.put))
                    body = {name: [{"text": word, "of": value}] for name, value in body.items()}
                answer = await http.request(
                    of.method,
                    run.clinic.reach.services[service] + of.at(run.ids, run.ids["client_id"]),
                    json=body,
                    params={"name": "Qz00000canary"},
                    headers={"Authorization": f"Bearer {run.clinic.reach.tokens[role]}"},
                )
                ended[answer.status_code] += 1
                if answer.status_code != 403:
                    break
    return ended


async def test_no_word_of_anybody_is_where_it_may_not_be(clinic: StartedClinic) -> None:
    run = Run(clinic)
    await play_marked(run, "J1")
    in_the_journey = {where.rsplit(".", 1)[-1] for where in run.canaries.put.values()}
    assert in_the_journey >= {"name", "phone", "email", "text"}

    # After an error of ours a server may close the connection: each request gets one of its own.
    alone = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(timeout=30, limits=alone) as http:
        http.event_hooks["response"].append(run.note)
        made_up_bodies = await every_route(run, http, spoil=False)
        spoiled = await every_route(run, http, spoil=True)
        assert spoiled[422] >= 50
        for service in SERVICES:
            await failing(run, http, service)
        failures = sum(1 for *_, status, _ in run.ledger if status == 500)
        assert failures >= 1
        async with httpx.AsyncClient(timeout=30, limits=alone) as screens:
            typist = Typist(clinic.reach, screens, run.canaries, run.problems, run.ids)
            await on_every_page(run, typist)
            with clinic.without("postgres"):
                assert (await every_route(run, http, spoil=False)).keys() == {503}
                assert (await typist.type_blindly("therapist")).keys() == {503}
                away = await type_blindly(typist, "therapist")
                assert away[503] >= 3, away
                assert away[500] == 0, away
    await eventually(lambda: ready(clinic), seconds=120)

    assert len(run.canaries.put) >= 500
    assert len(made_up_bodies) >= 4
    assert await leaks(run) == {}
    await assert_every_request_is_in_the_audit(run)
    await assert_a_leak_would_be_found(run)


async def on_every_page(run: Run, typist: Typist) -> None:
    """D1 and E6: the same by every form of every page; what is stored by then runs nowhere."""
    before = len(run.canaries.put)
    await typist.come_in()
    looked = await typist.look_everywhere()
    assert looked >= 60, looked
    await typist.type_everywhere()
    await typist.look_everywhere()
    forms = {(name, path) for name in SERVICES for m, path in routes(name) if m == "POST"}
    assert typist.sent == forms
    assert len(run.canaries.put) - before >= 500
    assert typist.runs == []
    assert typist.failed == 0
    at_the_issuer = await type_at_the_issuer(typist, "nurse")
    assert at_the_issuer[500] == 0, at_the_issuer
    assert at_the_issuer[422] >= 5, at_the_issuer


async def failing(run: Run, http: httpx.AsyncClient, service: str) -> None:
    """The database refuses every row, and says why with the row in it: an error of ours."""
    async with database(run.clinic, service) as connection:
        aggregates = await connection.fetch(
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'body'"
            " AND table_schema = 'public' AND table_name <> 'audit_chain'"
        )
        tables = [row["table_name"] for row in aggregates]
        for table in tables:
            await connection.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT nothing CHECK (false) NOT VALID"
            )
        await every_route(run, http, spoil=False, services=(service,))
        for table in tables:
            await connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT nothing")


async def ready(clinic: StartedClinic) -> bool:
    async with httpx.AsyncClient(timeout=5) as http:
        try:
            found = [await http.get(f"{u}/health/ready") for u in clinic.reach.services.values()]
        except httpx.HTTPError:
            return False
    return all(one.status_code == 200 for one in found)


async def assert_every_request_is_in_the_audit(run: Run) -> None:
    """F1: whoever asked kept a ledger of their own; each answer has its row, and a true one.

    Only without a database there is none, and then nothing was answered but that.
    """
    assert len(run.ledger) > 300
    by_service: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for service in SERVICES:
        entries = by_service.setdefault(service, {})
        async with database(run.clinic, service) as connection:
            for row in await connection.fetch("SELECT body FROM audit_chain ORDER BY sequence"):
                entry = json.loads(row["body"])
                entries.setdefault(entry["correlation"], []).append(entry)
    missing = []
    for service, request, status, correlation in run.ledger:
        if correlation is None and status in (500, 503):
            continue
        rows = by_service[service].get(correlation or "", [])
        said = rows[-1]["outcome"] if rows else None
        if said != outcome(status):
            missing.append((service, request, status, [row["outcome"] for row in rows]))
    assert missing == []
    named = [correlation for *_, correlation in run.ledger if correlation is not None]
    assert len(named) > 300


def outcome(status: int) -> str:
    if status < 400:
        return "allowed"
    if status in (401, 403, 404):
        return "denied"
    return "refused" if status < 500 else "failed"


async def assert_a_leak_would_be_found(run: Run) -> None:
    """The negative control: a canary planted in each kind of place is found there, and there."""
    word = next(iter(run.canaries.put)).encode()
    clinic, folder = run.clinic, ClinicFolder.at(run.clinic.data)
    seed = folder.secrets / "nats" / "intake.seed"
    async with connected(BusUser("intake", [clinic.record.nats], seed)) as client:
        await client.request("careteam.canary.intake", b"a planted " + word, timeout=5)
    (folder.logs / "intake.log").open("ab").write(b'{"event": "' + word + b'"}\n')
    async with database(clinic, "scheduling") as connection:
        await connection.execute(
            "UPDATE outbox SET payload = payload || $1 WHERE position = 1", b" " + word
        )
    async with database(clinic, "prescribing") as connection:
        seals, keyring = seals_of(clinic, "prescribing")
        keyring.open(await connection.fetchval("SELECT keyring_id FROM keyring_mark"))
        receipt = await connection.fetchrow("SELECT id, client_id FROM receipts LIMIT 1")
        said = seals.seal(b'"' + word + b'"', receipt["client_id"], INPUTS, receipt["id"])
        await connection.execute(
            "UPDATE receipts SET inputs = $1 WHERE id = $2", said, receipt["id"]
        )
    run.problems.append(b'{"detail": "' + word + b'"}')
    found = await leaks(run)
    places = {"the stream", "scheduling outbox", "answers to errors", "prescribing opened receipts"}
    assert places <= found.keys()
    assert not any("nats/store" in place for place in found), "on disk it is encrypted"
    assert any(place.endswith("logs/intake.log") for place in found)
