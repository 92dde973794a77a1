from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.prescribing.domain.calendar_months import months_after
from services.prescribing.domain.prescribing_limits import (
    above_ceiling,
    longest_validity,
    require_terms,
)
from services.prescribing.domain.vocabulary import PrescriptionKind
from shared.decisions import Refused
from shared.protocol import PrescriptionRules, Route
from tests.unit.prescribing.clinic import PROTOCOL, ZONE, at, slugs, terms

RULES = PROTOCOL.prescription


@pytest.mark.parametrize(
    ("start", "six_months_later"),
    [
        (datetime(2026, 1, 15, 18, tzinfo=UTC), datetime(2026, 7, 15, 17, tzinfo=UTC)),
        (datetime(2026, 8, 31, 18, tzinfo=UTC), datetime(2027, 2, 28, 19, tzinfo=UTC)),
        (datetime(2027, 8, 31, 18, tzinfo=UTC), datetime(2028, 2, 29, 19, tzinfo=UTC)),
    ],
)
def test_six_months_are_counted_by_the_calendar_of_the_clinic(
    start: datetime, six_months_later: datetime
) -> None:
    assert longest_validity(start, RULES, ZONE) == six_months_later


def test_a_clinic_may_shorten_the_days() -> None:
    start = at("08:00")

    assert longest_validity(start, PrescriptionRules(max_days=30), ZONE) == start + timedelta(30)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)).map(lambda d: d.replace(tzinfo=UTC)),  # noqa: DTZ001
    st.integers(0, 24),
)
def test_months_never_skip_a_month(start: datetime, months: int) -> None:
    local, later = start.astimezone(ZONE), months_after(start, months, ZONE).astimezone(ZONE)

    assert (later.year * 12 + later.month) - (local.year * 12 + local.month) == months
    assert later.day <= local.day


@given(
    zone=st.sampled_from(
        (
            ("America/Los_Angeles", 2026, 3, 8),
            ("America/Los_Angeles", 2026, 11, 1),
            ("Europe/Berlin", 2026, 3, 29),
            ("Europe/Berlin", 2026, 10, 25),
            ("Australia/Lord_Howe", 2026, 4, 5),
            ("Australia/Lord_Howe", 2026, 10, 4),
            ("Asia/Kolkata", 2026, 3, 8),
        )
    ),
    minute=st.integers(0, 5 * 60),
    months=st.sampled_from((6, 12)),
    second_showing=st.booleans(),
)
def test_months_keep_the_clock_where_it_changes(
    zone: tuple[str, int, int, int], minute: int, months: int, second_showing: bool
) -> None:
    """To the hour that is left out and from the one that is shown twice: never a minute less."""
    name, year, month, day = zone
    place = ZoneInfo(name)
    clock = timedelta(minutes=minute)
    earlier = datetime(year - 1, month, day, tzinfo=place) + clock
    if months == 6:
        earlier = datetime(year - (month <= 6), (month + 5) % 12 + 1, day, tzinfo=place) + clock
    lands = months_after(earlier.astimezone(UTC), months, place).astimezone(place)
    late = lands.replace(tzinfo=None) - (datetime(year, month, day) + clock)  # noqa: DTZ001
    assert late in {timedelta(), timedelta(minutes=30), timedelta(hours=1)}

    begun = (datetime(year, month, day, tzinfo=place) + clock).replace(fold=int(second_showing))
    shown = begun.astimezone(UTC).astimezone(place)
    later = months_after(begun.astimezone(UTC), months, place).astimezone(place)
    assert (later.day, later.hour, later.minute) == (shown.day, shown.hour, shown.minute)


@pytest.mark.parametrize(
    ("kind", "sessions", "refused"),
    [
        (PrescriptionKind.PRESCRIPTION, 6, False),
        (PrescriptionKind.PRESCRIPTION, 7, True),
        (PrescriptionKind.IN_CLINIC_ORDER, 7, False),
    ],
)
def test_a_prescription_has_at_most_five_refills(
    kind: PrescriptionKind, sessions: int, refused: bool
) -> None:
    assert ("too-many-refills" in _refusals(terms(sessions_authorised=sessions), kind)) is refused


def test_every_limit_that_is_broken_is_named() -> None:
    wrong = terms(
        timing_profile="IM-STD",
        sessions_authorised=9,
        valid_until=at("08:00") + timedelta(days=200),
    )

    assert _refusals(wrong, PrescriptionKind.PRESCRIPTION) == {
        "timing-profile-not-of-route",
        "too-many-refills",
        "validity-too-long",
    }


def test_a_route_that_the_clinic_does_not_use_is_refused() -> None:
    refused = _refusals(terms(timing_profile="IV-STD"), PrescriptionKind.PRESCRIPTION, Route.IV)

    assert "route-not-enabled" in refused


def _refusals(written: Any, kind: PrescriptionKind, route: Route = Route.SL) -> set[str]:
    try:
        require_terms(
            written, kind=kind, route=route, start=at("08:00"), protocol=PROTOCOL, zone=ZONE
        )
    except Refused as refused:
        return slugs(refused)
    return set()


@pytest.mark.parametrize(
    ("route", "amount", "weight", "above"),
    [
        (Route.SL, 400, None, False),
        (Route.SL, 400.5, None, True),
        (Route.IV, 70, 70, False),
        (Route.IV, 71, 70, True),
        (Route.IV, 10, None, True),
    ],
)
def test_an_amount_above_the_ceiling_wants_a_second_prescriber(
    route: Route, amount: float, weight: float | None, above: bool
) -> None:
    assert above_ceiling(terms(amount_mg=amount, weight_kg=weight), route, RULES) is above


def test_a_route_without_a_ceiling_wants_a_second_prescriber() -> None:
    assert above_ceiling(terms(), Route.SL, replace(RULES, ceilings={}))
