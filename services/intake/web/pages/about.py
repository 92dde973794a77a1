"""What every page about a course shows on top: who it is about, and how things stand."""

import asyncio
import time
from typing import Any
from uuid import UUID

from services.intake.web import clients, consents, courses, standing
from services.intake.web.consents import ConsentsView
from services.intake.web.standing import StandingView
from services.intake.web.views import ClientView, CourseInFullView
from shared.messaging.people import Person
from shared.messaging.standings import Standings
from shared.protocol import ConsentScope
from shared.web.calls import Call
from shared.web.pages.client import (
    Ahead,
    Banner,
    Said,
    Supply,
    Team,
    known_client,
    oldest,
    supply_of,
)


async def about(course_id: UUID, call: Call) -> dict[str, Any]:
    """The course, its client, their signatures, and what stands in the way."""
    course = await courses.course(course_id, call)
    client = await clients.client(course.client_id, call)
    consent = await consents.consents(course_id, call)
    stands = await standing.course_standing(course_id, call)
    return {
        "course": course,
        "client": client,
        "consent": consent,
        "standing": stands,
        "banner": await _banner(call, course, client, consent, stands),
    }


async def _banner(
    call: Call,
    course: CourseInFullView,
    client: ClientView,
    consent: ConsentsView,
    stands: StandingView,
) -> Banner:
    ages = {name: one.age_seconds for name, one in stands.freshness.items()}
    who = Person(
        name=client.name,
        date_of_birth=client.date_of_birth,
        timezone=client.timezone,
        told_at=time.monotonic(),
    )
    standings: Standings = call.service.standings
    known, prescribing = await asyncio.gather(
        known_client(call, client.id, own_person=who), standings.prescribing(course.id)
    )
    ahead = course.next_session
    approval = course.approval
    return Banner(
        client=known,
        home=f"/courses/{course.id}",
        prescription=supply_of(prescribing)
        or Said(
            Supply(until=course.prescribed_until) if course.prescribed_until else None,
            ages["prescribing"],
        ),
        consented=Said(consent.scopes[ConsentScope.TREATMENT] == "granted"),
        approved_until=Said(approval.valid_until if approval and approval.current else None),
        team=Said(Team(therapist=course.therapist_ref, prescriber=course.prescriber_ref)),
        next_session=Said(
            Ahead(kind=ahead.kind, starts_at=ahead.starts_at) if ahead else None,
            ages["scheduling"],
        ),
        open_holds=Said(course.open_holds, oldest(ages)),
    )
