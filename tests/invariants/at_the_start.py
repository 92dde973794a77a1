"""Invariants 1 to 9: who may begin."""

from collections.abc import Mapping
from typing import Final

from tests.invariants.shown import (
    HERE,
    REAL_I,
    REAL_S,
    SIMULATED,
    UNIT_I,
    UNIT_S,
    Shown,
)

AT_THE_START: Final[Mapping[int, Shown]] = {
    1: Shown(
        "no start without a current approval",
        {
            "a revocation that comes late": (
                f"{REAL_S}/test_starting.py::a_revocation_while_the_start_is_decided_wins",
                SIMULATED,
            ),
            "an approval replayed after its revocation": (
                f"{UNIT_S}/test_course_facts.py::a_revoked_approval_is_not_revived_by_a_late_grant",
            ),
        },
        ("a revoked approval starts",),
    ),
    2: Shown(
        "no approval without both evaluations",
        {
            "cleared of an older request after a newer not cleared": (
                (
                    f"{UNIT_I}/test_eligibility.py"
                    "::cleared_of_an_older_request_after_a_newer_not_cleared_never_approves"
                ),
                f"{REAL_I}/test_eligibility.py::an_answer_to_an_older_request_approves_nobody",
            ),
        },
        ("an older assessment approves",),
    ),
    3: Shown(
        "no start without both consents",
        {
            "a withdrawal that comes late": (
                (
                    f"{UNIT_S}/test_gate_start_facts.py"
                    "::a_negative_that_was_told_refuses_whatever_the_answer_says"
                ),
                SIMULATED,
            ),
            "the grant after its withdrawal": (
                (
                    f"{UNIT_S}/test_course_facts.py"
                    "::a_withdrawn_signature_is_not_revived_and_another_scope_stands"
                ),
            ),
        },
        ("withdrawn consent starts",),
    ),
    4: Shown(
        "no start without preparation",
        {
            "a preparation session told twice": (
                f"{UNIT_S}/test_preparation_and_holds.py::a_session_told_twice_counts_once",
                f"{UNIT_I}/test_facts_properties.py::a_preparation_told_twice_counts_once",
            ),
        },
        ("preparation is not asked for",),
    ),
    5: Shown(
        "no start without fresh assent",
        {
            "assent of a day that was moved": (
                f"{UNIT_S}/test_booking_and_arrival.py::moving_starts_the_day_over",
                f"{UNIT_S}/test_gate_start_facts.py::assent_lapses_after_an_hour_and_at_midnight",
            ),
        },
        ("any assent will do",),
    ),
    6: Shown(
        "no start without an escort",
        {
            "the cancellation before the promise": (
                f"{HERE}/test_sets_without_order.py::inv_06_an_escort_cancelled_first_is_none",
            ),
        },
        ("nobody takes them home",),
    ),
    7: Shown(
        "no start without a trained, licensed and free therapist",
        {
            "papers that run out after the booking": (
                f"{REAL_S}/test_roster_changes.py::papers_absences_and_hours_block_what_rests_on_them",
            ),
            "two bookings at once": (
                f"{REAL_S}/test_booking_at_once.py::a_therapist_and_a_client_are_not_promised_twice",
            ),
        },
        red=(f"{UNIT_S}/test_gate_start.py::each_rule_refuses_by_its_name",),
    ),
    8: Shown(
        "no dose outside a session in progress",
        {
            "the start was lost": (
                f"{HERE}/test_dose_in_its_place.py::inv_08_a_lost_start_is_not_guessed",
                SIMULATED,
            ),
        },
        ("a stop does not stop the dose",),
    ),
    9: Shown(
        "no dose under a blocking hold",
        {
            "the lift before the hold, the hold again after its lift, any order": (
                (
                    f"{HERE}/test_sets_without_order.py"
                    "::inv_09_open_is_placed_and_not_lifted_in_any_order"
                ),
                (
                    f"{UNIT_I}/test_facts_properties.py"
                    "::open_holds_are_those_placed_and_not_lifted_by_the_same_owner"
                ),
            ),
            "the lift was lost": (
                f"{HERE}/test_sets_without_order.py::inv_09_a_lost_lift_leaves_it_blocked",
            ),
        },
        ("holds block nothing",),
    ),
}
