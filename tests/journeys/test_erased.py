"""D3: a client who went through a course is erased, and a copy of the day before is brought back.

Every word that was typed about them is a canary. While their keys are there each service can read
canaries of theirs: the same search must find none afterwards.
"""

import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from cli.clinic.folder import ClinicFolder
from cli.clinic.services import SERVICES
from tests.journeys.marked_journey import Run, play_marked
from tests.journeys.searched_places import LEAVES, in_the_stream, readable, told_to_others
from tests.support.started_clinic import StartedClinic, start_clinic
from tests.support.waiting import eventually

pytestmark = [pytest.mark.clinic, pytest.mark.real, pytest.mark.timeout(900)]

GROUND: Final = {"basis": "client_asked", "duty_ended_on": "2020-01-31"}
LAST_TASKS: Final = {"scheduling": "arrange_follow_up", "notifications": "plan_follow_up"}
"""What the end of a course leaves to be done, and who keeps it."""

HOLD_WORDS: Final = {"intake", "prescribing", "scheduling"}
"""Notifications asks for a name and a number when it needs them, and keeps neither."""


async def test_nothing_of_who_was_erased_can_be_read_not_even_in_yesterdays_backup(
    clinic: StartedClinic, tmp_path: Path
) -> None:
    run = Run(clinic)
    await play_marked(run, "J1")
    client = run.ids["client_id"]
    await leave_nothing_owed(run)
    assert (await written(run)).keys() >= HOLD_WORDS, "this search would find them"
    assert set(answers(run).values()) == {200}

    clinic.stop()
    databases = ClinicFolder.at(clinic.data).postgres
    copy(databases, tmp_path / "yesterday")
    go_on(clinic)
    asked = done(run, "front_desk", "intake", f"/clients/{client}/erasure", GROUND)
    erasure = done(run, "operator", "intake", f"/erasures/{asked['id']}/confirmation")
    assert erasure["status"] == "erased"

    async def is_gone() -> bool:
        return await written(run) == {} and set(answers(run).values()) == {404}

    await eventually(is_gone, seconds=60)
    assert await elsewhere(run) == {}

    clinic.stop()
    shutil.rmtree(databases)
    copy(tmp_path / "yesterday", databases)
    go_on(clinic)
    assert await written(run) == {}, "the rows are back, and no key is"
    await eventually(is_gone, seconds=60)
    assert await elsewhere(run) == {}


async def leave_nothing_owed(run: Run) -> None:
    """The course is closed, and every task about it is done by whom it waits for."""
    course = run.ids["course_id"]
    done(run, "therapist", "intake", f"/courses/{course}/close", {"outcome": "completed"})
    for service, last in LAST_TASKS.items():

        async def is_asked(service: str = service, last: str = last) -> bool:
            return last in {task.get("kind", task.get("purpose")) for task in owed(run, service)}

        await eventually(is_asked, seconds=60)
        for task in owed(run, service):
            done(run, task["owner_role"], service, f"/tasks/{task['id']}/completion")


def owed(run: Run, service: str) -> list[dict[str, Any]]:
    tasks = run.clinic.get(service, "/tasks?limit=200", "front_desk").json()["items"]
    return [one for one in tasks if one["status"] == "open"]


async def written(run: Run) -> dict[str, list[str]]:
    """Which canaries each service can read in what it holds."""
    found = {
        service: run.canaries.found_in(await readable(run.clinic, service)) for service in SERVICES
    }
    return {service: canaries for service, canaries in found.items() if canaries}


async def elsewhere(run: Run) -> dict[str, list[str]]:
    """Which canaries are in any file of the clinic, in the stream, or in what goes to others."""
    found = run.canaries.found_in_files([run.clinic.data])
    if seen := run.canaries.found_in(await in_the_stream(run.clinic)):
        found["the stream"] = seen
    for service in SERVICES:
        for table in LEAVES:
            if seen := run.canaries.found_in(await told_to_others(run.clinic, service, table)):
                found[f"{service} {table}"] = seen
    return found


def answers(run: Run) -> dict[str, int]:
    """What each service answers to somebody of the care team who asks how the course stands."""
    path = f"/courses/{run.ids['course_id']}/standing"
    return {one: run.clinic.get(one, path, "therapist").status_code for one in SERVICES}


def done(run: Run, role: str, service: str, path: str, body: Any = None) -> Any:
    answer = run.clinic.post(service, path, role, body)
    assert answer.is_success, answer.text
    return answer.json()


def copy(folder: Path, to: Path) -> None:
    """With whom its files belong to, which is who PostgreSQL runs as."""
    subprocess.run(["cp", "-a", str(folder), str(to)], check=True)


def go_on(clinic: StartedClinic) -> None:
    """The same clinic again, in the place of what was stopped."""
    again = start_clinic(clinic.data, clinic.port_base, "--empty")
    clinic.process, clinic.told = again.process, again.told
