"""The people of the clinic as scheduling knows them: who signs in, and who is in the roster."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.scheduling.domain.roles import Role
from services.scheduling.web.api import roster
from services.scheduling.web.roster_views import ClinicianView
from shared.web.calls import Call
from shared.web.people import Directory, Person

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Colleagues:
    """``people`` sign in; who is only in the roster is booked and named, and never signs."""

    people: Sequence[Person]
    roster: Sequence[ClinicianView]

    def name_of(self, ref: object) -> str:
        """The name, else a short id; of nobody, nothing."""
        if not ref:
            return ""
        names = {str(one.id): one.name for one in self.roster}
        names |= {str(one.ref): one.name for one in self.people}
        return names.get(str(ref), str(ref)[-8:])

    def in_roster(self, *roles: Role) -> list[tuple[str, str]]:
        """Whom a session can be booked with, by name."""
        found = [(str(one.id), one.name) for one in self.roster if one.role in roles]
        return sorted(found, key=lambda one: one[1])

    def outside(self, *roles: Role) -> list[Person]:
        """Who signs in with one of these roles and is not in the roster yet."""
        known = {one.id for one in self.roster}
        return [one for one in self.people if one.role in roles and one.ref not in known]


async def colleagues_of(call: Call) -> Colleagues:
    """Everybody whom a page may have to name or to offer."""
    directory: Directory = call.request.app.state.directory
    return Colleagues(directory.everyone(), (await roster.clinicians(call, MOST)).items)
