"""What gates hear of restrictions: nothing that is heard and not followed counts as free."""

from dataclasses import replace

import pytest

from services.notifications.domain.facts import CourseFacts
from services.notifications.domain.session_facts import (
    Dose,
    End,
    SessionFacts,
    SessionOutcome,
)
from services.notifications.domain.standing import lags_behind, restriction_decision
from tests.unit.notifications.moments import (
    CLIENT,
    COURSE,
    ORDER,
    SESSION,
    ZONE,
    at,
    plan,
    told,
)

FRESH = CourseFacts(course_id=COURSE, client_id=CLIENT)


def dosed(session: SessionFacts) -> SessionFacts:
    return session.dose(ORDER, told(Dose(seq=1, administered_at=at("10:00")), 1))


def ended(session: SessionFacts) -> SessionFacts:
    return dosed(session).ended(
        told(End(outcome=SessionOutcome.COMPLETED, ended_at=at("12:30")), 2)
    )


DOSED = FRESH.with_session(SESSION, dosed)
ENDED = FRESH.with_session(SESSION, ended)
KNOWN = plan(until="20:30", end_known=True)


def test_a_dose_without_aftercare_is_not_followed_yet() -> None:
    assert lags_behind(DOSED, [], ZONE)
    assert not lags_behind(DOSED, [plan()], ZONE)
    assert not lags_behind(FRESH, [], ZONE)


def test_an_end_that_aftercare_has_not_learnt_is_not_followed_yet() -> None:
    assert lags_behind(ENDED, [plan()], ZONE)
    assert lags_behind(ENDED, [replace(KNOWN, restrictions_until=at("20:00"))], ZONE)
    assert not lags_behind(ENDED, [KNOWN], ZONE)


@pytest.mark.parametrize(
    ("now", "allowed", "owner"),
    [(at("20:29"), False, "notifications"), (at("20:30"), True, None)],
)
def test_a_restriction_refuses_until_it_is_over(
    now: object, allowed: bool, owner: str | None
) -> None:
    decision = restriction_decision(ENDED, [KNOWN], now)  # type: ignore[arg-type]
    assert decision.allowed is allowed
    [verdict] = decision.verdicts
    assert len(verdict.source_events) == 2
    assert [u.owner for u in verdict.unblocks_with] == ([] if owner is None else [owner])


def test_without_an_end_only_scheduling_can_help() -> None:
    decision = restriction_decision(DOSED, [plan()], at("18:00", day=20))
    assert not decision.allowed
    assert decision.verdicts[0].unblocks_with[0].owner == "scheduling"


def test_a_course_without_aftercare_is_free() -> None:
    assert restriction_decision(FRESH, [], at("10:00")).allowed
