"""The axis of the label (42 CFR Part 2): who finds anything of a screening in any answer."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import httpx

from shared.access import Access, Allow, decide
from shared.storage import Actor
from tests.integration.access.cells import Matrix
from tests.integration.access.clinic import Clinic, Someone
from tests.integration.access.ways import Way

_TOLD: Final = "Redisclosed nowhere"
_FORM: Final = {
    "programme": "mood",
    "indications": ["depression"],
    "notes": _TOLD,
    "scores": [{"instrument": "audit", "score": 33}],
    "from_substance_use_programme": True,
}
_SCORE: Final = ">33 <"
"""How the page of scores shows it."""


async def label(clinic: Clinic) -> None:
    """Hand in a form that tells of substance use, in words that are nowhere else."""
    path = f"/api/v1/clients/{clinic.client_id}/screening"
    answer = await clinic.ask(clinic.team[0], "POST", path, json=_FORM)
    assert answer.status_code == 201, answer.text


async def take_the_consent_back(clinic: Clinic, course_id: str) -> None:
    consents = f"/api/v1/courses/{course_id}/consents"
    signed = (await clinic.ask(clinic.team[0], "GET", consents)).json()["items"][-1]
    path = f"/api/v1/consents/{signed['id']}/withdrawal"
    answer = await clinic.ask(clinic.team[0], "POST", path, json={"scopes": signed["scopes"]})
    assert answer.status_code == 200, answer.text


async def telling(matrix: Matrix) -> list[Way]:
    """The ways that tell of it to whoever may know; all others are asked once to be sure."""
    clinic = matrix.clinic
    asked = [
        (way, await clinic.ask(clinic.team[0], "GET", way.to(ids)))
        for way, ids in matrix.known.items()
    ]
    return [way for way, answer in asked if _tells(answer)]


async def read_what_is_labelled(
    matrix: Matrix, people: Iterable[Someone], ways: Iterable[Way], *, shared: bool
) -> set[str]:
    """Ask these ways as each of these people; return who found any of it.

    Nobody finds it whom the decision keeps from it, and the file is there for all others.
    """
    ways = list(ways)
    clinic = matrix.clinic
    access = Access(clinic.app.state.access["read_screening"], reading=True)
    resource = replace(await clinic.resource(), labelled=True, shared=shared)
    found = set()
    for who in people:
        may = isinstance(decide(Actor(who.role, who.ref), access, resource), Allow)
        for way in ways:
            answer = await clinic.ask(who, "GET", way.to(matrix.known[way]))
            tells = _tells(answer)
            is_file = way.path == "/api/v1/clients/{client_id}/screening"
            matrix.expect(who, way, tells is may if is_file else may or not tells, answer)
            if tells:
                found.add(who.token)
    return found


def _tells(answer: httpx.Response) -> bool:
    return _TOLD in answer.text or _SCORE in answer.text
