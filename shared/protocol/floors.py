"""The floors: what no clinic may choose, however its file is written.

A clinic may be stricter than a floor. Each rule yields a :class:`Breach` that says what is wrong
and what to write instead; all rules are tried, so that one reading finds everything.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Final, TypeAlias

from shared.protocol.breach import Breach
from shared.protocol.dosing_floors import (
    block,
    dose_day,
    effects_fit,
    profiles,
    routes,
    setting,
)
from shared.protocol.esketamine_floors import esketamine
from shared.protocol.model import ClinicProtocol
from shared.protocol.screening import FINDINGS, Grade
from shared.protocol.vocabulary import ConsentScope, RecoveryCriterion

Rule: TypeAlias = Callable[[ClinicProtocol], Iterator[Breach]]

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", re.ASCII)


def identity(p: ClinicProtocol) -> Iterator[Breach]:
    """A protocol is told by its number, and its programme by its name (architecture 4)."""
    if p.protocol_version < 1:
        yield Breach(("protocol_version",), "versions count from 1: write 1 or more")
    if not _NAME.fullmatch(p.protocol_name):
        yield Breach(("protocol_name",), "is no name: write small letters, like lozenge_clinic")


def aftercare(p: ClinicProtocol) -> Iterator[Breach]:
    """F90, C-17: eight hours at least; esketamine until the next day."""
    if p.aftercare.min_hours < 8:
        yield Breach(("aftercare", "min_hours"), "below the floor of 8 hours: write 8 or more")
    if p.is_esketamine and not p.aftercare.until_next_day:
        yield Breach(
            ("aftercare", "until_next_day"), "esketamine restricts until the next day: write true"
        )
    for name in ("checkins_hours", "enhanced_checkins_hours"):
        hours: tuple[int, ...] = getattr(p.aftercare, name)
        if not hours or min(hours) < 1 or list(hours) != sorted(set(hours)):
            yield Breach(
                ("aftercare", name),
                "check-ins must be rising hours from 1: write for example [24, 72]",
            )


def early_check_in(p: ClinicProtocol) -> Iterator[Breach]:
    """F101: the enhanced plan looks after a client earlier than the standard one does."""
    standard, enhanced = p.aftercare.checkins_hours, p.aftercare.enhanced_checkins_hours
    if standard and enhanced and min(enhanced) >= min(standard):
        yield Breach(
            ("aftercare", "enhanced_checkins_hours"),
            f"needs an early check-in: begin before {min(standard)} hours",
        )


def messaging(p: ClinicProtocol) -> Iterator[Breach]:
    """INV-30: five minutes to the first call; silence and owed tasks are not waited for long."""
    told = p.messaging
    if not 1 <= told.urgent_contact_minutes <= 5:
        yield Breach(
            ("messaging", "urgent_contact_minutes"), "an urgent loop: write 1 to 5 minutes"
        )
    if not 1 <= told.escalation_step_minutes <= 60:
        yield Breach(
            ("messaging", "escalation_step_minutes"), "within the hour: write 1 to 60 minutes"
        )
    if not 1 <= told.checkin_patience_hours <= 24:
        yield Breach(("messaging", "checkin_patience_hours"), "a day at most: write 1 to 24")
    minutes = [getattr(told.task_minutes, f.name) for f in fields(told.task_minutes)]
    if minutes[0] < 1 or minutes[0] > 5 or minutes != sorted(minutes):
        yield Breach(
            ("messaging", "task_minutes"),
            "must rise, and begin with at most 5: write for example the default's",
        )


def escort(p: ClinicProtocol) -> Iterator[Breach]:
    """F89, C-16: a trusted adult, known before the dose."""
    if not p.escort.required:
        yield Breach(("escort", "required"), "an escort is always required: write true")
    if not p.escort.confirm_before_dose:
        yield Breach(
            ("escort", "confirm_before_dose"),
            "an escort is confirmed before the dose: write true",
        )
    if p.escort.min_age < 18:
        yield Breach(("escort", "min_age"), "an escort is an adult: write 18 or more")


def preparation(p: ClinicProtocol) -> Iterator[Breach]:
    """C-03: at least one preparation session."""
    if p.prep.typical_max < p.prep.min_sessions:
        yield Breach(("prep", "typical_max"), "is below min_sessions: raise it")
    if p.prep.floor_min < 1:
        yield Breach(("prep", "floor_min"), "the floor is one session: write 1 or more")
    if p.prep.min_sessions < max(1, p.prep.floor_min):
        yield Breach(
            ("prep", "min_sessions"),
            f"below the floor of preparation: write {max(1, p.prep.floor_min)} or more",
        )


def candidates(p: ClinicProtocol) -> Iterator[Breach]:
    """Adults only, and no grade looser than the built-in one (F08 to F10, C-06 to C-09)."""
    if p.screening.min_age < 18:
        yield Breach(("screening", "min_age"), "clients are adults: write 18 or more")
    for code, grade in p.screening.grades.items():
        if grade is Grade.RELATIVE and FINDINGS[code].grade is Grade.ABSOLUTE:
            yield Breach(
                ("screening", "grades", code.value), "may not be looser than absolute: remove it"
            )


def screens(p: ClinicProtocol) -> Iterator[Breach]:
    """Clinical 3.10, C-09: a high screen is never less than the instruments have it."""
    if not 1 <= p.screening.cuts.cssrs_emergent <= 4:
        yield Breach(
            ("screening", "cuts", "cssrs_emergent"),
            "is emergent from question 4 on at the latest: write 1 to 4",
        )
    if not 1 <= p.screening.cuts.audit_review <= 16:
        yield Breach(
            ("screening", "cuts", "audit_review"), "is high from 16 on at the latest: write 1 to 16"
        )


def course(p: ClinicProtocol) -> Iterator[Breach]:
    """C-04: no seventh dose without a review; INV-16: two doses in seven days at most."""
    if not 1 <= p.course.review_every <= 6:
        yield Breach(("course", "review_every"), "a review is due by session 6: write 1 to 6")
    if not 1 <= p.dosing.max_in_7_days <= 2:
        yield Breach(("dosing", "max_in_7_days"), "at most two in seven days: write 1 or 2")
    for name in ("programmes", "indications"):
        if not getattr(p.course, name):
            yield Breach(("course", name), "is empty: name at least one")


def recovery(p: ClinicProtocol) -> Iterator[Breach]:
    """F86, ruling 15: orientation and gait are tested; a manual clearance takes two people."""
    if not p.recovery.manual_clearance.two_person:
        yield Breach(
            ("recovery", "manual_clearance", "two_person"),
            "a manual clearance takes two named people: write true",
        )
    for needed in (RecoveryCriterion.ORIENTED, RecoveryCriterion.STEADY_GAIT):
        if needed not in p.recovery.criteria:
            yield Breach(("recovery", "criteria"), f"lacks {needed.value}: add it")
    if not 1 <= p.recovery.score.pass_mark <= 10:
        yield Breach(("recovery", "score", "pass"), "is a mark out of 10: write 1 to 10")
    if not p.recovery.clearance_roles:
        yield Breach(("recovery", "clearance_roles"), "is empty: name who may clear")


def consent(p: ClinicProtocol) -> Iterator[Breach]:
    """F39, F44: both scopes are signed before a dose."""
    for scope in (ConsentScope.TREATMENT, ConsentScope.AFTERCARE_AGREEMENT):
        if scope not in p.consent.required_scopes:
            yield Breach(("consent", "required_scopes"), f"lacks {scope.value}: add it")


def prescription(p: ClinicProtocol) -> Iterator[Breach]:
    """Clinical 3.11: six months by calendar and five refills at most."""
    if not 1 <= p.prescription.max_months <= 6:
        yield Breach(("prescription", "max_months"), "six months at most: write 1 to 6")
    if p.prescription.max_refills > 5:
        yield Breach(("prescription", "max_refills"), "five refills at most: write 0 to 5")
    for route, ceiling in p.prescription.ceilings.items():
        if not 0 < ceiling.amount < math.inf:
            yield Breach(
                ("prescription", "ceilings", route.value), "must be above 0: write the amount"
            )


FLOORS: Final[tuple[Rule, ...]] = (
    identity,
    candidates,
    screens,
    preparation,
    course,
    block,
    setting,
    routes,
    profiles,
    effects_fit,
    dose_day,
    esketamine,
    recovery,
    escort,
    aftercare,
    early_check_in,
    messaging,
    prescription,
    consent,
)


def breaches(protocol: ClinicProtocol) -> list[Breach]:
    """Every floor that this protocol is below."""
    return [breach for rule in FLOORS for breach in rule(protocol)]
