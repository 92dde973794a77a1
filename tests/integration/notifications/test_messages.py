"""Messages: consent at the moment of sending, quiet hours, replay, and what is never kept."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from careteam_contracts import intake, scheduling
from careteam_contracts.enums import ActorRole, SessionKind
from shared.runtime.ids import new_id
from tests.integration.notifications.clinic import World
from tests.integration.notifications.happenings import (
    booked,
    discharged,
    dose,
    ended,
    in_session,
    registered,
    started,
)
from tests.integration.notifications.people import Person
from tests.support.in_scope import in_scope
from tests.support.service_world import bearer
from tests.support.voices import at
from tests.support.waiting import eventually

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]


def approved() -> intake.ClientApproved:
    return intake.ClientApproved(
        approval_id=new_id(), plan_version=1, valid_until=at("09:00") + timedelta(days=180)
    )


async def only(world: World, person: Person, wording: str) -> dict[str, object]:
    messages = await world.items("/messages", client_id=person.client_id)
    [found] = [message for message in messages if message["wording"] == wording]
    return dict(found)


async def test_consent_counts_at_the_moment_of_sending(world: World) -> None:
    """INV-29: withdrawn between the cause and the sending, on the owner's word alone."""
    kit = world.person()
    await registered(world, kit)
    world.set_clock(at("22:00"))
    await world.tell(kit, approved())
    await world.settle()
    held = await only(world, kit, "welcome")
    assert (held["status"], held["reason"]) == ("held", "quiet_hours")
    assert held["next_try_at"] == "2026-03-11T15:00:00Z"  # 08:00 local

    assert kit.contact is not None
    kit.contact = kit.contact.model_copy(update={"sms_allowed": False})
    await world.advance(at("08:00", day=11))
    welcome = await only(world, kit, "welcome")
    assert (welcome["status"], welcome["channel"]) == ("sent", "email")


async def test_an_event_stops_a_channel_that_the_owner_still_shows(world: World) -> None:
    kit = world.person(email_allowed=False)
    await registered(world, kit)
    await world.tell(
        kit,
        intake.ContactPreferencesChanged(
            sms_allowed=False, email_allowed=False, voice_allowed=False, pref_version=2
        ),
    )
    await world.tell(kit, approved())
    await world.settle()
    welcome = await only(world, kit, "welcome")
    assert (welcome["status"], welcome["reason"]) == ("dropped", "no_consented_channel")
    assert await world.types_published(kit) == ["delivery_failed"]
    receipts = (
        await world.api.get(
            "/api/v1/receipts",
            params={"subject_id": str(welcome["id"])},
            headers=bearer("therapist"),
        )
    ).json()
    [refused] = [v for v in receipts[0]["verdicts"] if not v["holds"]]
    assert (refused["slug"], refused["facts"]["sms_stopped"]) == ("channel-consented", True)


async def test_a_silent_owner_is_asked_again_and_nothing_is_guessed(world: World) -> None:
    kit = world.person()
    await registered(world, kit)
    world.silent.add("intake")
    await world.tell(kit, approved())

    async def held() -> bool:
        return (await only(world, kit, "welcome"))["reason"] == "contact_unknown"

    await eventually(held, seconds=60)
    world.silent.clear()

    async def sent() -> bool:
        return (await only(world, kit, "welcome"))["status"] == "sent"

    await eventually(sent, seconds=60)
    assert len(await world.items("/simulated-outbox", client_id=kit.client_id)) == 1


async def test_spanish_is_spoken_to_who_speaks_it(world: World) -> None:
    kit = world.person(language="es")
    await registered(world, kit)
    await world.tell(kit, approved())
    await world.settle()
    [kept] = await world.items("/simulated-outbox", client_id=kit.client_id)
    assert (kept["language"], kept["sent_to"]) == ("es", "…42")
    assert "Le damos la bienvenida" in kept["body"]


async def test_a_replayed_cause_is_not_said_again(world: World) -> None:
    kit = world.person()
    await registered(world, kit)
    event = approved()
    envelope = await world.tell(kit, event)
    await world.settle()
    await world.voices["intake"].publish(event, envelope, edition=1)
    await world.tell(kit, approved())
    await world.settle()
    assert len(await world.items("/messages", client_id=kit.client_id)) == 1
    assert len(await world.items("/simulated-outbox", client_id=kit.client_id)) == 1


