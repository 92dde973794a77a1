"""The command line: one line for whatever fails, and the exit code that programs rely on."""

import json
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from careteam_contracts.catalogue import CATALOGUE
from cli.bus.connection import BusUser
from cli.bus.names import PROVISIONER
from cli.clinic.moments import duration, moment, rfc3339
from cli.clinic.ports import assert_free, service_ports
from cli.clinic.reach import reach
from cli.clinic.sandbox_clock import read_clock, set_clock
from cli.main import COMMANDS, run
from cli.trouble import Misuse, Trouble


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    printed = capsys.readouterr().out
    assert [name for name in COMMANDS if name not in printed] == []


def test_no_words_are_a_misuse(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    assert "Usage" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["bogus"],
        ["up", "--bogus"],
        ["clock", "advance"],
        ["up", "--port-base", "many"],
        ["up", "--port-base", "70000"],
        ["clock", "advance", "soon"],
        ["events", "schema", "careteam.intake.unheard_of.v1"],
        ["events", "catalogue", "--service", "kitchen"],
        ["timeline", "nobody"],
    ],
)
def test_a_misuse_is_one_line_and_exit_code_2(
    words: list[str], capsys: pytest.CaptureFixture[str], running_nowhere: None
) -> None:
    assert run(words) == 2
    said = capsys.readouterr().err
    assert said.startswith("careteam: ")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    "words", [["status"], ["events", "tail"], ["clock", "show"], ["provision"]]
)
def test_without_a_clinic_commands_say_how_to_start_one(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*words, "--data", str(tmp_path / "none")]) == 1
    assert capsys.readouterr().err == (
        f"careteam: no clinic runs in {tmp_path / 'none'}: "
        f"start it with `careteam up --data {tmp_path / 'none'}`\n"
    )


def test_debug_shows_where_it_failed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["status", "--debug", "--data", str(tmp_path / "none")]) == 1
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert said.splitlines()[-1].startswith("careteam: no clinic runs in ")


def test_a_folder_that_cannot_be_made_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["up", "--data", "/proc/careteam"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_every_event_type_has_a_schema(capsys: pytest.CaptureFixture[str]) -> None:
    for wire_type in CATALOGUE:
        assert run(["events", "schema", wire_type]) == 0
        assert json.loads(capsys.readouterr().out)["$id"] == f"urn:careteam:schema:{wire_type}"


def test_the_catalogue_lists_every_type_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["events", "catalogue", "--json"]) == 0
    assert {one["type"] for one in json.loads(capsys.readouterr().out)} == set(CATALOGUE)


def test_ports_are_the_base_plus_one_to_four_and_must_be_free() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ports = service_ports(port - 2)
        assert ports["prescribing"] == port
        assert list(ports.values()) == [port - 1, port, port + 1, port + 2]
        with pytest.raises(
            Trouble, match=rf"port {port} for prescribing is in use by .*--port-base"
        ):
            assert_free({"prescribing": port})
    assert_free({"prescribing": port})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", timedelta(seconds=90)),
        ("1h30m", timedelta(minutes=90)),
        ("2d", timedelta(days=2)),
        ("1w", timedelta(weeks=1)),
        ("0.5s", timedelta(milliseconds=500)),
    ],
)
def test_durations(text: str, expected: timedelta) -> None:
    assert duration(text) == expected


@pytest.mark.parametrize("text", ["", "5", "h", "1h 30m", "-1h", "1y"])
def test_what_is_no_duration_is_a_misuse(text: str) -> None:
    with pytest.raises(Misuse, match="is no duration"):
        duration(text)


def test_times_are_utc() -> None:
    assert moment("2026-03-02T09:30:00Z") == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert moment("2026-03-02T09:30:00") == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert rfc3339(moment("2026-03-02T10:30:00+01:00")) == "2026-03-02T09:30:00Z"
    with pytest.raises(Misuse, match="is no time"):
        moment("tomorrow")


def test_a_clock_stands_still_or_runs(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    assert read_clock(file).running, "without a file it is the real time"
    at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    set_clock(file, at, running=False)
    assert read_clock(file).now() == at == read_clock(file).now()
    set_clock(file, at, running=True)
    first, second = read_clock(file).now(), read_clock(file).now()
    assert at <= first < second < at + timedelta(minutes=1)


def test_the_services_read_the_clock_as_it_was_set(tmp_path: Path) -> None:
    from shared.runtime.clock import SandboxClock

    file = tmp_path / "clock.json"
    at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    set_clock(file, at, running=False)
    assert SandboxClock(file).now() == at
    set_clock(file, at, running=True)
    assert timedelta() <= SandboxClock(file).now() - at < timedelta(minutes=1)


def test_a_damaged_clock_is_named(tmp_path: Path) -> None:
    (tmp_path / "clock.json").write_text("noon")
    with pytest.raises(Trouble, match=r"clock\.json is damaged"):
        read_clock(tmp_path / "clock.json")


def test_settings_reach_a_clinic_that_runs_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret\n")
    found = reach(
        tmp_path,
        {
            "CARETEAM_INTAKE_URL": "http://intake:8100/",
            "CARETEAM_OPERATOR_TOKEN_FILE": str(tmp_path / "token"),
            "CARETEAM_NATS_URL": "nats://a:4222, nats://b:4222",
            "CARETEAM_NATS_SEED_FILE": "/run/secrets/bus.seed",
        },
    )
    assert found.services == {"intake": "http://intake:8100"}
    assert found.token() == "secret"
    assert found.bus() == BusUser(
        PROVISIONER, ("nats://a:4222", "nats://b:4222"), Path("/run/secrets/bus.seed")
    )
    with pytest.raises(Trouble, match="CARETEAM_NURSE_TOKEN_FILE"):
        found.token("nurse")


@pytest.fixture
def running_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
