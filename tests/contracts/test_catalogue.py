"""The catalogue says what the clinical specification says, and reads what it lists."""

import ast
import json
import re
import sys
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

import careteam_contracts
from careteam_contracts import emergency, shared_safety
from careteam_contracts.base import PARTITIONS, Event, partition
from careteam_contracts.catalogue import (
    CATALOGUE,
    MalformedEvent,
    UnknownEventType,
    entry,
    parse,
)
from careteam_contracts.enums import Service
from careteam_contracts.prescribing import DoseAdministered, PrescriptionRevoked
from careteam_contracts.samples import body
from careteam_contracts.scheduling import SessionScheduled

PUBLIC = """
    intake.client_registered intake.client_approved intake.client_declined intake.approval_revoked
    intake.course_closed intake.client_erased
    prescribing.dose_prescribed prescribing.prescription_amended prescribing.prescription_revoked
    prescribing.prescription_ended prescribing.dose_authorized prescribing.dose_administered
    prescribing.dose_order_closed prescribing.cleared_for_discharge
    scheduling.session_scheduled scheduling.session_rescheduled scheduling.session_cancelled
    scheduling.session_missed scheduling.client_checked_in scheduling.dosing_session_started
    scheduling.session_completed scheduling.client_discharged
    notifications.aftercare_started notifications.aftercare_completed
"""
URGENT = """
    intake.approval_revoked intake.consent_withdrawn intake.consent_expired
    intake.safety_hold_placed
    prescribing.prescription_revoked prescribing.dose_administered prescribing.dose_withheld
    prescribing.clearance_rescinded prescribing.safety_hold_placed
    scheduling.escort_cancelled scheduling.session_stop_requested scheduling.left_against_advice
    scheduling.safety_hold_placed
    notifications.aftercare_escalated notifications.safety_hold_placed
    intake.emergency_access_opened prescribing.emergency_access_opened
    scheduling.emergency_access_opened notifications.emergency_access_opened
    intake.client_erased
"""


def _types(words: str) -> set[str]:
    return {f"careteam.{word}.v1" for word in words.split()}


def test_what_is_public() -> None:
    assert {e.type for e in CATALOGUE.values() if e.public} == _types(PUBLIC)


def test_what_takes_effect_at_once() -> None:
    assert {e.type for e in CATALOGUE.values() if e.urgent} == _types(URGENT)


@pytest.mark.parametrize("wire_type", CATALOGUE)
def test_an_entry_is_true(wire_type: str) -> None:
    known = entry(wire_type)
    assert re.fullmatch(rf"careteam\.{known.owner}\.[a-z]+(_[a-z]+)*\.v1", wire_type)
    assert known.model.type == wire_type
    assert known.owner not in known.consumers
    assert known.description.endswith(".")
    branch = "evt" if known.public else "int"
    assert known.model.subject_prefix == wire_type.replace("careteam.", f"careteam.{branch}.", 1)


def test_every_event_class_is_in_the_catalogue() -> None:
    def concrete(cls: type[Event]) -> set[type[Event]]:
        below = {found for child in cls.__subclasses__() for found in concrete(child)}
        listed = cls.__module__.startswith("careteam_contracts.") and "type" in vars(cls)
        return below | ({cls} if listed else set())

    assert concrete(Event) == {e.model for e in CATALOGUE.values()}


@pytest.mark.parametrize(
    "family",
    [
        shared_safety.SAFETY_HOLD_PLACED,
        shared_safety.SAFETY_HOLD_LIFTED,
        shared_safety.INCIDENT_RECORDED,
        emergency.EMERGENCY_ACCESS_OPENED,
        emergency.EMERGENCY_ACCESS_REVIEWED,
    ],
)
def test_every_service_has_its_own_wire_name_for_a_shared_event(
    family: tuple[type[Event], ...],
) -> None:
    assert [model.producer for model in family] == list(Service)
    assert len({model.type for model in family}) == len(Service)
    assert len({frozenset(model.model_fields) for model in family}) == 1


