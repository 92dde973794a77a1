"""Which of the needs a rule's refusal has, told from its slug or from the fact that it asks for."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

OF_SLUG: Final[Mapping[str, str]] = MappingProxyType(
    {
        "course-is-over": "another course",
        "course-ended": "another course",
        "stop-was-requested": "another session",
        "session-stopped": "another session",
        "not-closing": "closing",
        "course-not-closing": "closing",
        "care-team-complete": "care team",
        "supervisor-not-named": "care team",
        "plan-agreed": "evaluation",
        "psychologically-suitable": "evaluation",
        "medically-cleared": "assessment",
        "assessment-not-valid": "assessment",
        "approval-current": "approval",
        "approval-not-current": "approval",
        "approved-before-consent": "approval",
        "consent-treatment-active": "consent treatment",
        "consent-treatment-not-active": "consent treatment",
        "consent-aftercare-agreement-active": "consent aftercare_agreement",
        "consent-aftercare-agreement-not-active": "consent aftercare_agreement",
        "preparation-not-planned": "preparation",
        "preparation-not-completed": "preparation",
        "needs-prescription": "prescription",
        "no-authorisation-left": "prescription",
        "prescription-not-active": "prescription",
        "course-review-due": "review",
        "review-covers-next-session": "review",
        "summary-not-reviewed": "summary",
        "integration-missing": "integration",
        "integration-not-held": "integration",
        "doses-too-close": "spacing",
        "too-many-doses-in-seven-days": "spacing",
        "inside-restriction": "restriction",
        "restriction-in-force": "restriction",
        "no-restriction": "restriction",
        "restriction-over": "restriction",
        "escort-not-confirmed": "escort",
        "dose-not-authorised": "order",
        "order-not-authorised": "order",
        "course-not-active": "active course",
        "assent-not-fresh": "assent",
        "pre-dose-check-not-valid": "check",
        "readings-on-hold": "check",
        "readings-to-review": "check",
        "session-not-in-progress": "start",
        "therapy-not-ended": "session end",
        "session-not-ended": "session end",
        "session-end-known": "session end",
        "minimum-observation-not-over": "observation",
        "recovery-criteria-not-met": "recovery",
        "dose-order-not-closed": "order closed",
        "clearance-not-valid": "clearance",
        "escort-not-here": "escort here",
    }
)
"""Which need each rule's refusal has; a slug that is not here speaks for itself."""

NEXT_STEP: Final = "course-active"
OF_FACT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "screening": "screening",
        "psychological_evaluation": "evaluation",
        "MedicalAssessmentCompleted": "assessment",
        "SessionCompleted": "preparation",
        "PreparationCompleted": "preparation",
        "CourseReviewed": "review",
        "course": "another course",
    }
)
"""The next step of a course, as intake names it by the fact that takes the course further."""

SILENT: Final = re.compile(r"(?P<peer>\w+)-(did-not-answer|answer-too-old)")
IN_DOUBT: Final = re.compile(
    r"cannot-prove-safe-(?P<told>\w+)|(?P<lane>\w+)-events-unverifiable|(?P<peer>\w+)-unverifiable"
)
HOLDS: Final = re.compile(r"(own-)?hold-blocks-\w+|hold-open|no-blocking-hold|no-open-hold")
"""Rules about a peer that is silent, about events that have not taken effect, about holds."""
