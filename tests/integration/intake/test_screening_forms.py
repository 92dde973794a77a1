"""The intake form over HTTP: sections, questionnaires counted here, and what leaves of them."""

from typing import Any
from uuid import UUID

import pytest

from shared.runtime.ids import new_id
from tests.integration.intake import steps
from tests.integration.intake.clinic import Intake, ProblemError, Whose
from tests.support.auditing import audited
from tests.support.waiting import eventually

pytestmark = pytest.mark.real

FORM: dict[str, Any] = {"programme": "mood", "indications": ["depression"]}
CALM = {"instrument": "cssrs", "answers": [1, 0, None, None, None, 0, 0]}


def phq9(thoughts: int) -> dict[str, Any]:
    return {"instrument": "phq9", "answers": [2] * 8 + [thoughts]}


async def hand_in(intake: Intake, who: Whose, **form: Any) -> dict[str, Any]:
    return await intake.post("nurse", f"/clients/{who.client_id}/screening", {**FORM, **form})


async def holds(intake: Intake, who: Whose) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (
        await intake.get("therapist", f"/courses/{who.course_id}/holds", status="open")
    )["items"]
    return items


async def test_a_form_is_kept_section_by_section_and_counted_here(intake: Intake) -> None:
    who = await steps.register(intake)
    await hand_in(
        intake,
        who,
        psychological_history="two episodes",
        medical_history="none",
        goals="to sleep",
        prior_treatments=["sertraline", "therapy"],
        treatment_resistant=True,
        scores=[phq9(0), {"instrument": "gad7", "score": 9}],
    )
    file = await intake.get("prescriber", f"/clients/{who.client_id}/screening")
    assert file["programme"] == "mood"
    (kept,) = file["submissions"]
    assert kept["treatment_resistant"] is True
    assert (kept["psychological_history"], kept["goals"]) == ("two episodes", "to sleep")
    counted, told = kept["questionnaires"]
    assert (counted["score"], counted["band"], counted["complete"]) == (
        16,
        "moderately_severe",
        True,
    )
    assert (told["score"], told["band"], told["reaches_cut"], told["complete"]) == (
        9,
        "mild",
        False,
        False,
    )


async def test_a_question_in_the_form_keeps_consent_waiting(intake: Intake) -> None:
    who = await steps.approved(intake)
    await hand_in(intake, who, questions=["Will I remember it?", "Who will be there?"])
    body = {"scopes": ["treatment"], "material_version": 1}
    refused = await intake.refused("therapist", f"/courses/{who.course_id}/consents", body)
    assert refused.slugs == ["no-question-open"]
    found = await intake.get("nurse", f"/courses/{who.course_id}/questions", status="open")
    assert [one["text"] for one in found["items"]] == ["Will I remember it?", "Who will be there?"]


async def test_thoughts_of_death_hold_and_only_the_hold_leaves(intake: Intake) -> None:
    who = await steps.register(intake)
    assert (await hand_in(intake, who, scores=[phq9(0)]))["screening_status"] == "clear"
    assert await holds(intake, who) == []
    assert (await hand_in(intake, who, scores=[phq9(1)]))["screening_status"] == "crisis"
    (hold,) = await holds(intake, who)
    assert (hold["category"], hold["severity"]) == ("suicidality", "stop")
    (told,) = await intake.payloads(who, "safety_hold_placed")
    assert set(told) == {
        "hold_id",
        "hold_category",
        "blocks",
        "severity",
        "finding_ref",
        "session_id",
    }


async def test_thoughts_that_are_assessed_at_once_are_flagged_and_not_held(intake: Intake) -> None:
    who = await steps.register(intake)
    screened = await hand_in(intake, who, scores=[phq9(1), CALM])
    assert (screened["screening_status"], screened["review_flags"]) == ("review", 1)
    assert await holds(intake, who) == []


async def test_recent_behaviour_holds(intake: Intake) -> None:
    who = await steps.register(intake)
    recent = {"instrument": "cssrs", "answers": [0, 0, None, None, None, 1, 1]}
    await hand_in(intake, who, scores=[recent])
    assert [one["category"] for one in await holds(intake, who)] == ["suicidality"]


