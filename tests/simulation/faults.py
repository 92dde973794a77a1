"""Faults to plant: each takes one rule or guard out, and the watchers have to notice."""

from collections.abc import Mapping
from typing import Final

from services.scheduling.domain.session_states import SessionStatus
from tests.simulation.planting import (
    Fault,
    any_wish,
    at_the_last_dose,
    both,
    closes_on_silence,
    dose_only,
    instead,
    lifted_by_anybody,
    nothing,
    only_until_the_end,
    resurrected,
    shorter,
    unchanged,
    window,
    without,
)

_S = SessionStatus
_HOLDS = (
    "hold-open",
    "hold-blocks-start",
    "hold-blocks-dose",
    "own-hold-blocks-dose",
    "stopped-before-arrival",
)
_BEFORE = ("the dosing day",)
_READY = ("ready to start",)
_ROOM = ("in the opening", "the dosing day")
_DOSED = ("a dose", "a recovery")
_DOOR = ("a clearance", "a recovery")
_P, _I, _N, _SC = (
    f"services.{name}" for name in ("prescribing", "intake", "notifications", "scheduling")
)

FAULTS: Final[Mapping[str, Fault]] = {
    "a revoked approval starts": Fault(
        without("approval-not-current", "course-not-active"),
        _READY,
        frozenset({1}),
        ("revoke_approval",),
    ),
    "an older assessment approves": Fault(
        both(
            instead(f"{_I}.domain.eligibility.answers_newest_request", lambda *_: True),
            instead(
                f"{_I}.handlers.when_assessment_completed.answers_newest_request", lambda *_: True
            ),
        ),
        ("an inquiry",),
        frozenset({2}),
        ("evaluate_client", "complete_assessment", "revoke_approval"),
    ),
    "withdrawn consent starts": Fault(
        without("consent-treatment-not-active", *_HOLDS, "course-not-active"),
        _READY,
        frozenset({3, 9}),
        ("withdraw_consent",),
    ),
    "preparation is not asked for": Fault(
        without("preparation-not-completed", "preparation-not-planned", "course-not-active"),
        ("unprepared",),
        frozenset({4}),
        ("start_session",),
    ),
    "any assent will do": Fault(
        without("assent-not-fresh"),
        _BEFORE,
        frozenset({5}),
        ("start_session",),
        or_says="without order, supervisor or assent",
    ),
    "nobody takes them home": Fault(
        without("escort-not-confirmed"), _ROOM, frozenset({6, 11}), ("cancel_escort",)
    ),
    "a stop does not stop the dose": Fault(
        without("session-not-in-progress", "session-stopped"),
        ("in the opening",),
        frozenset({8, 11}),
        ("stop_session",),
    ),
    "holds block nothing": Fault(
        without(*_HOLDS), _ROOM, frozenset({3, 9, 11}), ("place_hold", "hold_course")
    ),
    "a revocation leaves the order": Fault(
        both(
            without("prescription-not-active", *_HOLDS),
            instead(f"{_P}.domain.order_stops._of_authorised", lambda _facts: iter(())),
        ),
        _ROOM,
        frozenset({10, 9}),
        ("revoke_prescription",),
    ),
    "doses without number": Fault(
        without("dose-seq-not-allowed", "dose-not-prescribed"),
        ("in the opening",),
        frozenset({12}),
        ("release_dose", "administer_dose"),
    ),
    "more sessions than prescribed": Fault(
        without("no-authorisation-left", "another-order-authorised", "needs-prescription"),
        ("a single session",),
        frozenset({13}),
        ("book_session",),
        or_says="Refused",
    ),
    "an order for each telling": Fault(
        instead(f"{_P}.handlers.advance_course.wants_order", lambda *_: True),
        _BEFORE,
        frozenset({13, 25}),
        or_says="NotUnique",
    ),
    "the check is not looked at": Fault(
        without("pre-dose-check-not-valid"), ("in the opening",), frozenset({14})
    ),
    "no talk between two doses": Fault(
        without("integration-missing", "integration-not-held"),
        ("at home",),
        frozenset({16}),
        ("book_session",),
    ),
    "a third dose in seven days": Fault(
        without("doses-too-close", "too-many-doses-in-seven-days"),
        ("twice in a week",),
        frozenset({16}),
        (
            "book_session",
            "check_in",
            "record_assent",
            "record_pre_dose_check",
            "start_session",
            "release_dose",
            "administer_dose",
        ),
    ),
    "the summary is not read": Fault(
        without("summary-not-reviewed"), ("at home",), frozenset({17}), ("book_session",)
    ),
    "no review is due": Fault(
        without("course-review-due", "review-covers-next-session"),
        ("at home", "the second day"),
        frozenset({18}),
        ("book_session",),
    ),
    "a stop is refused": Fault(
        instead(
            f"{_SC}.domain.session.Session.therapy_running",
            property(lambda session: session.status is _S.DOSED),
        ),
        ("in the opening",),
        frozenset({19}),
        ("stop_session",),
    ),
    "any clearance opens the door": Fault(
        without("clearance-not-valid"),
        _DOOR,
        frozenset({20, 21, 23}),
        ("rescind_clearance", "discharge_client"),
    ),
    "the minimum is not observed": Fault(
        both(
            instead(f"{_P}.domain.recovery.Recovery.observe_until", property(at_the_last_dose)),
            instead(f"{_P}.domain.recovery.Recovery.minimum_until", property(at_the_last_dose)),
        ),
        ("a dose",),
        frozenset({22}),
        ("end_session", "record_recovery_check", "clear_for_discharge"),
    ),
    "anybody is an escort": Fault(
        instead(f"{_SC}.domain.gate_discharge.escort_here", lambda s: s.escort),
        ("a recovery",),
        frozenset({24}),
        ("clear_for_discharge", "discharge_client"),
        or_says="without clearance or escort",
    ),
    "silence closes a session": Fault(
        instead(f"{_SC}.domain.following._undosed", closes_on_silence),
        ("in the opening",),
        frozenset({25}),
    ),
    "a late dose changes nothing": Fault(
        instead(f"{_SC}.domain.following.see_doses", unchanged), _ROOM, frozenset({25, 26})
    ),
    "seven hours": Fault(window(shorter), _DOSED, frozenset({26})),
    "the session's end does not count": Fault(window(dose_only), _DOSED, frozenset({26})),
    "no aftercare": Fault(
        instead(f"{_N}.handlers.advance_aftercare._plan", nothing),
        ("in the opening",),
        frozenset({28}),
    ),
    "nobody is called": Fault(
        instead(f"{_N}.handlers.advance_aftercare._look_for_danger", nothing),
        _DOSED,
        frozenset({21, 30}),
        ("leave_against_advice",),
    ),
    "a serious event holds nothing": Fault(
        instead(f"{_P}.handlers.record_adverse_event.place_hold", nothing),
        _DOSED,
        frozenset({31}),
        ("record_adverse_event",),
    ),
    "one signature lifts": Fault(
        instead("shared.protocol.holds.HoldRule.missing", lambda *_: frozenset()),
        _DOSED,
        frozenset({32}),
        ("record_adverse_event", "lift_hold"),
    ),
    "consent under medicine": Fault(
        without("nothing-on-board"), _DOSED, frozenset({33}), ("sign_consent",)
    ),
    "touch under medicine": Fault(
        instead(f"{_I}.handlers.update_preferences.update_wishes", any_wish),
        _DOSED,
        frozenset({33}),
        ("update_preferences",),
    ),
    "booked within a restriction": Fault(
        without("inside-restriction", "doses-too-close", "integration-missing"),
        ("at home",),
        frozenset({34}),
        ("book_session",),
    ),
    "a course closes over somebody": Fault(
        without(
            "scheduling-has-nothing-under-way",
            "prescribing-has-nothing-under-way",
        ),
        ("in the opening",),
        frozenset({35}),
        ("close_course",),
    ),
    "the room is free when the talk ends": Fault(
        instead(f"{_SC}.domain.session.Session.client_is_here", property(only_until_the_end)),
        ("the next client",),
        frozenset({15, 36}),
        ("check_in", "start_session"),
    ),
    "what was lifted comes back": Fault(
        instead("shared.folds.phased_set.PhasedSet.add", resurrected),
        _ROOM + _DOSED,
        frozenset({38}),
    ),
    "any service lifts a hold": Fault(
        both(
            instead(f"{_SC}.domain.course_facts.owned_key", lambda _by, hold_id: hold_id),
            instead(f"{_P}.domain.course_facts.CourseFacts.lift", lifted_by_anybody),
        ),
        ("in the opening", "ready to start"),
        frozenset({9}),
        ("place_hold", "hold_course"),
        forging=True,
    ),
    "a lift of its own hold is none of the desk's business": Fault(
        instead(f"{_SC}.subscriptions.when_foreign_hold_lifted", nothing),
        ("in the opening", "ready to start"),
        frozenset({32}),
        ("hold_course",),
        forging=True,
    ),
    "written to on any channel": Fault(
        instead(f"{_N}.domain.sending.usable_channels", lambda facts: tuple(facts.channels or ())),
        _BEFORE,
        frozenset({29}),
        ("change_contact_preferences",),
        or_says="KeyError",
    ),
}
