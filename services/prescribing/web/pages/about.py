"""What every page about a course shows on top: who it is about, and how things stand here."""

from typing import Any
from uuid import UUID

from services.prescribing.domain.course_facts import CourseFacts
from services.prescribing.domain.medical_assessment import recorded_allergies
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.web.api import standing
from services.prescribing.web.views.decisions import StandingView
from shared.messaging.people import People, Person
from shared.protocol import ConsentScope, HoldBlock, Role
from shared.web.pages.client import Ahead, Banner, Said, Supply, Team, known_client, oldest
from shared.web.pages.page import Page

WITNESSES = (Role.NURSE, Role.PRESCRIBER, Role.THERAPIST, Role.ON_CALL)


async def about(page: Page, course_id: UUID) -> dict[str, Any]:
    """The course's standing, the banner over it, and the holds that others have placed."""
    stands = await standing.course_standing(course_id, page.call)

    async def read(
        uow: SqlPrescribingUnitOfWork,
    ) -> tuple[CourseFacts, tuple[str, ...] | None]:
        assessments = await uow.assessments.list_by(client_id=stands.client_id)
        return await uow.course(course_id), recorded_allergies(assessments)

    facts, allergies = await page.call.read(read)
    return {
        "standing": stands,
        "foreign_holds": [told.value for told in facts.open_holds(*HoldBlock)],
        "banner": await _banner(page, stands, facts, allergies),
    }


async def who(page: Page, client_ids: list[UUID]) -> dict[UUID, Person]:
    """The clients that intake names to this person."""
    people: People = page.call.service.people
    return await people.who(client_ids, page.call.actor)


def witnesses(page: Page) -> list[tuple[UUID, str]]:
    """Everybody else who may have watched."""
    people = [one for role in WITNESSES for one in page.people(role)]
    return [(ref, name) for ref, name in people if ref != page.call.actor.ref]


async def _banner(
    page: Page, stands: StandingView, facts: CourseFacts, allergies: tuple[str, ...] | None
) -> Banner:
    now = page.call.context.now
    ages = {name: one.age_seconds for name, one in stands.freshness.items()}
    approval = facts.approval_at(now)
    team = facts.care_team.told
    active = [rx for rx in stands.prescriptions if rx.status == "active"]
    foreign = facts.open_holds(*HoldBlock)
    return Banner(
        client=await known_client(page.call, stands.client_id, own_allergies=Said(allergies)),
        home=f"/courses/{stands.course_id}",
        prescription=Said(
            Supply(
                until=active[-1].valid_until,
                sessions=active[-1].sessions_authorised,
                left=active[-1].left,
            )
            if active
            else None
        ),
        consented=Said(facts.consent_at(ConsentScope.TREATMENT, now) is not None, ages["intake"]),
        approved_until=Said(approval.value if approval else None, ages["intake"]),
        team=Said(
            Team(therapist=team.value.therapist_ref, prescriber=team.value.prescriber_ref)
            if team
            else Team(),
            ages["intake"],
        ),
        next_session=Said(_next(page, facts), ages["scheduling"]),
        open_holds=Said(len(stands.open_holds) + len(foreign), oldest(ages)),
    )


def _next(page: Page, facts: CourseFacts) -> Ahead | None:
    """The nearest session that scheduling told and that has neither begun nor been called off."""
    ahead = [
        Ahead(kind=one.kind or "session", starts_at=one.window.told.value.starts_at)
        for one in facts.sessions.values()
        if one.window.told is not None and one.off is None and one.started is None
    ]
    now = page.call.context.now
    later = [one for one in ahead if one.starts_at >= now]
    return min(later, key=lambda one: one.starts_at, default=None)
