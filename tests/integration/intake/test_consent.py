"""Consent over HTTP: informed, free, by a clear head, and taken back in one step (6.5)."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from careteam_contracts.enums import AftercarePlanKind, ConsentScope
from careteam_contracts.notifications import AftercareStarted
from careteam_contracts.prescribing import DoseAdministered
from careteam_contracts.questions import INTAKE_STANDING
from careteam_contracts.scheduling import LeftAgainstAdvice
from careteam_contracts.standing import IntakeStanding, StandingAsk
from shared.runtime.ids import new_id
from tests.integration.intake import steps
from tests.integration.intake.clinic import MORNING, Intake, Whose

pytestmark = pytest.mark.real

BOTH = {"scopes": ["treatment", "aftercare_agreement"], "material_version": 1}


async def test_consent_is_asked_after_the_approval(intake: Intake) -> None:
    who = await steps.register(intake)
    refused = await intake.refused("therapist", f"/courses/{who.course_id}/consents", BOTH)
    assert set(refused.slugs) == {"approved-before-consent", "consent-was-offered"}
    sharing = {"scopes": ["information_sharing"], "material_version": 1}
    signed = await intake.post("front_desk", f"/courses/{who.course_id}/consents", sharing)
    assert signed["status"] == "granted"


async def test_consent_waits_for_the_clients_question(intake: Intake) -> None:
    who = await steps.approved(intake)
    asked = await intake.post(
        "nurse", f"/courses/{who.course_id}/questions", {"text": "Will I remember it?"}
    )
    refused = await intake.refused("therapist", f"/courses/{who.course_id}/consents", BOTH)
    assert refused.slugs == ["no-question-open"]
    assert await open_questions(intake, who) == 1
    answered = await intake.post(
        "therapist", f"/questions/{asked['id']}/answer", {"text": "Most people do."}
    )
    assert answered["status"] == "answered"
    assert await open_questions(intake, who) == 0
    assert await steps.sign(intake, who)


async def open_questions(intake: Intake, who: Whose) -> int | None:
    """How many there are, as the forms of the other services are told (decision 87)."""
    ask = StandingAsk(course_id=who.course_id)
    standing: IntakeStanding = await intake.prescribing.ask(INTAKE_STANDING, ask)
    return standing.open_questions


async def test_a_refused_signature_leaves_a_receipt(intake: Intake) -> None:
    who = await steps.register(intake)
    await intake.refused("therapist", f"/courses/{who.course_id}/consents", BOTH)
    rows = await intake.rows(
        "SELECT allowed FROM receipts WHERE course_id = $1 AND gate = 'consent'", who.course_id
    )
    assert [row["allowed"] for row in rows] == [False]


async def test_nothing_is_granted_or_widened_with_a_dose_on_board(intake: Intake) -> None:
    who = await steps.active(intake)
    session = new_id()
    await steps.dose(intake, who, session, new_id())
    more = {"scopes": ["information_sharing"], "material_version": 1}
    refused = await intake.refused("therapist", f"/courses/{who.course_id}/consents", more)
    assert refused.slugs == ["nothing-on-board"]
    assert refused.problem["refusals"][0]["source_events"]
    wider = {"touch": "hand_or_shoulder"}
    touched = await intake.refused("therapist", f"/courses/{who.course_id}/preferences", wider)
    assert touched.slugs == ["touch-not-widened-on-medicine"]
    narrower = await intake.post(
        "therapist", f"/courses/{who.course_id}/preferences", {"music": False}
    )
    assert not narrower["preferences"]["music"]
    await steps.discharge(intake, who, session)
    assert await intake.post("therapist", f"/courses/{who.course_id}/consents", more)
    widened = await intake.post("therapist", f"/courses/{who.course_id}/preferences", wider)
    assert widened["preferences"]["touch"] == "hand_or_shoulder"
    told = await intake.payloads(who, "preferences_updated")
    assert [one["touch_widened"] for one in told] == [False, True]


async def test_after_walking_out_consent_waits_for_the_end_of_the_restriction(
    intake: Intake,
) -> None:
    who = await steps.active(intake)
    session, aftercare = new_id(), new_id()
    await steps.dose(intake, who, session, new_id())
    await intake.scheduling.tell(
        LeftAgainstAdvice(
            session_id=session,
            left_at=intake.clock.now,
            capacity_assessed=True,
            escort_present=False,
        ),
        who,
    )
    until = intake.clock.now + timedelta(hours=8)
    await intake.notifications.tell(
        AftercareStarted(
            aftercare_id=aftercare,
            session_id=session,
            restrictions_until=until,
            end_known=True,
            plan=AftercarePlanKind.ENHANCED,
        ),
        who,
    )
    await intake.settle(who)
    more = {"scopes": ["information_sharing"], "material_version": 1}
    path = f"/courses/{who.course_id}/consents"
    assert (await intake.refused("therapist", path, more)).slugs == ["nothing-on-board"]
    intake.clock.set(until)
    assert (await intake.post("therapist", path, more))["status"] == "granted"


async def test_withdrawing_aftercare_holds_until_it_is_signed_again(intake: Intake) -> None:
    who = await steps.active(intake)
    consent = await newest(intake, who)
    withdrawn = await intake.post(
        "on_call", f"/consents/{consent}/withdrawal", {"scopes": ["aftercare_agreement"]}
    )
    assert withdrawn["standing_scopes"] == ["treatment"]
    assert await intake.status(who) == "active"
    told = await intake.told(who)
    assert told[-2:] == ["consent_withdrawn", "safety_hold_placed"]
    again = {"scopes": ["aftercare_agreement"], "material_version": 1}
    path = f"/courses/{who.course_id}/consents"
    assert (await intake.refused("therapist", path, again)).slugs == ["consent-was-offered"]
    offers = f"/courses/{who.course_id}/consent-offers"
    scopes = {"scopes": ["aftercare_agreement"]}
    assert (await intake.refused("therapist", offers, scopes)).slugs == ["consent-was-withdrawn"]
    offered = await intake.post("therapist", offers, {**scopes, "clients_initiative": True})
    assert offered["scopes"]["aftercare_agreement"] == "offered"
    await intake.post("therapist", path, again)
    assert (await intake.told(who))[-2:] == ["consent_granted", "safety_hold_lifted"]
    (lifted,) = await intake.payloads(who, "safety_hold_lifted")
    assert lifted["lifted_by_roles"] == ["client"]


async def test_withdrawing_treatment_takes_every_signature_and_ends_the_course(
    intake: Intake,
) -> None:
    who = await steps.active(intake)
    await steps.sign(intake, who, ("treatment",))
    consent = await newest(intake, who)
    await intake.post("front_desk", f"/consents/{consent}/withdrawal", {"scopes": ["treatment"]})
    assert await intake.status(who) == "stopped"
    withdrawn = await intake.payloads(who, "consent_withdrawn")
    assert len(withdrawn) == 2
    assert (await intake.payloads(who, "course_closed"))[0]["outcome"] == "client_stopped"
    again = await intake.post("front_desk", f"/consents/{consent}/withdrawal", {})
    assert again["status"] == "withdrawn"


async def test_a_client_who_pauses_comes_back_through_screening(intake: Intake) -> None:
    who = await steps.active(intake)
    consent = await newest(intake, who)
    await intake.post("therapist", f"/consents/{consent}/withdrawal", {"pauses": True})
    assert await intake.status(who) == "screening"
    assert "course_closed" not in await intake.told(who)
    await steps.evaluate(intake, who)
    offers = f"/courses/{who.course_id}/consent-offers"
    await intake.post(
        "therapist", offers, {"scopes": list(steps.SCOPES), "clients_initiative": True}
    )
    await steps.sign(intake, who)
    await steps.assessed(intake, who)
    assert await intake.status(who) == "active"


async def test_a_time_in_the_future_does_not_keep_a_withdrawal_out(intake: Intake) -> None:
    who = await steps.active(intake)
    consent = await newest(intake, who)
    stated = (intake.clock.now + timedelta(days=2)).isoformat()
    await intake.post(
        "therapist",
        f"/consents/{consent}/withdrawal",
        {"scopes": ["aftercare_agreement"], "withdrawn_at": stated},
    )
    (withdrawn,) = await intake.payloads(who, "consent_withdrawn")
    assert datetime.fromisoformat(withdrawn["withdrawn_at"]) == intake.clock.now


async def test_consent_runs_out_on_its_last_day_and_is_told_once(intake: Intake) -> None:
    who = await steps.active(intake)
    intake.clock.set(MORNING + timedelta(days=365))
    standing = await intake.scheduling.ask(INTAKE_STANDING, StandingAsk(course_id=who.course_id))
    assert not standing.consents_active(ConsentScope.TREATMENT)
    await intake.settle(who)
    assert (await intake.told(who)).count("consent_expired") == 1
    assert "safety_hold_placed" not in await intake.told(who)
    book = await intake.get("therapist", f"/courses/{who.course_id}/consents")
    assert book["scopes"]["treatment"] == "expired"


async def test_new_material_is_confirmed_before_the_next_start(intake: Intake) -> None:
    who = await steps.active(intake)
    path = f"/courses/{who.course_id}/consent-material"
    book = await intake.post("therapist", path, {"material_version": 2})
    assert book["scopes"]["treatment"] == "reconfirm_needed"
    standing = await intake.get("therapist", f"/courses/{who.course_id}/standing")
    slugs = {refusal["slug"] for refusal in standing["refusals"]}
    assert {"consent-treatment-active", "consent-aftercare-agreement-active"} <= slugs
    refused = await intake.refused("therapist", f"/courses/{who.course_id}/consents", BOTH)
    assert refused.slugs == ["material-is-current"]
    await steps.sign(intake, who, material_version=2)
    after = await intake.get("therapist", f"/courses/{who.course_id}/standing")
    assert after["allowed"]


async def test_what_is_not_there_cannot_be_withdrawn(intake: Intake) -> None:
    refused = await intake.refused("therapist", f"/consents/{new_id()}/withdrawal", {})
    assert refused.status == 404


async def test_what_was_agreed_under_a_dose_that_is_told_late_does_not_count(
    intake: Intake,
) -> None:
    """INV-33: agreed to before intake knew of the dose, and after it was given."""
    who = await steps.active(intake)
    given_at = intake.clock.advance(minutes=1)
    intake.clock.advance(minutes=2)
    await intake.post("nurse", f"/courses/{who.course_id}/preferences", {"touch": "as_agreed"})
    sharing = {"scopes": ["information_sharing", "treatment"], "material_version": 1}
    signed = await intake.post("nurse", f"/courses/{who.course_id}/consents", sharing)
    session, order = new_id(), new_id()
    await intake.prescribing.tell(
        DoseAdministered(
            session_id=session,
            dose_order_id=order,
            dose_seq=1,
            administered_at=given_at,
            timing_profile="SL-STD",
            observe_until=given_at,
        ),
        who,
        aggregate_id=order,
        occurred_at=given_at,
    )
    await intake.settle(who)
    course = await intake.get("therapist", f"/courses/{who.course_id}")
    assert course["preferences"]["touch"] == "none"
    told = await intake.payloads(who, "preferences_updated")
    assert [(one["touch"], one["touch_widened"]) for one in told] == [
        ("as_agreed", True),
        ("none", False),
    ]
    assert [one["consent_id"] for one in await intake.payloads(who, "consent_expired")] == [
        signed["id"]
    ]
    book = await intake.get("therapist", f"/courses/{who.course_id}/consents")
    assert book["items"][-1]["status"] == "annulled"
    assert book["scopes"]["treatment"] == "granted"
    assert book["scopes"]["information_sharing"] == "expired"
    assert "consent_withdrawn" not in await intake.told(who)


async def test_scopes_are_taken_back_by_telephone_without_knowing_a_signature(
    intake: Intake,
) -> None:
    who = await steps.active(intake)
    path = f"/courses/{who.course_id}/consent-withdrawal"
    body = {"scopes": ["aftercare_agreement"], "channel": "phone"}
    book = await intake.post("on_call", path, body)
    assert book["scopes"] == {
        "treatment": "granted",
        "aftercare_agreement": "withdrawn",
        "information_sharing": "not_asked",
    }
    assert book["items"][0]["withdrawn_through"] == {"aftercare_agreement": "phone"}
    again = await intake.post("on_call", path, body)
    assert again == book
    everything = await intake.post("front_desk", path)
    assert everything["scopes"]["treatment"] == "withdrawn"
    assert await intake.status(who) == "stopped"
    assert (await intake.post("front_desk", path))["scopes"] == everything["scopes"]


async def test_consent_says_what_it_was_informed_by(intake: Intake) -> None:
    who = await steps.approved(intake)
    path = f"/courses/{who.course_id}/consents"
    needed = (await intake.get("therapist", path))["disclosures"]["treatment"]
    body = {"scopes": ["treatment"], "material_version": 1}
    without_fees = [one for one in needed if one != "time_and_fees"]
    refused = await intake.refused("therapist", path, {**body, "disclosures": without_fees})
    assert refused.slugs == ["everything-disclosed"]
    signed = await intake.post("therapist", path, {**body, "disclosures": needed})
    assert signed["disclosures"] == needed


async def newest(intake: Intake, who: Whose) -> UUID:
    book = await intake.get("therapist", f"/courses/{who.course_id}/consents")
    return UUID(book["items"][-1]["id"])
