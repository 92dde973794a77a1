"""The banner over every page about a client: who it is, and how things stand."""

from typing import Any
from uuid import UUID

from services.scheduling.domain.authorisations import left_of, terms_in_force
from services.scheduling.persistence.unit_of_work import SqlSchedulingUnitOfWork as Uow
from services.scheduling.web.api import courses
from services.scheduling.web.course_views import CourseStandingView
from services.scheduling.web.pages.colleagues import colleagues_of
from shared.protocol import ConsentScope
from shared.web.calls import Call
from shared.web.pages.client import Ahead, Banner, Said, Supply, Team, known_client, oldest
from shared.web.pages.page import Page


async def banner_of(call: Call, stands: CourseStandingView, home: str) -> Banner:
    """What scheduling knows of the client, and for how long that has been so."""
    ages = {name: one.age_seconds for name, one in stands.freshness.items()}
    agreed = {one.id for one in stands.consents}
    return Banner(
        client=await known_client(call, stands.client_id),
        home=home,
        prescription=Said(await _supply(call, stands.course_id), ages["prescribing"]),
        consented=Said(ConsentScope.TREATMENT.value in agreed, ages["intake"]),
        approved_until=Said(
            stands.approval.valid_until if stands.approval else None, ages["intake"]
        ),
        team=Said(
            Team(therapist=stands.therapist_ref, prescriber=stands.prescriber_ref), ages["intake"]
        ),
        next_session=Said(_next(call, stands)),
        open_holds=Said(len(stands.open_holds), oldest(ages)),
    )


async def banner_over(course_id: UUID, page: Page) -> dict[str, Any]:
    """The banner of a page that is about a course, and not about one of its sessions."""
    stands = await courses.standing(course_id, page.call)
    return {
        "banner": await banner_of(page.call, stands, f"/courses/{course_id}"),
        "name_of": (await colleagues_of(page.call)).name_of,
    }


async def _supply(call: Call, course_id: UUID) -> Supply | None:
    async def read(uow: Uow) -> Supply | None:
        facts = await uow.facts.find(course_id)
        terms = terms_in_force(facts, uow.now) if facts else ()
        if facts is None or not terms:
            return None
        return Supply(
            until=max(one.valid_until for one in terms),
            sessions=sum(one.sessions_authorised for one in terms),
            left=left_of(facts, uow.now),
        )

    return await call.read(read)


def _next(call: Call, stands: CourseStandingView) -> Ahead | None:
    """The nearest session that has not begun and was not called off."""
    waiting = {"scheduled", "blocked", "checked_in", "ready"}
    ahead = [
        Ahead(kind=one.kind, starts_at=one.starts_at)
        for one in stands.sessions
        if one.status in waiting and one.starts_at >= call.context.now
    ]
    return min(ahead, key=lambda one: one.starts_at, default=None)
