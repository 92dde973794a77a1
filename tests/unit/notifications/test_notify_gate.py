"""G-NOTIFY, rule by rule, and what follows from each refusal (ruling 23)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.gates import (
    ChannelState,
    NotifyFacts,
    notify_decision,
    usable_channels,
)
from services.notifications.domain.message import Message, MessageStatus, Reason
from services.notifications.domain.sending import (
    CHANNEL_TRIES,
    URGENT_TRIES,
    Drop,
    Fail,
    Hold,
    Send,
    after_channel_failure,
    after_refusals,
    next_step,
)
from services.notifications.domain.vocabulary import Carriage, Channel
from services.notifications.domain.wording import Wording
from services.notifications.handlers.send_message import CHANNEL_PATIENCE_SECONDS
from shared.messaging.asking import ANSWER_SECONDS
from shared.messaging.asking_timers import LENT_SECONDS
from shared.messaging.outcomes import BACK_OFF_SECONDS
from shared.protocol import QuietHours
from tests.unit.notifications.moments import ZONE, at, message

OPEN = ChannelState(allowed=True, reachable=True)
SHUT = ChannelState(allowed=False, reachable=True)
ALL_WELL = NotifyFacts(
    message=message(),
    now=at("10:00"),
    zone=ZONE,
    quiet_hours=QuietHours(),
    channels={Channel.SMS: OPEN, Channel.EMAIL: OPEN},
    in_session=False,
    sent_before=False,
)


def refused(facts: NotifyFacts) -> set[str]:
    return {refusal.slug for refusal in notify_decision(facts).refusals}


def test_all_well_is_sent_by_the_first_channel_and_explained() -> None:
    decision = notify_decision(ALL_WELL)
    assert decision.allowed
    assert len(decision.verdicts) == 6
    assert next_step(ALL_WELL, decision) == Send((Channel.SMS, Channel.EMAIL))


ONE_WRONG: Mapping[str, tuple[dict[str, Any], object]] = {
    "first-for-cause": ({"sent_before": True}, Drop(Reason.ALREADY_SENT)),
    "not-too-late": (
        {"message": message(expires_after=timedelta(0))},
        Drop(Reason.LATE),
    ),
    "not-in-session": (
        {"in_session": True},
        Hold(Reason.IN_SESSION, at("11:00")),
    ),
    "outside-quiet-hours": (
        {"now": at("21:30"), "message": message(due=at("21:30"))},
        Hold(Reason.QUIET_HOURS, at("08:00", day=11)),
    ),
    "channel-consented": (
        {"channels": {Channel.SMS: SHUT, Channel.EMAIL: SHUT}},
        Fail(Reason.NO_CONSENTED_CHANNEL, MessageStatus.DROPPED),
    ),
}


@pytest.mark.parametrize("slug", ONE_WRONG)
def test_each_rule_alone_refuses_and_leads_to_its_own_step(slug: str) -> None:
    changes, expected = ONE_WRONG[slug]
    facts = replace(ALL_WELL, **changes)
    assert refused(facts) == {slug}
    assert next_step(facts, notify_decision(facts)) == expected


def test_an_owner_that_does_not_answer_is_asked_again() -> None:
    facts = replace(ALL_WELL, channels=None)
    assert refused(facts) == {"contact-answered", "channel-consented"}
    assert next_step(facts, notify_decision(facts)) == Hold(Reason.CONTACT_UNKNOWN, at("10:00"))


def test_nobody_in_danger_waits_for_an_answer_for_ever() -> None:
    tried = replace(message(Wording.INSTRUCTIONS), attempts=URGENT_TRIES - 1)
    facts = replace(ALL_WELL, channels=None, message=tried)
    assert next_step(facts, notify_decision(facts)) == Fail(
        Reason.CONTACT_UNKNOWN, MessageStatus.FAILED
    )
    patient = replace(ALL_WELL, channels=None, message=replace(message(), attempts=50))
    assert isinstance(next_step(patient, notify_decision(patient)), Hold)


@pytest.mark.parametrize(
    ("wording", "tries"),
    [(Wording.INSTRUCTIONS, URGENT_TRIES), (Wording.WELCOME, CHANNEL_TRIES)],
)
def test_a_broken_channel_is_tried_a_few_times(wording: Wording, tries: int) -> None:
    almost = replace(message(wording), attempts=tries - 2)
    assert isinstance(after_channel_failure(almost, at("10:00")), Hold)
    last = replace(message(wording), attempts=tries - 1)
    assert after_channel_failure(last, at("10:00")) == Fail(
        Reason.CHANNEL_FAILED, MessageStatus.FAILED
    )


@pytest.mark.parametrize(
    ("said", "step"),
    [
        ([Carriage.REFUSED, Carriage.REFUSED], Fail(Reason.ADDRESS_REFUSED, MessageStatus.FAILED)),
        ([Carriage.REFUSED, Carriage.AWAY], Hold(Reason.CHANNEL_FAILED, at("10:00"))),
        ([Carriage.AWAY], Hold(Reason.CHANNEL_FAILED, at("10:00"))),
    ],
)
def test_what_is_refused_for_good_is_not_tried_again(said: list[Carriage], step: object) -> None:
    assert after_refusals(message(), at("10:00"), said) == step


def test_people_take_over_within_two_minutes_even_when_everything_hangs() -> None:
    """Every channel takes all its time, at every try: a safety message is a person's by then."""
    one_try = 2 * ANSWER_SECONDS + len(Channel) * CHANNEL_PATIENCE_SECONDS
    assert one_try < LENT_SECONDS
    assert URGENT_TRIES * one_try + sum(BACK_OFF_SECONDS[: URGENT_TRIES - 1]) < 100


