"""Text messages and calls against a provider's HTTP interface, on the loopback."""

from pathlib import Path
from typing import Any

import pytest

from services.notifications.channels.telephone import Telephone
from services.notifications.domain.vocabulary import Carriage, Channel, Language
from services.notifications.settings import ChannelSettings
from tests.integration.notifications.letters import letter, no_transaction
from tests.integration.notifications.telephone_provider import (
    ACCOUNT,
    NUMBER,
    TOKEN,
    Provider,
    basic,
    running_provider,
)
from tests.support.voices import at

QUINN = letter(Channel.SMS, "+1 (555) 014-2000")


def telephone(provider: Provider, folder: Path) -> Telephone:
    token = folder / "token"
    token.write_text(TOKEN + "\n")
    return ChannelSettings(
        sms_channel="telephone",
        voice_channel="telephone",
        telephone_url=provider.url,
        telephone_account=ACCOUNT,
        telephone_token_file=token,
        telephone_number=NUMBER,
    ).telephone()


async def test_a_text_is_taken(tmp_path: Path) -> None:
    async with running_provider() as provider:
        assert await telephone(provider, tmp_path).text(QUINN, no_transaction) is Carriage.TAKEN
    assert provider.asked == [("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json")]
    [taken] = provider.taken
    assert (taken["to"], taken["from"]) == ("+15550142000", NUMBER)
    assert taken["body"] == QUINN.body
    assert provider.allowed == [basic()]


async def test_a_call_speaks_the_readers_language(tmp_path: Path) -> None:
    body = "Por favor llámenos <ahora> & siempre."
    es = letter(Channel.VOICE, "+15550142", body=body, language=Language.SPANISH)
    async with running_provider() as provider:
        assert await telephone(provider, tmp_path).call(es, no_transaction) is Carriage.TAKEN
    assert provider.asked[0][1].endswith("/Calls.json")
    script = provider.taken[0]["twiml"]
    assert script.count('<Say language="es-MX">') == 2
    assert "&lt;ahora&gt; &amp; siempre" in script


@pytest.mark.parametrize(
    ("status", "said", "outcome"),
    [
        (400, {"code": 21211}, Carriage.REFUSED),  # no such number
        (400, {"code": 21610}, Carriage.REFUSED),  # wants nothing from us
        (400, {"code": 21614}, Carriage.REFUSED),  # cannot be texted
        (201, {"status": "undelivered"}, Carriage.REFUSED),
        (400, {"code": 21606}, Carriage.AWAY),  # our own number is wrong: people set that right
        (401, {"code": 20003}, Carriage.AWAY),
        (429, {"code": 20429}, Carriage.AWAY),
        (500, {}, Carriage.AWAY),
        (301, {}, Carriage.AWAY),
    ],
)
async def test_what_a_provider_says_is_told_apart(
    tmp_path: Path, status: int, said: dict[str, Any], outcome: Carriage
) -> None:
    async with running_provider() as provider:
        provider.answers = [(status, said)]
        assert await telephone(provider, tmp_path).text(QUINN, no_transaction) is outcome
        assert len(provider.asked) == 1


@pytest.mark.parametrize("address", ["quinn@example.org", "12", "call me"])
async def test_what_is_no_number_is_refused_unsent(tmp_path: Path, address: str) -> None:
    async with running_provider() as provider:
        odd = letter(Channel.SMS, address)
        assert await telephone(provider, tmp_path).text(odd, no_transaction) is Carriage.REFUSED
        assert provider.asked == []


async def test_what_was_taken_unheard_is_not_sent_again(tmp_path: Path) -> None:
    """The provider took it and the answer was lost: it is found there, not rung twice."""
    again = letter(Channel.SMS, "+15550142", tried_since=at("12:35"))
    async with running_provider() as provider:
        provider.now, provider.forgets_to_answer = at("12:35"), True
        first = letter(Channel.SMS, "+15550142")
        channel = telephone(provider, tmp_path)
        assert await channel.text(first, no_transaction) is Carriage.AWAY
        assert len(provider.taken) == 1
        assert await channel.text(again, no_transaction) is Carriage.TAKEN
        assert len(provider.taken) == 1


@pytest.mark.parametrize(
    "earlier",
    [
        {"body": "Another text."},
        {"date_created": "Tue, 03 Mar 2026 19:35:00 +0000"},  # the ride of last week
        {"status": "failed"},
        {"to": "+15550199"},
    ],
)
async def test_the_twin_what_is_not_it_does_not_count(
    tmp_path: Path, earlier: dict[str, str]
) -> None:
    again = letter(Channel.SMS, "+15550142", tried_since=at("12:35"))
    async with running_provider() as provider:
        provider.now = at("12:36")
        provider.taken.append(
            {
                "to": "+15550142",
                "body": again.body,
                "status": "sent",
                "date_created": "Tue, 10 Mar 2026 19:35:30 +0000",
                **earlier,
            }
        )
        channel = telephone(provider, tmp_path)
        assert await channel.text(again, no_transaction) is Carriage.TAKEN
        assert len(provider.taken) == 2


async def test_while_nobody_can_say_nothing_is_sent(tmp_path: Path) -> None:
    again = letter(Channel.SMS, "+15550142", tried_since=at("12:35"))
    async with running_provider() as provider:
        channel = telephone(provider, tmp_path)
    assert await channel.text(again, no_transaction) is Carriage.AWAY
