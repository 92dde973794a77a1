"""The walls themselves: who is let in when, for how long."""

import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from careteam_contracts import intake
from shared.runtime.ids import new_id
from shared.storage import Actor
from shared.web.pages.sessions import Proven
from shared.web.sign_in.fresh import FRESH_SECONDS
from tests.integration.access.scene import WHY, Scene
from tests.integration.scheduling import care
from tests.support.auditing import audited
from tests.support.browsing import Browser
from tests.support.voices import REFS, at
from tests.support.waiting import eventually

pytestmark = pytest.mark.real


async def test_who_leaves_the_team_reads_no_more_and_who_comes_does(scene: Scene) -> None:
    """E3: from the moment on at which the event has taken effect."""
    assert [await scene.sees(who) for who in (scene.mine, scene.other)] == [200, 404]
    changed = intake.CareTeamAssigned(
        therapist_ref=scene.other.ref, prescriber_ref=REFS["prescriber"], team_version=2
    )
    await scene.world.tell(scene.person, changed)
    assert [await scene.sees(who) for who in (scene.mine, scene.other)] == [404, 200]
    older = intake.CareTeamAssigned(
        therapist_ref=scene.mine.ref, prescriber_ref=REFS["prescriber"], team_version=1
    )
    await scene.world.tell(scene.person, older)
    assert [await scene.sees(who) for who in (scene.mine, scene.other)] == [404, 200]


async def test_a_substitute_is_related_while_the_session_lasts(scene: Scene) -> None:
    world, person = scene.world, scene.person
    await care.clinician(world, "therapist", ref=str(scene.other.ref), name="Another")
    booked = await world.do(
        "/sessions",
        {
            "course_id": str(person.course_id),
            "kind": "consultation",
            "starts_at": at("10:00", 12).isoformat(),
            "therapist_ref": str(scene.other.ref),
        },
        role="front_desk",
    )
    assert await scene.sees(scene.other) == 200
    await world.do(
        f"/sessions/{booked['id']}/cancellation", {"by_role": "front_desk"}, role="front_desk"
    )
    assert await scene.sees(scene.other) == 404


