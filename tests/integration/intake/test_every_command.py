"""Every command of intake over HTTP: keys, versions, unknown things and unknown fields.

One table of commands, each on a client for whom it is allowed.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest

from shared.runtime.ids import new_id
from tests.integration.intake import steps
from tests.integration.intake.clinic import REFS, Intake, ProblemError, Whose

pytestmark = pytest.mark.real

Body = dict[str, Any]
Ready = Callable[[Intake], Awaitable[Whose]]


@dataclass(frozen=True)
class Command:
    """A path with the client's or the course's id, who calls it, and what they send."""

    role: str
    path: str
    body: Body
    ready: Ready
    other: Body


async def screened(intake: Intake) -> Whose:
    who = await steps.register(intake)
    await steps.assign(intake, who)
    await steps.screen(intake, who)
    return who


FORM: Final[Body] = {"programme": "mood", "indications": ["anxiety"]}
PLAN: Final[Body] = {"outcome": "suitable", "planned_sessions": 3, "goals": "rest"}
SIGNED: Final[Body] = {"scopes": ["treatment"], "material_version": 1}
SCOPES: Final[Body] = {"scopes": ["information_sharing"]}
COMMANDS: Final = [
    Command(
        "front_desk",
        "/clients/{client}/contact-preferences",
        {"voice": True},
        steps.register,
        {"voice": False},
    ),
    Command(
        "front_desk",
        "/clients/{client}/contact-details",
        {"language": "es"},
        steps.register,
        {"language": "en"},
    ),
    Command(
        "nurse", "/clients/{client}/screening", FORM, steps.register, {**FORM, "notes": "more"}
    ),
    Command(
        "front_desk",
        "/courses/{course}/care-team",
        {"therapist_ref": str(REFS["therapist"])},
        steps.register,
        {"therapist_ref": str(REFS["on_call"])},
    ),
    Command(
        "therapist",
        "/courses/{course}/psychological-evaluation",
        PLAN,
        screened,
        {**PLAN, "planned_sessions": 4},
    ),
    Command(
        "nurse", "/courses/{course}/preferences", {"music": False}, steps.register, {"music": True}
    ),
    Command("nurse", "/courses/{course}/questions", {"text": "why"}, steps.register, {"text": "?"}),
    Command("nurse", "/courses/{course}/consent-offers", SCOPES, steps.register, SIGNED),
    Command(
        "therapist",
        "/courses/{course}/consents",
        SIGNED,
        steps.approved,
        {**SIGNED, "scopes": ["information_sharing"]},
    ),
    Command(
        "therapist",
        "/courses/{course}/consent-material",
        {"material_version": 2},
        steps.register,
        {"material_version": 3},
    ),
    Command("on_call", "/courses/{course}/consent-withdrawal", SCOPES, steps.register, {}),
    Command(
        "therapist",
        "/courses/{course}/holds",
        {"category": "administrative"},
        steps.register,
        {"category": "suicidality"},
    ),
    Command(
        "therapist",
        "/courses/{course}/close",
        {"outcome": "client_stopped"},
        steps.in_care,
        {"outcome": "transferred"},
    ),
]


def path(command: Command, who: Whose) -> str:
    return command.path.format(client=who.client_id, course=who.course_id)


async def test_the_same_key_does_it_once_and_another_body_is_refused(intake: Intake) -> None:
    for command in COMMANDS:
        who = await command.ready(intake)
        key = {"Idempotency-Key": f"once-{new_id()}"}
        first = await intake.post(command.role, path(command, who), command.body, **key)
        told = await intake.told(who)
        again = await intake.post(command.role, path(command, who), command.body, **key)
        assert again == first, command.path
        assert await intake.told(who) == told, command.path
        with pytest.raises(ProblemError) as reused:
            await intake.post(command.role, path(command, who), command.other, **key)
        assert reused.value.status == 422, command.path


async def test_what_is_not_there_is_404_and_an_unknown_field_is_422(intake: Intake) -> None:
    nobody = Whose(new_id(), new_id())
    for command in COMMANDS:
        missing = await intake.refused(command.role, path(command, nobody), command.body)
        assert missing.status == 404, command.path
        odd = {**command.body, "more": 1}
        refused = await intake.refused(command.role, path(command, nobody), odd)
        assert refused.status == 422, command.path
        assert "body.more" in {error["field"] for error in refused.problem["errors"]}


async def test_an_outdated_version_changes_nothing(intake: Intake) -> None:
    for command in COMMANDS:
        who = await command.ready(intake)
        told = await intake.told(who)
        with pytest.raises(ProblemError) as stale:
            await intake.post(
                command.role, path(command, who), command.body, **{"If-Match": '"99"'}
            )
        assert stale.value.status == 412, command.path
        assert await intake.told(who) == told, command.path


async def test_a_board_finds_courses_by_who_treats_and_by_what_holds(intake: Intake) -> None:
    mine, other = new_id(), new_id()
    found = {}
    for name, therapist in (("held", mine), ("free", mine), ("theirs", other)):
        who = await steps.register(intake)
        if name == "free":
            await steps.screen(intake, who)
        body = {"therapist_ref": str(therapist), "prescriber_ref": str(REFS["prescriber"])}
        await intake.post("front_desk", f"/courses/{who.course_id}/care-team", body)
        found[name] = who
    await intake.post(
        "therapist", f"/courses/{found['held'].course_id}/holds", {"category": "administrative"}
    )

    async def ids(**asked: Any) -> list[str]:
        page = await intake.get("front_desk", "/courses", **asked)
        return [item["id"] for item in page["items"]]

    held, free = str(found["held"].course_id), str(found["free"].course_id)
    assert await ids(therapist_ref=mine) == [held, free]
    assert await ids(therapist_ref=mine, held=True) == [held]
    assert await ids(therapist_ref=mine, held=False) == [free]
    assert await ids(therapist_ref=mine, status=["inquiry", "screening"]) == [held, free]
    assert await ids(therapist_ref=mine, status="screening") == [free]
    assert await ids(therapist_ref=mine, status=["closing", "stopped"]) == []
    first = await intake.get("front_desk", "/courses", therapist_ref=mine, most=1)
    following = await ids(therapist_ref=mine, most=1, cursor=first["next_cursor"])
    assert ([item["id"] for item in first["items"]], following) == ([held], [free])
    assert (await intake.get("front_desk", f"/courses/{free}"))["programme"] == "mood"
    with pytest.raises(ProblemError) as unknown:
        await ids(status="sleeping")
    assert unknown.value.status == 422


async def test_a_client_who_stopped_comes_back_without_a_penalty(intake: Intake) -> None:
    """F39: taking consent back closes no door."""
    who = await steps.active(intake)
    again = f"/clients/{who.client_id}/courses"
    assert (await intake.refused("front_desk", again)).slugs == ["course-goes-on"]
    await intake.post("front_desk", f"/courses/{who.course_id}/consent-withdrawal")
    assert await intake.status(who) == "stopped"
    opened = await intake.post("front_desk", again)
    assert opened["status"] == "inquiry"
    client = await intake.get("front_desk", f"/clients/{who.client_id}")
    assert client["course_id"] == opened["id"]
    assert (await intake.told(who)).count("client_registered") == 2
    rows = await intake.rows(
        "SELECT course_id FROM outbox WHERE client_id = $1 AND type LIKE '%client_registered%'"
        " ORDER BY client_sequence",
        who.client_id,
    )
    assert [str(row["course_id"]) for row in rows] == [str(who.course_id), opened["id"]]
    back = Whose(who.client_id, opened["id"])
    await steps.assign(intake, back)
    assert (await steps.screen(intake, back))["id"] == opened["id"]
    await steps.evaluate(intake, back)
    await steps.assessed(intake, back)
    assert await intake.status(back) == "approved"
    listed = await intake.get("therapist", "/courses", client_id=who.client_id)
    assert [item["status"] for item in listed["items"]] == ["stopped", "approved"]
    earlier = await intake.get(
        "therapist", f"/clients/{who.client_id}/screening", course_id=who.course_id
    )
    assert earlier["course_id"] == str(who.course_id)
