"""A clinic's file is read strictly, and every error names its line and what to do."""

from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.protocol import ClinicProtocol
from shared.protocol.loader import (
    CLINICS,
    DEFAULT_CLINIC,
    BadProtocol,
    load_protocol,
    parse_protocol,
)


def _refused(text: str) -> tuple[str, ...]:
    with pytest.raises(BadProtocol) as refused:
        parse_protocol(text, "clinic.yaml")
    return refused.value.lines


def test_the_default_file_says_exactly_the_defaults() -> None:
    assert load_protocol(DEFAULT_CLINIC) == ClinicProtocol()


def test_the_default_file_says_every_value() -> None:
    text = DEFAULT_CLINIC.read_text(encoding="utf-8")
    for section in set(ClinicProtocol.__slots__) - {"digest"}:
        assert f"\n{section}:" in text


def test_a_changed_line_changes_the_protocol() -> None:
    text = DEFAULT_CLINIC.read_text(encoding="utf-8").replace("min_hours: 8 ", "min_hours: 12 ")
    assert parse_protocol(text, "clinic.yaml").aftercare.min_hours == 12


@pytest.mark.parametrize("name", sorted(path.stem for path in CLINICS.glob("*.yaml")))
def test_every_shipped_clinic_loads_and_can_dose(name: str) -> None:
    protocol = load_protocol(CLINICS / f"{name}.yaml")
    assert dict(protocol.profiles())
    for _, profile in protocol.profiles():
        assert protocol.dosing.fits(protocol.dosing.block_minutes.default, profile)


def test_all_errors_come_at_once_in_the_order_of_the_file() -> None:
    lines = _refused(
        "protocol_version: 1\n"
        "aftercare:\n"
        "  min_hours: 7\n"
        "  min_minutes: 3\n"
        "escort: {required: false}\n"
        "dosing: {block_minutes: 180}\n"
        "predose:\n"
        "  bp_review: {sys: 140}\n"
        "  interactions: {aspirin: {action: hold, text: Thins blood.}}\n"
        "routes_enabled: [SL, XX]\n"
    )
    assert [line.split(": ")[0] + " " + line.split(": ")[1] for line in lines] == [
        "clinic.yaml:3 aftercare.min_hours",
        "clinic.yaml:4 aftercare.min_minutes",
        "clinic.yaml:5 escort.required",
        "clinic.yaml:6 dosing.block_minutes",
        "clinic.yaml:8 predose.bp_review.dia",
        "clinic.yaml:9 predose.interactions.aspirin",
        "clinic.yaml:10 routes_enabled[1]",
    ]
    assert all("\n" not in line and line.count(": ") >= 2 for line in lines)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("prep: {min_sessions: 2}\n", "clinic.yaml:1: protocol_version: is missing"),
        ("protocol_version: 1\ndosage: {}\n", "clinic.yaml:2: dosage: unknown key"),
        ("protocol_version: '1'\n", "clinic.yaml:1: protocol_version: input should be"),
        ("protocol_version: 1\nprep: {min_sessions: yes}\n", "clinic.yaml:2: prep.min_sessions"),
        ("protocol_version: 1\nprep: {min_sessions: 1.5}\n", "clinic.yaml:2: prep.min_sessions"),
        ("protocol_version: 1\nprep: {a: 1}\nprep: {}\n", "clinic.yaml:3: prep is said twice"),
        ("protocol_version: 1\nprep: [\n", "clinic.yaml:3: not YAML"),
        ("protocol_version: 1\nprep: &p {again: *p}\n", "clinic.yaml:1: refers to itself"),
        ("protocol_version: 1\n? [a, b]\n: 1\n", "clinic.yaml:2: a key must be a plain word"),
        ("protocol_version: 1\nprep: 2026-99-99\n", "clinic.yaml:2: a value that cannot be read"),
        ("just words\n", "clinic.yaml:1: not a protocol"),
        ("", "clinic.yaml:1: not a protocol"),
        ("\x00", "clinic.yaml:1: not YAML"),
    ],
)
def test_what_is_no_protocol_says_where_and_why(text: str, says: str) -> None:
    assert _refused(text)[0].startswith(says)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadProtocol, match="name a protocol file that exists"):
        load_protocol(tmp_path / "nowhere.yaml")


def test_a_file_that_is_not_text_says_so(tmp_path: Path) -> None:
    file = tmp_path / "clinic.yaml"
    file.write_bytes(b"protocol_version: 1 # \xff\n")
    with pytest.raises(BadProtocol, match="save it as UTF-8"):
        load_protocol(file)


def test_quiet_hours_are_read_as_times() -> None:
    text = 'protocol_version: 1\nmessaging: {quiet_hours: {start: "22:30", end: "07:00"}}\n'
    quiet = parse_protocol(text, "clinic.yaml").messaging.quiet_hours
    assert (quiet.start, quiet.end) == (time(22, 30), time(7, 0))


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda b: b.decode("latin-1")))
def test_no_text_breaks_the_reader(text: str) -> None:
    lines: tuple[str, ...] = ()
    try:
        parse_protocol(f"protocol_version: 1\n{text}", "clinic.yaml")
    except BadProtocol as refused:
        lines = refused.lines or ("refused without a reason",)
    assert all(line.startswith("clinic.yaml:") for line in lines)
