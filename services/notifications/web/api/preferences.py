"""What the signed-in person does not want in their inbox. Safety cannot be turned off."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.notifications.domain.alerts import AlertKind
from services.notifications.domain.staff_preferences import OPTIONAL, StaffPreferences
from services.notifications.handlers.choose_preferences import (
    ChoosePreferences,
    choose_preferences,
)
from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from services.notifications.web.api.bodies import PreferencesBody
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(prefix="/preferences", tags=["preferences"])


class PreferencesView(BaseModel):
    """``optional`` is what may be turned off; everything else is always told."""

    muted: list[AlertKind]
    optional: list[AlertKind]
    always_told: list[AlertKind]


@router.get("", responses=problems())
async def get_preferences(
    call: Annotated[Call, Depends(calling("see_preferences"))],
) -> PreferencesView:
    """The signed-in person's choice."""

    async def read(uow: SqlNotificationsUnitOfWork) -> PreferencesView:
        ref = call.actor.ref
        return preferences_view(None if ref is None else await uow.staff_preferences.find(ref))

    return await call.read(read)


@router.post("", responses=problems(409))
async def choose(
    body: PreferencesBody, call: Annotated[Call, Depends(calling("choose_preferences"))]
) -> PreferencesView:
    """Turn these kinds off, and all others on."""
    return await call.run(choose_preferences, ChoosePreferences(muted=body.muted), preferences_view)


def preferences_view(chosen: StaffPreferences | None) -> PreferencesView:
    return PreferencesView(
        muted=[] if chosen is None else list(chosen.muted),
        optional=sorted(OPTIONAL),
        always_told=sorted(set(AlertKind) - OPTIONAL),
    )
