"""No schema on the bus is wide enough for a person's words, and each field was looked at."""

import enum
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, ClassVar
from uuid import UUID

import pytest
from pydantic import Field, StringConstraints

from careteam_contracts.base import Event
from careteam_contracts.catalogue import CATALOGUE, Entry, schema
from careteam_contracts.enums import HoldCategory, Service
from careteam_contracts.scalars import Count, RuleSlug, TimingProfileCode, UtcTime
from careteam_contracts.scheduling import ClientCheckedIn
from cli.docs.events import fields
from tests.support.schema_lint import complaints

REVIEWED = Path(__file__).parents[2] / "shared" / "contracts" / "reviewed_fields.txt"
ENTRIES = sorted(CATALOGUE.values(), key=lambda entry: entry.type)


class Probe(Event):
    """An event that no service publishes."""

    type: ClassVar[str] = "careteam.intake.probe.v1"
    producer: ClassVar[Service] = Service.INTAKE
    aggregate_type: ClassVar[str] = "probe"


class Colour(enum.StrEnum):
    RED = "red"


def _with(name: str, annotation: Any) -> dict[str, Any]:
    body = {"__annotations__": {name: annotation}, "__module__": __name__}
    probe: type[Event] = type("Violating", (Probe,), body)
    return probe.model_json_schema()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.type)
def test_a_schema_carries_nothing_personal(entry: Entry) -> None:
    assert complaints(schema(entry.type), public=entry.public) == []


@pytest.mark.parametrize(
    ("name", "annotation", "says"),
    [
        ("remark", str, "unconstrained text"),
        ("remark", str | None, "unconstrained text"),
        ("remarks", Annotated[tuple[str, ...], Field(max_length=3)], "unconstrained text"),
        ("remark", Annotated[str, StringConstraints(max_length=20)], "unconstrained text"),
        (
            "remark",
            Annotated[str, StringConstraints(pattern=r"^[\w ]+$", max_length=20)],
            "wide enough for prose",
        ),
        (
            "remark",
            Annotated[str, StringConstraints(pattern=r"^[a-z]+$", max_length=65)],
            "wide enough for prose",
        ),
        ("ratio", float, "number is not for the bus"),
        ("ratio", Annotated[float, Field(ge=0, le=1)], "number is not for the bus"),
        ("level", int, "without bounds"),
        ("level", Annotated[int, Field(ge=0)], "without bounds"),
        ("parts", tuple[UUID, ...], "without an end"),
        ("parts", dict[str, int], "object is not for the bus"),
        ("anything", Any, "anything is not for the bus"),
        ("client_name", RuleSlug, "about a person"),
        ("dose_mg", Count, "about a person"),
        ("systolic", Count, "about a person"),
    ],
)
def test_the_lint_has_been_seen_red(name: str, annotation: Any, says: str) -> None:
    found = complaints(_with(name, annotation), public=False)
    assert any(says in complaint for complaint in found), found


@pytest.mark.parametrize(
    "annotation",
    [UUID, UUID | None, bool, Count, UtcTime, Colour, Colour | None, RuleSlug, TimingProfileCode],
)
def test_the_lint_accepts_what_is_narrow(annotation: Any) -> None:
    assert complaints(_with("part", annotation), public=True) == []


@pytest.mark.parametrize(
    "name", ["hold_category", "capacity_assessed", "finding_ref", "review_flags"]
)
def test_some_fields_are_for_internal_types_only(name: str) -> None:
    assert complaints(_with(name, HoldCategory), public=False) == []
    assert complaints(_with(name, HoldCategory), public=True) == [
        f"{name}: not on a public type (ruling 8)"
    ]


def _fields_as_they_are() -> list[str]:
    return [
        f"{entry.type} {name}: {told}{'' if required else ', optional'}"
        for entry in ENTRIES
        for name, told, required in fields(schema(entry.type))
    ]


def test_every_field_was_reviewed_by_a_person() -> None:
    reviewed = [
        line
        for line in REVIEWED.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert _fields_as_they_are() == reviewed, (
        "a field is new, gone or has another shape: decide whether it may travel, say so in "
        "CHANGELOG.md, and change shared/contracts/reviewed_fields.txt"
    )


def test_a_new_field_would_fail_the_review(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        f"{__name__}.schema", lambda wire_type: _with("grew_since", Count), raising=True
    )
    with pytest.raises(AssertionError, match="decide whether it may travel"):
        test_every_field_was_reviewed_by_a_person()


def test_a_schema_names_its_own_address() -> None:
    for entry in ENTRIES:
        assert schema(entry.type)["$id"] == f"urn:careteam:schema:{entry.type}"


def test_times_are_aware_and_become_utc() -> None:

    session = UUID(int=1)
    with pytest.raises(ValueError, match="timezone"):
        ClientCheckedIn(session_id=session, at=datetime(2026, 3, 2, 10, 0))  # noqa: DTZ001
    local = datetime.fromisoformat("2026-03-02T10:00:00-08:00")
    assert ClientCheckedIn(session_id=session, at=local).to_body() == (
        b'{"session_id":"00000000-0000-0000-0000-000000000001","at":"2026-03-02T18:00:00Z"}'
    )
