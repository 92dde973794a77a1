"""Courses keep the version they began with, and move only by signed change (architecture 4)."""

from dataclasses import replace
from typing import Any

import pytest

from careteam_contracts.enums import CourseStatus, SessionKind, SessionStatus
from careteam_contracts.questions import INTAKE_STANDING
from careteam_contracts.standing import IntakeStanding, OpenSession, StandingAsk
from shared.protocol import ClinicProtocol, ProtocolLibrary
from shared.runtime.ids import new_id
from tests.integration.intake import steps
from tests.integration.intake.clinic import Intake, Whose

pytestmark = pytest.mark.real

FIRST = ClinicProtocol(digest="1" * 16)
SECOND = replace(FIRST, protocol_version=2, digest="2" * 16)


def loads(intake: Intake, *protocols: ClinicProtocol, current: int | None = None) -> None:
    intake.app.state.service.protocols = ProtocolLibrary.of(*protocols, current=current)


async def stands(intake: Intake, who: Whose) -> IntakeStanding:
    answer = await intake.prescribing.ask(INTAKE_STANDING, StandingAsk(course_id=who.course_id))
    assert isinstance(answer, IntakeStanding)
    return answer


async def proposed(intake: Intake, who: Whose) -> str:
    change = await intake.post(
        "therapist", f"/courses/{who.course_id}/protocol-changes", {"to_version": 2}
    )
    assert change["missing_roles"] == ["prescriber"]
    return str(change["id"])


async def test_a_switch_of_the_clinic_leaves_courses_where_they_are(intake: Intake) -> None:
    loads(intake, FIRST)
    before = await steps.register(intake)
    loads(intake, SECOND, FIRST)
    after = await steps.register(intake)
    assert [(await stands(intake, who)).protocol_version for who in (before, after)] == [1, 2]
    stamped = await intake.rows(
        "SELECT DISTINCT course_id, headers ->> 'ce-protocolversion' AS version FROM outbox"
    )
    assert {(row["course_id"], row["version"]) for row in stamped} == {
        (before.course_id, "1"),
        (after.course_id, "2"),
    }
    listed: Any = await intake.get("therapist", "/protocols")
    assert [(one["version"], one["current"]) for one in listed] == [(1, False), (2, True)]


async def test_both_roles_bring_a_course_to_a_newer_version(intake: Intake) -> None:
    loads(intake, FIRST)
    who = await steps.active(intake)
    loads(intake, SECOND, FIRST)
    change = await proposed(intake, who)
    made = await intake.post("prescriber", f"/protocol-changes/{change}/signatures", {})
    assert (made["status"], made["from_version"], made["to_version"]) == ("made", 1, 2)
    assert [one["role"] for one in made["signatures"]] == ["therapist", "prescriber"]
    course = await intake.get("therapist", f"/courses/{who.course_id}")
    assert (course["protocol_version"], course["status"]) == (2, "active")
    (told,) = await intake.payloads(who, "course_protocol_changed")
    assert told == {"change_id": change, "from_version": 1, "to_version": 2}
    standing = await stands(intake, who)
    assert (standing.protocol_version, standing.protocol_digest) == (2, SECOND.digest)
    (stamp,) = await intake.rows(
        "SELECT headers ->> 'ce-protocolversion' AS version FROM outbox"
        " WHERE type = 'careteam.intake.course_protocol_changed.v1'"
    )
    assert stamp["version"] == "2"
    (receipt,) = await intake.rows(
        "SELECT allowed, protocol_version FROM receipts WHERE gate = 'protocol-change'"
    )
    assert (receipt["allowed"], receipt["protocol_version"]) == (True, 1)


@pytest.mark.parametrize(
    "status", [SessionStatus.READY, SessionStatus.IN_PROGRESS, SessionStatus.RECOVERING]
)
async def test_never_while_a_dosing_session_is_under_way(
    intake: Intake, status: SessionStatus
) -> None:
    loads(intake, FIRST)
    who = await steps.active(intake)
    loads(intake, SECOND, FIRST)
    change = await proposed(intake, who)
    under_way = OpenSession(session_id=new_id(), kind=SessionKind.DOSING, status=status)
    intake.scheduling.standing = {"open_sessions": (under_way,)}
    refused = await intake.refused("prescriber", f"/protocol-changes/{change}/signatures", {})
    assert refused.slugs == ["scheduling-has-nothing-under-way"]
    course = await intake.get("therapist", f"/courses/{who.course_id}")
    assert course["protocol_version"] == 1
    page = await intake.get("therapist", f"/courses/{who.course_id}/protocol-changes")
    assert page["items"][0]["status"] == "refused"
    assert (await stands(intake, who)).course_status is CourseStatus.ACTIVE


async def test_never_with_medicine_on_board(intake: Intake) -> None:
    loads(intake, FIRST)
    who = await steps.active(intake)
    loads(intake, SECOND, FIRST)
    change = await proposed(intake, who)
    await steps.dose(intake, who, new_id(), new_id())
    refused = await intake.refused("prescriber", f"/protocol-changes/{change}/signatures", {})
    assert refused.slugs == ["no-medicine-on-board"]


async def test_a_silent_peer_refuses_and_the_flag_comes_down(intake: Intake) -> None:
    loads(intake, FIRST)
    who = await steps.active(intake)
    loads(intake, SECOND, FIRST)
    change = await proposed(intake, who)
    intake.prescribing.silent = True
    refused = await intake.refused("prescriber", f"/protocol-changes/{change}/signatures", {})
    assert refused.slugs == ["prescribing-has-nothing-under-way"]
    assert (await stands(intake, who)).course_status is CourseStatus.ACTIVE


async def test_while_it_is_decided_every_gate_hears_no(intake: Intake) -> None:
    """Of a start and a change that race, at least one sees the other (ruling 7)."""
    loads(intake, FIRST)
    who = await steps.active(intake)
    loads(intake, SECOND, FIRST)
    change = await proposed(intake, who)
    heard: list[CourseStatus | None] = []

    async def meanwhile() -> None:
        intake.scheduling.before_answering = None
        heard.append((await stands(intake, who)).course_status)

    intake.scheduling.before_answering = meanwhile
    await intake.post("prescriber", f"/protocol-changes/{change}/signatures", {})
    assert heard == [CourseStatus.CHANGING_PROTOCOL]
    assert (await stands(intake, who)).course_status is CourseStatus.ACTIVE


async def test_a_course_whose_file_is_gone_says_so(intake: Intake) -> None:
    loads(intake, FIRST)
    who = await steps.active(intake)
    loads(intake, SECOND)
    standing = await intake.get("therapist", f"/courses/{who.course_id}/standing")
    (refusal,) = standing["refusals"]
    assert refusal["slug"] == "protocol-unknown"
    assert "protocol version 1" in refusal["unblocks_with"][0]["action"]
    answered = await stands(intake, who)
    assert (answered.protocol_version, answered.protocol_digest) == (1, None)
    change = await proposed(intake, who)
    await intake.post("prescriber", f"/protocol-changes/{change}/signatures", {})
    standing = await intake.get("therapist", f"/courses/{who.course_id}/standing")
    assert standing["refusals"] == []
