"""Which sessions count as doses, and which was dosed last (INV-16)."""

from dataclasses import replace

import pytest

from services.scheduling.domain.session import DosesSeen
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from services.scheduling.domain.spacing import dosed_or_due, last_dosed
from tests.unit.scheduling.booking_question import past_dosed
from tests.unit.scheduling.building import at, named, session

THIS = named("this")


def test_a_booked_dosing_session_counts_from_when_it_is_due() -> None:
    ahead = session(SessionKind.DOSING, starts=at("09:30", "2026-03-12"))
    assert dosed_or_due((ahead,), besides=THIS) == (at("09:30", "2026-03-12"),)


@pytest.mark.parametrize("status", [SessionStatus.CANCELLED, SessionStatus.ABORTED])
def test_what_ended_without_a_dose_takes_no_place_in_the_week(status: SessionStatus) -> None:
    undosed = session(SessionKind.DOSING, status=status)
    assert dosed_or_due((undosed,), besides=THIS) == ()
    given = DosesSeen(count=1, first_at=at("10:00"), last_at=at("10:00"))
    assert dosed_or_due((replace(undosed, doses=given),), besides=THIS) == (at("10:00"),)


def test_a_session_is_not_too_close_to_itself() -> None:
    itself = past_dosed()
    assert dosed_or_due((itself,), besides=itself.id) == ()
    assert last_dosed((itself,), before=at("09:30"), besides=itself.id) is None


def test_the_last_dosed_is_the_latest_up_to_the_moment() -> None:
    first, second = past_dosed("2026-03-05"), past_dosed("2026-03-08")
    taken = at("10:00", "2026-03-08")
    assert last_dosed((second, first), before=taken, besides=THIS) == second
    assert last_dosed((second, first), before=at("09:59", "2026-03-08"), besides=THIS) == first
    assert last_dosed((second,), before=at("09:59", "2026-03-08"), besides=THIS) is None
