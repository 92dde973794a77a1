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

from tests.integration.access.cells import Matrix
from tests.integration.access.clinic import (
    RELATED,
    Clinic,
    without_the_first_wall,
    without_the_second_wall,
)
from tests.integration.access.label import (
    label,
    read_what_is_labelled,
    take_the_consent_back,
    telling,
)
from tests.integration.access.seeds import SEEDS
from tests.support.nats_part import NatsPart
from tests.support.parts import FreshDatabase

pytestmark = [pytest.mark.real, pytest.mark.timeout(1200)]

SERVICES: Final = ("intake", "prescribing", "scheduling", "notifications")
NOBODYS: Final = "/clients/{client_id}/emergency-access"
"""A form that is the same for every id: nothing is asked about the client before it is sent."""
NOWHERE: Final = {
    "intake": {NOBODYS},
    "prescribing": {NOBODYS},
    "scheduling": {NOBODYS, "/roster/clinicians/{clinician_id}"},
    "notifications": {
        NOBODYS,
        "/escalations/{escalation_id}",
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
    if service == "intake":
        await _labelled(matrix, clinic)
    assert matrix.cells > 1000


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
