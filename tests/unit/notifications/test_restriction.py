"""INV-26, INV-27, ruling 21: the end of a restriction is a function of facts, not of arrivals."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.aftercare_course import learn_window, start_aftercare
from services.notifications.domain.aftercare_plan import AftercarePlan
from services.notifications.domain.restriction import (
    RestrictionRule,
    Window,
    noon_of_next_day,
    restricted_until,
    restriction_window,
)
from services.notifications.domain.session_facts import (
    Dose,
    End,
    Exit,
    ExitWay,
    SessionFacts,
    SessionOutcome,
)
from services.notifications.domain.session_reading import dose_times, ended_at, sign_times
from services.notifications.domain.vocabulary import PlanKind
from tests.unit.notifications.moments import (
    AFTERCARE,
    CLIENT,
    COURSE,
    ORDER,
    RULE,
    SESSION,
    ZONE,
    at,
    told,
)


def the_window(session: SessionFacts, rule: RestrictionRule = RULE) -> Window | None:
    return restriction_window(
        doses=dose_times(session),
        signs=sign_times(session),
        ended_at=ended_at(session),
        rule=rule,
        zone=ZONE,
    )


def test_j1_ends_eight_hours_after_the_session() -> None:
    known = restriction_window(
        doses=frozenset({at("10:00")}),
        signs=frozenset(),
        ended_at=at("12:30"),
        rule=RULE,
        zone=ZONE,
    )
    assert known == Window(until=at("20:30"), end_known=True)


def test_j5_a_stop_25_minutes_after_the_dose_ends_at_18_25() -> None:
    known = restriction_window(
        doses=frozenset({at("10:00")}),
        signs=frozenset(),
        ended_at=at("10:25"),
        rule=RULE,
        zone=ZONE,
    )
    assert known == Window(until=at("18:25"), end_known=True)


def test_j9_a_transfer_is_the_sessions_end() -> None:
    known = restriction_window(
        doses=frozenset({at("10:10")}),
        signs=frozenset(),
        ended_at=at("11:05"),
        rule=RULE,
        zone=ZONE,
    )
    assert known == Window(until=at("19:05"), end_known=True)


def test_a_dose_after_the_end_counts_from_the_dose() -> None:
    late_dose = restriction_window(
        doses=frozenset({at("10:00"), at("12:50")}),
        signs=frozenset(),
        ended_at=at("12:30"),
        rule=RULE,
        zone=ZONE,
    )
    assert late_dose == Window(until=at("20:50"), end_known=True)


def test_without_a_known_end_it_is_provisional_and_never_over() -> None:
    provisional = restriction_window(
        doses=frozenset({at("10:00")}), signs=frozenset(), ended_at=None, rule=RULE, zone=ZONE
    )
    assert provisional == Window(until=at("18:00"), end_known=False)
    assert provisional.active(at("18:00", day=20))


def test_with_a_known_end_it_is_over_to_the_minute() -> None:
    known = Window(until=at("20:30"), end_known=True)
    assert known.active(at("20:29"))
    assert not known.active(at("20:30"))


def test_no_dose_no_restriction() -> None:
    assert (
        restriction_window(
            doses=frozenset(), signs=frozenset(), ended_at=at("12:30"), rule=RULE, zone=ZONE
        )
        is None
    )


def test_a_departure_opens_a_window_before_the_dose_is_heard_of() -> None:
    gone = SessionFacts(id=SESSION).left(told(Exit(way=ExitWay.AGAINST_ADVICE, at=at("11:00"))))
    assert the_window(gone) == Window(until=at("19:00"), end_known=False)


def test_an_abort_before_the_dose_is_no_end_of_a_dosed_session() -> None:
    aborted = (
        SessionFacts(id=SESSION)
        .ended(told(End(outcome=SessionOutcome.ABORTED_BEFORE_DOSE, ended_at=at("10:05")), 1))
        .dose(ORDER, told(Dose(seq=1, administered_at=at("10:00")), 2))
    )
    assert the_window(aborted) == Window(until=at("18:00"), end_known=False)
    replaced = aborted.ended(
        told(End(outcome=SessionOutcome.ENDED_BY_CLINICIAN, ended_at=at("12:00")), 3)
    )
    assert the_window(replaced) == Window(until=at("20:00"), end_known=True)


def test_the_latest_end_told_counts_not_the_end_told_last() -> None:
    session = (
        SessionFacts(id=SESSION)
        .dose(ORDER, told(Dose(seq=1, administered_at=at("10:00")), 1))
        .ended(told(End(outcome=SessionOutcome.COMPLETED, ended_at=at("12:30")), 2))
        .ended(told(End(outcome=SessionOutcome.COMPLETED, ended_at=at("12:10")), 3))
    )
    assert the_window(session) == Window(until=at("20:30"), end_known=True)


@pytest.mark.parametrize(("hours", "expected"), [(4, 8), (8, 8), (12, 12)])
def test_a_clinic_may_be_stricter_than_the_floor_and_never_looser(
    hours: int, expected: int
) -> None:
    until = restricted_until(at("12:00"), RestrictionRule(hours=hours), ZONE)
    assert until - at("12:00") == timedelta(hours=expected)


def test_until_next_day_means_noon_of_the_next_local_day() -> None:
    rule = RestrictionRule(until_next_day=True)
    assert restricted_until(at("12:30"), rule, ZONE) == at("12:00", day=11)


def test_until_next_day_counts_the_local_day_not_the_utc_one() -> None:
    evening = at("18:30")
    assert evening.day == 11  # already tomorrow in UTC
    assert noon_of_next_day(evening, ZONE) == at("12:00", day=11)


def test_eight_hours_are_eight_hours_over_a_clock_change() -> None:
    before = datetime(2026, 3, 7, 23, 0, tzinfo=ZONE)  # the clock springs at 02:00
    until = restricted_until(before, RULE, ZONE)
    assert until - before.astimezone(UTC) == timedelta(hours=8)
    assert until.astimezone(ZONE).hour == 8


ZONES = st.sampled_from(
    [
        "America/Los_Angeles",
        "America/New_York",
        "Europe/Berlin",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Pacific/Apia",
        "UTC",
    ]
).map(ZoneInfo)
MOMENTS = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2035, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
RULES = st.builds(
    RestrictionRule, hours=st.integers(min_value=0, max_value=48), until_next_day=st.booleans()
)


@given(moment=MOMENTS, zone=ZONES, rule=RULES)
def test_never_below_the_floor_and_never_before_noon(
    moment: datetime, zone: ZoneInfo, rule: RestrictionRule
) -> None:
    until = restricted_until(moment, rule, zone)
    assert until >= moment + timedelta(hours=8)
    if rule.until_next_day:
        local, then = moment.astimezone(zone), until.astimezone(zone)
        assert then.date() > local.date()
        assert then.hour >= 12 or then.date() > local.date() + timedelta(days=1)


@given(first=MOMENTS, second=MOMENTS, zone=ZONES, rule=RULES)
def test_a_later_moment_never_ends_earlier(
    first: datetime, second: datetime, zone: ZoneInfo, rule: RestrictionRule
) -> None:
    earlier, later = sorted((first, second))
    assert restricted_until(earlier, rule, zone) <= restricted_until(later, rule, zone)


def learn(
    state: AftercarePlan | None, session: SessionFacts, rule: RestrictionRule
) -> AftercarePlan | None:
    known = the_window(session, rule)
    if known is None:
        return state
    if state is None:
        return start_aftercare(
            aftercare_id=AFTERCARE,
            client_id=CLIENT,
            course_id=COURSE,
            session_id=SESSION,
            window=known,
            plan=PlanKind.STANDARD,
            rule=rule,
            at=at("10:00"),
        ).state
    return learn_window(state, known, at=at("13:00"), now=at("13:00")).state


@given(
    minutes=st.tuples(*[st.integers(min_value=0, max_value=600)] * 4),
    rule=RULES,
    again=st.lists(st.integers(min_value=0, max_value=3), max_size=4),
)
def test_all_permutations_and_repetitions_give_the_same_end(
    minutes: tuple[int, int, int, int], rule: RestrictionRule, again: list[int]
) -> None:
    """{dose, dose, end, departure} in any order, with any of them heard again (INV-26)."""
    one, two, end, gone = (at("08:00") + timedelta(minutes=m) for m in minutes)
    steps = [
        lambda s: s.dose(ORDER, told(Dose(seq=1, administered_at=one), 1)),
        lambda s: s.dose(ORDER, told(Dose(seq=2, administered_at=two), 2)),
        lambda s: s.ended(told(End(outcome=SessionOutcome.COMPLETED, ended_at=end), 3)),
        lambda s: s.left(told(Exit(way=ExitWay.DISCHARGED, at=gone), 4)),
    ]
    expected = restricted_until(max(one, two, end), rule, ZONE)
    for order in permutations(range(4)):
        session, state = SessionFacts(id=SESSION), None
        known_so_far: list[datetime] = []
        for step in (*order, *again):
            session = steps[step](session)
            state = learn(state, session, rule)
            if state is not None and state.end_known:
                known_so_far.append(state.restrictions_until)
        assert state is not None
        assert (state.restrictions_until, state.end_known) == (expected, True)
        assert known_so_far == sorted(known_so_far)


def test_the_twin_a_clock_of_arrival_would_be_seen() -> None:
    """Negative control: a deadline counted from when the end was heard differs by the delay."""
    heard = at("17:30")
    assert restricted_until(heard, RULE, ZONE) != restricted_until(at("12:30"), RULE, ZONE)
