"""What G-DOSE sees, and each single thing that makes it refuse."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from services.prescribing.domain.answers_of_peers import EscortState, Lane
from services.prescribing.domain.course_facts import CourseFacts, OthersHold
from services.prescribing.domain.gates import DoseGateFacts
from services.prescribing.domain.hold import Hold
from services.prescribing.domain.session_facts import Departure, SessionFacts
from services.prescribing.domain.vocabulary import DepartureMode, SessionOutcome
from shared.protocol import (
    ConsentScope,
    HoldBlock,
    HoldCategory,
    HoldSeverity,
    Role,
)
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    FRESH,
    PROTOCOL,
    SESSION,
    active,
    administered,
    at,
    course,
    ended,
    intake_says,
    passed,
    released,
    requested,
    scheduling_says,
    told,
)

NOW = at("10:00")


def facts(**changes: Any) -> DoseGateFacts:
    good = DoseGateFacts(
        now=NOW,
        dose_seq=1,
        order=released(),
        prescription=active(),
        check=passed(),
        own_holds=(),
        course=course(),
        intake=intake_says(),
        scheduling=scheduling_says(),
        lanes=FRESH,
        protocol=PROTOCOL,
    )
    return replace(good, **changes)


def others_hold(owner: str, *blocks: HoldBlock) -> OthersHold:
    return OthersHold(
        hold_id=uuid4(),
        owner=owner,
        category=HoldCategory.CONTRAINDICATION,
        blocks=blocks or (HoldBlock.DOSE,),
        severity=HoldSeverity.STOP,
    )


def own_hold(category: HoldCategory = HoldCategory.VITALS) -> Hold:
    return Hold.place(
        uuid4(),
        client_id=CLIENT,
        course_id=COURSE,
        session_id=SESSION,
        category=category,
        cause="test",
        at=at("09:45"),
        by=Role.NURSE,
    ).state


def in_session(**changes: Any) -> CourseFacts:
    def step(session: SessionFacts) -> SessionFacts:
        return replace(session, **changes)

    return course().in_session(SESSION, step)


def without_escort() -> CourseFacts:
    return course().in_session(
        SESSION,
        lambda s: replace(s, escorts=s.escorts.remove(str(UUID(int=22)), "cancelled")),
    )


PEERS_SAY_NO: list[tuple[dict[str, Any], str]] = [
    ({"intake": None}, "intake-did-not-answer"),
    ({"scheduling": None}, "scheduling-did-not-answer"),
    ({"intake": intake_says(age_seconds=5.1)}, "intake-did-not-answer"),
    ({"scheduling": scheduling_says(age_seconds=5.1)}, "scheduling-did-not-answer"),
    ({"intake": intake_says(unverifiable=True)}, "intake-did-not-answer"),
    ({"scheduling": scheduling_says(known=False)}, "scheduling-did-not-answer"),
    ({"scheduling": scheduling_says(in_progress=False)}, "session-not-in-progress"),
    ({"scheduling": scheduling_says(stopped=True)}, "session-stopped"),
    ({"intake": intake_says(course_status="closing")}, "course-not-active"),
    ({"intake": intake_says(course_status="in_review")}, "course-not-active"),
    ({"intake": intake_says(approval_active=False)}, "approval-not-current"),
    (
        {"intake": intake_says(active_scopes=frozenset({ConsentScope.TREATMENT}))},
        "consent-aftercare-agreement-not-active",
    ),
    (
        {"intake": intake_says(active_scopes=frozenset({ConsentScope.AFTERCARE_AGREEMENT}))},
        "consent-treatment-not-active",
    ),
    ({"scheduling": scheduling_says(escort=None)}, "escort-not-confirmed"),
    ({"scheduling": scheduling_says(escort=EscortState.CANCELLED)}, "escort-not-confirmed"),
    ({"intake": intake_says(open_holds=(others_hold("intake"),))}, "hold-blocks-dose"),
    ({"scheduling": scheduling_says(open_holds=(others_hold("scheduling"),))}, "hold-blocks-dose"),
]

LOCAL_FACTS_SAY_NO: list[tuple[dict[str, Any], str]] = [
    ({"course": in_session(started=None)}, "session-not-in-progress"),
    ({"course": in_session(cancelled=told(NOW))}, "session-not-in-progress"),
    (
        {"course": ended(course(), at("09:55"), SessionOutcome.ABORTED_BEFORE_DOSE)},
        "session-not-in-progress",
    ),
    (
        {"course": in_session(departure=told(Departure(mode=DepartureMode.TRANSFER, at=NOW)))},
        "session-not-in-progress",
    ),
    ({"course": in_session(stop=told(NOW))}, "session-stopped"),
    ({"course": course().close(told(NOW))}, "course-not-active"),
    ({"course": course().revoke_approval(UUID(int=20), "e")}, "approval-not-current"),
    (
        {"course": course().end_consent(UUID(int=21), (ConsentScope.TREATMENT,), "e")},
        "consent-treatment-not-active",
    ),
    ({"course": without_escort()}, "escort-not-confirmed"),
    ({"course": course().place(told(others_hold("intake")))}, "hold-blocks-dose"),
    ({"course": course().place(told(others_hold("notifications")))}, "hold-blocks-dose"),
    ({"lanes": {**FRESH, "intake": Lane(age_seconds=31.0)}}, "intake-events-unverifiable"),
    ({"lanes": {**FRESH, "intake": Lane(age_seconds=None)}}, "intake-events-unverifiable"),
    (
        {"lanes": {**FRESH, "scheduling": Lane(age_seconds=0.5, parked=1)}},
        "scheduling-events-unverifiable",
    ),
    (
        {"lanes": {**FRESH, "scheduling": Lane(age_seconds=0.5, waiting=1)}},
        "scheduling-events-unverifiable",
    ),
    (
        {"lanes": {**FRESH, "notifications": Lane(age_seconds=None, parked=1)}},
        "notifications-events-unverifiable",
    ),
    ({"lanes": {}}, "intake-events-unverifiable"),
]

OWN_FACTS_SAY_NO: list[tuple[dict[str, Any], str]] = [
    ({"order": requested()}, "order-not-authorised"),
    ({"now": at("12:30"), "check": passed(at("12:20"))}, "order-not-authorised"),
    ({"prescription": None}, "prescription-not-active"),
    ({"prescription": active(until=at("09:59"))}, "prescription-not-active"),
    (
        {"prescription": active().revoke(HoldCategory.MEDICAL, at=at("09:55"), by=None).state},
        "prescription-not-active",
    ),
    ({"check": None}, "pre-dose-check-not-valid"),
    ({"check": passed(at("09:25"))}, "pre-dose-check-not-valid"),
    ({"dose_seq": 2}, "dose-seq-not-allowed"),
    ({"order": administered(), "dose_seq": 2}, "dose-seq-not-allowed"),
    ({"own_holds": (own_hold(),)}, "own-hold-blocks-dose"),
    ({"own_holds": (own_hold(HoldCategory.MEDICAL),)}, "own-hold-blocks-dose"),
]
