"""What every page about a course shows on top: who it is about, and how things stand here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.prescribing.domain.answers_of_peers import Identity
from services.prescribing.domain.course_facts import OthersHold
from services.prescribing.domain.medical_assessment import recorded_allergies
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.web.api import standing
from shared.protocol import ConsentScope, HoldBlock, Role
from shared.web.pages.page import Page

WITNESSES = (Role.NURSE, Role.PRESCRIBER, Role.THERAPIST, Role.ON_CALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """Beside what the course's standing says: who the client is, and what others have told.

    ``allergies`` is None until somebody asked the client. ``age`` is in whole years, today.
    """

    who: Identity | None
    age: int | None
    allergies: tuple[str, ...] | None
    approved_until: datetime | None
    consented_until: datetime | None
    prescriber_ref: UUID | None
    foreign_holds: tuple[OthersHold, ...]


async def about(page: Page, course_id: UUID) -> dict[str, Any]:
    """The course's standing and the banner over it."""
    stands = await standing.course_standing(course_id, page.call)
    return {"standing": stands, "banner": await _banner(page, course_id, stands.client_id)}


async def who(page: Page, client_ids: list[UUID]) -> dict[UUID, Identity]:
    """The clients that intake names to this person."""
    known: dict[UUID, Identity] = await page.call.service.peers.who(client_ids, page.call.actor)
    return known


def witnesses(page: Page) -> list[tuple[UUID, str]]:
    """Everybody else who may have watched."""
    people = [one for role in WITNESSES for one in page.people(role)]
    return [(ref, name) for ref, name in people if ref != page.call.actor.ref]


async def _banner(page: Page, course_id: UUID, client_id: UUID) -> Banner:
    identity = (await who(page, [client_id])).get(client_id)
    today = page.call.context.now.astimezone(page.call.service.settings.zone).date()

    async def read(uow: SqlPrescribingUnitOfWork) -> Banner:
        course = await uow.course(course_id)
        approval = course.approval_at(uow.now)
        consent = course.consent_at(ConsentScope.TREATMENT, uow.now)
        team = course.care_team.told
        return Banner(
            who=identity,
            age=identity.age_on(today) if identity else None,
            allergies=recorded_allergies(await uow.assessments.list_by(client_id=client_id)),
            approved_until=approval.value if approval else None,
            consented_until=consent.value if consent else None,
            prescriber_ref=team.value.prescriber_ref if team else None,
            foreign_holds=tuple(told.value for told in course.open_holds(*HoldBlock)),
        )

    return await page.call.read(read)