def test_all_refusals_are_given_at_once() -> None:
    facts = replace(
        ALL_WELL,
        now=at("23:00"),
        message=message(expires_after=timedelta(hours=1)),
        channels={Channel.SMS: SHUT},
        in_session=True,
        sent_before=True,
    )
    assert refused(facts) == set(ONE_WRONG)


@pytest.mark.parametrize(
    ("state", "usable"),
    [
        (ChannelState(allowed=True, reachable=True), True),
        (ChannelState(allowed=False, reachable=True), False),
        (ChannelState(allowed=True, reachable=False), False),
        (ChannelState(allowed=True, reachable=True, stopped=True), False),
        (ChannelState(allowed=True, reachable=True, offered=False), False),
    ],
)
def test_a_channel_needs_consent_and_an_address_and_no_later_stop(
    state: ChannelState, usable: bool
) -> None:
    facts = replace(ALL_WELL, channels={Channel.EMAIL: state})
    assert (usable_channels(facts) == (Channel.EMAIL,)) is usable


@pytest.mark.parametrize("now", [at("21:30"), at("03:00")])
def test_urgent_messages_do_not_wait_for_the_morning_nor_for_a_session(now: datetime) -> None:
    urgent = replace(
        ALL_WELL, now=now, in_session=True, message=message(Wording.ESCORT_COME_IN, due=now)
    )
    assert notify_decision(urgent).allowed


def test_safety_that_comes_too_late_goes_to_people() -> None:
    """A restriction that has lapsed is not announced as if it began now (INV-27)."""
    lapsed = message(Wording.INSTRUCTIONS, expires_after=timedelta(hours=8))
    facts = replace(ALL_WELL, message=lapsed, now=at("18:00"))
    assert next_step(facts, notify_decision(facts)) == Fail(Reason.LATE, MessageStatus.DROPPED)


STATES = st.builds(
    ChannelState,
    allowed=st.booleans(),
    reachable=st.booleans(),
    stopped=st.booleans(),
    offered=st.booleans(),
)


@given(
    channels=st.none() | st.dictionaries(st.sampled_from(Channel), STATES),
    minutes=st.integers(min_value=0, max_value=3 * 24 * 60),
    wording=st.sampled_from(Wording),
    in_session=st.booleans(),
    sent_before=st.booleans(),
)
def test_nothing_ever_goes_out_against_a_rule(
    channels: Mapping[Channel, ChannelState] | None,
    minutes: int,
    wording: Wording,
    in_session: bool,
    sent_before: bool,
) -> None:
    candidate: Message = message(wording)
    now = candidate.due_at + timedelta(minutes=minutes)
    facts = replace(
        ALL_WELL,
        message=candidate,
        channels=channels,
        now=now,
        in_session=in_session,
        sent_before=sent_before,
    )
    step = next_step(facts, notify_decision(facts))
    if isinstance(step, Send):
        assert step.channels
        assert all(channels is not None and channels[c].usable for c in step.channels)
        assert not sent_before
        assert now < candidate.expires_at
        quiet = QuietHours().covers(now.astimezone(ZONE).time())
        assert candidate.traits.urgent or not (quiet or in_session)
    if isinstance(step, Hold) and step.reason is not Reason.CONTACT_UNKNOWN:
        assert step.until > now