def test_a_subject_ends_in_the_clients_partition() -> None:
    client = UUID("0190b7f0-0000-7000-8000-000000000001")
    assert partition(client) == 26
    assert DoseAdministered.subject(client) == "careteam.evt.prescribing.dose_administered.v1.p26"


@given(st.uuids())
def test_a_subject_names_no_client(client: UUID) -> None:
    subject = SessionScheduled.subject(client)
    assert re.fullmatch(r"careteam\.evt\.scheduling\.session_scheduled\.v1\.p[0-6][0-9]", subject)
    assert int(subject[-2:]) == partition(client) < PARTITIONS
    assert str(client) not in subject
    assert client.hex not in subject


def test_clients_spread_over_all_partitions() -> None:
    counts = [0] * PARTITIONS
    for number in range(6_400):
        counts[partition(UUID(int=number * 2_654_435_761, version=4))] += 1
    assert min(counts) > 50
    assert max(counts) < 200


def test_an_unknown_type_says_so() -> None:
    with pytest.raises(UnknownEventType, match=r"careteam\.intake\.never_was\.v1"):
        parse("careteam.intake.never_was.v1", b"{}")
    with pytest.raises(UnknownEventType):
        entry("careteam.intake.never_was.v1")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"dose_seq": None}, "dose_seq"),
        ({"dose_seq": 0}, "dose_seq"),
        ({"dose_seq": "1"}, "dose_seq"),
        ({"dose_seq": True}, "dose_seq"),
        ({"session_id": "MARKER"}, "session_id"),
        ({"administered_at": "2026-03-02T10:00:00"}, "administered_at"),
        ({"timing_profile": "MARKER"}, "timing_profile"),
        ({"timing_profile": "SL-STD\n"}, "timing_profile"),
    ],
)
def test_a_malformed_body_names_the_field_and_not_the_value(
    change: dict[str, object], named: str
) -> None:
    told = json.loads(body(DoseAdministered.type)) | change
    with pytest.raises(MalformedEvent) as refused:
        parse(DoseAdministered.type, json.dumps(told).encode())
    assert refused.value.fields == (named,)
    assert "MARKER" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("garbage", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'"MARKER"'])
def test_garbage_is_malformed(garbage: bytes) -> None:
    with pytest.raises(MalformedEvent, match="body") as refused:
        parse(DoseAdministered.type, garbage)
    assert "MARKER" not in str(refused.value)


def test_a_missing_field_is_malformed() -> None:
    told = json.loads(body(DoseAdministered.type))
    del told["dose_seq"]
    with pytest.raises(MalformedEvent, match="dose_seq"):
        parse(DoseAdministered.type, json.dumps(told).encode())


def test_a_field_of_a_later_version_is_ignored() -> None:
    told = json.loads(body(DoseAdministered.type)) | {"added_in_a_later_version": 7}
    event = parse(DoseAdministered.type, json.dumps(told).encode())
    assert json.loads(event.to_body()) == json.loads(body(DoseAdministered.type))


def test_a_writer_is_not_coerced() -> None:
    with pytest.raises(ValueError, match="rx_version"):
        PrescriptionRevoked(prescription_id=uuid4(), rx_version="1")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="prescription_id"):
        PrescriptionRevoked(prescription_id=str(uuid4()), rx_version=1)  # type: ignore[arg-type]


def test_an_event_cannot_be_changed() -> None:
    event = PrescriptionRevoked(prescription_id=uuid4(), rx_version=1)
    with pytest.raises(ValueError, match="frozen"):
        event.rx_version = 2  # type: ignore[misc]


def _imported(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    plain = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    given = {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    return {module.partition(".")[0] for module in plain | given}


def test_pydantic_is_the_only_dependency() -> None:
    files = list(Path(careteam_contracts.__file__).parent.rglob("*.py"))
    imported = {root for file in files for root in _imported(file)}
    assert imported - set(sys.stdlib_module_names) == {"careteam_contracts", "pydantic"}


def test_another_dependency_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "careless.py").write_text("def late():\n    import nats.aio\n", encoding="utf-8")
    assert _imported(tmp_path / "careless.py") == {"nats"}
