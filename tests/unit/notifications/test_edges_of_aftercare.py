"""Where aftercare turns: which fact comes first, and what no silence states."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from services.notifications.domain.aftercare_course import enhance, learn_start, learn_window
from services.notifications.domain.aftercare_escalation import escalate_aftercare
from services.notifications.domain.aftercare_plan import AftercareStatus
from services.notifications.domain.alerts import Alert, AlertKind
from services.notifications.domain.facts import CourseFacts
from services.notifications.domain.plan_kind import plan_kind
from services.notifications.domain.session_facts import (
    End,
    Exit,
    ExitWay,
    Mark,
    SessionFacts,
    SessionOutcome,
)
from services.notifications.domain.session_reading import (
    LONGEST_STAY,
    current_escort,
    exit_of,
    holds_messages,
    no_dose_is_stated,
)
from services.notifications.domain.vocabulary import PlanKind
from shared.protocol import HoldCategory
from tests.unit.notifications.moments import (
    at,
    plan,
    told,
    window,
)
from tests.unit.notifications.test_plan_kind_and_routes import EMPTY, FRESH, HOLD, dosed


def test_aftercare_began_with_the_first_sign_whenever_it_was_heard() -> None:
    later = learn_start(plan(), at=at("10:30")).state
    assert later.started_at == at("10:00")
    assert learn_start(plan(), at=at("09:55")).state.started_at == at("09:55")


def test_an_escalated_aftercare_learns_its_window_and_stays_escalated() -> None:
    """6.4: only a named clinician takes it back to monitoring."""
    raised = escalate_aftercare(plan(), level=1, at=at("11:00")).state
    learnt = learn_window(
        raised, window("20:45", end_known=True), at=at("13:00"), now=at("13:00")
    ).state
    assert (learnt.status, learnt.restrictions_until) == (AftercareStatus.ESCALATED, at("20:45"))
    again = learn_window(
        learnt, window("18:00", end_known=False), at=at("14:00"), now=at("14:00")
    ).state
    assert (again.end_known, again.restrictions_until) == (True, at("20:45"))
    enhanced = enhance(plan(), at=at("11:00"))
    assert len(enhanced.events) == 1
    assert enhance(enhanced.state, at=at("11:05")).events == ()


def _lost(kind: AlertKind, clock: str) -> CourseFacts:
    alert = Alert(kind=kind, cause_id=HOLD)
    return FRESH.alert(told(alert, occurred=at(clock)))


@pytest.mark.parametrize(
    ("facts", "session", "kind"),
    [
        (_lost(AlertKind.APPROVAL_REVOKED, "10:00"), dosed(), PlanKind.ENHANCED),
        (_lost(AlertKind.APPROVAL_REVOKED, "09:59"), dosed(), PlanKind.STANDARD),
        (_lost(AlertKind.HOLD_PLACED, "10:30"), dosed(), PlanKind.STANDARD),
        (_lost(AlertKind.APPROVAL_REVOKED, "10:30"), EMPTY, PlanKind.STANDARD),
        (
            FRESH.hold_placed(
                "intake", HOLD, told(HoldCategory.CONTRAINDICATION, occurred=at("10:00"))
            ),
            dosed(),
            PlanKind.ENHANCED,
        ),
        (
            FRESH.hold_placed(
                "intake", HOLD, told(HoldCategory.CONTRAINDICATION, occurred=at("09:59"))
            ),
            dosed(),
            PlanKind.STANDARD,
        ),
    ],
)
def test_eligibility_that_was_lost_since_the_dose_is_looked_after(
    facts: CourseFacts, session: SessionFacts, kind: PlanKind
) -> None:
    """7.2: from the minute of the dose on, and of nobody who had none."""
    assert plan_kind(facts, session) is kind


def _left(way: ExitWay, clock: str, session: SessionFacts = EMPTY) -> SessionFacts:
    return session.left(told(Exit(way=way, at=at(clock)), event=hash(way.value) % 90))


def test_the_first_way_out_is_the_way_out() -> None:
    transferred = _left(ExitWay.TRANSFERRED, "11:05")
    for both in (
        _left(ExitWay.AGAINST_ADVICE, "11:10", transferred),
        _left(ExitWay.TRANSFERRED, "11:05", _left(ExitWay.AGAINST_ADVICE, "11:10")),
    ):
        found = exit_of(both)
        assert found is not None
        assert (found.way, found.at) == (ExitWay.TRANSFERRED, at("11:05"))
    same = _left(ExitWay.AGAINST_ADVICE, "11:05", transferred)
    found = exit_of(same)
    assert found is not None
    assert found.way is ExitWay.AGAINST_ADVICE
    assert exit_of(EMPTY) is None


def _closed(*counts: int) -> SessionFacts:
    session = EMPTY
    for number, count in enumerate(counts):
        session = session.order_closed(UUID(int=70 + number), 1, told(count, event=number))
    return session


def test_no_dose_is_stated_by_every_order_and_by_no_silence() -> None:
    """INV-25."""
    assert not no_dose_is_stated(EMPTY)
    assert no_dose_is_stated(_closed(0))
    assert no_dose_is_stated(_closed(0, 0))
    assert not no_dose_is_stated(_closed(0, 1))
    assert not no_dose_is_stated(_closed(1))
    assert not no_dose_is_stated(dosed(_closed(0)))


def test_the_escort_who_was_confirmed_last_is_called_in() -> None:
    one, two = UUID(int=81), UUID(int=82)
    session = EMPTY.escort_confirmed(two, told(at("08:00"))).escort_confirmed(
        one, told(at("09:00"))
    )
    assert current_escort(session) == str(one)
    assert current_escort(session.escort_cancelled(one, "e-gone")) == str(two)
    at_once = EMPTY.escort_confirmed(one, told(at("08:00"))).escort_confirmed(
        two, told(at("08:00"))
    )
    assert current_escort(at_once) == str(two)


@pytest.mark.parametrize(
    ("changes", "now", "held"),
    [
        ((), at("09:55"), True),
        ((), at("09:50") + LONGEST_STAY, False),
        (("cancelled",), at("09:55"), False),
        (("gone",), at("12:50"), False),
        (("dosed", "ended"), at("12:31"), True),
        (("ended",), at("12:31"), False),
    ],
)
def test_other_messages_wait_while_the_client_is_in_the_room(
    changes: tuple[str, ...], now: datetime, held: bool
) -> None:
    """5.4: until they have left, or a day has passed of which nobody heard the end."""
    steps: dict[str, Any] = {
        "cancelled": lambda s: s.marked(Mark.CANCELLED, told(at("09:52"))),
        "gone": lambda s: _left(ExitWay.DISCHARGED, "12:45", s),
        "dosed": dosed,
        "ended": lambda s: s.ended(
            told(End(ended_at=at("12:30"), outcome=SessionOutcome.COMPLETED), event=8)
        ),
    }
    session = EMPTY.marked(Mark.STARTED, told(at("09:50")))
    for name in changes:
        session = steps[name](session)
    assert holds_messages(session, now) == held
    assert not holds_messages(EMPTY, now)


@pytest.mark.parametrize(
    ("heard", "until"), [("18:00", "20:45"), ("20:45", "20:45"), ("21:00", "21:00")]
)
def test_an_end_that_is_known_only_grows(heard: str, until: str) -> None:
    """INV-26: a display time gives way to it, whichever is later; nothing shortens it."""
    known = learn_window(
        plan(until="22:00"), window("20:45", end_known=True), at=at("13:00"), now=at("13:00")
    )
    assert known.state.restrictions_until == at("20:45")
    again = learn_window(
        known.state, window(heard, end_known=True), at=at("13:30"), now=at("13:30")
    )
    assert again.state.restrictions_until == at(until)
    assert len(again.events) == (heard > "20:45")
