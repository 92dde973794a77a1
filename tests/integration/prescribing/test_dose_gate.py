"""G-DOSE over HTTP: refusals with every reason, silence as 503, races, receipts."""

import asyncio
from uuid import UUID

import pytest
import pytest_asyncio

from careteam_contracts import intake, scheduling, shared_safety
from careteam_contracts.enums import (
    ActorRole,
    ConsentScope,
    HoldBlock,
    HoldCategory,
    HoldSeverity,
)
from careteam_contracts.questions import PRESCRIBING_STANDING
from careteam_contracts.standing import PrescribingStanding, StandingAsk
from shared.runtime.ids import new_id
from tests.integration.prescribing.clinic import World
from tests.integration.prescribing.day import AMOUNT, Day
from tests.support.voices import REFS, at
from tests.support.waiting import eventually

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def day(world: World) -> Day:
    """In the room at ten to ten."""
    day = Day(world)
    await day.in_the_room()
    return day


async def standing_for(world: World, day: Day) -> PrescribingStanding:
    """What prescribing answers to scheduling."""
    ask = StandingAsk(course_id=day.person.course_id, session_id=day.person.session_id)
    reply = await world.voices["scheduling"].client.request(
        PRESCRIBING_STANDING.subject, ask.model_dump_json().encode(), timeout=5
    )
    return PrescribingStanding.model_validate_json(reply.data)


async def release(world: World, day: Day) -> str:
    return f"/dose-orders/{await day.order_id()}/release"


@pytest.mark.parametrize("silent", ["intake", "scheduling"])
async def test_no_answer_is_a_no_that_says_so(world: World, day: Day, silent: str) -> None:
    world.silent.add(silent)

    slugs = await world.refused(await release(world, day), role="nurse", status=503)

    assert f"{silent}-did-not-answer" in slugs
    assert (await day.order())["status"] == "checked"
    receipts = await world.get("/receipts", role="operator", subject_id=str(day.person.session_id))
    (denied,) = [r for r in receipts if r["gate"] == "G-DOSE"]
    assert not denied["allowed"]
    assert denied["freshness"]["intake"]["parked"] == 0


async def test_a_course_that_closes_meanwhile_is_seen_from_both_sides(
    world: World, day: Day
) -> None:
    """Ruling 7: while peers are asked, the order already counts as released."""
    world.answering_takes = 0.5
    releasing = asyncio.create_task(day.released())

    async def flag_is_up() -> bool:
        return bool((await standing_for(world, day)).orders_in_hand)

    await eventually(flag_is_up, seconds=5)
    await releasing
    with day.person.closing():
        slugs = await world.refused(
            f"/dose-orders/{await day.order_id()}/administrations",
            {"dose_seq": 1, "amount_mg": AMOUNT},
            role="nurse",
        )
    assert slugs == {"course-not-active"}


async def test_two_releases_at_once_are_one_release(world: World, day: Day) -> None:
    path = await release(world, day)

    answers = await asyncio.gather(*(world.post(path, role="nurse") for _ in range(3)))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    ledger = await world.get(f"/dose-orders/{await day.order_id()}/ledger", role="nurse")
    assert [entry["kind"] for entry in ledger["entries"]] == ["released"]


async def test_two_administrations_of_the_same_dose_are_one_dose(world: World, day: Day) -> None:
    """INV-12."""
    await day.released()
    path = f"/dose-orders/{await day.order_id()}/administrations"
    body = {"dose_seq": 1, "amount_mg": AMOUNT}

    answers = await asyncio.gather(*(world.post(path, body, role="nurse") for _ in range(3)))

    assert {answer.status_code for answer in answers} == {201}
    published = await world.types_published(day.person)
    assert published.count("dose_administered") == 1


async def test_the_same_key_gets_the_same_answer(world: World, day: Day) -> None:
    path = await release(world, day)

    first = await world.post(path, role="nurse", key="release-once")
    again = await world.post(path, role="nurse", key="release-once")

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replay"] == "true"


async def test_a_stop_that_comes_between_takes_the_medicine_back(world: World, day: Day) -> None:
    """INV-11."""
    await day.released()
    await world.tell(
        day.person,
        scheduling.SessionStopRequested(
            session_id=day.person.session_id, by_role=ActorRole.CLIENT, at=world.now()
        ),
    )

    slugs = await world.refused(
        f"/dose-orders/{await day.order_id()}/administrations",
        {"dose_seq": 1, "amount_mg": AMOUNT},
        role="nurse",
    )

    assert {"session-stopped", "order-not-authorised"} <= slugs
    order = await day.order()
    assert (order["status"], order["medicine_out"]) == ("withheld", True)
    tasks = await world.get("/tasks", role="nurse", session_id=str(day.person.session_id))
    assert [task["kind"] for task in tasks["items"]] == ["medicine_not_accounted_for"]


