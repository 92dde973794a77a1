"""E1: nobody reads or changes a client of somebody else, by any route of any service.

Each service has one client with everything that a course leaves behind. Whoever treats reads all of
it; whoever does not finds nothing: not by the ids, not in a list, not under another status. With
both walls, and with either of them alone.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from tests.integration.access.axes import (
    compare_statements,
    find_nobody,
    look_at_numbers,
    name_the_client_inside,
    send_forms,
)
from tests.integration.access.cells import Matrix
from tests.integration.access.clinic import (
    RELATED,
    Clinic,
    without_the_first_wall,
    without_the_second_wall,
)
from tests.integration.access.forgeries import name_versions, search, write_forms_by_hand
from tests.integration.access.label import (
    label,
    read_what_is_labelled,
    take_the_consent_back,
    telling,
)
from tests.integration.access.scene import WHY
from tests.integration.access.seeds import SEEDS
from tests.support.nats_part import NatsPart
from tests.support.parts import FreshDatabase

pytestmark = [pytest.mark.real, pytest.mark.timeout(1200)]

SERVICES: Final = ("intake", "prescribing", "scheduling", "notifications")
NOBODYS: Final = "/clients/{client_id}/emergency-access"
"""A form that is the same for every id: nothing is asked about the client before it is sent."""
NOWHERE: Final = {
    "intake": {NOBODYS, "/api/v1/erasures/{erasure_id}"},
    "prescribing": {NOBODYS},
    "scheduling": {NOBODYS, "/roster/clinicians/{clinician_id}"},
    "notifications": {
        NOBODYS,
        "/integrators/{integrator_id}",
        "/api/v1/integrators/{integrator_id}",
        "/api/v1/integrators/{integrator_id}/deliveries",
    },
}
"""Ways with an id that lead to nothing of this client's."""
NOT_AS_FAR: Final[dict[str, set[str]]] = {
    "intake": {"POST /api/v1/courses/{course_id}/psychological-evaluation"},
    "prescribing": {"POST /api/v1/courses/{course_id}/prescriptions"},
    "scheduling": set(),
    "notifications": set(),
}
"""Commands whose body no schema can make up: its own rules are asked before the record."""


@pytest.fixture(params=SERVICES)
async def clinic(
    request: Any, bus: NatsPart, fresh_database: FreshDatabase, tmp_path: Path
) -> AsyncIterator[Clinic]:
    bus.renew_stream()
    database = fresh_database(request.param)
    async with SEEDS[request.param](database, bus, tmp_path) as made:
        await made.begin()
        yield made


@asynccontextmanager
async def walls(clinic: Clinic, standing: str) -> AsyncIterator[None]:
    match standing:
        case "the second alone":
            with without_the_first_wall():
                yield
        case "the first alone":
            async with without_the_second_wall(clinic.database):
                yield
        case _:
            yield


async def test_every_way_for_every_role_and_relation(clinic: Clinic) -> None:
    service = clinic.database.service
    matrix = await Matrix.of(clinic)
    assert matrix.nowhere == NOWHERE[service]
    await matrix.read(clinic.team)
    assert matrix.wrong == []
    for standing in ("both", "the second alone", "the first alone"):
        async with walls(clinic, standing):
            await matrix.read(clinic.others)
            await _other_relations(matrix, clinic)
            unreached = await matrix.command(clinic.others)
        assert matrix.wrong == [], standing
        assert unreached == NOT_AS_FAR[service], standing
    others = clinic.others
    assert await send_forms(matrix, others) > 0
    inside = await name_the_client_inside(matrix, others)
    assert (inside > 0) is (service == "scheduling")
    assert await look_at_numbers(matrix, others) > 0
    assert await compare_statements(matrix, others[:1]) > 0
    assert await name_versions(matrix, others) > 0
    assert await search(matrix, others) > 0
    assert await write_forms_by_hand(matrix, clinic.team) > 0
    assert matrix.wrong == []
    await _in_an_emergency(matrix, clinic)
    await _with_both_walls_down(matrix, clinic)
    if service != "intake":
        await _in_doubt(matrix, clinic)
    if service == "intake":
        await _labelled(matrix, clinic)
    await _erased(matrix, clinic)
    assert matrix.cells > 1000


