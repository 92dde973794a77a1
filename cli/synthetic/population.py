"""Six invented people, each at another point of their course.

They are led there through the services' own HTTP API, in the days before today: the sandbox clock
is set back, the days are played, and then the clinic's time is the real time again.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from cli.clinic.reach import Reach
from cli.clinic.sandbox_clock import set_clock, settle
from cli.journeys import after_dose as after
from cli.journeys import booking
from cli.journeys import course_of_care as care
from cli.journeys import dosing_day as day
from cli.journeys.stage import Stage, stage
from cli.synthetic.furnishing import furnish
from cli.trouble import Trouble

_DAYS_BACK: Final = 6
_RELATIVE_FINDING: Final = "hyperthyroidism"
_NOT_YET: Final = {"oriented": False, "steady_gait": False, "moaas": 4, "padss_score": 6}
_LOOKS: Final = (
    ("10:20", True, {"systolic": 141, "diastolic": 88, "heart_rate": 84, "spo2": 97}),
    ("10:40", True, {"systolic": 148, "diastolic": 92, "heart_rate": 88, "spo2": 96}),
    ("11:10", False, {"systolic": 136, "diastolic": 85, "heart_rate": 79, "spo2": 97}),
    ("11:50", False, {"systolic": 126, "diastolic": 80, "heart_rate": 71, "spo2": 98}),
)


async def populate(clinic: Reach, tell: Callable[[str], None]) -> None:
    """Furnish the clinic and bring its first clients; the clock is real afterwards."""
    if clinic.clock_file is None:
        raise Trouble("synthetic people need a sandbox clinic")
    zone = os.environ.get("CARETEAM_TIMEZONE") or "America/Los_Angeles"
    set_clock(clinic.clock_file, datetime.now(UTC) - timedelta(days=_DAYS_BACK), running=False)
    await furnish(clinic)
    async with stage(clinic, lambda _line: None, zone=zone) as place:
        place.today -= timedelta(days=1)
        await _play(place, tell)
    set_clock(clinic.clock_file, datetime.now(UTC), running=True)
    await settle(clinic)
    clinic.clock_file.unlink()


async def _play(place: Stage, tell: Callable[[str], None]) -> None:
    await place.at("08:30")
    tell("Imani Castellanos: prepared, her dosing session is booked")
    booked = await _approved(place, "Imani Castellanos", "1988-04-12", "penicillin", "latex")
    await _lives_in(place, booked, "America/Phoenix")
    await care.consented(place, booked)
    await booking.prepared(place, booked)
    tell("Rafael Lindgren: dosed yesterday, now in aftercare")
    dosed = await care.registered(place, "Rafael Lindgren", "1979-11-03")
    await care.team(place, dosed)
    await care.screened(place, dosed, phq9=18, gad7=13, pcl5=34)
    await care.evaluated(place, dosed)
    await care.consented(place, dosed)
    await booking.prepared(place, dosed)
    await care.prescribed(place, dosed)
    await booking.booked(place, dosed, days=1)
    await place.at("08:00", days=1)
    await _dosing_day(place, dosed)
    await place.at("14:00")
    await care.screened(place, dosed, phq9=11, gad7=9, pcl5=29)
    await care.prescribed(place, booked)
    await booking.booked(place, booked, days=2)
    tell("Noor Vandersteen: approved, in preparation")
    preparing = await _approved(place, "Noor Vandersteen", "1994-07-21", "ondansetron")
    await care.consented(place, preparing)
    await booking.talk(place, preparing, "prep", "15:00", "15:50")
    tell("Theo Marchetti: waits for the prescriber's assessment")
    await _waiting(place, "Theo Marchetti", "1983-02-08")
    tell("Greta Nwosu: in screening; Sol Petrakis: has just asked")
    screening = await care.registered(place, "Greta Nwosu", "1990-09-30")
    await care.team(place, screening)
    await care.screened(place, screening)
    await care.registered(place, "Sol Petrakis", "1997-12-17")


async def _approved(place: Stage, name: str, born: str, *allergies: str) -> care.Course:
    course = await care.registered(place, name, born)
    await care.team(place, course)
    await care.screened(place, course)
    await care.evaluated(place, course, *allergies)
    return course


async def _lives_in(place: Stage, course: care.Course, zone: str) -> None:
    await place.do(
        "front_desk", "intake", f"/clients/{course.client}/contact-details", {"timezone": zone}
    )


async def _waiting(place: Stage, name: str, born: str) -> None:
    """The therapist has found the treatment suitable; the medical side is open."""
    course = await care.registered(place, name, born)
    await care.team(place, course)
    await care.screened(place, course, _RELATIVE_FINDING)
    await place.do(
        "therapist",
        "intake",
        f"/courses/{course.id}/psychological-evaluation",
        {"outcome": "suitable", "planned_sessions": 3, "goals": "To be less afraid of sleep."},
    )


async def _dosing_day(place: Stage, course: care.Course) -> None:
    """A dose whose effects pass as expected, with a look at the client every now and then."""
    await day.started(place, course)
    await day.dosed(place, course)
    for clock, early, vitals in _LOOKS:
        await place.at(clock)
        seen = _NOT_YET if early else {}
        await after.recovery_check(place, course, **seen, vitals=vitals)
    await place.do(
        "nurse",
        "prescribing",
        f"/sessions/{course.session}/adverse-events",
        {"code": "nausea", "serious": False},
    )
    await place.at("12:30")
    await after.ended(place, course)
    await after.home(place, course)
