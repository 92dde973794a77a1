"""Holds of others keep an approval waiting; only their owner lifts them (INV-31, INV-32)."""

from uuid import UUID

import pytest

from careteam_contracts.enums import (
    ActorRole,
    HoldBlock,
    HoldCategory,
    HoldSeverity,
)
from careteam_contracts.shared_safety import (
    PrescribingSafetyHoldLifted,
    PrescribingSafetyHoldPlaced,
    SchedulingSafetyHoldLifted,
)
from shared.runtime.ids import new_id
from tests.integration.intake import steps
from tests.integration.intake.clinic import Intake, Whose

pytestmark = pytest.mark.real


async def place_foreign(intake: Intake, who: Whose) -> UUID:
    hold = new_id()
    await intake.prescribing.tell(
        PrescribingSafetyHoldPlaced(
            hold_id=hold,
            hold_category=HoldCategory.MEDICAL,
            blocks=(HoldBlock.START, HoldBlock.DOSE),
            severity=HoldSeverity.STOP,
        ),
        who,
        aggregate_id=hold,
    )
    await intake.settle(who)
    return hold


async def test_a_foreign_hold_keeps_a_cleared_client_waiting_until_its_owner_lifts_it(
    intake: Intake,
) -> None:
    who = await steps.awaiting(intake)
    hold = await place_foreign(intake, who)
    await steps.assessed(intake, who)
    assert await intake.status(who) == "awaiting_medical"
    standing = await intake.get("therapist", f"/courses/{who.course_id}/standing")
    waiting = {refusal["slug"] for refusal in standing["refusals"]}
    assert {"no-open-hold", "no-blocking-hold"} <= waiting
    await intake.prescribing.tell(
        PrescribingSafetyHoldLifted(hold_id=hold, lifted_by_roles=(ActorRole.PRESCRIBER,)),
        who,
        aggregate_id=hold,
    )
    await intake.settle(who)
    assert await intake.status(who) == "approved"


async def test_a_hold_that_another_service_claims_to_lift_stays_and_is_an_incident(
    intake: Intake,
) -> None:
    who = await steps.awaiting(intake)
    hold = await place_foreign(intake, who)
    await intake.scheduling.tell(
        SchedulingSafetyHoldLifted(hold_id=hold, lifted_by_roles=(ActorRole.THERAPIST,)), who
    )
    await intake.settle(who)
    holds = await intake.get("therapist", f"/courses/{who.course_id}/holds")
    assert [one["id"] for one in holds["foreign"]] == [str(hold)]
    (incident,) = await intake.payloads(who, "incident_recorded")
    assert incident["incident_code"] == "foreign_hold_lift"


async def test_a_strangers_lift_that_comes_before_the_hold_is_an_incident_too(
    intake: Intake,
) -> None:
    """INV-32, in the other order."""
    who = await steps.awaiting(intake)
    hold = new_id()
    await intake.scheduling.tell(
        SchedulingSafetyHoldLifted(hold_id=hold, lifted_by_roles=(ActorRole.THERAPIST,)), who
    )
    await intake.settle(who)
    assert "incident_recorded" not in await intake.told(who)
    await intake.prescribing.tell(
        PrescribingSafetyHoldPlaced(
            hold_id=hold,
            hold_category=HoldCategory.MEDICAL,
            blocks=(HoldBlock.DOSE,),
            severity=HoldSeverity.STOP,
        ),
        who,
    )
    await intake.settle(who)
    (incident,) = await intake.payloads(who, "incident_recorded")
    assert incident["incident_code"] == "foreign_hold_lift"
    holds = await intake.get("therapist", f"/courses/{who.course_id}/holds")
    assert [one["id"] for one in holds["foreign"]] == [str(hold)]


async def test_a_lift_that_comes_before_its_hold_is_kept(intake: Intake) -> None:
    who = await steps.awaiting(intake)
    hold = new_id()
    await intake.prescribing.tell(
        PrescribingSafetyHoldLifted(hold_id=hold, lifted_by_roles=(ActorRole.PRESCRIBER,)), who
    )
    await intake.prescribing.tell(
        PrescribingSafetyHoldPlaced(
            hold_id=hold,
            hold_category=HoldCategory.MEDICAL,
            blocks=(HoldBlock.DOSE,),
            severity=HoldSeverity.STOP,
        ),
        who,
    )
    await intake.settle(who)
    holds = await intake.get("therapist", f"/courses/{who.course_id}/holds")
    assert holds["foreign"] == []
    assert "incident_recorded" not in await intake.told(who)


async def test_a_crisis_holds_and_is_lifted_by_both_roles_with_a_plan(intake: Intake) -> None:
    who = await steps.awaiting(intake, "suicidality_high")
    await steps.assessed(intake, who)
    assert await intake.status(who) == "awaiting_medical"
    (hold,) = (await intake.get("therapist", f"/courses/{who.course_id}/holds"))["items"]
    assert (hold["category"], hold["severity"]) == ("suicidality", "stop")
    lift = f"/holds/{hold['id']}/lift"
    assert (await intake.refused("therapist", lift, {})).slugs == ["safety-plan-missing"]
    first = await intake.post("therapist", lift, {"safety_plan": "call the sister"})
    assert (first["status"], first["missing_roles"]) == ("open", ["prescriber"])
    assert (await intake.refused("therapist", lift, {})).slugs == ["role-signed-already"]
    assert (await intake.refused("nurse", lift, {})).slugs == ["role-cannot-lift"]
    assert await intake.status(who) == "awaiting_medical"
    assert (await intake.post("prescriber", lift, {}))["status"] == "lifted"
    assert await intake.status(who) == "approved"
    (lifted,) = await intake.payloads(who, "safety_hold_lifted")
    assert sorted(lifted["lifted_by_roles"]) == ["prescriber", "therapist"]
