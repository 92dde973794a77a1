"""Integrators are told of what is public: at least once, in order per client, and signed."""

import pytest
import sqlalchemy as sa

from careteam_contracts import intake
from careteam_contracts.catalogue import CATALOGUE
from tests.integration.notifications.clinic import World
from tests.integration.notifications.happenings import in_session
from tests.integration.notifications.integrators.integrated import PATIENCE, Integrate, scheduled
from tests.support.auditing import audited
from tests.support.service_world import bearer
from tests.support.waiting import eventually

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]


async def test_what_is_public_is_told_with_its_cursor_and_signed_and_nothing_else_is(
    world: World, integrated: Integrate
) -> None:
    async with integrated() as one:
        quinn = world.person(phone="+1 555 0199")
        first = await world.tell(quinn, intake.ClientRegistered())
        hidden = await world.tell(
            quinn, intake.MedicalAssessmentRequested(request_id=quinn.order_id, review_flags=0)
        )
        last = await world.tell(quinn, scheduled(quinn))
        await one.told(first, last)
        assert str(hidden.event_id) not in one.receiver.ids()
        got = one.receiver.taken[0]
        assert got.id == got.event["id"] == str(first.event_id)
        assert got.verifies(one.secret)
        assert not got.verifies("whsec_" + "QUFB" * 8)
        assert got.headers["content-type"] == "application/cloudevents+json"
        assert got.event["type"] == "careteam.intake.client_registered.v1"
        assert got.event["specversion"] == "1.0"
        assert got.event["source"] == "/careteam/intake"
        assert got.event["clientsequence"] == 1
        async with world.service.database.engine.connect() as connection:
            epoch = await connection.scalar(sa.text("SELECT epoch FROM stream_epochs"))
        assert got.event["cursor"].startswith(f"{epoch}.")
        assert b"Quinn" not in b"".join(one.body for one in one.receiver.calls)
        assert b"0199" not in b"".join(one.body for one in one.receiver.calls)


async def test_this_services_own_public_events_are_told_too(
    world: World, integrated: Integrate
) -> None:
    async with integrated("careteam.notifications.*") as one:
        person = world.person()
        await in_session(world, person)

        async def told() -> bool:
            return any(got.client == str(person.client_id) for got in one.receiver.taken)

        await eventually(told, seconds=PATIENCE)
        types = {got.event["type"] for got in one.receiver.taken}
        assert types == {"careteam.notifications.aftercare_started.v1"}


async def test_every_type_that_leaves_is_public(world: World, integrated: Integrate) -> None:
    async with integrated() as one:
        person = world.person()
        await in_session(world, person)
        end = await world.tell(person, scheduled(person))
        await one.told(end)
        assert all(CATALOGUE[got.event["type"]].public for got in one.receiver.calls)
    refused = await world.post(
        "/integrators",
        {
            "name": "curious",
            "types": ["careteam.intake.consent_granted.v1"],
            "webhook": {"url": "https://curious.example/hook"},
        },
        role="operator",
    )
    assert refused.status_code == 409
    assert [r["slug"] for r in refused.json()["refusals"]] == ["event-type-not-public"]


async def test_a_range_is_told_again_in_its_order(world: World, integrated: Integrate) -> None:
    person = world.person()
    before = await world.tell(person, intake.ClientRegistered())
    async with integrated() as one:
        told = [await world.tell(person, scheduled(person, day)) for day in (12, 13, 14)]
        await one.told(*told)
        cursor = next(
            g.event["cursor"] for g in one.receiver.taken if g.id == str(told[0].event_id)
        )
        one.receiver.taken.clear()
        assert await one.do("replay", {"after": cursor}) == {"events": 2}
        await one.told(*told[1:])
        assert one.receiver.ids() == [str(envelope.event_id) for envelope in told[1:]]
        one.receiver.taken.clear()
        whole = await one.do("replay", {"to": cursor})
        assert whole["events"] >= 2
        await one.told(before, told[0])
        mine = [g.id for g in one.receiver.taken if g.client == str(person.client_id)]
        assert mine == [str(before.event_id), str(told[0].event_id)]
        nothing = await one.do("replay", {"recorded_from": "2031-01-01T00:00:00Z"}, status=409)
        assert nothing["refusals"][0]["slug"] == "replay-range-empty"


async def test_an_event_that_the_stream_holds_twice_is_told_once(
    world: World, integrated: Integrate
) -> None:
    async with integrated() as one:
        person = world.person()
        event = intake.ClientRegistered()
        envelope = await world.tell(person, event)
        await one.told(envelope)
        await world.voices["intake"].publish(event, envelope, edition=1)
        last = await world.tell(person, scheduled(person))
        await one.told(last)
        assert one.receiver.ids().count(str(envelope.event_id)) == 1


async def test_who_has_no_endpoint_asks_and_counts_by_the_same_cursor(
    world: World, integrated: Integrate
) -> None:
    async with integrated() as one:
        person = world.person()
        told = [await world.tell(person, intake.ClientRegistered())]
        told += [await world.tell(person, scheduled(person, day)) for day in (12, 13)]
        await one.told(*told)
        first = next(g for g in one.receiver.taken if g.id == str(told[0].event_id))
        page = await world.get("/events", "front_desk", after=first.event["cursor"], limit=1)
        rest = await world.get("/events", "front_desk", after=page["next"])
        found = [*page["items"], *rest["items"]]
        assert [event["id"] for event in found] == [str(e.event_id) for e in told[1:]]
        assert found[0] in [got.event for got in one.receiver.taken]
        end = rest["next"]
        assert end == found[-1]["cursor"]
        assert await world.get("/events", "operator", after=end) == {"items": [], "next": end}
        some = await world.get("/events", "operator", types="careteam.scheduling.*", limit=200)
        assert {event["type"].split(".")[1] for event in some["items"]} == {"scheduling"}
        headers = bearer("therapist")
        assert (await world.api.get("/api/v1/events", headers=headers)).status_code == 403
        wrong = {"after": "yesterday"}
        bad = await world.api.get("/api/v1/events", params=wrong, headers=bearer("operator"))
        assert bad.status_code == 422
        [row, *_] = await audited(world.service, action="read_public_events", outcome="allowed")
        assert row["clients"] == [str(person.client_id)]
