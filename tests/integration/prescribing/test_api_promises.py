"""What every command of the API promises: keys, versions, and errors that say what is wrong."""

import re
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi.routing import APIRoute

from careteam_contracts import scheduling
from services.prescribing.app import DEFINITION
from shared.runtime.ids import new_id
from tests.integration.prescribing.clinic import World
from tests.integration.prescribing.day import CALM, WELL, Day
from tests.support.service_world import bearer
from tests.support.voices import REFS, at

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]

PRESCRIPTION = {
    "kind": "in_clinic_order",
    "route": "SL",
    "timing_profile": "SL-STD",
    "amount_mg": 100,
    "sessions_authorised": 1,
    "pdmp_checked_at": "2026-03-10T08:00:00Z",
}
TAKEN = {
    "administered_at": "2026-03-10T16:00:00Z",
    "witness_ref": str(new_id()),
    "reason_code": "recorded_late",
}
LATER = {"reason": "asked again", "text": "It was the left arm."}
COMMANDS: dict[str, tuple[str, Any]] = {
    "/assessments/{request_id}/completion": ("prescriber", {"outcome": "cleared"}),
    "/assessments/{request_id}/enrolment": ("prescriber", {}),
    "/courses/{course_id}/prescriptions": ("prescriber", PRESCRIPTION),
    "/prescriptions/{prescription_id}/confirmation": ("prescriber", None),
    "/prescriptions/{prescription_id}/activation": ("prescriber", None),
    "/prescriptions/{prescription_id}/amendments": ("prescriber", {"amount_mg": 90}),
    "/prescriptions/{prescription_id}/higher-dose-confirmation": (
        "prescriber",
        {"amount_mg": 500},
    ),
    "/prescriptions/{prescription_id}/revocation": ("prescriber", {}),
    "/sessions/{session_id}/pre-dose-checks": ("nurse", CALM),
    "/pre-dose-checks/{check_id}/acceptance": ("prescriber", {"reason": "weighed"}),
    "/dose-orders/{order_id}/release": ("nurse", None),
    "/dose-orders/{order_id}/administrations": ("nurse", {"dose_seq": 1, "amount_mg": 100}),
    "/dose-orders/{order_id}/taken-doses": ("nurse", TAKEN),
    "/dose-orders/{order_id}/withholding": ("nurse", {"hold_category": "medical"}),
    "/dose-orders/{order_id}/return": ("nurse", {"witness_ref": str(new_id())}),
    "/dose-orders/{order_id}/wastes": ("nurse", {"amount_mg": 1, "witness_ref": str(new_id())}),
    "/sessions/{session_id}/recovery-checks": ("nurse", WELL),
    "/sessions/{session_id}/reversal-agents": ("nurse", {"agent": "naloxone"}),
    "/sessions/{session_id}/clearances": ("nurse", {}),
    "/clearances/{clearance_id}/rescission": ("nurse", None),
    "/courses/{course_id}/holds": ("nurse", {"category": "medical"}),
    "/holds/{hold_id}/lift": ("prescriber", {}),
    "/sessions/{session_id}/adverse-events": ("nurse", {"code": "nausea"}),
    "/adverse-events/{ae_id}/seriousness": ("nurse", {"criteria": ["hospitalisation"]}),
    "/adverse-events/{ae_id}/report": ("prescriber", None),
    "/sessions/{session_id}/summary-review": ("prescriber", {"review_outcome": "continue"}),
    "/tasks/{task_id}/completion": ("prescriber", None),
    "/incidents/{incident_id}/review": ("prescriber", None),
    "/records/assessments/{record_id}/addenda": ("prescriber", LATER),
    "/records/pre-dose-checks/{record_id}/addenda": ("nurse", LATER),
}
"""Every command on something that has to be there. A registration may be anybody's first."""


@pytest_asyncio.fixture(loop_scope="module")
async def day(world: World) -> Day:
    """A dose at ten."""
    day = Day(world)
    await day.dosed()
    return day


async def post(world: World, path: str, body: Any, role: str, **headers: str) -> httpx.Response:
    sent = {**bearer(role), **{name.replace("_", "-"): value for name, value in headers.items()}}
    return await world.api.post(f"/api/v1{path}", json=body, headers=sent)


async def test_every_command_is_here() -> None:
    routes = [route for router in DEFINITION.routers for route in router.routes]
    posts = {r.path for r in routes if isinstance(r, APIRoute) and "POST" in (r.methods or ())}

    assert posts - {"/prescribers/{prescriber_ref}/registration"} == set(COMMANDS)


