"""Invariants 31 to 40: what holds for the whole."""

from collections.abc import Mapping
from typing import Final

from tests.invariants.shown import (
    REAL_I,
    REAL_N,
    REAL_P,
    REAL_S,
    SIMULATED,
    UNIT_I,
    UNIT_N,
    UNIT_P,
    UNIT_S,
    Shown,
)

OF_THE_WHOLE: Final[Mapping[int, Shown]] = {
    31: Shown(
        "a serious adverse event blocks until both have lifted it",
        {
            "one role alone": (
                f"{UNIT_P}/test_hold.py::an_adverse_event_hold_needs_both_signatures",
            ),
        },
        ("a serious event holds nothing", "one signature lifts"),
    ),
    32: Shown(
        "only its owner lifts a hold",
        {
            "a forged or foreign lift": (
                f"{REAL_S}/test_disturbed.py::only_the_owner_lifts_and_a_foreign_lift_is_looked_into",
                f"{REAL_P}/test_dose_gate.py::a_lift_by_another_than_the_owner_changes_nothing",
                (
                    f"{REAL_I}/test_holds.py"
                    "::a_hold_that_another_service_claims_to_lift_stays_and_is_an_incident"
                ),
                f"{REAL_S}/test_disturbed.py::its_own_hold_and_one_heard_late_are_watched_over_too",
                f"{UNIT_N}/test_facts.py::what_a_stranger_lifts_is_told_to_nobody",
                SIMULATED,
            ),
        },
        (
            "any service lifts a hold",
            "one signature lifts",
            "a lift of its own hold is none of the desk's business",
        ),
    ),
    33: Shown(
        "nothing is widened with a dose on board",
        {
            "preferences of before the dose that arrive after": (
                (
                    f"{UNIT_S}/test_course_facts.py"
                    "::touch_is_not_widened_with_a_dose_on_board_whenever_it_arrives"
                ),
            ),
            "a dose that is told after what was agreed under it": (
                (
                    f"{UNIT_I}/test_agreed_under_medicine.py"
                    "::touch_that_was_widened_under_a_dose_that_is_told_later_goes_back"
                ),
            ),
        },
        ("consent under medicine", "touch under medicine"),
    ),
    34: Shown(
        "no booking inside a restriction",
        {
            "the restriction is extended after the booking": (
                f"{UNIT_S}/test_gate_book_spacing.py::a_published_window_counts_where_it_is_longer",
                SIMULATED,
            ),
        },
        ("booked within a restriction",),
    ),
    35: Shown(
        "no course closes over a client in recovery",
        {
            "a closing and a dose at once": (
                f"{REAL_I}/test_closing.py::a_dose_while_the_peers_are_asked_is_seen_by_the_closing",
                f"{REAL_P}/test_dose_gate.py::a_course_that_closes_meanwhile_is_seen_from_both_sides",
            ),
        },
        ("a course closes over somebody",),
    ),
    36: Shown(
        "room and therapist wait for the client to leave",
        {
            "the next check-in while somebody recovers": (
                f"{REAL_S}/test_starting.py::the_room_is_not_used_again_before_the_client_has_left",
            ),
        },
        ("the room is free when the talk ends",),
    ),
    37: Shown(
        "nothing personal on the bus",
        {
            "schemas": ("contracts/test_schemas.py::a_schema_carries_nothing_personal",),
            "unique words in every private field": (
                f"{REAL_I}/test_details_and_privacy.py::no_private_word_leaves_intake",
                f"{REAL_P}/test_journeys.py::no_amount_leaves_the_service",
                f"{REAL_S}/test_answers.py::no_private_word_leaves_the_service",
                f"{REAL_N}/test_messages.py::no_contact_and_no_name_is_kept_anywhere",
            ),
        },
        red=("contracts/test_schemas.py::the_lint_has_been_seen_red",),
    ),
    38: Shown(
        "what is known can be built again",
        {
            "shuffled and some of it twice": (
                SIMULATED,
                "simulation/test_simulation.py::a_thousand_interleavings_give_the_same_facts",
                f"{UNIT_S}/test_course_facts.py::order_and_repetition_do_not_matter",
                f"{UNIT_P}/test_course_facts.py::any_order_and_any_repetition_folds_to_the_same",
                f"{UNIT_N}/test_facts.py::order_and_repetition_change_nothing",
                (
                    f"{UNIT_I}/test_facts_properties.py"
                    "::any_order_and_any_repetition_gives_the_same_facts"
                ),
            ),
            "no effect outside twice": (
                f"{REAL_N}/test_messages.py::a_replayed_cause_is_not_said_again",
                "messaging/test_wiped_stream.py::a_stream_that_was_wiped_loses_and_doubles_nothing",
            ),
        },
        ("what was lifted comes back",),
    ),
    39: Shown(
        "nothing is silently dropped",
        {
            "poison": (
                (
                    "messaging/test_waiting_and_parking.py"
                    "::it_is_parked_after_its_tries_and_people_are_told_once"
                ),
                f"{UNIT_P}/test_dose_races.py::a_course_with_a_parked_event_is_unverifiable",
                f"{REAL_S}/test_answers.py::an_event_that_was_parked_makes_the_answer_unverifiable",
                (
                    f"{REAL_N}/test_standing.py"
                    "::a_parked_event_makes_the_answer_unverifiable_and_is_a_task"
                ),
            ),
        },
        red=("messaging/test_poison.py::the_check_sees_a_time_out_taken_for_an_absent_database",),
    ),
    40: Shown(
        "every override has two named people and a reason",
        {
            "manual clearance": (
                (
                    f"{REAL_S}/test_leaving.py"
                    "::while_prescribing_is_silent_the_client_waits_or_two_people_clear"
                ),
            ),
            "the lift of a hold": (
                f"{UNIT_P}/test_hold.py::one_person_in_two_roles_is_not_two_people",
                f"{UNIT_I}/test_hold.py::one_person_does_not_sign_in_two_roles",
            ),
            "leaving against advice": (
                (
                    f"{REAL_S}/test_leaving.py"
                    "::walking_out_is_recorded_at_once_and_countersigned_by_another"
                ),
            ),
            "a dose that is recorded as taken": (
                f"{UNIT_P}/test_taken_doses.py::a_taken_dose_needs_two_people",
            ),
        },
        ("one signature lifts",),
    ),
}
