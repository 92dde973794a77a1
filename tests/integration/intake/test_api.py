"""The API as its users find it: pages, keys, versions, roles, and fields that cannot be used."""

import pytest

from shared.runtime.ids import new_id
from tests.integration.intake import steps
from tests.integration.intake.clinic import REFS, Intake, ProblemError

pytestmark = pytest.mark.real


async def test_clients_come_in_pages_and_are_found_by_name(intake: Intake) -> None:
    mark = f"Paging{new_id().hex[:8]}"
    made = [await steps.register(intake, name=f"{mark} {n}") for n in range(5)]
    seen: list[str] = []
    cursor = None
    for _ in range(3):
        parameters = {"name": mark.lower(), "most": 2} | ({"cursor": cursor} if cursor else {})
        page = await intake.get("front_desk", "/clients", **parameters)
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert seen == [str(one.client_id) for one in made]


async def test_courses_are_found_by_status(intake: Intake) -> None:
    who = await steps.register(intake)
    await steps.screen(intake, who)
    found = await intake.get("therapist", "/courses", status="screening", client_id=who.client_id)
    assert [one["id"] for one in found["items"]] == [str(who.course_id)]
    none = await intake.get("therapist", "/courses", status="closing", client_id=who.client_id)
    assert none["items"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": " ", "date_of_birth": "1980-01-01"}, "body.name"),
        ({"name": "A", "date_of_birth": "1850-01-01"}, "body.date_of_birth"),
        ({"name": "A", "date_of_birth": "1980-01-01", "phone": "call me"}, "body.phone"),
        ({"name": "A", "date_of_birth": "1980-01-01", "more": 1}, "body.more"),
        ({"name": "A\u0000", "date_of_birth": "1980-01-01"}, "body.name"),
        ({"date_of_birth": "1980-01-01"}, "body.name"),
    ],
)
async def test_a_field_that_cannot_be_used_is_named(
    intake: Intake, body: dict[str, object], field: str
) -> None:
    refused = await intake.refused("front_desk", "/clients", body)
    assert refused.status == 422
    assert [error["field"] for error in refused.problem["errors"]] == [field]


async def test_nobody_is_born_tomorrow(intake: Intake) -> None:
    body = {"name": "A", "date_of_birth": "2030-01-01"}
    assert (await intake.refused("front_desk", "/clients", body)).slugs == ["born-in-the-future"]


async def test_a_suitable_client_needs_a_plan(intake: Intake) -> None:
    who = await steps.register(intake)
    path = f"/courses/{who.course_id}/psychological-evaluation"
    assert (await intake.refused("therapist", path, {"outcome": "suitable"})).status == 422


async def test_a_stranger_is_nowhere(intake: Intake) -> None:
    for path in (f"/clients/{new_id()}", f"/courses/{new_id()}", f"/courses/{new_id()}/standing"):
        with pytest.raises(ProblemError) as missing:
            await intake.get("therapist", path)
        assert missing.value.status == 404


async def test_without_a_token_nothing_is_shown(intake: Intake) -> None:
    with pytest.raises(ProblemError) as anonymous:
        await intake.get("nobody", "/clients")
    assert anonymous.value.status == 401


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("operator", "/clients"),
        ("nurse", "/clients"),
        ("front_desk", "/courses/{course}/psychological-evaluation"),
        ("nurse", "/courses/{course}/close"),
        ("front_desk", "/courses/{course}/reviews"),
        ("front_desk", "/courses/{course}/approval-revocation"),
        ("operator", "/courses/{course}/holds"),
    ],
)
async def test_a_role_does_only_what_is_its_own(intake: Intake, role: str, path: str) -> None:
    who = await steps.register(intake)
    refused = await intake.refused(role, path.format(course=who.course_id), {})
    assert refused.status == 403


async def test_the_same_key_registers_once(intake: Intake) -> None:
    body = {"name": "Twice", "date_of_birth": "1980-01-01"}
    key = {"Idempotency-Key": f"register-{new_id()}"}
    first = await intake.post("front_desk", "/clients", body, **key)
    assert await intake.post("front_desk", "/clients", body, **key) == first
    with pytest.raises(ProblemError) as reused:
        await intake.post("front_desk", "/clients", {**body, "name": "Other"}, **key)
    assert reused.value.status == 422


async def test_what_somebody_else_changed_is_not_changed_unseen(intake: Intake) -> None:
    who = await steps.register(intake)
    shown = await intake.http.get(
        f"/api/v1/clients/{who.client_id}", headers={"Authorization": "Bearer front_desk"}
    )
    seen = shown.headers["ETag"]
    path = f"/clients/{who.client_id}/contact-preferences"
    await intake.post("front_desk", path, {"email": True}, **{"If-Match": seen})
    with pytest.raises(ProblemError) as stale:
        await intake.post("front_desk", path, {"voice": True}, **{"If-Match": seen})
    assert stale.value.status == 412


async def test_contact_details_change_one_by_one_and_can_be_taken_away(intake: Intake) -> None:
    who = await steps.register(intake, email="a@example.org")
    path = f"/clients/{who.client_id}/contact-details"
    changed = await intake.post("front_desk", path, {"phone": "+1 555 0199"})
    assert (changed["phone"], changed["email"]) == ("+1 555 0199", "a@example.org")
    gone = await intake.post("front_desk", path, {"email": "", "language": "es"})
    assert (gone["email"], gone["language"]) == (None, "es")


async def test_one_person_cannot_be_the_whole_team(intake: Intake) -> None:
    who = await steps.register(intake)
    both = {"therapist_ref": str(REFS["nurse"]), "prescriber_ref": str(REFS["nurse"])}
    refused = await intake.refused("front_desk", f"/courses/{who.course_id}/care-team", both)
    assert refused.slugs == ["one-person-in-both-roles"]


async def test_a_standing_says_what_would_unblock_it_and_how_fresh_it_is(intake: Intake) -> None:
    who = await steps.register(intake)
    standing = await intake.get("operator", f"/courses/{who.course_id}/standing")
    assert not standing["allowed"]
    assert standing["status"] == "inquiry"
    assert all(refusal["unblocks_with"] for refusal in standing["refusals"])
    assert set(standing["freshness"]) == {"prescribing", "scheduling", "notifications"}
    assert standing["decisions"][0]["gate"] == "standing"
