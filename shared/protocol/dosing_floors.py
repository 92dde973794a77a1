"""The floors of the day of dosing: blocks, routes, effects, who gives the medicine."""

import re
from collections.abc import Iterator
from typing import Final

from shared.protocol.breach import Breach
from shared.protocol.model import ClinicProtocol
from shared.protocol.vocabulary import Route, Setting

SHORTEST_BLOCK: Final = 60
LONGEST_BLOCK: Final = 180
_PROFILE_CODE: Final = re.compile(r"[A-Z]{2}-[A-Z]{3,4}|TP[1-6]")


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
