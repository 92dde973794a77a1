"""Invariants 19 to 30: until the client is safely at home."""

from collections.abc import Mapping
from typing import Final

from tests.invariants.shown import (
    HERE,
    REAL_I,
    REAL_N,
    REAL_S,
    SIMULATED,
    UNIT_N,
    UNIT_P,
    UNIT_S,
    Shown,
)

UNTIL_AT_HOME: Final[Mapping[int, Shown]] = {
    19: Shown(
        "the client ends the session at once",
        {
            "the bus is away": (
                f"{REAL_S}/test_disturbed.py::a_stop_is_taken_at_once_with_the_bus_away",
            ),
            "in every phase": (
                f"{UNIT_S}/test_therapy.py::a_stop_is_taken_in_every_phase_after_the_dose",
            ),
        },
        ("a stop is refused",),
    ),
    20: Shown(
        "only clearance, transfer or walking out ends a recovery",
        {
            "an end, a closing, a withdrawal, a revocation or a cancellation while dosed": (
                f"{UNIT_S}/test_following.py::after_the_dose_none_of_them_ends_the_observation",
                (
                    f"{UNIT_P}/test_orders_follow_the_facts.py"
                    "::withdrawn_consent_after_a_dose_leaves_recovery_alone"
                ),
                (
                    f"{UNIT_P}/test_next_doses.py"
                    "::a_closed_course_ends_its_prescription_and_never_a_recovery"
                ),
                SIMULATED,
            ),
        },
        ("a late dose changes nothing", "any clearance opens the door"),
    ),
    21: Shown(
        "a clearance covers the last dose",
        {
            "a clearance of the first dose after the second": (
                f"{UNIT_S}/test_following.py::a_second_dose_voids_the_clearance_of_the_first",
            ),
            "a dose that comes late, while the door opens": (
                f"{UNIT_S}/test_gate_discharge.py::a_lost_dose_is_detected_from_either_side",
                SIMULATED,
            ),
            "a dose that comes when the client has gone": (
                (
                    f"{REAL_N}/test_urgent_loops.py"
                    "::a_dose_that_the_clearance_did_not_cover_is_called_about"
                ),
            ),
        },
        ("any clearance opens the door", "nobody is called"),
    ),
    22: Shown(
        "no clearance before the minimum observation",
        {
            "clocks that differ": (
                (
                    f"{HERE}/test_dose_in_its_place.py"
                    "::inv_22_another_services_clock_shortens_no_observation"
                ),
            ),
        },
        ("the minimum is not observed",),
    ),
    23: Shown(
        "a clearance runs out, and a rescinded one never comes back",
        {
            "the clearance again after its rescission": (
                f"{HERE}/test_sets_without_order.py::inv_23_a_rescinded_clearance_never_revives",
            ),
            "it ran out": (
                f"{REAL_S}/test_leaving.py::a_clearance_that_runs_out_or_is_taken_back_shuts_the_door",
            ),
        },
        ("any clearance opens the door",),
    ),
    24: Shown(
        "nobody goes home alone",
        {
            "the escort cancels after the clearance": (
                (
                    f"{REAL_S}/test_escort_deadline.py"
                    "::after_a_dose_the_client_stays_and_somebody_looks_for_another"
                ),
            ),
            "the escort of another session": (
                (
                    f"{UNIT_S}/test_booking_and_arrival.py"
                    "::the_escort_of_another_session_is_none_of_this_one"
                ),
            ),
        },
        ("anybody is an escort",),
    ),
    25: Shown(
        "no dose is proven by a count of none only",
        {
            "silence": (
                (
                    f"{UNIT_S}/test_following.py"
                    "::an_aborted_session_closes_on_its_own_order_closed_with_none"
                ),
            ),
            "a dose told after the aborted end": (
                (
                    f"{UNIT_S}/test_doses_and_leaving.py"
                    "::a_dose_after_an_aborted_end_reopens_with_an_incident"
                ),
                f"{UNIT_P}/test_taken_doses.py::a_dose_after_an_aborted_end_reopens_everything",
                SIMULATED,
            ),
        },
        ("silence closes a session", "a late dose changes nothing"),
    ),
    26: Shown(
        "eight hours after the last of session end and dose, and never less",
        {
            "every order and repetition": (
                (
                    f"{UNIT_N}/test_restriction_properties.py"
                    "::all_permutations_and_repetitions_give_the_same_end"
                ),
            ),
            "the end comes late, or never": (
                (
                    f"{REAL_N}/test_aftercare.py"
                    "::without_an_end_the_restriction_goes_on_and_somebody_must_state_it"
                ),
                SIMULATED,
            ),
        },
        ("seven hours", "the session's end does not count"),
    ),
    27: Shown(
        "arrival moves no deadline",
        {
            "the end is heard five hours late": (
                f"{REAL_N}/test_aftercare.py::an_end_heard_five_hours_late_moves_no_deadline",
                f"{REAL_N}/test_aftercare.py::instructions_are_not_given_after_the_restriction_lapsed",
            ),
        },
        red=(f"{UNIT_N}/test_restriction.py::the_twin_a_clock_of_arrival_would_be_seen",),
    ),
    28: Shown(
        "aftercare for everybody who was dosed",
        {
            "the discharge, or the dose itself, was lost": (
                f"{REAL_N}/test_aftercare.py::a_departure_heard_before_the_dose_starts_aftercare",
                SIMULATED,
            ),
        },
        ("no aftercare",),
    ),
    29: Shown(
        "no message on a channel without consent",
        {
            "the preference comes late": (
                f"{REAL_N}/test_messages.py::consent_counts_at_the_moment_of_sending",
                f"{REAL_N}/test_messages.py::an_event_stops_a_channel_that_the_owner_still_shows",
            ),
            "no channel at all": (f"{UNIT_N}/test_message.py::an_unreached_person_is_told_of",),
        },
        ("written to on any channel",),
    ),
    30: Shown(
        "whoever walks out is called, and the course is held",
        {
            "notifications was down": (
                f"{REAL_N}/test_down.py::walking_out_while_down_starts_the_loop_at_the_next_start",
                (
                    f"{REAL_I}/test_reviews_and_aftercare.py"
                    "::walking_out_holds_the_course_until_both_roles_have_signed"
                ),
            ),
        },
        ("nobody is called",),
    ),
}
