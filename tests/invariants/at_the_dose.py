"""Invariants 10 to 18: who may be given a dose."""

from collections.abc import Mapping
from typing import Final

from tests.invariants.shown import (
    HERE,
    REAL_I,
    REAL_P,
    REAL_S,
    SIMULATED,
    UNIT_P,
    UNIT_S,
    Shown,
)

AT_THE_DOSE: Final[Mapping[int, Shown]] = {
    10: Shown(
        "no dose after revocation, expiry or exhaustion",
        {
            "a revocation that comes late, or with the release": (
                (
                    f"{REAL_P}/test_journeys.py"
                    "::j7_the_prescription_is_revoked_with_the_client_in_the_room"
                ),
                SIMULATED,
            ),
            "an amendment before its prescription, a prescription replayed": (
                (
                    f"{HERE}/test_sets_without_order.py"
                    "::inv_10_a_revoked_prescription_stays_so_in_any_order"
                ),
            ),
        },
        ("a revocation leaves the order",),
    ),
    11: Shown(
        "no dose after stop, withdrawal or loss of the escort",
        {
            "a booster that races a stop": (
                f"{UNIT_P}/test_boosters.py::no_booster_after_a_stop",
                f"{UNIT_P}/test_dose_races.py::a_stop_between_release_and_dose_keeps_the_dose_away",
                SIMULATED,
            ),
        },
        ("a stop does not stop the dose",),
    ),
    12: Shown(
        "each dose once, and no more than allowed",
        {
            "the same dose commanded twice": (
                f"{UNIT_P}/test_dose_races.py::the_same_dose_told_twice_is_one_dose",
                f"{REAL_P}/test_dose_gate.py::two_administrations_of_the_same_dose_are_one_dose",
            ),
        },
        ("doses without number",),
    ),
    13: Shown(
        "one order for a session, never more sessions than prescribed",
        {
            "a booking told twice": (
                f"{UNIT_P}/test_orders_follow_the_facts.py::a_repeated_fact_changes_nothing",
            ),
            "cancelled and booked again": (
                (
                    f"{UNIT_P}/test_orders_follow_the_facts.py"
                    "::cancelling_and_booking_again_returns_the_authorisation_once"
                ),
            ),
        },
        ("more sessions than prescribed", "an order for each telling"),
    ),
    14: Shown(
        "only a new check or a prescriber passes a hold or a review",
        {
            "an older pass after a newer hold": (
                (
                    f"{UNIT_P}/test_pre_dose_check.py"
                    "::an_old_pass_that_comes_late_does_not_replace_a_newer_hold"
                ),
                f"{UNIT_S}/test_gate_start_facts.py::an_older_check_that_arrives_late_does_not_refuse",
            ),
        },
        ("the check is not looked at",),
    ),
    15: Shown(
        "one open dosing session for a client",
        {
            "two desks at once": (
                f"{REAL_S}/test_starting.py::of_two_starts_at_once_one_wins",
                (
                    f"{REAL_S}/test_booking_at_once.py"
                    "::the_database_itself_refuses_a_second_open_dosing_session"
                ),
            ),
        },
        ("the room is free when the talk ends",),
    ),
    16: Shown(
        "doses apart, with a talk between",
        {
            "a dose that is told late makes a booking illegal": (
                f"{UNIT_S}/test_following.py::a_booking_is_blocked_by_name_and_released",
                (
                    f"{REAL_S}/test_leaving.py"
                    "::the_next_dosing_waits_for_integration_and_is_released_by_it"
                ),
            ),
            "the doses were in an earlier course": (
                (
                    f"{UNIT_P}/test_refused_authorisations.py"
                    "::two_doses_of_an_earlier_course_leave_no_third_in_the_week"
                ),
            ),
        },
        ("no talk between two doses",),
    ),
    17: Shown(
        "no next dose before the last summary was read",
        {
            "the summary was lost": (
                f"{UNIT_P}/test_summary_sweep.py::a_lost_summary_shows_a_day_after_the_dose",
            ),
        },
        ("the summary is not read",),
    ),
    18: Shown(
        "no seventh dose without a review",
        {
            "a dose told twice": (
                (
                    f"{REAL_I}/test_reviews_and_aftercare.py"
                    "::a_dose_told_twice_counts_once_and_a_correction_takes_it_back"
                ),
                f"{UNIT_P}/test_authorisation.py::no_seventh_dose_without_a_course_review",
            ),
        },
        ("no review is due",),
    ),
}