async def test_other_messages_wait_until_the_client_has_left(world: World) -> None:
    quinn = world.person()
    await registered(world, quinn)
    follow_up = new_id()
    world.set_clock(at("09:50"))
    await world.tell(quinn, started(quinn, at("09:50")))
    await world.tell(
        quinn,
        booked(quinn, at("09:00", day=11), kind=SessionKind.INTEGRATION, session_id=follow_up),
    )
    await world.settle()
    reminder = await only(world, quinn, "reminder")
    assert (reminder["status"], reminder["reason"]) == ("held", "in_session")
    await world.tell(quinn, dose(quinn, at("10:00")), occurred_at=at("10:00"))
    world.set_clock(at("12:45"))
    await world.tell(quinn, ended(quinn, at("12:30")), occurred_at=at("12:30"))
    await world.tell(quinn, discharged(quinn, at("12:45")))
    await world.settle()
    assert (await only(world, quinn, "reminder"))["status"] == "sent"


async def test_a_move_replaces_reminders_and_corrects_what_was_told(world: World) -> None:
    quinn = world.person()
    world.set_clock(at("09:00", day=2))
    await registered(world, quinn)
    await world.tell(quinn, booked(quinn, at("09:30")))
    await world.advance(at("09:30", day=8))  # the first reminder goes out

    def moved(to: str, day: int, version: int) -> scheduling.SessionRescheduled:
        starts_at = at(to, day=day)
        return scheduling.SessionRescheduled(
            session_id=quinn.session_id,
            starts_at=starts_at,
            planned_end_at=starts_at + timedelta(hours=3),
            schedule_version=version,
        )

    await world.tell(quinn, moved("14:00", 12, 2))
    await world.settle()
    messages = await world.items("/messages", session_id=quinn.session_id)
    said = sorted((m["wording"], m["status"]) for m in messages)
    assert said == [
        ("moved", "sent"),
        ("reminder", "dropped"),
        ("reminder", "queued"),
        ("reminder", "queued"),
        ("reminder", "sent"),
    ]
    kept = await world.items("/simulated-outbox", client_id=quinn.client_id)
    assert "Thursday, March 12 at 2:00 PM" in kept[0]["body"]

    await world.tell(
        quinn,
        scheduling.SessionCancelled(session_id=quinn.session_id, by_role=ActorRole.FRONT_DESK),
    )
    await world.settle()
    messages = await world.items("/messages", session_id=quinn.session_id)
    assert "queued" not in {m["status"] for m in messages}
    assert (await only(world, quinn, "cancelled"))["status"] == "sent"


async def test_a_cancelled_booking_that_nobody_was_told_of_is_forgotten_quietly(
    world: World,
) -> None:
    quinn = world.person()
    world.set_clock(at("09:00", day=2))
    await registered(world, quinn)
    await world.tell(quinn, booked(quinn, at("09:30")))
    await world.tell(
        quinn, scheduling.SessionCancelled(session_id=quinn.session_id, by_role=ActorRole.CLIENT)
    )
    await world.settle()
    messages = await world.items("/messages", session_id=quinn.session_id)
    assert {m["status"] for m in messages} == {"dropped"}


async def test_who_did_not_come_is_asked_how_they_are(world: World) -> None:
    quinn = world.person()
    await registered(world, quinn)
    await world.tell(quinn, booked(quinn, at("09:30")))
    world.set_clock(at("10:00"))
    await world.tell(quinn, scheduling.SessionMissed(session_id=quinn.session_id))
    await world.settle()
    assert (await only(world, quinn, "missed"))["status"] == "sent"
    [call] = await world.items("/tasks", session_id=quinn.session_id)
    assert call["purpose"] == "call_missed_client"


async def test_no_contact_and_no_name_is_kept_anywhere(world: World) -> None:
    """Ruling 1: the answer of the contact question lives as long as one attempt to send."""
    marker = world.person(phone="+1 555 7391", email="marker-quokka@example.org")
    await in_session(world, marker)
    world.set_clock(at("12:45"))
    await world.tell(marker, ended(marker, at("12:30")), occurred_at=at("12:30"))
    await world.tell(marker, discharged(marker, at("12:45")))
    await world.settle()
    assert await world.items("/simulated-outbox", client_id=marker.client_id)
    async with in_scope(world.service) as connection:
        tables = await connection.scalars(
            sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        )
        for table in tables.all():
            rows = await connection.execute(sa.text(f"SELECT t::text FROM {table} t"))  # noqa: S608
            text = "\n".join(row[0] for row in rows)
            blobs = text + _decoded(text)
            for secret in ("555 7391", "quokka", "Marker", "555 0177", "Robin"):
                assert secret not in blobs, table


def _decoded(text: str) -> str:
    """Payloads are bytes, which PostgreSQL shows as hexadecimal."""
    found = []
    for part in text.replace('"', ",").split(","):
        digits = part.removeprefix("\\\\x").removeprefix("\\x")
        if digits != part:
            found.append(bytes.fromhex(digits.rstrip(")")).decode(errors="replace"))
    return "\n".join(found)


async def test_the_twin_a_payload_is_decoded() -> None:
    row = '(1,"\\\\x' + b"quokka".hex() + '",2)'
    assert "quokka" in _decoded(row)
