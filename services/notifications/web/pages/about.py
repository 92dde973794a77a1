"""What every page about an aftercare shows on top: who it is about, and how things stand."""

from typing import Any
from uuid import UUID

from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from services.notifications.web.api import aftercare, standing
from services.notifications.web.pages.names import names_of
from shared.web.calls import Call


async def about(aftercare_id: UUID, call: Call) -> dict[str, Any]:
    """The aftercare, its client, who is responsible, and what it still waits for."""
    plan = await aftercare.get_aftercare(aftercare_id, call)
    names = await names_of(call, [plan])

    async def team(uow: SqlNotificationsUnitOfWork) -> dict[str, UUID | None]:
        facts = await uow.course_facts.find(plan.course_id)
        known = None if facts is None else facts.care_team
        return {
            "therapist": None if known is None else known.therapist_ref,
            "prescriber": None if known is None else known.prescriber_ref,
        }

    service = call.service
    return {
        "plan": plan,
        "names": names,
        "identity": names.told.get(plan.client_id),
        "today": service.clock.now().astimezone(service.settings.zone).date(),
        "team": await call.read(team),
        "gates": await standing.session_gates(plan.session_id, call),
    }
