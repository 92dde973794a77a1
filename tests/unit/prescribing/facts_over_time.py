"""What the others told of a course around the time of a dose, step by step."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from services.prescribing.domain.course_facts import CourseFacts, OthersHold
from services.prescribing.domain.session_facts import SessionEnd
from services.prescribing.domain.taken_dose import (
    told_rules_broken,
)
from services.prescribing.domain.vocabulary import SessionKind, SessionOutcome
from shared.protocol import ConsentScope, HoldSeverity
from tests.unit.prescribing.clinic import (
    PROTOCOL,
    SESSION,
    at,
    course,
    requested,
    told,
)
from tests.unit.prescribing.dose_gate_cases import others_hold

TAKEN = at("10:00")
BEFORE, AFTER = at("09:58"), at("10:20")
YEAR = at("08:00") + timedelta(days=365)
APPROVAL, CONSENT, ESCORT, HOLD = (UUID(int=n) for n in (20, 21, 22, 70))
TREATMENT = (ConsentScope.TREATMENT,)
Step: TypeAlias = Callable[[CourseFacts], CourseFacts]


def a_hold(hold_id: UUID = HOLD) -> OthersHold:
    return replace(others_hold("intake"), hold_id=hold_id, severity=HoldSeverity.PAUSE)


def held(when: datetime) -> Step:
    return lambda f: f.place(told(a_hold(), when))


def lifted(when: datetime, by: str = "intake") -> Step:
    return lambda f: f.lift(by, HOLD, "lifted", when)


def revoked(when: datetime) -> Step:
    return lambda f: f.revoke_approval(APPROVAL, "revoked", when)


def approved(when: datetime) -> Step:
    return lambda f: f.approve(UUID(int=26), told(YEAR, when))


def withdrawn(when: datetime) -> Step:
    return lambda f: f.end_consent(CONSENT, TREATMENT, "withdrawn", when)


def granted(when: datetime) -> Step:
    return lambda f: f.grant(UUID(int=27), TREATMENT, told(YEAR, when))


def cancelled(when: datetime) -> Step:
    return lambda f: f.in_session(
        SESSION,
        lambda s: replace(s, escorts=s.escorts.remove_at(str(ESCORT), "cancelled", when)),
    )


def replaced(when: datetime) -> Step:
    return lambda f: f.in_session(
        SESSION, lambda s: replace(s, escorts=s.escorts.add(str(UUID(int=23)), told(True, when)))
    )


def stopped(when: datetime) -> Step:
    return lambda f: f.in_session(SESSION, lambda s: replace(s, stop=told(when, when)))


def ended(when: datetime, outcome: SessionOutcome = SessionOutcome.COMPLETED) -> Step:
    end = told(SessionEnd(outcome=outcome, ended_at=when), when)
    return lambda f: f.in_session(SESSION, lambda s: s.ended(end, SessionKind.DOSING))


def closed(when: datetime) -> Step:
    return lambda f: f.close(told(when, when))


def broken(*steps: Step, taken: datetime = TAKEN) -> set[str]:
    facts = course()
    for step in steps:
        facts = step(facts)
    return {*told_rules_broken(requested(), facts, PROTOCOL, taken, seq=1)}