async def test_a_lifted_crisis_is_held_again_by_a_new_high_screen_and_not_by_the_indication(
    intake: Intake,
) -> None:
    who = await steps.register(intake)
    treated = {"indications": ["suicidal_ideation"]}
    await hand_in(intake, who, **treated)
    (hold,) = await holds(intake, who)
    await intake.post("therapist", f"/holds/{hold['id']}/lift", {"safety_plan": "call the sister"})
    await intake.post("prescriber", f"/holds/{hold['id']}/lift", {})
    await hand_in(intake, who, **treated)
    assert await holds(intake, who) == []
    await hand_in(intake, who, **treated, scores=[phq9(2)])
    assert len(await holds(intake, who)) == 1


@pytest.mark.parametrize(
    ("score", "slug"),
    [
        ({"instrument": "phq9", "answers": [0] * 8}, "wrong-number-of-answers"),
        ({"instrument": "phq9", "answers": [0] * 8 + [4]}, "answer-out-of-range"),
        ({"instrument": "gad7", "answers": [0] * 6 + [None]}, "answer-missing"),
        ({"instrument": "cssrs", "answers": [0, 0, 0, 0, 0, 0, 1]}, "answers-contradict"),
    ],
)
async def test_a_form_that_is_not_filled_in_is_refused_with_its_items(
    intake: Intake, score: dict[str, Any], slug: str
) -> None:
    who = await steps.register(intake)
    path = f"/clients/{who.client_id}/screening"
    refused = await intake.refused("nurse", path, {**FORM, "scores": [score]})
    assert (refused.status, refused.slugs) == (409, [slug])
    assert await intake.status(who) == "inquiry"


@pytest.mark.parametrize("score", [{}, {"score": 3, "answers": [0] * 9}, {"answers": [9] * 9}])
async def test_either_the_answers_or_the_score(intake: Intake, score: dict[str, Any]) -> None:
    who = await steps.register(intake)
    path = f"/clients/{who.client_id}/screening"
    body = {**FORM, "scores": [{"instrument": "phq9", **score}]}
    assert (await intake.refused("nurse", path, body)).status == 422


async def test_a_finding_while_the_course_is_closing_is_kept_and_declines(intake: Intake) -> None:
    who = await steps.register(intake)
    await steps.screen(intake, who)
    intake.scheduling.silent = True
    closing = await intake.post(
        "therapist", f"/courses/{who.course_id}/close", {"outcome": "client_stopped"}
    )
    assert closing["closing"]["cause"] == "command"
    screened = await steps.screen(intake, who, "mania_current")
    assert screened["closing"]["cause"] == "not_eligible"
    intake.scheduling.silent = False
    intake.clock.advance(seconds=31)
    await eventually(lambda: _is(intake, who, "declined"))


async def test_the_same_form_under_the_same_key_is_one_form(intake: Intake) -> None:
    who = await steps.register(intake)
    key = {"Idempotency-Key": f"form-{new_id()}"}
    path = f"/clients/{who.client_id}/screening"
    body = {**FORM, "scores": [phq9(1)], "questions": ["Why?"]}
    first = await intake.post("nurse", path, body, **key)
    assert await intake.post("nurse", path, body, **key) == first
    file = await intake.get("nurse", path)
    assert len(file["submissions"]) == 1
    asked = await intake.get("nurse", f"/courses/{who.course_id}/questions")
    assert len(asked["items"]) == 1
    assert UUID(asked["items"][0]["id"])


async def _is(intake: Intake, who: Whose, status: str) -> bool:
    return await intake.status(who) == status


async def test_scores_are_read_over_time_by_those_who_treat(intake: Intake) -> None:
    who = await steps.active(intake)
    await hand_in(intake, who, scores=[{"instrument": "phq9", "score": 18}])
    await steps.one_dosed_session(intake, who)
    intake.clock.advance(days=1)
    await hand_in(intake, who, scores=[{"instrument": "phq9", "score": 11}])
    path = f"/courses/{who.course_id}/outcomes"
    found = (await intake.get("prescriber", path))["items"]
    assert [(one["score"], one["change"], one["sessions_before"]) for one in found] == [
        (18, 0, 0),
        (11, -7, 1),
    ]
    with pytest.raises(ProblemError) as refused:
        await intake.get("front_desk", path)
    assert refused.value.status == 403
    read = await audited(
        intake.app.state.service, target=str(who.course_id), action="read_screening"
    )
    assert [(one["role"], one["outcome"]) for one in read] == [
        ("prescriber", "allowed"),
        ("front_desk", "denied"),
    ]
