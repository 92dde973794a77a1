"""No value of a clinic's file is there for nothing: some rule of a service reads it."""

import ast
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import services
import shared.protocol
from shared.protocol import ClinicProtocol

SERVICES: Final = Path(str(services.__path__[0]))
PROTOCOL: Final = Path(str(shared.protocol.__path__[0]))

FLOORS_ONLY: Final = {
    "escort.required": "no file may say otherwise, so no rule needs to ask",
    "escort.confirm_before_dose": "no file may say otherwise, so no rule needs to ask",
    "recovery.manual_clearance.two_person": "no file may say otherwise, so no rule needs to ask",
    "rems_certified": "without it the file is refused",
    "protocol_profile": "read through is_esketamine, and by the floors",
    "screening.grades": "read through Screening.finding",
    "timing_profiles": "read through profiles() and timing_profile()",
}
"""Values that are read while a file is loaded, or by the protocol itself; why."""


def test_every_value_is_read_by_a_service() -> None:
    read = {*_attributes(SERVICES), *_of_itself(PROTOCOL)}
    unread = {path for path, name in _values(ClinicProtocol()) if name not in read}
    assert unread <= set(FLOORS_ONLY), sorted(unread - set(FLOORS_ONLY))


def test_a_value_that_nobody_reads_is_seen(tmp_path: Path) -> None:
    (tmp_path / "rule.py").write_text("def rule(p): return p.prep.min_sessions\n")
    read = set(_attributes(tmp_path))
    unread = {path for path, name in _values(ClinicProtocol()) if name not in read}
    assert "prep.typical_max" in unread
    assert "prep.min_sessions" not in unread


def _values(section: Any, before: str = "") -> Iterator[tuple[str, str]]:
    for field in dataclasses.fields(section):
        value, path = getattr(section, field.name), f"{before}{field.name}"
        if dataclasses.is_dataclass(value):
            yield from _values(value, f"{path}.")
        else:
            yield path, field.name


def _of_itself(folder: Path) -> Iterator[str]:
    """What a section's own method reads for a rule, such as whether an hour is a quiet one."""
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Attribute(value=ast.Name(id="self"), attr=name):
                    yield name


def _attributes(folder: Path) -> Iterator[str]:
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                yield node.attr
