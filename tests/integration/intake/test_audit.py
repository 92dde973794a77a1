"""The edge and the audit chain: one row for what anybody tries, and no answer without it."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from shared.audit import Entry, KeyRing, Outcome
from shared.audit.chain import KEY_CHANGED
from shared.audit.verification import Row, Verified, verify
from shared.runtime.ids import new_id
from shared.storage import AuditTrail
from shared.storage.driver import driver_of
from tests.integration.intake import steps
from tests.integration.intake.clinic import REFS, Intake
from tests.support.auditing import KEY, RING, audit_key_file, audited

pytestmark = pytest.mark.real

CLIENT = {
    "name": "Avery Example",
    "date_of_birth": "1980-06-01",
    "channel_consent": {"sms": False, "email": False, "voice": False},
}


async def rows_of(intake: Intake) -> list[Row]:
    found = await intake.rows(
        "SELECT sequence, body, clients, key_id, digest FROM audit_chain ORDER BY sequence"
    )
    return [Row(r[0], r[1], frozenset(r[2]), r[3], bytes(r[4])) for r in found]


async def whole(intake: Intake, keys: KeyRing = RING) -> Verified:
    return verify("intake", await rows_of(intake), keys, ())


async def asked(intake: Intake, role: str, method: str, path: str, **more: Any) -> tuple[int, Any]:
    """The status, and what the chain tells of that request."""
    response = await intake.http.request(
        method, f"/api/v1{path}", headers={"Authorization": f"Bearer {role}"}, **more
    )
    correlation = response.headers["correlation-id"]
    return response.status_code, await audited(intake.service, correlation=correlation)


async def test_each_way_to_end_is_one_row(intake: Intake) -> None:
    who = await steps.register(intake)
    nobody = new_id()
    client = f"/clients/{who.client_id}"
    cases: list[tuple[str, str, str, dict[str, Any], int, str]] = [
        ("therapist", "GET", client, {}, 200, "allowed"),
        ("therapist", "GET", f"/clients/{nobody}", {}, 404, "denied"),
        ("front_desk", "GET", f"{client}/screening", {}, 403, "denied"),
        ("front_desk", "POST", "/clients", {"json": {"name": 7}}, 422, "refused"),
        ("front_desk", "POST", "/clients", {"json": CLIENT}, 201, "allowed"),
        (
            "therapist",
            "POST",
            f"/courses/{who.course_id}/close",
            {"json": {"outcome": "completed"}},
            409,
            "refused",
        ),
    ]
    for role, method, path, more, status, outcome in cases:
        answered, told = await asked(intake, role, method, path, **more)
        assert answered == status, path
        assert [one["outcome"] for one in told] == [outcome], path
        assert (told[0]["role"], told[0]["ref"]) == (role, str(REFS[role]))
    assert (await whole(intake)).holds


async def test_a_row_names_the_clients_that_a_list_shows(intake: Intake) -> None:
    people = [await steps.register(intake, name="Listed Person") for _ in range(3)]
    status, (told,) = await asked(intake, "therapist", "GET", "/clients?name=Listed+Person")
    assert status == 200
    assert told["clients"] == sorted(str(who.client_id) for who in people)
    assert "Listed" not in str(told)


async def test_a_command_keeps_a_digest_of_its_key_and_its_receipts(intake: Intake) -> None:
    who = await steps.awaiting(intake)
    await steps.assessed(intake, who)
    headers = {"Authorization": "Bearer front_desk", "Idempotency-Key": "Casey-was-here"}
    done = await intake.http.post("/api/v1/clients", json=CLIENT, headers=headers)
    (told,) = await audited(intake.service, correlation=done.headers["correlation-id"])
    assert len(told["command"]) == 16
    assert "Casey" not in str(await rows_of(intake))


def as_the_network_sees_it(intake: Intake) -> httpx.AsyncClient:
    """A client that gets the answer to an error of ours, where the test's own gets the error."""
    transport = httpx.ASGITransport(intake.app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://intake", timeout=30)


@asynccontextmanager
async def unwritable(intake: Intake) -> AsyncIterator[None]:
    owner = await intake.database.connect("owner")
    app = f'"{intake.database.service}_app"'
    try:
        await owner.execute(f"REVOKE INSERT ON audit_chain FROM {app}")
        yield
    finally:
        await owner.execute(f"GRANT INSERT ON audit_chain TO {app}")
        await owner.close()


async def test_without_its_row_nothing_is_shown_and_nothing_is_done(intake: Intake) -> None:
    """F1: no access row, no response; in either way, also where access is refused anyway."""
    who = await steps.register(intake, name="Hidden Name")
    count = "SELECT count(*) FROM clients"
    ((before,),) = await intake.rows(count)
    as_desk = {"Authorization": "Bearer front_desk"}
    async with unwritable(intake), as_the_network_sees_it(intake) as quiet:
        for method, path, body in (
            ("GET", f"/clients/{who.client_id}", None),
            ("GET", "/clients", None),
            ("POST", "/clients", CLIENT),
            ("POST", "/clients", {"name": 7}),
            ("GET", f"/clients/{who.client_id}/screening", None),
            ("GET", "/operations/status", None),
        ):
            answer = await quiet.request(method, f"/api/v1{path}", json=body, headers=as_desk)
            assert answer.status_code == 500, path
            assert "Hidden" not in answer.text
    assert (await intake.rows(count))[0][0] == before
    answer = await intake.http.get(f"/api/v1/clients/{who.client_id}", headers=as_desk)
    assert answer.json()["name"] == "Hidden Name"


async def test_many_at_once_make_one_line(intake: Intake) -> None:
    who = await steps.register(intake)
    before = (await whole(intake)).rows
    await asyncio.gather(
        *(intake.get("therapist", f"/clients/{who.client_id}") for _ in range(30)),
        *(intake.post("front_desk", "/clients", CLIENT) for _ in range(10)),
    )
    after = await whole(intake)
    assert (after.holds, after.rows) == (True, before + 40)


async def test_a_command_of_several_transactions_has_a_row_with_each_that_changed(
    intake: Intake,
) -> None:
    """Closing asks peers between two commits: what is committed first is told of as well."""
    who = await steps.active(intake)
    status, told = await asked(
        intake,
        "therapist",
        "POST",
        f"/courses/{who.course_id}/close",
        json={"outcome": "clinician_stopped"},
    )
    assert len(told) >= 2, (status, told)
    assert {one["action"] for one in told} == {told[0]["action"]}
    assert all(one["clients"] == [str(who.client_id)] for one in told[:2])


async def test_two_replicas_and_what_was_undone_leave_one_line(
    intake: Intake, tmp_path: Path
) -> None:
    """Each remembers where it left the chain: the other was there since, or its row was undone."""
    await steps.register(intake)
    trails = [AuditTrail("intake", audit_key_file(tmp_path)) for _ in range(2)]
    before, chance = (await whole(intake)).rows, random.Random(7)
    database, now = intake.service.database, intake.service.clock.now()

    async def adds(trail: AuditTrail, entries: int, *, undone: bool) -> int:
        entry = Entry(
            action="try",
            outcome=Outcome.ALLOWED,
            role="nurse",
            ref=REFS["nurse"],
            why="role",
            clinic_time=now,
            correlation_id=new_id(),
        )
        async with database.engine.connect() as connection:
            await connection.execute(sa.text("SELECT 1"))
            await trail.add(driver_of(connection), [entry] * entries)
            await asyncio.sleep(0)
            await (connection.rollback() if undone else connection.commit())
        return 0 if undone else entries

    def some(count: int) -> list[Any]:
        return [
            adds(chance.choice(trails), chance.choice((1, 1, 2)), undone=chance.random() < 0.3)
            for _ in range(count)
        ]

    one_by_one = sum([await one for one in some(40)])
    at_once = sum(await asyncio.gather(*some(60)))
    after = await whole(intake)
    assert (after.holds, after.rows) == (True, before + one_by_one + at_once)


async def test_a_new_key_begins_with_an_entry_made_with_the_old_one(
    intake: Intake, tmp_path_factory: pytest.TempPathFactory
) -> None:
    await steps.register(intake)
    file = tmp_path_factory.mktemp("keys") / "audit.key"
    file.write_text(f"{KEY}\n{'a1' * 32}\n")
    trail, service = AuditTrail("intake", file), intake.service
    made: list[Any] = []
    async with service.database.engine.begin() as connection:
        await connection.execute(sa.text("SELECT 1"))
        uow = service._open(connection, service.transactions.context())
        uow.told("identity", client_id=new_id(), role="nurse", ref=REFS["nurse"])
        made = uow.accounted
        await trail.add(driver_of(connection), made)
    rows = await rows_of(intake)
    assert KEY_CHANGED in rows[-2].body
    assert rows[-2].key_id != rows[-1].key_id
    both = KeyRing.of([KEY, "a1" * 32], "both")
    assert (await whole(intake, both)).holds
    assert not (await whole(intake)).holds
    # A process that does not know the new key can add nothing to this chain.
    async with as_the_network_sees_it(intake) as quiet:
        response = await quiet.get("/api/v1/clients", headers={"Authorization": "Bearer nurse"})
    assert response.status_code == 500
