"""The floors: what no clinic may choose, however its file is written.

A clinic may be stricter than a floor. Each rule yields a :class:`Breach` that says what is wrong
and what to write instead; all rules are tried, so that one reading finds everything.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from shared.protocol.model import ClinicProtocol
from shared.protocol.screening import FINDINGS, Grade
from shared.protocol.vocabulary import ConsentScope, RecoveryCriterion, Route, Setting


@dataclass(frozen=True, slots=True)
class Breach:
    """Where in the file, and one sentence: what is wrong and what to do."""

    path: tuple[str | int, ...]
    advice: str


Rule: TypeAlias = Callable[[ClinicProtocol], Iterator[Breach]]

SHORTEST_BLOCK: Final = 60
LONGEST_BLOCK: Final = 180
_PROFILE_CODE: Final = re.compile(r"[A-Z]{2}-[A-Z]{3,4}|TP[1-6]")


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


def course(p: ClinicProtocol) -> Iterator[Breach]:
    """C-04: no seventh dose without a review; INV-16: two doses in seven days at most."""
    if not 1 <= p.course.review_every <= 6:
        yield Breach(("course", "review_every"), "a review is due by session 6: write 1 to 6")
    if not 1 <= p.dosing.max_in_7_days <= 2:
        yield Breach(("dosing", "max_in_7_days"), "at most two in seven days: write 1 or 2")
    for name in ("programmes", "indications"):
        if not getattr(p.course, name):
            yield Breach(("course", name), "is empty: name at least one")


def block(p: ClinicProtocol) -> Iterator[Breach]:
    """Ruling 24: blocks of 60 to 180 minutes, the default between its own limits."""
    minutes = p.dosing.block_minutes
    for name in ("default", "min", "max"):
        if not SHORTEST_BLOCK <= getattr(minutes, name) <= LONGEST_BLOCK:
            yield Breach(
                ("dosing", "block_minutes", name), "outside 60 to 180 minutes: choose within"
            )
    if not minutes.min <= minutes.default <= minutes.max:
        yield Breach(
            ("dosing", "block_minutes", "default"),
            f"not between min {minutes.min} and max {minutes.max}: choose within",
        )


def routes(p: ClinicProtocol) -> Iterator[Breach]:
    """C-13: every enabled route has a profile and a ceiling; esketamine is certified."""
    if not p.routes_enabled:
        yield Breach(("routes_enabled",), "is empty: enable at least one route")
    served = {profile.route for _, profile in p.profiles()}
    for position, route in enumerate(p.routes_enabled):
        if route not in served:
            yield Breach(
                ("routes_enabled", position),
                f"{route.value} has no timing profile: add one or disable the route",
            )
        if route not in p.prescription.ceilings:
            yield Breach(
                ("routes_enabled", position),
                f"{route.value} has no ceiling: add prescription.ceilings.{route.value}",
            )
    if p.is_esketamine and not p.rems_certified:
        yield Breach(
            ("protocol_profile",),
            "esketamine needs a certified setting: write rems_certified: true once it is",
        )
    if p.is_esketamine and Route.IN not in p.routes_enabled:
        yield Breach(("routes_enabled",), "esketamine is given by IN: enable IN")


def profiles(p: ClinicProtocol) -> Iterator[Breach]:
    """A clinic's own profiles have known codes and times in order."""
    for code, profile in p.timing_profiles.items():
        at = ("timing_profiles", code)
        if not _PROFILE_CODE.fullmatch(code):
            yield Breach(at, "is no profile code: write one like SL-OWN, or TP1 to TP6")
        if profile is not None and not (
            0 <= profile.onset <= profile.peak_until <= profile.offset_min <= profile.offset_max
        ):
            yield Breach(at, "must rise from onset over peak_until to offset_max: reorder them")


def effects_fit(p: ClinicProtocol) -> Iterator[Breach]:
    """C-02 and F88: effects clear within block and buffer, and observation outlasts the offset."""
    block_minutes = p.dosing.block_minutes.default
    for code, profile in p.profiles():
        missing = (
            p.dosing.opening_minutes
            + profile.offset_max
            - block_minutes
            - p.dosing.overrun_buffer_minutes
        )
        if missing > 0:
            yield Breach(
                ("dosing", "overrun_buffer_minutes"),
                f"{code} outlasts block and buffer by {missing} minutes: write "
                f"{p.dosing.overrun_buffer_minutes + missing}, or disable the route",
            )
        if p.recovery.min_observation_minutes < profile.offset_min:
            yield Breach(
                ("recovery", "min_observation_minutes"),
                f"shorter than the offset of {code}: write {profile.offset_min} or more",
            )


def setting(p: ClinicProtocol) -> Iterator[Breach]:
    """F32, C-12: medicine is given in the clinic only."""
    if p.dosing.settings_allowed != (Setting.IN_CLINIC,):
        yield Breach(
            ("dosing", "settings_allowed"), "dosing is in the clinic only: write [in_clinic]"
        )


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


def dose_day(p: ClinicProtocol) -> Iterator[Breach]:
    """F34, ruling 12, clinical 3.7: who gives the medicine, and limits that make sense."""
    if not p.administering_roles:
        yield Breach(("administering_roles",), "is empty: name who may give the medicine")
    if not 1 <= p.dosing.gate_validity_minutes <= 5:
        yield Breach(
            ("dosing", "gate_validity_minutes"), "an allowed dose holds 5 minutes: write 1 to 5"
        )
    review, hold = p.predose.bp_review, p.predose.bp_hold
    if review.sys > hold.sys or review.dia > hold.dia:
        yield Breach(("predose", "bp_review"), "is above bp_hold: lower it")
    if p.predose.hr_range[0] >= p.predose.hr_range[1]:
        yield Breach(("predose", "hr_range"), "must be [lowest, highest]: reorder them")
    if not 80 <= p.predose.spo2_min <= 100:
        yield Breach(("predose", "spo2_min"), "is a percentage: write 80 to 100")


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
    candidates,
    preparation,
    course,
    block,
    setting,
    routes,
    profiles,
    effects_fit,
    dose_day,
    recovery,
    escort,
    aftercare,
    prescription,
    consent,
)


def breaches(protocol: ClinicProtocol) -> list[Breach]:
    """Every floor that this protocol is below."""
    return [breach for rule in FLOORS for breach in rule(protocol)]