async def _in_an_emergency(matrix: Matrix, clinic: Clinic) -> None:
    """E9: whoever has opened the record reads all of it and does nothing, and for an hour only."""
    path = f"/api/v1/clients/{clinic.client_id}/emergency-access"
    one = clinic.others[:1]
    assert (await clinic.ask(one[0], "POST", path, json=WHY)).status_code == 201
    await matrix.read(one, lists_too=False, emergency=True)
    await send_forms(matrix, one, who_may_read=True)
    await clinic.let_time_run_out()
    await matrix.read(one, lists_too=False)
    assert matrix.wrong == []


async def _with_both_walls_down(matrix: Matrix, clinic: Clinic) -> None:
    """What would be seen if either wall alone did not hold: each test above would turn red."""
    with without_the_first_wall():
        async with without_the_second_wall(clinic.database):
            await matrix.read(clinic.others[:1], lists_too=False)
    for_them = [way for way in matrix.known if clinic.others[0].role in way.action.roles]
    assert len(matrix.wrong) > len(for_them) / 2
    matrix.wrong.clear()


async def _in_doubt(matrix: Matrix, clinic: Clinic) -> None:
    """Reliability, section 3: who was on the team a minute ago reads nothing, and is told why."""

    async def silent(_connection: Any) -> float | None:
        return 61.0

    await clinic.forget_that_they_are_here()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clinic.service.watermarks, "team_age", silent)
        await matrix.read(clinic.team[:1], team_known=False)
    assert matrix.wrong == []


async def _erased(matrix: Matrix, clinic: Clinic) -> None:
    """Reliability 2.8: whoever was erased never was there, for those of the team as well."""
    people = [*clinic.team, *clinic.others[:1]]
    assert await find_nobody(matrix, people[:1], acting=False) > 0
    assert matrix.wrong, "before the erasure they are found"
    matrix.wrong.clear()
    await clinic.service.transactions.run(lambda uow: uow.erase(clinic.client_id))
    assert await find_nobody(matrix, people) > 50
    assert await compare_statements(matrix, people) > 0
    assert matrix.wrong == []


async def _labelled(matrix: Matrix, clinic: Clinic) -> None:
    """42 CFR Part 2: with the client's consent to share it, and when it was taken back."""
    await label(clinic)
    (course_id,) = matrix.kinds["course_id"]
    people = [*clinic.team, *clinic.others]
    ways = await telling(matrix)
    for shared in (True, False):
        named = {"therapist", "prescriber"}
        for standing in ("both", "the second alone", "the first alone"):
            async with walls(clinic, standing):
                found = await read_what_is_labelled(matrix, people, ways, shared=shared)
            assert matrix.wrong == [], (standing, shared)
            assert found == (named | {"nurse"} if shared else named), (standing, shared)
        if shared:
            await take_the_consent_back(clinic, course_id)
    assert await read_what_is_labelled(matrix, people[2:], matrix.known, shared=False) == set()
    assert matrix.wrong == []
    with without_the_first_wall():
        async with without_the_second_wall(clinic.database):
            found = await read_what_is_labelled(matrix, people, ways, shared=False)
    assert found > named
    assert matrix.wrong


async def _other_relations(matrix: Matrix, clinic: Clinic) -> None:
    """Ended for the one and own for the other, then open to both."""
    for role, mine, theirs in zip(RELATED, clinic.team, clinic.others, strict=False):
        await clinic.place(role, theirs.ref)
        await matrix.read([mine, theirs])
        await clinic.place(role, None)
        await matrix.read([mine, theirs])
        await clinic.place(role, mine.ref)
