"""Registering a client, and the channels on which they may be reached."""

from datetime import date

import pytest

from services.intake.domain.client import (
    ChannelConsent,
    ContactDetails,
    change_channels,
    correct_contact,
    register,
)
from services.intake.domain.events import ClientRegistered, ContactPreferencesChanged
from tests.unit.intake.courses import CLIENT, COURSE, MORNING, a_client, later


def test_registering_tells_the_client_and_that_nothing_is_allowed_yet() -> None:
    change = register(
        client_id=CLIENT,
        course_id=COURSE,
        name="Avery Example",
        date_of_birth=date(1980, 6, 1),
        contact=ContactDetails(),
        channels=ChannelConsent(),
        now=MORNING,
    )
    assert change.events == (
        ClientRegistered(at=MORNING),
        ContactPreferencesChanged(
            at=MORNING, sms_allowed=False, email_allowed=False, voice_allowed=False, pref_version=1
        ),
    )


def test_a_channel_is_allowed_only_by_the_client_saying_so() -> None:
    change = change_channels(a_client(), channels=ChannelConsent(sms=True), now=later(hours=1))
    (told,) = change.events
    assert isinstance(told, ContactPreferencesChanged)
    assert (told.sms_allowed, told.email_allowed, told.voice_allowed) == (True, False, False)
    assert told.pref_version == 2


def test_saying_the_same_again_tells_nothing_and_keeps_the_version() -> None:
    client = a_client(sms=True)
    change = change_channels(client, channels=ChannelConsent(sms=True), now=later(hours=1))
    assert change.events == ()
    assert change.state.pref_version == client.pref_version


def test_withdrawing_a_channel_is_told_with_a_higher_version() -> None:
    change = change_channels(a_client(sms=True), channels=ChannelConsent(), now=later(hours=1))
    (told,) = change.events
    assert isinstance(told, ContactPreferencesChanged)
    assert not told.sms_allowed
    assert told.pref_version == 2


def test_a_new_number_is_kept_and_told_to_nobody() -> None:
    change = correct_contact(a_client(), contact=ContactDetails(phone="+1 555 0199"))
    assert change.state.contact.phone == "+1 555 0199"
    assert change.events == ()


@pytest.mark.parametrize(
    ("day", "age"),
    [(date(2025, 5, 31), 17), (date(2025, 6, 1), 18), (date(2025, 6, 2), 18)],
)
def test_age_counts_full_years_and_the_birthday_itself(day: date, age: int) -> None:
    assert a_client(born=date(2007, 6, 1)).age_on(day) == age


def test_a_leap_day_birthday_comes_with_the_first_of_march() -> None:
    born = a_client(born=date(2008, 2, 29))
    assert born.age_on(date(2026, 2, 28)) == 17
    assert born.age_on(date(2026, 3, 1)) == 18


def test_what_was_allowed_when_stays_on_record() -> None:
    """F16: the opt-in has a history of its own, and repeating it adds nothing."""
    client = a_client(sms=True)
    off = change_channels(client, channels=ChannelConsent(), now=later(hours=1)).state
    off = change_channels(off, channels=ChannelConsent(), now=later(hours=2)).state
    assert [(one.channels.sms, one.since) for one in off.channel_history] == [
        (True, MORNING),
        (False, later(hours=1)),
    ]
