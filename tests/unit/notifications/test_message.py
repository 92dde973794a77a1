"""INV-27, INV-29: what may become of a message, and who hears when it reached nobody."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from services.notifications.domain.events import DeliveryFailed
from services.notifications.domain.message import (
    ALLOWED,
    Message,
    MessageChange,
    MessageStatus,
    Reason,
    Trigger,
    begin_try,
    drop,
    fail,
    hold,
    release,
    sent,
)
from services.notifications.domain.vocabulary import Channel, Language, Purpose
from services.notifications.domain.wording import TRAITS, Wording
from shared.decisions import Refused
from tests.unit.notifications.moments import at, message

PULL: Mapping[Trigger, Callable[[Message], MessageChange]] = {
    Trigger.TRY: lambda m: begin_try(m, at=at("10:01")),
    Trigger.SEND: lambda m: sent(m, channel=Channel.SMS, language=Language.ENGLISH, at=at("10:01")),
    Trigger.HOLD: lambda m: hold(m, reason=Reason.QUIET_HOURS, until=at("11:00")),
    Trigger.DROP: lambda m: drop(m, reason=Reason.OVERTAKEN, at=at("10:01")),
    Trigger.FAIL: lambda m: fail(
        m, status=MessageStatus.FAILED, reason=Reason.CHANNEL_FAILED, at=at("10:01")
    ),
}
STATES: Mapping[MessageStatus, Callable[[], Message]] = {
    MessageStatus.QUEUED: message,
    MessageStatus.HELD: lambda: PULL[Trigger.HOLD](message()).state,
    MessageStatus.SENT: lambda: PULL[Trigger.SEND](message()).state,
    MessageStatus.DROPPED: lambda: PULL[Trigger.DROP](message()).state,
    MessageStatus.FAILED: lambda: PULL[Trigger.FAIL](message()).state,
}


@pytest.mark.parametrize("status", MessageStatus)
@pytest.mark.parametrize("trigger", Trigger)
def test_every_cell_of_the_table(status: MessageStatus, trigger: Trigger) -> None:
    state = STATES[status]()
    assert state.status is status
    if trigger in ALLOWED[status]:
        PULL[trigger](state)
        return
    with pytest.raises(Refused, match=f"message-{status}"):
        PULL[trigger](state)


def test_an_unreached_person_is_told_of() -> None:
    change = PULL[Trigger.FAIL](message(Wording.INSTRUCTIONS))
    assert change.events == (
        DeliveryFailed(
            at=at("10:01"),
            message_id=message().id,
            purpose=Purpose.AFTERCARE_INSTRUCTIONS,
            staff_asked=True,
        ),
    )


@pytest.mark.parametrize(
    ("wording", "asked"),
    [
        (Wording.INSTRUCTIONS, True),
        (Wording.ESCORT_PLAN, True),
        (Wording.MOVED, True),
        (Wording.REMINDER, False),
        (Wording.WELCOME, False),
        (Wording.NEXT_APPOINTMENT, False),
    ],
)
def test_it_is_said_whether_staff_know_already(wording: Wording, asked: bool) -> None:
    """Two services that each ask for the same call are one call too many (ruling 23)."""
    (failed,) = PULL[Trigger.FAIL](message(wording)).events
    assert failed.staff_asked is asked


@pytest.mark.parametrize(
    "wording", [Wording.DECLINED, Wording.CHECK_IN, Wording.PLEASE_CALL_NOW, Wording.MISSED]
)
def test_where_people_call_anyway_nobody_is_called_twice(wording: Wording) -> None:
    change = PULL[Trigger.FAIL](message(wording))
    assert change.state.status is MessageStatus.FAILED
    assert change.events == ()


def test_a_message_is_not_held_beyond_its_use() -> None:
    useful = message(expires_after=timedelta(minutes=30))
    held = hold(useful, reason=Reason.QUIET_HOURS, until=at("20:00")).state
    assert held.next_try_at == at("10:30")


def test_only_vain_tries_count_as_attempts() -> None:
    quiet = hold(message(), reason=Reason.QUIET_HOURS, until=at("11:00")).state
    silent = hold(quiet, reason=Reason.CONTACT_UNKNOWN, until=at("11:00")).state
    assert (quiet.attempts, silent.attempts) == (0, 1)


def test_a_released_message_is_looked_at_now() -> None:
    held = STATES[MessageStatus.HELD]()
    assert release(held, now=at("10:30")).state.next_try_at == at("10:30")


def test_late_is_kept_with_what_was_sent() -> None:
    late_after = TRAITS[Wording.INSTRUCTIONS].late_after
    prompt = message(Wording.INSTRUCTIONS)
    for delay, expected in ((late_after, False), (late_after + timedelta(seconds=1), True)):
        state = sent(
            prompt, channel=Channel.SMS, language=Language.ENGLISH, at=prompt.due_at + delay
        ).state
        assert state.late is expected


def test_every_wording_has_traits() -> None:
    assert set(TRAITS) == set(Wording)


def test_the_first_try_is_remembered_and_a_later_one_does_not_move_it() -> None:
    tried = begin_try(message(), at=at("10:01")).state
    assert tried.first_tried_at == at("10:01")
    assert begin_try(tried, at=at("10:05")).state.first_tried_at == at("10:01")
