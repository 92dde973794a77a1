"""A safety message reaches a human, whatever is down (INV-29)."""

import time
from pathlib import Path

import pytest

from services.notifications.app import define
from services.notifications.settings import ChannelSettings
from tests.integration.notifications.clinic import World, running_clinic
from tests.integration.notifications.happenings import discharged, ended, in_session, registered
from tests.integration.notifications.mail_server import running_mail_server
from tests.integration.notifications.people import Person
from tests.integration.notifications.telephone_provider import (
    ACCOUNT,
    NUMBER,
    TOKEN,
    running_provider,
)
from tests.support.nats_part import NatsPart
from tests.support.parts import FreshDatabase
from tests.support.voices import at
from tests.support.waiting import eventually

pytestmark = pytest.mark.real
LIMIT_SECONDS = 120


def really(mail_port: int, telephone_url: str, folder: Path) -> ChannelSettings:
    token = folder / "telephone"
    token.write_text(TOKEN)
    return ChannelSettings.model_validate(
        {
            "email_channel": "smtp",
            "sms_channel": "telephone",
            "voice_channel": "telephone",
            "smtp_host": "127.0.0.1",
            "smtp_port": mail_port,
            "smtp_security": "none",
            "smtp_sender": "hello@appointments.example",
            "telephone_url": telephone_url,
            "telephone_account": ACCOUNT,
            "telephone_token_file": token,
            "telephone_number": NUMBER,
        }
    )


async def goes_home(world: World, person: Person) -> None:
    world.set_clock(at("12:45"))
    await world.tell(person, ended(person, at("12:30")), occurred_at=at("12:30"))
    await world.tell(person, discharged(person, at("12:45")))


async def instructions(world: World, person: Person) -> list[str]:
    messages = await world.items("/messages", course_id=person.course_id)
    return [m["status"] for m in messages if m["wording"] == "instructions"]


async def test_with_mail_and_telephone_down_and_a_crash_people_are_told_within_two_minutes(
    bus: NatsPart, fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    bus.renew_stream()
    database = fresh_database("notifications")
    async with running_mail_server() as mail, running_provider() as provider:
        down = define(really(mail.port, provider.url, tmp_path))
    async with running_clinic(database, bus, tmp_path, definition=down) as first:
        quinn = first.person()
        await in_session(first, quinn)
        since = time.monotonic()
        await goes_home(first, quinn)
    async with running_clinic(database, bus, tmp_path, definition=down, before=first) as again:

        async def somebody_owes_it() -> bool:
            owed = await again.items(
                "/tasks", course_id=quinn.course_id, purpose="give_instructions", status="open"
            )
            return bool(owed) and await instructions(again, quinn) == ["failed"]

        await eventually(somebody_owes_it, seconds=LIMIT_SECONDS)
        assert time.monotonic() - since < LIMIT_SECONDS


async def test_a_refused_number_is_followed_by_mail_at_once(
    bus: NatsPart, fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    bus.renew_stream()
    async with running_mail_server() as mail, running_provider() as provider:
        provider.answers = [(400, {"code": 21614})]
        real = define(really(mail.port, provider.url, tmp_path))
        async with running_clinic(
            fresh_database("notifications"), bus, tmp_path, definition=real
        ) as world:
            quinn = world.person()
            await in_session(world, quinn)
            await goes_home(world, quinn)

            async def mailed() -> bool:
                return await instructions(world, quinn) == ["sent"]

            await eventually(mailed, seconds=60)
            to_quinn = [m for m in mail.mails if m["To"] == "quinn@example.org"]
            assert len(to_quinn) == 1
            assert "8:30 PM" in to_quinn[0].get_content()
            assert await world.items("/simulated-outbox", client_id=quinn.client_id) == []


async def test_the_telephone_texts_who_allows_it(
    bus: NatsPart, fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    bus.renew_stream()
    async with running_mail_server() as mail, running_provider() as provider:
        real = define(really(mail.port, provider.url, tmp_path))
        async with running_clinic(
            fresh_database("notifications"), bus, tmp_path, definition=real
        ) as world:
            kit, lou = world.person(), world.person(sms_allowed=False, email_allowed=False)
            for someone in (kit, lou):
                await registered(world, someone)
                await in_session(world, someone)
                await goes_home(world, someone)

            async def both_decided() -> bool:
                return [await instructions(world, p) for p in (kit, lou)] == [["sent"], ["dropped"]]

            await eventually(both_decided, seconds=60)
            assert [one["to"] for one in provider.taken].count("+15550142") == 1
            assert mail.mails == []
            [owed] = await world.items(
                "/tasks", course_id=lou.course_id, purpose="give_instructions"
            )
            assert owed["status"] == "open"
