"""A client of one therapist in scheduling, another therapist, and whoever runs the clinic."""

from typing import Any, Final

from tests.integration.access.clinic import Clinic, Someone
from tests.integration.scheduling.clinic import World
from tests.integration.scheduling.people import Person
from tests.support.voices import REFS

WHY: Final = {
    "reason": "medical_emergency",
    "explanation": "Found collapsed in the corridor.",
}


class Scene:
    """A client of the clinic's therapist, and another therapist."""

    def __init__(self, world: World, clinic: Clinic, person: Person) -> None:
        self.world, self.clinic, self.person = world, clinic, person
        self.mine = Someone("therapist", REFS["therapist"], "token-of-therapist")
        self.other = clinic.others[0]
        self.operator = Someone("operator", REFS["operator"], "token-of-operator")
        self.course = f"/api/v1/courses/{person.course_id}/standing"

    async def sees(self, who: Someone) -> int:
        return (await self.clinic.ask(who, "GET", self.course)).status_code

    async def breaks_glass(self, who: Someone, **more: Any) -> Any:
        path = f"/api/v1/clients/{self.person.client_id}/emergency-access"
        return await self.clinic.ask(who, "POST", path, json={**WHY, **more})