async def test_an_urgent_event_blocks_from_behind_a_gap(world: World, day: Day) -> None:
    """Ruling 4: the withdrawal is here, something before it is not."""
    person, voice = day.person, world.voices["intake"]
    voice.sequences[person.client_id] += 1
    withdrawn = intake.ConsentWithdrawn(
        consent_id=person.consent_id,
        scopes=(ConsentScope.TREATMENT,),
        withdrawn_at=world.now(),
    )
    await world.say(person, withdrawn)

    async def seen() -> bool:
        gates = await world.get(f"/sessions/{person.session_id}/gates", role="nurse")
        return bool(gates["freshness"]["intake"]["waiting"])

    await eventually(seen, seconds=10)
    slugs = await world.refused(await release(world, day), role="nurse")

    assert {"consent-treatment-not-active", "intake-events-unverifiable"} <= slugs


async def test_a_hold_of_another_service_stops_the_order(world: World, day: Day) -> None:
    hold_id = new_id()
    await world.tell(
        day.person,
        shared_safety.IntakeSafetyHoldPlaced(
            hold_id=hold_id,
            hold_category=HoldCategory.CONTRAINDICATION,
            blocks=(HoldBlock.START, HoldBlock.DOSE),
            severity=HoldSeverity.STOP,
        ),
    )

    slugs = await world.refused(await release(world, day), role="nurse")
    assert {"hold-blocks-dose", "order-not-authorised"} <= slugs
    assert (await day.order())["stopped_category"] == "contraindication"


@pytest.mark.parametrize("heard_first", ["the hold", "the lift"])
async def test_a_lift_by_another_than_the_owner_changes_nothing(
    world: World, day: Day, heard_first: str
) -> None:
    """INV-32."""
    hold_id = new_id()
    placed = shared_safety.IntakeSafetyHoldPlaced(
        hold_id=hold_id,
        hold_category=HoldCategory.AFTERCARE,
        blocks=(HoldBlock.DOSE,),
        severity=HoldSeverity.PAUSE,
    )
    lifted = shared_safety.NotificationsSafetyHoldLifted(
        hold_id=hold_id, lifted_by_roles=(ActorRole.PRESCRIBER,)
    )
    told = (placed, lifted) if heard_first == "the hold" else (lifted, placed)
    await world.tell(day.person, *told)

    assert await world.refused(await release(world, day), role="nurse") == {"hold-blocks-dose"}
    incidents = await world.get("/incidents", role="nurse", course_id=str(day.person.course_id))
    assert [incident["code"] for incident in incidents["items"]] == ["foreign_hold_lift"]


async def test_the_gates_page_says_what_would_unblock(world: World, day: Day) -> None:
    path = f"/sessions/{day.person.session_id}/gates"
    gates = await world.get(path, role="front_desk")
    (dose,) = gates["decisions"]
    assert (dose["gate"], dose["allowed"]) == ("G-DOSE", True)
    assert len(dose["verdicts"]) >= 17

    world.set_clock(at("10:30"))
    late = await world.get(path, role="front_desk")
    (dose,) = late["decisions"]
    broken = [verdict for verdict in dose["verdicts"] if not verdict["holds"]]
    assert [verdict["slug"] for verdict in broken] == ["pre-dose-check-not-valid"]
    assert broken[0]["unblocks_with"][0]["owner"] == "prescribing"


async def test_a_dose_before_the_record_is_recorded_as_taken(world: World, day: Day) -> None:
    """Ruling 12, from an order that closed with none."""
    await world.tell(
        day.person,
        scheduling.SessionCancelled(session_id=day.person.session_id, by_role=ActorRole.SYSTEM),
    )
    assert (await day.order())["status"] == "closed"
    world.set_clock(at("10:20"))

    order = await world.do(
        f"/dose-orders/{await day.order_id()}/taken-doses",
        {
            "administered_at": at("10:05").isoformat(),
            "witness_ref": str(REFS["therapist"]),
            "reason_code": "taken_without_release",
            "amount_mg": AMOUNT,
        },
        role="nurse",
    )

    assert (order["status"], order["administered_count"]) == ("closed", 1)
    published = await world.published(day.person)
    counts = [p["administered_count"] for name, p in published if name == "dose_order_closed"]
    assert counts == [0, 1]
    incident = next(p for name, p in published if name == "incident_recorded")
    assert incident["incident_code"] == "dose_rule_broken"
    assert "medicine-not-released" in incident["broken_rules"]
    assert (await day.recovery())["prescriber_must_clear"]


async def test_who_may_not_give_a_dose_is_told(world: World, day: Day) -> None:
    """Headline 11."""
    for role in ("therapist", "front_desk", "on_call", "operator"):
        answer = await world.post(await release(world, day), role=role)
        assert answer.status_code == 403


async def test_an_order_that_is_not_there_is_not_found(world: World) -> None:
    answer = await world.post(f"/dose-orders/{UUID(int=1)}/release", role="nurse")

    assert answer.status_code == 404
