"""`careteam up` for real: ends, crashes, next starts, neighbours, first inhabitants."""

import json
import signal
import subprocess
import time
from pathlib import Path

import httpx
import psutil
import pytest

from tests.support.started_clinic import CARETEAM, CLIENT, ROOT, careteam, free_base, start_clinic

pytestmark = [pytest.mark.real, pytest.mark.clinic]


def test_ctrl_c_ends_everybody_and_the_next_start_finds_the_data(tmp_path: Path) -> None:
    base = free_base()
    first = start_clinic(tmp_path / "data", base, "--empty")
    client = first.post("intake", "/clients", "front_desk", CLIENT).json()["id"]
    everybody = first.everybody()
    assert len(everybody) > 8
    let_in = ("integrator", "add", "ledger", "--nats", "--seed-file", str(tmp_path / "key"))
    assert careteam(*let_in, data=tmp_path / "data").returncode == 0
    assert first.stop() == 0
    assert not psutil.wait_procs(everybody, timeout=20)[1]
    assert careteam("status", data=tmp_path / "data").returncode == 1

    again = start_clinic(tmp_path / "data", base, "--empty")
    try:
        assert again.told["sign_ins"] == [{**p, "password": ""} for p in first.told["sign_ins"]]
        assert all(len(person["password"]) >= 15 for person in first.told["sign_ins"])
        assert again.told["clinic_id"] == first.told["clinic_id"]
        told = careteam("timeline", client, "--json", data=tmp_path / "data")
        assert json.loads(told.stdout)[0]["aggregate_id"] == client
        assert careteam("provision", "--check", data=again.data).stdout == "as declared\n"
        assert "ledger" in careteam("integrator", "list", data=again.data).stdout
    finally:
        assert again.stop(signal.SIGTERM) == 0


def test_after_a_crash_of_everything_one_command_is_enough(tmp_path: Path) -> None:
    base = free_base()
    first = start_clinic(tmp_path / "data", base, "--empty")
    client = first.post("intake", "/clients", "front_desk", CLIENT).json()["id"]
    everybody = first.everybody()
    first.process.kill()
    first.process.wait(5)

    began = time.monotonic()
    again = start_clinic(tmp_path / "data", base, "--empty")
    try:
        assert time.monotonic() - began < 60
        assert not psutil.wait_procs(everybody, timeout=20)[1]
        told = careteam("timeline", client, "--json", data=tmp_path / "data")
        assert json.loads(told.stdout)
    finally:
        again.stop()


def test_two_clinics_live_side_by_side(tmp_path: Path) -> None:
    clinic = start_clinic(tmp_path / "one", free_base(), "--empty")
    other = start_clinic(tmp_path / "other", free_base(), "--empty")
    try:
        assert other.told["nats"] != clinic.told["nats"]
        assert other.told["clinic_id"] != clinic.told["clinic_id"]
        stranger = clinic.told["sign_ins"][0]["token"]
        refused = httpx.get(
            f"{other.told['services']['intake']}/api/v1/operations/status",
            headers={"Authorization": f"Bearer {stranger}"},
            timeout=10,
        )
        assert refused.status_code == 401
        assert careteam("status", data=tmp_path / "other").returncode == 0
        assert careteam("status", data=clinic.data).returncode == 0
    finally:
        other.stop()
        clinic.stop()


def test_ctrl_c_while_it_starts_leaves_nobody_behind(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [CARETEAM, "up", "--data", str(tmp_path / "data"), "--port-base", str(free_base())],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    said = ""
    while "bringing the databases up to date" not in said:
        said = process.stderr.readline()
        assert said, "it ended before it began"
    everybody = psutil.Process(process.pid).children(recursive=True)
    assert everybody
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    process.stderr.close()
    assert not psutil.wait_procs(everybody, timeout=20)[1]


def test_a_synthetic_clinic_has_people_at_different_points(tmp_path: Path) -> None:
    up = start_clinic(tmp_path / "data", free_base())
    try:
        desk = next(p["token"] for p in up.told["sign_ins"] if p["role"] == "front_desk")
        listed = httpx.get(
            f"{up.told['services']['intake']}/api/v1/courses",
            headers={"Authorization": f"Bearer {desk}"},
            timeout=10,
        )
        statuses = {course["status"] for course in listed.json()["items"]}
        assert len(listed.json()["items"]) == 6
        assert {"inquiry", "screening", "awaiting_medical", "active"} <= statuses
        clock = json.loads(careteam("clock", "show", "--json", data=up.data).stdout)
        assert clock["running"] is True
        assert not (up.data / "clock.json").exists(), "its time is the real time again"
    finally:
        up.stop()
