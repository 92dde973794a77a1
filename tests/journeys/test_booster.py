"""A clinic that gives a booster: the second dose, and the stop that races it (INV-11, INV-12)."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.journeys import after_dose as after
from cli.journeys import booking, passages
from cli.journeys import course_of_care as care
from cli.journeys import dosing_day as day
from cli.journeys.course_of_care import Course
from cli.journeys.final import Checked, ends
from cli.journeys.stage import Stage, stage
from tests.support.furnished_clinics import clinic_furnished_anew
from tests.support.started_clinic import ROOT, StartedClinic

pytestmark = [pytest.mark.clinic, pytest.mark.real]

DEFAULT = ROOT / "shared/protocol/clinics/default.yaml"


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartedClinic]:
    folder = tmp_path_factory.mktemp("clinic")
    protocol = _with_booster(folder)
    with clinic_furnished_anew(folder, CARETEAM_PROTOCOL_FILE=str(protocol)) as started:
        yield started


def _with_booster(folder: Path) -> Path:
    """The default protocol, for a clinic that gives a second dose."""
    text = DEFAULT.read_text()
    changed = text.replace("max_doses_per_session: 1", "max_doses_per_session: 2")
    assert changed != text
    file = folder / "with_booster.yaml"
    file.write_text(changed)
    return file


async def _ready_for_booster(place: Stage, name: str) -> Course:
    """Dosed at 10:00, measured again at 10:20, the booster released at 10:24."""
    course = await passages.until_prepared(place, name)
    await care.prescribed(place, course, amount_mg=150, booster_mg=100)
    await booking.booked(place, course, days=4)
    await place.at("09:30", days=4)
    await day.started(place, course)
    await place.at("09:58")
    await day.released(place, course)
    await place.at("10:00")
    await day.taken(place, course, amount_mg=150)
    await place.at("10:20")
    await day.measured(place, course)
    await place.at("10:24")
    await day.released(place, course)
    return course


async def test_a_second_dose_is_observed_from_itself_and_a_third_is_refused(
    clinic: StartedClinic,
) -> None:
    told: list[str] = []
    async with stage(clinic.reach, told.append) as place:
        course = await _ready_for_booster(place, "Maren Okonkwo")
        await place.at("10:25")
        await day.taken(place, course, dose_seq=2, amount_mg=100)
        await place.refused(
            "nurse",
            "prescribing",
            f"/dose-orders/{course.order}/administrations",
            {"dose_seq": 3, "amount_mg": 100},
            because="dose-seq-not-allowed",
        )
        await place.at("12:10")
        await after.ended(place, course)
        await after.recovery_check(place, course)
        await place.refused(
            "prescriber",
            "prescribing",
            f"/sessions/{course.session}/clearances",
            because="minimum-observation-not-over",
        )
        await after.home(place, course)
        checked = await ends(
            place,
            course,
            intake={"course": "active", "dosed": 1, "holds": []},
            prescribing={"orders": ["closed(2)"], "left": 1, "recovery": "closed"},
            scheduling={"session": "discharged", "doses seen": 2},
            notifications={"restricted until": "20:10", "end known": True},
        )
    assert [one for one in checked if not one.holds] == [], "\n".join(told)


async def test_after_a_stop_there_is_no_booster(clinic: StartedClinic) -> None:
    told: list[str] = []
    async with stage(clinic.reach, told.append) as place:
        course = await _ready_for_booster(place, "Casper Ilunga")
        await place.at("10:25")
        stop = await place.send(
            "therapist", "scheduling", f"/sessions/{course.session}/stop", {"by_role": "client"}
        )
        assert stop.is_success
        await place.refused(
            "nurse",
            "prescribing",
            f"/dose-orders/{course.order}/administrations",
            {"dose_seq": 2, "amount_mg": 100},
            because="session-stopped",
        )
        await day.returned(place, course)
        checked = await _after_the_race(place, course, doses=1)
    assert [one for one in checked if not one.holds] == [], "\n".join(told)


@pytest.mark.parametrize("first", ["stop", "dose", "together"])
async def test_whoever_wins_every_service_counts_the_same_doses(
    clinic: StartedClinic, first: str
) -> None:
    """A dose that was given counts everywhere; one that was not is given back."""
    told: list[str] = []
    async with stage(clinic.reach, told.append) as place:
        course = await _ready_for_booster(place, f"Racer {first.title()}")
        await place.at("10:25")

        async def stop() -> bool:
            answer = await place.send(
                "therapist", "scheduling", f"/sessions/{course.session}/stop", {"by_role": "client"}
            )
            return answer.is_success

        async def dose() -> bool:
            answer = await place.send(
                "nurse",
                "prescribing",
                f"/dose-orders/{course.order}/administrations",
                {"dose_seq": 2, "amount_mg": 100},
            )
            return answer.is_success

        if first == "dose":
            given, stopped = await asyncio.gather(dose(), stop())
        else:
            stopped, given = await asyncio.gather(stop(), dose())
        assert stopped
        await place.settled()
        if not given:
            await day.returned(place, course)
        checked = await _after_the_race(place, course, doses=2 if given else 1)
    assert [one for one in checked if not one.holds] == [], "\n".join(told)


async def _after_the_race(place: Stage, course: Course, *, doses: int) -> list[Checked]:
    """Stopped at 10:25 in any case; home after the observation of the last dose."""
    await after.on_track(place, course)
    await after.home(place, course)
    ledger = await place.see("prescriber", "prescribing", f"/dose-orders/{course.order}/ledger")
    assert ledger["status"] == "balanced"
    return await ends(
        place,
        course,
        intake={"course": "active", "dosed": 1, "holds": []},
        prescribing={
            "orders": [f"closed({doses})"],
            "left": 1,
            "recovery ended": "discharged",
            "incidents": [],
        },
        scheduling={
            "session": "discharged",
            "outcome": "ended_by_client",
            "doses seen": doses,
            "incidents": [],
        },
        notifications={"restricted until": "18:25", "end known": True},
    )
