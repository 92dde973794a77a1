"""Who is told what: details to named people with a row in the audit, and nothing on the bus."""

import json
import re

import asyncpg
import pytest

from careteam_contracts.details import DetailAsk
from careteam_contracts.enums import ActorRole
from careteam_contracts.questions import CONTACT, IDENTITY, INTAKE_STANDING
from careteam_contracts.standing import StandingAsk
from shared.runtime.ids import new_id
from shared.storage.receipts import opened
from tests.integration.intake import steps
from tests.integration.intake.clinic import REFS, Intake, ProblemError, Whose
from tests.support.auditing import audited

pytestmark = pytest.mark.real

SECRETS = (
    "Quillan Markerby",
    "+1 555 7741",
    "quillan@marker.example",
    "marker-goal",
    "marker-note",
    "marker-question",
    "marker-answer",
    "marker-focus",
    "marker-plan",
    "marker-treatment",
    "hyperthyroidism",
    "chronic_pain",
)


def asking(who: Whose) -> DetailAsk:
    return DetailAsk(client_id=who.client_id, actor_role=ActorRole.NURSE, actor_ref=REFS["nurse"])


async def test_identity_is_told_and_the_asking_person_is_kept(intake: Intake) -> None:
    who = await steps.register(intake)
    told = await intake.prescribing.ask(IDENTITY, asking(who))
    assert told.name == "Avery Example"
    assert str(told.date_of_birth) == "1980-06-01"
    (kept,) = await audited(
        intake.app.state.service, action="identity", clients=[str(who.client_id)]
    )
    assert (kept["role"], kept["ref"]) == ("nurse", str(REFS["nurse"]))


async def test_contact_is_told_with_what_the_client_allows_now(intake: Intake) -> None:
    who = await steps.register(intake, email="avery@example.org", language="es")
    await intake.post("front_desk", f"/clients/{who.client_id}/contact-preferences", {"sms": False})
    told = await intake.notifications.ask(CONTACT, asking(who))
    assert (told.phone, told.email, told.language) == ("+1 555 0100", "avery@example.org", "es")
    assert not told.sms_allowed
    assert (await intake.payloads(who, "contact_preferences_changed"))[-1]["pref_version"] == 2


async def test_nobody_is_told_of_a_stranger_and_nothing_is_kept(intake: Intake) -> None:
    stranger = Whose(new_id(), new_id())
    assert not (await intake.prescribing.ask(IDENTITY, asking(stranger))).known
    standing = await intake.scheduling.ask(
        INTAKE_STANDING, StandingAsk(course_id=stranger.course_id)
    )
    assert not standing.known
    assert await audited(intake.service, clients=[str(stranger.client_id)]) == []


