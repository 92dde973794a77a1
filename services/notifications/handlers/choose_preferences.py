"""Each person chooses for themselves what their inbox leaves out."""

from dataclasses import dataclass

from services.notifications.domain.alerts import AlertKind
from services.notifications.domain.staff_preferences import StaffPreferences, choose
from services.notifications.handlers.ports import UnitOfWork
from shared.decisions import refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoosePreferences:
    muted: tuple[AlertKind, ...]


async def choose_preferences(command: ChoosePreferences, uow: UnitOfWork) -> StaffPreferences:
    """The signed-in person's own choice, whole."""
    if uow.actor.ref is None:
        refuse("person-not-named", "F36")
    known = await uow.staff_preferences.find(uow.actor.ref)
    state = StaffPreferences(id=uow.actor.ref) if known is None else known
    return await uow.staff_preferences.save(choose(state, command.muted))
