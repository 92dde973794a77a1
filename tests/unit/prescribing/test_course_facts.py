"""Every fold gives the same whatever the order and number of deliveries (section 5.1)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.prescribing.domain.course_facts import (
    CareTeam,
    CourseFacts,
    CourseReview,
    OthersHold,
    earliest_fact,
)
from services.prescribing.domain.session_facts import SessionEnd, Window
from services.prescribing.domain.vocabulary import CourseDecision, SessionKind, SessionOutcome
from shared.folds import Sourced
from shared.protocol import ConsentScope, HoldBlock, HoldCategory, HoldSeverity
from tests.unit.prescribing.clinic import CLIENT, COURSE, SESSION, at, course, told

Step = Callable[[CourseFacts], CourseFacts]
TREATMENT, AFTERCARE = ConsentScope.TREATMENT, ConsentScope.AFTERCARE_AGREEMENT
LATER = at("08:00") + timedelta(days=365)


def hold(number: int, owner: str = "intake") -> OthersHold:
    return OthersHold(
        hold_id=UUID(int=number),
        owner=owner,
        category=HoldCategory.CONTRAINDICATION,
        blocks=(HoldBlock.DOSE,),
        severity=HoldSeverity.STOP,
    )


def prescriber(number: int) -> CareTeam:
    return CareTeam(therapist_ref=None, prescriber_ref=UUID(int=number))


def end(number: int, clock: str, outcome: SessionOutcome = SessionOutcome.COMPLETED) -> Step:
    fact = Sourced(SessionEnd(outcome=outcome, ended_at=at(clock)), f"end-{number}", at(clock))
    return lambda f: f.in_session(SESSION, lambda s: s.ended(fact, SessionKind.DOSING))


def window(version: int, clock: str) -> Step:
    fact = Sourced(
        Window(starts_at=at(clock), planned_end_at=at(clock) + timedelta(hours=3)),
        f"window-{version}",
        at("07:00"),
    )
    return lambda f: f.in_session(
        SESSION, lambda s: replace(s, window=s.window.tell(version, fact))
    )


def stop(number: int, clock: str) -> Step:
    fact = Sourced(at(clock), f"stop-{number}", at(clock))
    return lambda f: f.in_session(SESSION, lambda s: replace(s, stop=earliest_fact(s.stop, fact)))


TELLINGS: list[Step] = [
    lambda f: f.approve(UUID(int=20), Sourced(LATER, "approved-1", at("07:00"))),
    lambda f: f.revoke_approval(UUID(int=20), "revoked-1"),
    lambda f: f.approve(UUID(int=23), Sourced(LATER, "approved-2", at("07:30"))),
    lambda f: f.grant(UUID(int=21), (TREATMENT, AFTERCARE), Sourced(LATER, "g1", at("07:00"))),
    lambda f: f.end_consent(UUID(int=21), (TREATMENT,), "w1"),
    lambda f: f.grant(UUID(int=24), (TREATMENT,), Sourced(LATER, "g2", at("07:40"))),
    lambda f: f.end_consent(UUID(int=24), tuple(ConsentScope), "x1"),
    lambda f: f.place(Sourced(hold(70), "placed-70", at("07:00"))),
    lambda f: f.lift("intake", UUID(int=70), "lifted-70"),
    lambda f: f.place(Sourced(hold(71), "placed-71", at("07:00"))),
    lambda f: f.lift("scheduling", UUID(int=71), "forged-71"),
    lambda f: f.assign(
        1, Sourced(CareTeam(therapist_ref=None, prescriber_ref=UUID(int=1)), "t1", at("07:00"))
    ),
    lambda f: f.assign(
        2, Sourced(CareTeam(therapist_ref=None, prescriber_ref=UUID(int=2)), "t2", at("07:01"))
    ),
    lambda f: f.review(
        UUID(int=80),
        Sourced(
            CourseReview(decision=CourseDecision.CONTINUE, covers_until_session_no=9),
            "r1",
            at("07:00"),
        ),
    ),
    lambda f: f.prepare(Sourced(2, "p1", at("07:00"))),
    lambda f: f.close(Sourced(at("07:00"), "c1", at("07:00"))),
    lambda f: f.close(Sourced(at("07:05"), "c2", at("07:05"))),
    window(1, "09:30"),
    window(2, "10:30"),
    end(1, "12:30"),
    end(2, "12:20"),
    end(3, "12:45", SessionOutcome.ABORTED_BEFORE_DOSE),
    stop(1, "10:25"),
    stop(2, "10:30"),
    lambda f: f.in_session(SESSION, lambda s: s.shared(Sourced(UUID(int=90), "s1", at("13:00")))),
    lambda f: f.in_session(SESSION, lambda s: s.shared(Sourced(UUID(int=91), "s2", at("13:30")))),
]


def fold(steps: list[Step]) -> CourseFacts:
    facts = CourseFacts(course_id=COURSE, client_id=CLIENT)
    for step in steps:
        facts = step(facts)
    return facts


IN_ORDER = fold(TELLINGS)


@given(st.permutations(TELLINGS), st.lists(st.sampled_from(TELLINGS), max_size=20))
def test_any_order_and_any_repetition_folds_to_the_same(
    steps: list[Step], again: list[Step]
) -> None:
    """INV-38."""
    assert fold([*steps, *again]) == IN_ORDER


def test_what_the_fold_says() -> None:
    now = at("08:00")
    approval = IN_ORDER.approval_at(now)
    assert approval is not None
    assert approval.event_id == "approved-2"
    assert IN_ORDER.consent_at(TREATMENT, now) is None
    assert IN_ORDER.consent_at(AFTERCARE, now) is not None
    assert IN_ORDER.consent_lost(TREATMENT) in {"w1", "x1"}
    assert {s.value.hold_id for s in IN_ORDER.open_holds(HoldBlock.DOSE)} == {UUID(int=71)}
    assert IN_ORDER.care_team.told is not None
    assert IN_ORDER.care_team.told.value.prescriber_ref == UUID(int=2)
    session = IN_ORDER.session(SESSION)
    assert session.window.told is not None
    assert session.window.told.value.starts_at == at("10:30")
    assert session.stop is not None
    assert session.stop.value == at("10:25")
    assert session.summary is not None
    assert session.summary.value == UUID(int=91)
    assert IN_ORDER.closed is not None
    assert IN_ORDER.closed.event_id == "c1"


def test_the_latest_end_counts_and_an_aborted_one_never_ends_a_dose() -> None:
    """Ruling 12, section 5.1."""
    session = IN_ORDER.session(SESSION)

    undosed, dosed = session.end(dosed=False), session.end(dosed=True)

    assert undosed is not None
    assert undosed.value.ended_at == at("12:45")
    assert dosed is not None
    assert dosed.value.ended_at == at("12:30")
    assert session.ends_differ()


def test_one_end_does_not_differ_from_itself() -> None:
    assert not fold([end(1, "12:30"), end(1, "12:30")]).session(SESSION).ends_differ()


def test_a_foreign_lift_names_the_owner_whose_hold_it_is_not() -> None:
    """INV-32."""
    assert IN_ORDER.known_owners(UUID(int=71)) == {"intake"}


@pytest.mark.parametrize("offset", [timedelta(0), timedelta(seconds=1)])
def test_what_has_run_out_does_not_count(offset: timedelta) -> None:
    assert course().approval_at(LATER + offset) is None
    assert course().consent_at(TREATMENT, LATER + offset) is None


def test_integration_before_the_moment_does_not_count() -> None:
    facts = course().in_session(
        UUID(int=99),
        lambda s: s.ended(
            told(SessionEnd(outcome=SessionOutcome.COMPLETED, ended_at=at("16:00"))),
            SessionKind.INTEGRATION,
        ),
    )

    assert len(facts.integration_since(at("15:59"))) == 1
    assert not facts.integration_since(at("16:00"))


def test_dosing_sessions_come_in_the_order_of_their_windows() -> None:
    early = UUID(int=98)
    facts = course().in_session(
        early,
        lambda s: replace(
            s,
            kind=SessionKind.DOSING,
            window=s.window.tell(
                1, told(Window(starts_at=at("08:30"), planned_end_at=at("09:00")))
            ),
        ),
    )

    assert list(facts.dosing_sessions()) == [early, SESSION]
