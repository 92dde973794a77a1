"""One client with a course in each service, made as that service's own tests make it."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

from careteam_contracts.enums import RecoveryOutcome
from tests.integration.access.clinic import ROLES, Clinic, Someone
from tests.integration.intake import clinic as intake
from tests.integration.intake import steps
from tests.integration.notifications import clinic as notifications
from tests.integration.notifications import happenings
from tests.integration.prescribing import clinic as prescribing
from tests.integration.prescribing.day import Day
from tests.integration.scheduling import care
from tests.integration.scheduling import clinic as scheduling
from tests.support.nats_part import NatsPart
from tests.support.postgres_part import ServiceDatabase
from tests.support.voices import REFS


def _team(refs: Mapping[str, UUID], named: str = "token-of-{}") -> list[Someone]:
    return [Someone(role, refs[role], named.format(role)) for role in ROLES]


@asynccontextmanager
async def _intake(database: ServiceDatabase, bus: NatsPart, folder: Path) -> AsyncIterator[Clinic]:
    async with intake.running_intake(database, bus, folder) as world:
        who = await steps.active(world)
        await world.post(
            "therapist", f"/courses/{who.course_id}/holds", {"category": "administrative"}
        )
        sharing = {"scopes": ["information_sharing"], "material_version": 1}
        await world.post(
            "nurse",
            f"/courses/{who.course_id}/consents",
            {**sharing, "substance_use_records": True},
        )
        await world.post("therapist", f"/courses/{who.course_id}/questions", {"text": "Why?"})
        yield Clinic(world.app, database, who.client_id, _team(intake.REFS, "{}"))


@asynccontextmanager
async def _prescribing(
    database: ServiceDatabase, bus: NatsPart, folder: Path
) -> AsyncIterator[Clinic]:
    async with prescribing.running_clinic(database, bus, folder) as world:
        day = Day(world)
        await day.dosed()
        await day.looked()
        holds = f"/courses/{day.person.course_id}/holds"
        await world.post(holds, {"category": "medical"}, role="nurse")
        yield Clinic(world.app, database, day.person.client_id, _team(REFS))


@asynccontextmanager
async def _scheduling(
    database: ServiceDatabase, bus: NatsPart, folder: Path
) -> AsyncIterator[Clinic]:
    async with scheduling.running_clinic(database, bus, folder) as world:
        person, _, _ = await care.until_recovering(world)
        path = f"/sessions/{person.session_id}"
        await world.do(f"{path}/notes", {"text": "Slept well."})
        await world.do(f"{path}/summary", {"text": "Calm."})
        yield Clinic(world.app, database, person.client_id, _team(REFS))


@asynccontextmanager
async def _notifications(
    database: ServiceDatabase, bus: NatsPart, folder: Path
) -> AsyncIterator[Clinic]:
    async with notifications.running_clinic(database, bus, folder) as world:
        person = world.person()
        await happenings.in_session(world, person)
        worse = happenings.checked(person, 1, RecoveryOutcome.ESCALATE)
        await world.tell(person, worse)
        await happenings.goes_home(world, person)
        yield Clinic(world.app, database, person.client_id, _team(REFS))


Seed = Callable[[ServiceDatabase, NatsPart, Path], AbstractAsyncContextManager[Clinic]]
SEEDS: Final[Mapping[str, Seed]] = {
    "intake": _intake,
    "prescribing": _prescribing,
    "scheduling": _scheduling,
    "notifications": _notifications,
}
