"""An embedded clinic keeps every protocol that it began courses with."""

from pathlib import Path

import pytest

from cli.clinic.folder import ClinicFolder
from cli.clinic.protocols import keep_protocols
from cli.trouble import Trouble
from shared.protocol.shelf import load_library

FIRST = "protocol_version: 1\nprotocol_name: ours\n"
SECOND = "protocol_version: 2\nprotocol_name: ours\nprep: {min_sessions: 3}\n"


@pytest.fixture
def folder(tmp_path: Path) -> ClinicFolder:
    made = ClinicFolder.at(tmp_path / "clinic")
    made.create()
    return made


def _file(folder: ClinicFolder, text: str) -> Path:
    chosen = folder.path.parent / "chosen.yaml"
    chosen.write_text(text, encoding="utf-8")
    return chosen


def test_the_first_start_keeps_the_default_clinic(folder: ClinicFolder) -> None:
    kept = keep_protocols(folder, None)
    assert kept == folder.protocols / "0001-default.yaml"
    assert keep_protocols(folder, None) is None
    assert load_library(None, folder.protocols).current.protocol_name == "default"


def test_a_newer_file_is_kept_beside_the_older_one(folder: ClinicFolder) -> None:
    keep_protocols(folder, _file(folder, FIRST))
    kept = keep_protocols(folder, _file(folder, SECOND))
    library = load_library(kept, folder.protocols)
    assert sorted(library.versions) == [1, 2]
    assert library.current.prep.min_sessions == 3
    assert load_library(keep_protocols(folder, None), folder.protocols).current == library.current


def test_a_clinic_goes_back_to_an_older_version_for_new_courses(folder: ClinicFolder) -> None:
    keep_protocols(folder, _file(folder, SECOND))
    kept = keep_protocols(folder, _file(folder, FIRST))
    assert load_library(kept, folder.protocols).current.protocol_version == 1


def test_a_file_that_was_changed_under_its_number_is_refused(folder: ClinicFolder) -> None:
    keep_protocols(folder, _file(folder, FIRST))
    with pytest.raises(Trouble, match="raise the number of the newer file"):
        keep_protocols(folder, _file(folder, SECOND.replace("2", "1", 1)))
    assert [file.name for file in folder.protocols.iterdir()] == ["0001-ours.yaml"]


def test_a_file_below_a_floor_is_refused_by_its_line(folder: ClinicFolder) -> None:
    with pytest.raises(Trouble, match=r"chosen.yaml:3: escort.required: an escort is always"):
        keep_protocols(folder, _file(folder, FIRST + "escort: {required: false}\n"))
    assert list(folder.protocols.iterdir()) == []
