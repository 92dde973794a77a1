"""Folds: any order, any repetition, the same facts (5.1, INV-38)."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from services.scheduling.domain.course_facts import (
    CareTeam,
    CourseFacts,
    HoldFact,
    no_facts,
)
from services.scheduling.domain.preferences import Preferences, in_force
from services.scheduling.domain.prescription_facts import DoseFact
from services.scheduling.domain.session_facts import CheckFact, ClearanceFact
from tests.unit.scheduling.building import (
    CLIENT,
    COURSE,
    THERAPIST,
    administered,
    at,
    facts,
    hold,
    named,
    order_closed,
    terms,
    told,
)

Step = Callable[[CourseFacts], CourseFacts]
UNTIL = at("08:00", "2027-01-01")
SCOPES = ("treatment", "aftercare_agreement")
HOLD = HoldFact(category="medical", blocks=("start",), severity="stop", owner="prescribing")
DOSE = DoseFact(administered_at=at("10:00"), timing_profile="SL-STD", observe_until=at("12:00"))


def _clearance(until: str) -> ClearanceFact:
    return ClearanceFact(covers_dose_seq=1, cleared_at=at("12:30"), valid_until=at(until))


TELLINGS: tuple[Step, ...] = (
    lambda f: f.register(told("e1")),
    lambda f: f.assign(told("e2"), 1, CareTeam(therapist_ref=THERAPIST, prescriber_ref=None)),
    lambda f: f.assign(told("e3"), 2, CareTeam(therapist_ref=None, prescriber_ref=THERAPIST)),
    lambda f: f.approve(told("e4"), "a1", UNTIL),
    lambda f: f.revoke_approval(told("e5"), "a1"),
    lambda f: f.approve(told("e6"), "a2", UNTIL),
    lambda f: f.consent(lambda c: c.grant(told("e7"), "c1", SCOPES, UNTIL)),
    lambda f: f.consent(lambda c: c.withdraw(told("e8"), "c1", ("treatment",), at("10:10"))),
    lambda f: f.consent(lambda c: c.expire(told("e9"), "c2")),
    lambda f: f.prefer(
        told("e10"), 1, Preferences(touch="none", music=True, eyeshades=True, engagement_style="x")
    ),
    lambda f: f.place_hold(told("e11"), "h1", HOLD),
    lambda f: f.lift_hold(told("e12"), "h1", by="prescribing"),
    lambda f: f.lift_hold(told("e13"), "h1", by="intake"),
    lambda f: f.prescribe(told("e14", version=1), "rx", 1, terms(2)),
    lambda f: f.prescribe(told("e15", version=2), "rx", 2, terms(3)),
    lambda f: f.end_prescription(told("e16", version=3), "rx", "exhausted"),
    lambda f: f.revoke_prescription(told("e17", version=4), "rx"),
    lambda f: f.order("o", "s", lambda o: o.authorise(told("e18"), "rx", UNTIL)),
    lambda f: f.order("o", "s", lambda o: o.administer(told("e19"), 1, DOSE)),
    lambda f: f.order("o", "s", lambda o: o.close(told("e20", version=3), 0)),
    lambda f: f.order("o", "s", lambda o: o.close(told("e21", version=5), 1)),
    lambda f: f.order("o", "s", lambda o: o.withhold(told("e22"), "vitals")),
    lambda f: f.session(
        "s",
        lambda s: s.checked(
            told("e23"), 1, CheckFact(check_id="k", outcome="hold", valid_until=UNTIL)
        ),
    ),
    lambda f: f.session(
        "s",
        lambda s: s.checked(
            told("e24"), 2, CheckFact(check_id="k", outcome="pass", valid_until=UNTIL)
        ),
    ),
    lambda f: f.session("s", lambda s: s.cleared(told("e25"), "cl", _clearance("13:00"))),
    lambda f: f.session("s", lambda s: s.rescinded(told("e26"), "cl")),
    lambda f: f.session("s", lambda s: s.recovery_checked(told("e27"), 1, "not_ready")),
    lambda f: f.care_after(told("e28"), "ac", "s", at("18:00"), end_known=False, plan="standard"),
    lambda f: f.care_after(told("e29", version=2), "ac", "s", at("18:25"), end_known=True),
    lambda f: f.care_after(told("e30", version=3), "ac", "s", at("20:30"), end_known=True),
    lambda f: f.review(told("e31"), "r", 12),
    lambda f: f.decline(told("e32")),
    lambda f: f.close(told("e33"), "completed"),
)


def _fold(steps: list[Step]) -> CourseFacts:
    known = no_facts(COURSE, CLIENT)
    for step in steps:
        known = step(known)
    return known


@settings(max_examples=150)
@given(st.permutations(TELLINGS), st.lists(st.sampled_from(TELLINGS), max_size=10))
def test_order_and_repetition_do_not_matter(order: list[Step], again: list[Step]) -> None:
    assert _fold([*again, *order]) == _fold(list(TELLINGS))


def test_a_revoked_approval_is_not_revived_by_a_late_grant() -> None:
    known = no_facts(COURSE, CLIENT).revoke_approval(told("r"), "a1")
    known = known.approve(told("g"), "a1", UNTIL)
    assert known.approval(at("09:00")) is None
    assert known.approval_lost
    assert known.approve(told("g2"), "a2", UNTIL).approval(at("09:00")) is not None


def test_an_approval_ends_by_itself() -> None:
    known = no_facts(COURSE, CLIENT).approve(told("g"), "a1", at("10:00"))
    assert known.approval(at("09:59")) is not None
    assert known.approval(at("10:00")) is None


def test_a_withdrawn_signature_is_not_revived_and_another_scope_stands() -> None:
    known = no_facts(COURSE, CLIENT)
    known = known.consent(lambda c: c.withdraw(told("w"), "c1", ("treatment",), at("09:00")))
    known = known.consent(lambda c: c.grant(told("g"), "c1", SCOPES, UNTIL))
    assert known.consents.active("treatment", at("10:00")) is None
    assert known.consents.active("aftercare_agreement", at("10:00")) is not None
    assert known.consents.withdrawal("treatment") is not None


def test_a_new_signature_ends_the_withdrawal() -> None:
    known = no_facts(COURSE, CLIENT)
    known = known.consent(lambda c: c.withdraw(told("w"), "c1", ("treatment",), at("09:00")))
    known = known.consent(lambda c: c.grant(told("g"), "c2", ("treatment",), UNTIL))
    assert known.consents.withdrawal("treatment") is None


def test_an_expired_signature_is_no_withdrawal() -> None:
    known = facts().consent(lambda c: c.expire(told("x"), "consent"))
    assert known.consents.active("treatment", at("10:00")) is None
    assert known.consents.withdrawal("treatment") is None


def test_a_hold_lifted_before_it_was_placed_is_not_open() -> None:
    known = no_facts(COURSE, CLIENT).lift_hold(told("l"), "h", by="prescribing")
    assert not list(known.place_hold(told("p"), "h", HOLD).open_holds("start"))


def test_only_the_owner_lifts_a_hold() -> None:
    known = hold(facts(), "start", owner="prescribing").lift_hold(
        told("l"), str(named("hold")), by="intake"
    )
    assert [i for i, _ in known.open_holds("start")] == [str(named("hold"))]
    assert not list(known.open_holds("book"))


def test_a_revoked_prescription_is_not_revived_by_an_amendment() -> None:
    known = facts().revoke_prescription(told("x", version=2), "other")
    assert known.prescriptions["other"].current(at("09:00")) is None
    known = known.prescribe(told("p", version=3), "other", 2, terms())
    assert known.prescriptions["other"].current(at("09:00")) is None


def test_an_amendment_after_an_end_gives_new_force_and_an_older_one_does_not() -> None:
    ended = facts().end_prescription(told("end", version=2), "rx", "exhausted")
    ended = ended.prescribe(told("old", version=1), "rx", 1, terms())
    assert ended.prescriptions["rx"].current(at("09:00")) is None
    amended = ended.prescribe(told("new", version=3), "rx", 2, terms(4))
    assert amended.prescriptions["rx"].current(at("09:00")) is not None


def test_a_closed_count_above_the_doses_seen_is_believed() -> None:
    known = order_closed(no_facts(COURSE, CLIENT), 2)
    assert known.dose_count(str(named("session"))) == 2
    assert not known.doses_of(str(named("session")))


def test_the_highest_version_of_a_closing_counts() -> None:
    known = order_closed(order_closed(facts(), 1, version=5), 0, version=3)
    assert known.dose_count(str(named("session"))) == 1


def test_a_dose_told_twice_is_one_dose_and_a_second_order_adds() -> None:
    known = administered(administered(facts()), order=named("other-order"))
    assert administered(known) == known
    assert known.dose_count(str(named("session"))) == 2


def test_a_known_end_never_moves_back() -> None:
    known = facts().care_after(told("b"), "ac", "s", at("20:30"), end_known=True)
    known = known.care_after(told("a"), "ac", "s", at("18:00"), end_known=True)
    end = known.aftercare["ac"].known_end
    assert end is not None
    assert end.value == at("20:30")


def _wishes(touch: str, **changes: bool) -> Preferences:
    usual = {"music": True, "eyeshades": True, **changes}
    return Preferences(touch=touch, engagement_style="hold_space", **usual)


def test_touch_is_not_widened_with_a_dose_on_board_whenever_it_arrives() -> None:
    """INV-33: said before the dose counts, said after it only narrows."""
    known = no_facts(COURSE, CLIENT)
    known = known.prefer(told("late", "10:30"), 3, _wishes("as_agreed", music=False))
    known = known.prefer(told("early", "09:00"), 2, _wishes("hand_or_shoulder"))
    known = known.prefer(told("first", "08:00"), 1, _wishes("none"))
    on_board = in_force(known.preferences, at("10:00"))
    assert on_board == _wishes("hand_or_shoulder", music=False)
    assert in_force(known.preferences, None) == _wishes("as_agreed", music=False)
    narrowed = known.prefer(told("no", "10:40"), 4, _wishes("none"))
    assert in_force(narrowed.preferences, at("10:00")) == _wishes("none")
    assert in_force(no_facts(COURSE, CLIENT).preferences, at("10:00")) is None
