"""What every page about an aftercare shows on top: who it is about, and how things stand."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.notifications.domain.facts import NO_TEAM, CourseFacts
from services.notifications.domain.session_reading import booking_of, is_off, started_at
from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from services.notifications.web.api import aftercare, standing
from services.notifications.web.pages.names import Names
from services.notifications.web.views import AftercareView
from shared.messaging.people import seconds_since
from shared.messaging.standings import Standings
from shared.web.calls import Call
from shared.web.pages.client import Ahead, Banner, Said, Team, known_client, oldest, supply_of
from shared.web.pages.page import Page


async def about(aftercare_id: UUID, call: Call) -> dict[str, Any]:
    """The aftercare, its client, who is responsible, and what it still waits for."""
    plan = await aftercare.get_aftercare(aftercare_id, call)
    gates = await standing.session_gates(plan.session_id, call)
    banner = await _banner(call, plan, {k: one.age_seconds for k, one in gates.freshness.items()})
    who = banner.client.person
    known = {} if who is None else {plan.client_id: who.value}
    return {
        "plan": plan,
        "names": Names(known, missing=who is None),
        "gates": gates,
        "banner": banner,
    }


async def banner_over(course_id: UUID, page: Page) -> dict[str, Any]:
    """The banner of a page that is about a course: there is one once it has had an aftercare."""
    plans = await aftercare.list_aftercare(page.call, course_id=course_id, limit=200)
    return await about(plans.items[-1].id, page.call) if plans.items else {}


async def _banner(call: Call, plan: AftercareView, ages: Mapping[str, float | None]) -> Banner:
    """Approval, consent and prescription are no concern of this service: it asks for them."""

    async def read(uow: SqlNotificationsUnitOfWork) -> CourseFacts | None:
        return await uow.course_facts.find(plan.course_id)

    standings: Standings = call.service.standings
    client, intake, prescribing, facts = await asyncio.gather(
        known_client(call, plan.client_id),
        standings.intake(plan.course_id),
        standings.prescribing(plan.course_id),
        call.read(read),
    )
    team = facts.care_team if facts else NO_TEAM
    return Banner(
        client=client,
        home=f"/aftercare/{plan.id}",
        prescription=supply_of(prescribing),
        consented=Said(intake.consented, seconds_since(intake.told_at)) if intake else None,
        approved_until=Said(intake.approved_until, seconds_since(intake.told_at))
        if intake
        else None,
        team=Said(
            Team(therapist=team.therapist_ref, prescriber=team.prescriber_ref), ages["intake"]
        ),
        next_session=Said(_next(facts, call.context.now), ages["scheduling"]),
        open_holds=Said(len(facts.holds.open) if facts else 0, oldest(ages)),
    )


def _next(facts: CourseFacts | None, now: datetime) -> Ahead | None:
    """The nearest session that was told and has neither begun nor been called off."""
    ahead = []
    for session in facts.sessions.values() if facts else ():
        booked = booking_of(session)
        if booked is None or is_off(session) or started_at(session) is not None:
            continue
        if booked.starts_at >= now:
            ahead.append(Ahead(kind=session.kind or "session", starts_at=booked.starts_at))
    return min(ahead, key=lambda one: one.starts_at, default=None)
