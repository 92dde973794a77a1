"""The journeys that `careteam demo` can play."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from cli.journeys import (
    clearances,
    j1,
    j2,
    j3,
    j5,
    j7,
    j9,
    late_dose,
    other_day,
    race_consent,
    race_contraindication,
    race_escort,
    race_revocation,
    walked_out,
    whole_course,
)
from cli.journeys.final import Checked
from cli.journeys.stage import Stage


@dataclass(frozen=True, slots=True)
class Journey:
    """A name, a title, and the play that ends with its checked final state."""

    name: str
    title: str
    play: Callable[[Stage], Awaitable[list[Checked]]]


_ALL: Final = (
    Journey("J1", "a course of care with a sublingual dose, from inquiry to integration", j1.play),
    Journey("J2", "declined: current mania is found at the screening", j2.play),
    Journey("J3", "bipolar and not manic: treated, with a review and a mood re-screen", j3.play),
    Journey("J3-high", "bipolar, and the mood re-screen of the day is high", j3.worse_on_the_day),
    Journey("J5", "the client ends the session 25 minutes after the dose", j5.play),
    Journey("J7", "the prescription is revoked with the medicine on the table", j7.play),
    Journey("J9", "vitals hold the dose, a serious adverse event ends the day", j9.play),
    Journey(
        "R1-before",
        "a contraindication is found before the dose",
        race_contraindication.before_dose,
    ),
    Journey(
        "R1-after", "a contraindication is found after the dose", race_contraindication.after_dose
    ),
    Journey("R2-before", "consent is withdrawn before the dose", race_consent.before_dose),
    Journey("R2-after", "consent is withdrawn after the dose", race_consent.after_dose),
    Journey(
        "R3-before", "the prescription is revoked before the dose", race_revocation.before_dose
    ),
    Journey("R3-after", "the prescription is revoked after the dose", race_revocation.after_dose),
    Journey("R4-before", "the escort cancels before the dose", race_escort.before_dose),
    Journey("R4-after", "the escort cancels after the dose", race_escort.after_dose),
    Journey("walks-out", "the client leaves against advice and is looked after", walked_out.play),
    Journey("expires", "the clearance runs out before the escort is there", clearances.runs_out),
    Journey("rescinded", "the client gets worse at the door", clearances.taken_back),
    Journey("other-escort", "the escort is replaced on the morning", other_day.other_escort),
    Journey("moved", "the session is moved to the next day", other_day.moved),
    Journey(
        "late-dose", "a dose comes to light after the session closed", late_dose.before_the_stop
    ),
    Journey(
        "late-dose-broken", "the same, and it was taken after the stop", late_dose.after_the_stop
    ),
    Journey("whole", "seven doses with a review, to the end with a follow-up", whole_course.play),
)
JOURNEYS: Final[Mapping[str, Journey]] = {one.name: one for one in _ALL}


def named(name: str) -> Journey | None:
    """The journey of this name, in capitals or not."""
    return next((one for one in _ALL if one.name.casefold() == name.casefold()), None)
