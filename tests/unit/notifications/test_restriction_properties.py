"""INV-26: no order, no repetition and no clock change shortens a restriction."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.aftercare_course import learn_window, start_aftercare
from services.notifications.domain.aftercare_plan import AftercarePlan
from services.notifications.domain.restriction import (
    RestrictionRule,
    restricted_until,
)
from services.notifications.domain.session_facts import (
    Dose,
    End,
    Exit,
    ExitWay,
    SessionFacts,
    SessionOutcome,
)
from services.notifications.domain.vocabulary import PlanKind
from tests.unit.notifications.moments import (
    AFTERCARE,
    CLIENT,
    COURSE,
    ORDER,
    SESSION,
    ZONE,
    at,
    told,
)
from tests.unit.notifications.windows import the_window

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


CHANGE_OVERS = [
    # Zone, and a day on which its clocks change: spring and autumn, north and south, half hours,
    # at midnight, and a day that a country left out.
    ("America/Los_Angeles", (2026, 3, 8)),
    ("America/Los_Angeles", (2026, 11, 1)),
    ("Europe/Berlin", (2026, 3, 29)),
    ("Europe/Berlin", (2026, 10, 25)),
    ("Australia/Lord_Howe", (2026, 4, 5)),
    ("Australia/Lord_Howe", (2026, 10, 4)),
    ("Africa/Cairo", (2026, 4, 24)),
    ("America/Santiago", (2026, 9, 6)),
    ("Pacific/Apia", (2011, 12, 30)),
]


@given(
    change=st.sampled_from(CHANGE_OVERS),
    minutes=st.integers(min_value=-2 * 24 * 60, max_value=2 * 24 * 60),
    hours=st.integers(min_value=8, max_value=24),
    until_next_day=st.booleans(),
)
def test_a_change_of_clocks_neither_shortens_nor_lengthens(
    change: tuple[str, tuple[int, int, int]], minutes: int, hours: int, until_next_day: bool
) -> None:
    """Around the days themselves: real hours, and noon by the wall clock of the next day."""
    name, day = change
    zone = ZoneInfo(name)
    moment = datetime(*day, 12, tzinfo=UTC) + timedelta(minutes=minutes)
    rule = RestrictionRule(hours=hours, until_next_day=until_next_day)
    until = restricted_until(moment, rule, zone)
    assert until - moment >= timedelta(hours=hours)
    if not until_next_day:
        assert until - moment == timedelta(hours=hours)
        return
    then, local = until.astimezone(zone), moment.astimezone(zone)
    assert then.date() > local.date()
    noon = (then.hour, then.minute) == (12, 0)
    assert noon or until - moment == timedelta(hours=hours)
    # Twelve hours after the next midnight, an hour more or less, or a day that was left out.
    assert until - moment <= max(timedelta(hours=hours), timedelta(hours=61))


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
