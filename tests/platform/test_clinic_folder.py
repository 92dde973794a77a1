"""The clinic's folder: ours alone, one clinic at a time, never somebody else's."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cli.clinic.folder import ClinicFolder
from cli.clinic.record import ClinicRecord, Running
from cli.clinic.tokens import sign_ins
from cli.trouble import Trouble


@pytest.fixture
def folder(tmp_path: Path) -> ClinicFolder:
    made = ClinicFolder.at(tmp_path / "clinic")
    made.create()
    return made


def test_it_is_closed_to_others_and_is_itself_again(folder: ClinicFolder) -> None:
    first = folder.clinic_id()
    folder.create()
    assert folder.clinic_id() == first
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert stat.S_IMODE(folder.secrets.stat().st_mode) == 0o700


def test_a_folder_with_something_else_in_it_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(Trouble, match="is not empty and is no careteam folder"):
        ClinicFolder.at(tmp_path).create()
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Trouble, match="is a file"):
        ClinicFolder.at(tmp_path / "file").create()


@pytest.mark.parametrize("content", ["{", "[]"])
def test_a_damaged_folder_is_named(folder: ClinicFolder, content: str) -> None:
    (folder.path / "careteam.json").write_text(content)
    with pytest.raises(Trouble, match=r"careteam\.json is damaged"):
        folder.create()


def test_a_later_format_is_refused(folder: ClinicFolder) -> None:
    folder.remember(format=2)
    with pytest.raises(Trouble, match="has format 2, and this careteam knows 1"):
        folder.create()


def test_two_clinics_cannot_share_it_and_a_killed_one_leaves_it_free(folder: ClinicFolder) -> None:
    holds = (
        "import sys, time; from pathlib import Path; from cli.clinic.folder import ClinicFolder\n"
        "with ClinicFolder.at(Path(sys.argv[1])).locked():\n"
        "    print('held', flush=True); time.sleep(600)"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", holds, str(folder.path)], stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    refused = pytest.raises(Trouble, match=rf"already running in .* \(process {other.pid}\)")
    with refused, folder.locked():
        pass
    other.kill()
    other.wait(5)
    other.stdout.close()
    with folder.locked():
        pass


def test_demo_people_keep_their_tokens_and_their_numbers(folder: ClinicFolder) -> None:
    people = sign_ins(folder.tokens_file)
    assert sign_ins(folder.tokens_file) == people
    assert [person.role for person in people] == [
        "therapist",
        "therapist",
        "prescriber",
        "prescriber",
        "nurse",
        "front_desk",
        "on_call",
        "operator",
    ]
    assert len({person.token for person in people} | {person.ref for person in people}) == 16
    assert stat.S_IMODE(folder.tokens_file.stat().st_mode) == 0o600


def test_two_clinics_have_different_tokens(tmp_path: Path) -> None:
    one, two = (sign_ins(tmp_path / name) for name in ("one.json", "two.json"))
    assert not {person.token for person in one} & {person.token for person in two}


def test_the_record_reads_back_and_tells_a_process_from_a_later_one(folder: ClinicFolder) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    record = ClinicRecord(
        data=str(folder.path),
        clinic_id=str(folder.clinic_id()),
        supervisor=Running.of(child.pid),
        services={"intake": "http://127.0.0.1:1"},
        nats="nats://127.0.0.1:2",
        nats_monitor="http://127.0.0.1:3",
        postgres="/nowhere",
        clock_file="/nowhere/clock.json",
        processes={"nats": Running(pid=child.pid, since=1.0)},
        sign_ins=sign_ins(folder.tokens_file),
    )
    record.write(folder.record_file)
    read = ClinicRecord.read(folder.record_file)
    assert read == record
    assert read.supervisor.process() is not None
    assert read.processes["nats"].process() is None, "the number is of another process"
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert read.supervisor.process() is None, "dead, though nobody has waited for it"
    child.wait(5)


def test_a_damaged_record_is_named(folder: ClinicFolder) -> None:
    folder.record_file.write_text(json.dumps({"services": {}}))
    with pytest.raises(Trouble, match=r"clinic\.json is damaged"):
        ClinicRecord.read(folder.record_file)