async def test_reading_a_record_is_kept_and_the_audit_cannot_be_changed(intake: Intake) -> None:
    who = await steps.register(intake)
    await intake.get("therapist", f"/clients/{who.client_id}")
    (kept,) = await audited(
        intake.app.state.service, action="read_client", target=str(who.client_id)
    )
    assert (kept["outcome"], kept["clients"]) == ("allowed", [str(who.client_id)])
    for change in (
        "DELETE FROM audit_chain",
        "UPDATE audit_chain SET body = ''",
        "TRUNCATE audit_chain",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await intake.rows(change)


async def test_the_screening_file_is_for_those_who_treat_and_reading_it_is_kept(
    intake: Intake,
) -> None:
    who = await steps.register(intake)
    await steps.screen(intake, who, "bipolar_dx")
    file = await intake.get("prescriber", f"/clients/{who.client_id}/screening")
    assert [one["code"] for one in file["findings"]] == ["bipolar_dx"]
    assert len(file["submissions"]) == 1
    with pytest.raises(ProblemError) as refused:
        await intake.get("front_desk", f"/clients/{who.client_id}/screening")
    assert refused.value.status == 403
    read = await audited(
        intake.app.state.service, action="read_screening", target=str(who.client_id)
    )
    assert [(one["role"], one["outcome"]) for one in read] == [
        ("prescriber", "allowed"),
        ("front_desk", "denied"),
    ]


async def test_no_private_word_leaves_intake(
    intake: Intake, capsys: pytest.CaptureFixture[str]
) -> None:
    who = await steps.register(
        intake,
        name="Quillan Markerby",
        phone="+1 555 7741",
        email="quillan@marker.example",
    )
    await steps.assign(intake, who)
    await intake.post(
        "therapist",
        f"/clients/{who.client_id}/screening",
        {
            "programme": "pain",
            "indications": ["chronic_pain"],
            "findings": [{"code": "hyperthyroidism"}],
            "prior_treatments": ["marker-treatment"],
            "scores": [{"instrument": "phq9", "score": 21}],
            "notes": "marker-note",
        },
    )
    await intake.post(
        "therapist",
        f"/courses/{who.course_id}/psychological-evaluation",
        {"outcome": "suitable", "planned_sessions": 6, "goals": "marker-goal"},
    )
    await steps.assessed(intake, who)
    asked = await intake.post(
        "nurse", f"/courses/{who.course_id}/questions", {"text": "marker-question"}
    )
    await intake.post("therapist", f"/questions/{asked['id']}/answer", {"text": "marker-answer"})
    await intake.post(
        "therapist", f"/courses/{who.course_id}/preferences", {"focus": "marker-focus"}
    )
    hold = await intake.post(
        "therapist", f"/courses/{who.course_id}/holds", {"category": "suicidality"}
    )
    await intake.post("therapist", f"/holds/{hold['id']}/lift", {"safety_plan": "marker-plan"})
    await intake.refused("therapist", f"/courses/{who.course_id}/close", {"outcome": "completed"})
    rows = await intake.rows(
        "SELECT headers::text || convert_from(payload, 'UTF8') || subject AS said FROM outbox"
        " WHERE client_id = $1",
        who.client_id,
    )
    receipts = opened(
        await intake.rows(
            "SELECT id, client_id, verdicts FROM receipts WHERE client_id = $1", who.client_id
        ),
        intake.service.seals,
    )
    decided = [row["verdicts"] for row in receipts]
    captured = capsys.readouterr()
    said = json.dumps([*(row["said"] for row in rows), decided]) + captured.out + captured.err
    assert len(rows) > 5
    assert [secret for secret in SECRETS if secret in said] == []
    assert str(who.course_id) in said


async def seen(intake: Intake, role: str, who: Whose) -> int:
    response = await intake.http.get(
        f"/api/v1/clients/{who.client_id}/screening", headers={"Authorization": f"Bearer {role}"}
    )
    notice = response.json().get("redisclosure_notice") if response.status_code == 200 else None
    assert (notice is not None) is (response.status_code == 200)
    return response.status_code


async def test_what_tells_of_substance_use_is_shared_only_with_the_clients_consent(
    intake: Intake,
) -> None:
    """42 CFR Part 2: the named team, others who treat with consent on file, nobody who does not."""
    who = await steps.register(intake)
    await steps.screen(intake, who, "bipolar_dx", "sud_remission")
    assert [await seen(intake, role, who) for role in ("therapist", "nurse")] == [404, 404]
    await steps.assign(intake, who)
    assert [await seen(intake, role, who) for role in ("therapist", "nurse")] == [200, 404]
    consents = f"/courses/{who.course_id}/consents"
    sharing = {"scopes": ["information_sharing"], "material_version": 1}
    await intake.post("nurse", consents, sharing)
    assert await seen(intake, "nurse", who) == 404
    signed = await intake.post("nurse", consents, {**sharing, "substance_use_records": True})
    assert [await seen(intake, role, who) for role in ("nurse", "front_desk")] == [200, 403]
    await intake.post("on_call", f"/consents/{signed['id']}/withdrawal")
    assert await seen(intake, "nurse", who) == 404
    outcomes = await intake.get("therapist", f"/courses/{who.course_id}/outcomes")
    assert outcomes["redisclosure_notice"] is not None
    assert (await intake.get("nurse", f"/courses/{who.course_id}/outcomes"))["items"] == []
    read = await audited(intake.service, action="read_screening", target=str(who.client_id))
    assert [(one["role"], one["outcome"], one["why"]) for one in read][-2:] == [
        ("front_desk", "denied", "role"),
        ("nurse", "denied", "not_there"),
    ]


async def test_handing_in_a_form_tells_no_more_than_the_form(intake: Intake) -> None:
    who = await steps.in_care(intake)
    await steps.screen(intake, who, "sud_remission")
    form = {
        "programme": "mood",
        "indications": ["depression"],
        "findings": [{"code": "bipolar_dx"}],
    }
    answer = await intake.post("front_desk", f"/clients/{who.client_id}/screening", form)
    assert [one["code"] for one in answer["findings"]] == ["bipolar_dx"]
    file = await intake.get("therapist", f"/clients/{who.client_id}/screening")
    assert [one["code"] for one in file["findings"]] == ["sud_remission", "bipolar_dx"]


async def test_no_public_event_tells_of_substance_use(intake: Intake) -> None:
    """D4: what the feed tells is word for word the same for whatever else was found, with the
    consent, without it, and after it was taken back; so nothing has to be held back from it."""
    told = []
    for relative, absolute in (("sud_remission", "ketamine_misuse"), ("bipolar_dx", "pregnancy")):
        who = await steps.approved(intake, relative)
        signed = await intake.post(
            "therapist",
            f"/courses/{who.course_id}/consents",
            {
                "scopes": [*steps.SCOPES, "information_sharing"],
                "material_version": 1,
                "substance_use_records": True,
            },
        )
        withdrawal = {"scopes": ["information_sharing"]}
        await intake.post("therapist", f"/consents/{signed['id']}/withdrawal", withdrawal)
        await steps.prepared(intake, who)
        await steps.screen(intake, who, absolute)
        declined = await steps.in_care(intake)
        await steps.screen(intake, declined, absolute)
        told.append([await public(intake, one) for one in (who, declined)])
    assert told[0] == told[1]
    assert [len(events) > 0 for events in told[0]] == [True, True]


async def public(intake: Intake, who: Whose) -> list[str]:
    """What integrators read of a client, without ids and times."""
    rows = await intake.rows(
        "SELECT type || ' ' || convert_from(payload, 'UTF8') AS said FROM outbox"
        " WHERE client_id = $1 AND subject LIKE 'careteam.evt.%' ORDER BY client_sequence",
        who.client_id,
    )
    return [re.sub(r'"[0-9a-f-]{36}"|"\d{4}-[^"]*"', '"…"', row["said"]) for row in rows]