@pytest.mark.parametrize("path", COMMANDS)
async def test_what_is_not_there_is_404(world: World, path: str) -> None:
    role, body = COMMANDS[path]

    answer = await post(world, re.sub(r"{\w+}", str(new_id()), path), body, role)

    assert answer.status_code == 404, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "body", "role", "field"),
    [
        ("/sessions/{}/recovery-checks", {**WELL, "moaas": 6}, "nurse", "moaas"),
        ("/sessions/{}/recovery-checks", {**WELL, "padss_score": 11}, "nurse", "padss_score"),
        ("/sessions/{}/pre-dose-checks", {**CALM, "spo2": 101}, "nurse", "spo2"),
        ("/sessions/{}/pre-dose-checks", {**CALM, "mood": "fine"}, "nurse", "mood"),
        ("/courses/{}/prescriptions", {**PRESCRIPTION, "amount_mg": 0}, "prescriber", "amount_mg"),
        ("/adverse-events/{}/seriousness", {"criteria": []}, "nurse", "criteria"),
        (
            "/prescribers/{}/registration",
            {
                "licence_valid_until": "2030-01-01T00:00:00Z",
                "dea_valid_until": "2030-01-01T00:00:00Z",
                "dea_number": "AB1234567",
            },
            "operator",
            "dea_number",
        ),
    ],
)
async def test_what_cannot_be_is_422_and_names_the_field(
    world: World, path: str, body: Any, role: str, field: str
) -> None:
    answer = await post(world, path.format(new_id()), body, role)

    assert answer.status_code == 422, answer.text
    assert any(error["field"].endswith(field) for error in answer.json()["errors"])


async def test_a_command_under_one_key_is_done_once(world: World, day: Day) -> None:
    session = day.person.session_id
    world.set_clock(at("10:20"))
    for path, body in (
        (f"/sessions/{session}/recovery-checks", {**WELL, "moaas": 4}),
        (f"/sessions/{session}/adverse-events", {"code": "nausea"}),
        (f"/sessions/{session}/reversal-agents", {"agent": "naloxone"}),
        (f"/courses/{day.person.course_id}/holds", {"category": "medical"}),
    ):
        key = f"key-of-{path.rsplit('/', 1)[1]}"
        first = await post(world, path, body, "nurse", Idempotency_Key=key)
        again = await post(world, path, body, "nurse", Idempotency_Key=key)
        other = await post(world, path, {**body, "at": None}, "nurse", Idempotency_Key=key)

        assert first.status_code == 201, first.text
        assert again.json() == first.json()
        assert again.headers["Idempotent-Replay"] == "true"
        assert other.status_code == 422, other.text
    recovery = await day.recovery()
    assert (len(recovery["checks"]), len(recovery["reversals"])) == (1, 1)


async def test_a_gate_under_if_match_is_not_broken_by_its_own_steps(world: World) -> None:
    """A release takes several transactions; what the caller saw is what counts."""
    day = Day(world)
    await day.in_the_room()
    world.set_clock(at("09:55"))
    path = f"/dose-orders/{await day.order_id()}"
    seen = (await world.api.get(f"/api/v1{path}", headers=bearer("nurse"))).headers["ETag"]

    stale = await post(world, f"{path}/release", None, "nurse", If_Match='"99"')
    assert stale.status_code == 412, stale.text

    released = await post(world, f"{path}/release", None, "nurse", If_Match=seen)
    assert released.status_code == 200, released.text
    assert released.headers["ETag"] != seen

    again = await post(
        world, f"{path}/return", {"witness_ref": str(new_id())}, "nurse", If_Match=seen
    )
    assert again.status_code == 412, again.text


async def test_if_match_holds_where_the_path_names_a_session(world: World, day: Day) -> None:
    session = day.person.session_id
    world.set_clock(at("10:40"))
    shown = await world.api.get(f"/api/v1/sessions/{session}/recovery", headers=bearer("nurse"))
    seen = shown.headers["ETag"]
    look = f"/sessions/{session}/recovery-checks"

    first = await post(world, look, {**WELL, "moaas": 4}, "nurse", If_Match=seen)
    assert first.status_code == 201, first.text
    second = await post(world, look, {**WELL, "moaas": 4}, "nurse", If_Match=seen)
    assert second.status_code == 412, second.text
    third = await post(world, look, WELL, "nurse", If_Match=first.headers["ETag"])
    assert third.status_code == 201, third.text


async def test_amounts_over_the_course_are_read_by_those_who_prescribe_and_give(
    world: World, day: Day
) -> None:
    course = day.person.course_id
    shown = await world.get(f"/courses/{course}/titration", role="prescriber")

    (given,) = shown["given"]
    assert (given["amount_mg"], given["prescribed_mg"]) == (137.25, 137.25)
    assert given["given_by"] == str(REFS["nurse"])
    assert [one["rx_version"] for one in shown["prescribed"]] == [1]
    refused = await world.api.get(
        f"/api/v1/courses/{course}/titration", headers=bearer("front_desk")
    )
    assert refused.status_code == 403
    missing = await world.api.get(f"/api/v1/courses/{new_id()}/titration", headers=bearer("nurse"))
    assert missing.status_code == 404


async def test_a_further_dose_is_no_dose_where_the_clinic_gives_one(world: World, day: Day) -> None:
    await world.tell(
        day.person,
        scheduling.ClientCheckedIn(session_id=day.person.session_id, at=world.now()),
    )
    slugs = await world.refused(f"/dose-orders/{await day.order_id()}/release", role="nurse")

    assert {"dose-seq-not-allowed", "dose-not-prescribed"} <= slugs
