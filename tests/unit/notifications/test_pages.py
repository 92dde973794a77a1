"""What pages put together themselves: a history, previews of texts, and how old somebody is."""

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.notifications.domain.aftercare_plan import AftercareStatus
from services.notifications.domain.check_in import CheckInStatus
from services.notifications.domain.task import SETTLED_BY
from services.notifications.domain.texts import TEXTS
from services.notifications.domain.vocabulary import (
    CheckInOutcome,
    HandoverChannel,
    Language,
    PlanKind,
    Recipient,
)
from services.notifications.domain.wording import Wording
from services.notifications.web.pages.history import history
from services.notifications.web.pages.previews import previews
from services.notifications.web.pages.tasks import PLACES
from services.notifications.web.views import AftercareView, CheckInView, HandoverView
from shared.messaging.people import Person

SOMEBODY = UUID(int=51)


def at(clock: str, day: int = 10) -> datetime:
    return datetime.fromisoformat(f"2026-03-{day}T{clock}").replace(tzinfo=UTC)


def plan() -> AftercareView:
    return AftercareView(
        id=SOMEBODY,
        client_id=SOMEBODY,
        course_id=SOMEBODY,
        session_id=SOMEBODY,
        status=AftercareStatus.MONITORING,
        plan=PlanKind.STANDARD,
        restrictions_until=at("20:30"),
        end_known=True,
        restriction_active=False,
        level=0,
        handovers=[
            HandoverView(recipient=Recipient.CLIENT, channel=HandoverChannel.PAPER, at=at("12:40"))
        ],
        acknowledged=[],
        started_at=at("10:00"),
        closed_at=None,
    )


def check_in(outcome: CheckInOutcome | None) -> CheckInView:
    return CheckInView(
        id=SOMEBODY,
        client_id=SOMEBODY,
        course_id=SOMEBODY,
        session_id=SOMEBODY,
        aftercare_id=SOMEBODY,
        hours=24,
        status=CheckInStatus.DUE if outcome is None else CheckInStatus.CLOSED,
        due_at=at("12:30", day=11),
        silent_at=at("18:30", day=11),
        outcome=outcome,
        closed_at=None if outcome is None else at("12:50", day=11),
        closed_by=None if outcome is None else SOMEBODY,
    )


def test_a_history_tells_the_newest_first_and_who_did_it() -> None:
    told = history(plan(), [check_in(CheckInOutcome.OK)], [], [], [])
    assert [one.what for one in told] == ["check_in", "instructions_delivered", "aftercare_begun"]
    assert (told[0].about, told[0].by) == (("ok",), SOMEBODY)
    assert told[1].about == ("client", "paper")


def test_what_has_not_happened_is_not_told() -> None:
    told = history(plan(), [check_in(None)], [], [], [])
    assert [one.what for one in told] == ["instructions_delivered", "aftercare_begun"]


def test_every_text_is_previewed_as_it_would_leave() -> None:
    shown = previews(ZoneInfo("America/Los_Angeles"))
    assert [one.wording for one in shown] == list(Wording)
    for one in shown:
        for language in Language:
            text = TEXTS[language][one.wording]
            assert (language in one.without) is (text.without is not None)
            assert one.late[language].body.endswith(one.known[language].body)
            assert one.late[language].body != one.known[language].body


@pytest.mark.parametrize(
    ("today", "years"),
    [(date(2026, 4, 1), 35), (date(2026, 4, 2), 36), (date(2026, 12, 31), 36)],
)
def test_an_age_counts_completed_years(today: date, years: int) -> None:
    assert Person(name="Sample", date_of_birth=date(1990, 4, 2), told_at=0.0).age_on(today) == years


def test_a_client_s_name_is_in_no_log() -> None:
    assert "Sample" not in repr(Person(name="Sample", date_of_birth=date(1990, 4, 2), told_at=0.0))


def test_every_task_that_an_outcome_ends_leads_to_that_outcome() -> None:
    assert PLACES.keys() == set(SETTLED_BY.values())