async def test_a_doubtful_team_shows_nothing_and_says_why(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reliability, section 3: what intake said a minute ago is no ground to show a record."""

    async def silent(_connection: Any) -> float | None:
        return 61.0

    monkeypatch.setattr(scene.world.service.watermarks, "team_age", silent)
    answer = await scene.clinic.ask(scene.mine, "GET", scene.course)
    assert answer.status_code == 503
    assert [one["slug"] for one in answer.json()["refusals"]] == ["care-team-unknown"]
    assert await scene.sees(scene.other) == 404
    listed = await scene.clinic.ask(scene.mine, "GET", "/api/v1/sessions")
    assert listed.json()["items"] == []
    assert listed.headers["careteam-incomplete"] == "care-team"


async def test_glass_is_broken_for_one_client_one_person_and_an_hour(scene: Scene) -> None:
    """E9: to read and nothing else, told at once, and over by itself to the second."""
    opened = await scene.breaks_glass(scene.other)
    assert opened.status_code == 201
    assert await scene.sees(scene.other) == 200
    assert await scene.sees(scene.clinic.others[1]) == 404
    stranger = await care.approved(scene.world)
    path = f"/api/v1/courses/{stranger.course_id}/standing"
    assert (await scene.clinic.ask(scene.other, "GET", path)).status_code == 404
    began = datetime.fromisoformat(opened.json()["begins_at"])
    for seconds, seen in ((3599, 200), (3600, 404)):
        scene.world.set_clock(began + timedelta(seconds=seconds))
        assert await scene.sees(scene.other) == seen
        banner = (await scene.clinic.ask(scene.other, "GET", "/")).text
        assert ("Emergency access: to read only" in banner) is (seen == 200)
    await eventually(scene.world.service.settle, seconds=20)
    rows = await audited(scene.world.service, target=opened.json()["id"])
    assert [(one["action"], one["ref"], one["why"]) for one in rows] == [
        ("emergency_access_over", str(scene.other.ref), "break_glass")
    ]
    begun = await audited(scene.world.service, action="break_glass")
    assert [one["clients"] for one in begun] == [[str(scene.person.client_id)]]


async def test_who_is_turned_away_is_shown_the_way_and_nothing_else(scene: Scene) -> None:
    """By the id that they know, the same for what is somebody else's and what is not there."""
    course = scene.person.course_id
    refused, missing = [
        await scene.clinic.ask(scene.other, "GET", f"/courses/{one}") for one in (course, new_id())
    ]
    assert refused.status_code == missing.status_code == 404
    way = f"/clients/{course}/emergency-access?then=%2Fcourses%2F{course}"
    assert way in refused.text
    assert "/emergency-access?then=" in missing.text
    operator = await scene.clinic.ask(scene.operator, "GET", f"/courses/{new_id()}")
    assert "/emergency-access" not in operator.text
    browser = scene.clinic.browsers[scene.other.token]
    assert (await browser.submit(f"/clients/{new_id()}/emergency-access", WHY)).status_code == 404
    opened = await browser.submit(way, WHY)
    assert opened.status_code == 303, opened.text
    assert opened.headers["location"] == f"/courses/{course}"
    assert (await browser.open(f"/courses/{course}")).status_code == 200


def _old_proof() -> Proven:
    return Proven(subject="somebody", at=time.time() - FRESH_SECONDS - 60)


async def test_glass_is_not_broken_without_a_fresh_proof(scene: Scene) -> None:
    """Whoever has been signed in for a while proves again who they are; then it is opened."""
    browser = Browser(scene.clinic.app)
    other = Actor(scene.other.role, scene.other.ref)
    await browser.be(other, "Another", _old_proof())
    sent = await browser.submit(f"/clients/{scene.person.client_id}/emergency-access", WHY)
    assert (sent.status_code, sent.headers["location"]) != (303, "/")
    listed = await scene.clinic.ask(scene.operator, "GET", "/api/v1/emergency-accesses")
    assert listed.json() == []
    assert await scene.sees(scene.other) == 404


async def test_glass_allows_no_command_and_is_reviewed_by_somebody_else(scene: Scene) -> None:
    world, course = scene.world, scene.person.course_id
    opened = (await scene.breaks_glass(scene.other)).json()
    booking = {
        "course_id": str(course),
        "kind": "consultation",
        "starts_at": at("10:00", 12).isoformat(),
    }
    refused = await scene.clinic.ask(scene.other, "POST", "/api/v1/sessions", json=booking)
    assert refused.status_code == 404
    waiting = await scene.clinic.ask(scene.operator, "GET", "/api/v1/emergency-accesses")
    assert [(one["id"], one["finding"]) for one in waiting.json()] == [(opened["id"], None)]
    path = f"/api/v1/emergency-accesses/{opened['id']}/review"
    own = await scene.clinic.ask(scene.other, "POST", path, json={"finding": "justified"})
    assert own.status_code == 403
    closed = await scene.clinic.ask(scene.operator, "POST", path, json={"finding": "justified"})
    assert closed.json()["finding"] == "justified"
    again = await scene.clinic.ask(scene.operator, "POST", path, json={"finding": "justified"})
    assert again.status_code == 409
    assert (
        await scene.clinic.ask(scene.operator, "GET", "/api/v1/emergency-accesses")
    ).json() == []
    world.set_clock(world.now() + timedelta(minutes=61))
    assert await scene.sees(scene.other) == 404


async def test_a_notice_stands_on_every_page_of_whoever_runs_the_clinic(scene: Scene) -> None:
    await scene.breaks_glass(scene.other)
    page = await scene.clinic.ask(scene.operator, "GET", "/readiness")
    assert "/emergency-accesses" in page.text
    listed = await scene.clinic.ask(scene.operator, "GET", "/emergency-accesses")
    assert WHY["explanation"] in listed.text


async def test_the_explanation_leaves_the_database_by_no_event(scene: Scene) -> None:
    await scene.breaks_glass(scene.other)
    connection = await scene.clinic.database.connect()
    sent = await connection.fetch("SELECT convert_from(payload, 'UTF8') AS text FROM outbox")
    chain = await connection.fetch("SELECT body AS text FROM audit_chain")
    await connection.close()
    assert WHY["explanation"] not in str([row["text"] for row in (*sent, *chain)])
