"""Where an order turns: what ends it, what leaves it, and what its receipts say."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.prescribing.domain.authorisation import AuthorisationFacts, authorisation_decision
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.dose_order_states import StopCause
from services.prescribing.domain.gates import MAX_BEHIND_SECONDS, dose_decision
from services.prescribing.domain.hold import Hold, LiftReason
from services.prescribing.domain.order_stops import Stop, StopFacts, stop_of
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.session_facts import Window
from shared.decisions import Decision, Refused, holds, violated
from shared.protocol import HoldBlock, HoldCategory, Role
from tests.unit.prescribing import dose_gate_cases
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    FRESH,
    PRESCRIBER,
    PROTOCOL,
    SESSION,
    THERAPIST,
    active,
    administered,
    at,
    course,
    released,
    requested,
    slugs,
    told,
)

ALLOWED = Decision.of("AUTHORISATION", (holds("all", "6.2"),))
LATER = at("08:00") + timedelta(days=365)


def placed(category: HoldCategory = HoldCategory.SUICIDALITY, clock: str = "09:40") -> Hold:
    return Hold.place(
        uuid4(),
        client_id=CLIENT,
        course_id=COURSE,
        session_id=SESSION,
        category=category,
        cause="found",
        at=at(clock),
        by=Role.NURSE,
    ).state


def test_a_safety_plan_is_recorded_by_being_said_and_by_nothing_else() -> None:
    """C-09: two signatures without it lift nothing; whoever of the two says it, it is recorded."""
    one = placed().sign(THERAPIST, at("09:50")).state
    assert not one.safety_plan_recorded
    with pytest.raises(Refused) as refused:
        one.sign(PRESCRIBER, at("09:55"))
    assert slugs(refused.value) == {"safety-plan-not-recorded"}
    planned = placed().sign(THERAPIST, at("09:50"), safety_plan_recorded=True).state
    assert not planned.sign(PRESCRIBER, at("09:55")).state.open


def test_a_lifted_hold_waits_for_nobody() -> None:
    held = placed(HoldCategory.MEDICAL)
    assert held.missing_signatures == {Role.PRESCRIBER}
    lifted = held.sign(PRESCRIBER, at("09:50"), reason=LiftReason.PLACED_IN_ERROR).state
    assert lifted.missing_signatures == frozenset()
    assert lifted.reasons == (LiftReason.PLACED_IN_ERROR,)


def test_a_new_check_lifts_a_vitals_hold_once_and_no_other_hold() -> None:
    """Ruling 19."""
    vitals = placed(HoldCategory.VITALS).pass_check(at("10:00"), Role.NURSE)
    assert (vitals.state.open, len(vitals.events)) == (False, 1)
    again = vitals.state.pass_check(at("10:05"), Role.NURSE)
    assert (again.state, again.events) == (vitals.state, ())
    medical = placed(HoldCategory.MEDICAL)
    assert medical.pass_check(at("10:00"), Role.NURSE).state == medical


@pytest.mark.parametrize(
    ("clock", "in_force"), [("09:39", False), ("09:40", True), ("09:49", True), ("09:50", False)]
)
def test_a_hold_is_in_force_from_its_placing_to_before_its_lifting(
    clock: str, in_force: bool
) -> None:
    lifted = placed(HoldCategory.MEDICAL).sign(PRESCRIBER, at("09:50")).state
    assert lifted.open_at(at(clock)) == in_force


def test_medicine_that_is_out_is_not_released_again() -> None:
    """INV-12: a second release before the first is accounted for would be two doses out."""
    order = released()
    with pytest.raises(Refused) as refused:
        order.release()
    assert slugs(refused.value) & {"medicine-already-out", "order-cannot-release"}
    given = administered(order).release().state
    assert given.medicine_out
    with pytest.raises(Refused) as twice:
        given.release()
    assert slugs(twice.value) == {"medicine-already-out"}


def test_no_dose_is_given_that_was_not_released() -> None:
    given = administered()
    with pytest.raises(Refused) as refused:
        given.administer(
            2, administered_at=at("10:30"), timing_profile="SL-STD", observe_until=at("12:30")
        )
    assert slugs(refused.value) == {"medicine-not-released"}
    with pytest.raises(Refused) as nothing_out:
        given.return_medicine(HoldCategory.MEDICAL, at("10:30"))
    assert slugs(nothing_out.value) == {"no-medicine-out"}


def test_an_order_that_was_authorised_is_not_refused_afterwards() -> None:
    with pytest.raises(Refused):
        released().refuse(("hold-open",))
    assert requested().refuse(("hold-open",)).state.refused_for == ("hold-open",)


def stopped(order: DoseOrder, **changes: Any) -> Stop | None:
    usual = StopFacts(
        order=order,
        course=course(),
        prescription=active(),
        own_holds=(),
        authorisation=ALLOWED,
        now=at("10:00"),
    )
    return stop_of(replace(usual, **changes))


ORDER = replace(released(), starts_at=at("09:30"), planned_end_at=at("12:30"))
REVOKED = course().revoke_approval(UUID(int=20), "r")
LAPSED = Decision.of(
    "AUTHORISATION", (violated("too-many-doses-in-seven-days", "INV-16", unblocks_with=()),)
)
BEFORE_START = course().in_session(SESSION, lambda s: replace(s, started=None))


def _used_up() -> Prescription:
    return replace(active(sessions=1), used=frozenset({UUID(int=77)}))


@pytest.mark.parametrize(
    ("changes", "cause", "category"),
    [
        ({"course": REVOKED}, StopCause.APPROVAL_REVOKED, HoldCategory.CONTRAINDICATION),
        ({"prescription": None}, StopCause.PRESCRIPTION_NOT_ACTIVE, HoldCategory.ADMINISTRATIVE),
        (
            {
                "prescription": active()
                .revoke(HoldCategory.ADVERSE_EVENT, at=at("09:55"), by=PRESCRIBER)
                .state
            },
            StopCause.PRESCRIPTION_NOT_ACTIVE,
            HoldCategory.ADVERSE_EVENT,
        ),
        ({"prescription": _used_up()}, StopCause.AUTHORISATION_GONE, HoldCategory.ADMINISTRATIVE),
        (
            {"course": BEFORE_START, "authorisation": LAPSED},
            StopCause.GUARD_LAPSED,
            HoldCategory.ADMINISTRATIVE,
        ),
        ({"own_holds": (placed(),)}, StopCause.HOLD, HoldCategory.SUICIDALITY),
    ],
)
def test_what_ends_an_authorised_order(
    changes: dict[str, Any], cause: StopCause, category: HoldCategory
) -> None:
    """Rulings 17 and 20; the same leaves an order that is only wished for waiting."""
    assert stopped(ORDER, **changes) == Stop(cause=cause, category=category)
    wish = replace(requested(), starts_at=at("09:30"), planned_end_at=at("12:30"))
    assert stopped(wish, **changes) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"authorisation": LAPSED},
        {"own_holds": (placed(HoldCategory.VITALS),)},
        {"own_holds": (placed(HoldCategory.MEDICAL).sign(PRESCRIBER, at("09:50")).state,)},
        {"own_holds": (replace(placed(), blocks=(HoldBlock.BOOK,)),)},
        {"prescription": active(sessions=1)},
    ],
)
def test_what_leaves_it(changes: dict[str, Any]) -> None:
    """A guard that lapses after the start, a pause, a lifted hold, a hold on booking."""
    assert stopped(ORDER, **changes) is None


@pytest.mark.parametrize(
    ("starts", "ends", "moved"),
    [
        ("09:30", "12:30", False),
        ("09:31", "12:30", True),
        ("09:30", "12:31", True),
        ("13:30", "16:30", True),
    ],
)
def test_another_window_needs_another_order(starts: str, ends: str, moved: bool) -> None:
    """Ruling 18: whichever end of the window moved."""
    window = told(Window(starts_at=at(starts), planned_end_at=at(ends)))
    known = course().in_session(
        SESSION, lambda s: replace(s, started=None, window=s.window.tell(2, window))
    )
    found = stopped(ORDER, course=known)
    assert (found is not None and found.cause is StopCause.RESCHEDULED) == moved


@pytest.mark.parametrize("block", [HoldBlock.START, HoldBlock.DOSE, HoldBlock.BOOK])
def test_own_holds_on_start_or_dose_keep_an_order_waiting(block: HoldBlock) -> None:
    facts = AuthorisationFacts(
        order=requested(),
        prescription=active(),
        course=course(),
        dosed=(),
        ahead=(),
        reviews=(),
        own_holds=(replace(placed(HoldCategory.MEDICAL), blocks=(block,)),),
        protocol=PROTOCOL,
        now=at("08:30"),
    )
    refused = {refusal.slug for refusal in authorisation_decision(facts).refusals}
    assert ("hold-open" in refused) == (block is not HoldBlock.BOOK)


@pytest.mark.parametrize(("more", "behind"), [(0.0, False), (0.1, True)])
def test_events_of_an_authority_are_heard_within_half_a_minute(more: float, behind: bool) -> None:
    """Ruling 5: at half a minute exactly still."""
    lanes = {**FRESH, "intake": replace(FRESH["intake"], age_seconds=MAX_BEHIND_SECONDS + more)}
    decision = dose_decision(dose_gate_cases.facts(lanes=lanes))
    refused = {refusal.slug for refusal in decision.refusals}
    assert ("intake-events-unverifiable" in refused) == behind


def test_the_receipt_says_what_the_others_said() -> None:
    silent = dose_decision(dose_gate_cases.facts(intake=None))
    by_slug = {one.slug: one.facts for one in silent.verdicts}
    assert by_slug["intake-did-not-answer"]["unverifiable"] is None
    assert by_slug["consent-treatment-not-active"]["intake_says"] is None
    spoken = {one.slug: one.facts for one in dose_decision(dose_gate_cases.facts()).verdicts}
    assert spoken["consent-treatment-not-active"]["intake_says"] is True
