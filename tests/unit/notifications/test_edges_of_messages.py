"""Where a message turns: who is told, how often it is tried, when it waits."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest

from services.notifications.domain.alerts import AlertKind, Severity
from services.notifications.domain.client_facts import ChannelConsent
from services.notifications.domain.facts import CareTeam, CourseOutcome
from services.notifications.domain.gates import ChannelState, notify_decision
from services.notifications.domain.message import Reason, begin_try, hold, release, sent
from services.notifications.domain.notice import Notice
from services.notifications.domain.quiet_hours import released_at
from services.notifications.domain.reminders import LEAST_NOTICE, reminders
from services.notifications.domain.replaying import notify_under
from services.notifications.domain.sending import (
    LOYAL_TRIES,
    URGENT_TRIES,
    Fail,
    Hold,
    after_silence,
    tries_others,
)
from services.notifications.domain.task import TaskKind
from services.notifications.domain.vocabulary import Channel, Language
from services.notifications.domain.wording import Wording
from shared.protocol import Channel as Offered
from shared.protocol import ClinicProtocol, QuietHours, Role
from tests.unit.notifications.moments import (
    CLIENT,
    COURSE,
    ZONE,
    at,
    message,
    told,
)
from tests.unit.notifications.test_notify_gate import ALL_WELL, OPEN
from tests.unit.notifications.test_plan_kind_and_routes import FRESH, HOLD
from tests.unit.notifications.test_task_and_notice import task

THERAPIST, PRESCRIBER, NOBODY = UUID(int=51), UUID(int=52), UUID(int=53)


@pytest.mark.parametrize(
    ("role", "ref", "recipient", "seen"),
    [
        ("therapist", THERAPIST, THERAPIST, True),
        ("therapist", NOBODY, THERAPIST, False),
        ("prescriber", THERAPIST, THERAPIST, False),
        ("therapist", THERAPIST, None, True),
        ("prescriber", THERAPIST, None, False),
    ],
)
def test_a_notice_is_for_who_fills_the_role_or_for_the_role(
    role: str, ref: UUID, recipient: UUID | None, seen: bool
) -> None:
    """F36."""
    notice = Notice(
        id=UUID(int=9),
        client_id=CLIENT,
        course_id=COURSE,
        kind=AlertKind.HOLD_PLACED,
        severity=Severity.WARNING,
        cause_id=HOLD,
        session_id=None,
        role=Role.THERAPIST,
        recipient_ref=recipient,
        occurred_at=at("10:00"),
        told_at=at("10:00"),
    )
    assert notice.is_for(role, ref) == seen


def test_a_team_has_two_roles_and_no_third() -> None:
    team = CareTeam(therapist_ref=THERAPIST, prescriber_ref=PRESCRIBER)
    assert [team.ref(role) for role in (Role.THERAPIST, Role.PRESCRIBER, Role.NURSE)] == [
        THERAPIST,
        PRESCRIBER,
        None,
    ]


@pytest.mark.parametrize("allowed", list(Channel))
def test_each_channel_is_consented_to_for_itself(allowed: Channel) -> None:
    """F16, INV-29."""
    consent = ChannelConsent(
        version=1,
        sms=allowed is Channel.SMS,
        email=allowed is Channel.EMAIL,
        voice=allowed is Channel.VOICE,
    )
    assert [one for one in Channel if consent.allows(one)] == [allowed]


def test_declined_or_closed_is_over() -> None:
    assert not FRESH.is_over
    declined = replace(FRESH, declined=FRESH.declined.add("d", told(at("10:00"))))
    closed = replace(FRESH, closings=FRESH.closings.add("c", told(CourseOutcome.COMPLETED)))
    assert declined.is_over
    assert closed.is_over


def test_which_tasks_are_urgent() -> None:
    assert task(TaskKind.CONTACT_CLIENT_NOW).urgent
    assert not task(TaskKind.CALL_CLIENT).urgent


def test_a_try_is_counted_when_somebody_was_asked_and_only_then() -> None:
    """INV-29: quiet hours and a running session cost no try."""
    waiting = message()
    asked = hold(waiting, reason=Reason.CHANNEL_FAILED, until=at("10:01")).state
    silent = hold(asked, reason=Reason.CONTACT_UNKNOWN, until=at("10:02")).state
    quiet = hold(silent, reason=Reason.QUIET_HOURS, until=at("10:03")).state
    assert [one.attempts for one in (waiting, asked, silent, quiet)] == [0, 1, 2, 2]
    gone = sent(quiet, channel=Channel.SMS, language=Language.ENGLISH, at=at("10:05")).state
    assert (gone.attempts, gone.next_try_at, gone.closed_at) == (3, None, at("10:05"))
    first = begin_try(waiting, at=at("10:00")).state
    assert begin_try(first, at=at("10:01")).state.first_tried_at == at("10:00")
    assert release(quiet, now=at("10:02")).state.next_try_at == at("10:02")


@pytest.mark.parametrize(
    ("wording", "attempts", "fails"),
    [
        (Wording.INSTRUCTIONS, URGENT_TRIES - 2, False),
        (Wording.INSTRUCTIONS, URGENT_TRIES - 1, True),
        (Wording.REMINDER, URGENT_TRIES - 1, False),
        (Wording.REMINDER, 50, False),
    ],
)
def test_nobody_in_danger_waits_for_a_silent_service(
    wording: Wording, attempts: int, fails: bool
) -> None:
    step = after_silence(replace(message(wording), attempts=attempts), at("10:00"))
    assert isinstance(step, Fail if fails else Hold)


@pytest.mark.parametrize(
    ("wording", "attempts", "others"),
    [
        (Wording.INSTRUCTIONS, 0, True),
        (Wording.REMINDER, LOYAL_TRIES - 1, False),
        (Wording.REMINDER, LOYAL_TRIES, True),
    ],
)
def test_a_routine_message_stays_with_its_channel_for_a_while(
    wording: Wording, attempts: int, others: bool
) -> None:
    assert tries_others(replace(message(wording), attempts=attempts)) == others


def test_the_receipt_says_of_each_channel_why() -> None:
    """Ruling 23: allowed, reachable, stopped, offered; and the event that said so."""
    facts = replace(
        ALL_WELL,
        channels={Channel.SMS: ChannelState(allowed=True, reachable=False, stopped=True)},
        consent_event="e-1",
    )
    (verdict,) = [one for one in notify_decision(facts).verdicts if one.slug == "channel-consented"]
    assert verdict.facts == {
        "sms_allowed": True,
        "sms_reachable": False,
        "sms_stopped": True,
        "sms_offered": True,
    }
    assert verdict.source_events == ("e-1",)
    fine = [one for one in notify_decision(ALL_WELL).verdicts if one.slug == "channel-consented"]
    assert fine[0].source_events == ()


def test_another_protocol_takes_channels_away_and_gives_none() -> None:
    protocol = ClinicProtocol()
    fewer = replace(protocol, messaging=replace(protocol.messaging, channels=(Offered.EMAIL,)))
    facts = replace(
        ALL_WELL, channels={Channel.SMS: OPEN, Channel.EMAIL: replace(OPEN, offered=False)}
    )
    under = notify_under(facts, fewer)
    assert under.channels is not None
    assert {one: state.offered for one, state in under.channels.items()} == {
        Channel.SMS: False,
        Channel.EMAIL: False,
    }
    assert notify_under(replace(facts, channels=None), protocol).channels is None


@pytest.mark.parametrize(
    ("booked", "due"),
    [
        (timedelta(hours=48), [48, 24]),
        (timedelta(hours=47, minutes=59), [24]),
        (timedelta(hours=24), [24]),
        (timedelta(hours=23, minutes=59), [0]),
        (LEAST_NOTICE, [0]),
        (LEAST_NOTICE - timedelta(seconds=1), []),
    ],
)
def test_who_was_just_told_is_not_reminded(booked: timedelta, due: list[int]) -> None:
    starts = at("15:00")
    found = reminders(starts_at=starts, booked_at=starts - booked, hours=(24, 48))
    assert [one.hours for one in found] == due


def test_quiet_hours_end_once_in_the_night_that_has_an_hour_twice() -> None:
    """1 November 2026: half past one comes twice, and a message waits for neither too long."""
    quiet = QuietHours(start=time(0, 30), end=time(1, 30))
    first = datetime(2026, 11, 1, 8, 15, tzinfo=UTC)
    assert first.astimezone(ZONE).strftime("%H:%M") == "01:15"
    assert released_at(quiet, first, ZONE) == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
    second = first + timedelta(hours=1)
    assert second.astimezone(ZONE).strftime("%H:%M") == "01:15"
    assert released_at(quiet, second, ZONE) == datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
    between = datetime(2026, 11, 1, 8, 45, tzinfo=UTC)
    assert released_at(quiet, between, ZONE) is None
    usual = QuietHours()
    assert released_at(usual, at("21:00"), ZONE) == at("08:00", day=11)
    assert released_at(usual, at("07:59"), ZONE) == at("08:00")
    assert released_at(usual, at("08:00"), ZONE) is None
