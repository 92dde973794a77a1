"""The strong check of receipts: what was kept decides again, to the letter, what was decided."""

import json
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from shared.decisions import Decision
from shared.protocol import ClinicProtocol, Pin
from shared.protocol.unknown import UnknownProtocol
from shared.serving.life import RunningService
from shared.storage import RecordedGates, verdicts_of
from shared.storage.receipts import opened
from tests.support.in_scope import in_scope

_ALL = sa.text(
    "SELECT id, client_id, gate, protocol_version, protocol_digest, verdicts, inputs_kind,"
    " inputs_version, inputs FROM receipts ORDER BY id"
)


def assert_replays(
    gates: RecordedGates, decision: Decision, facts: Any, protocol: ClinicProtocol
) -> None:
    """One decision, kept and decided again under the protocol that it was made under."""
    gate = gates.of(facts)
    was = Pin(protocol.protocol_version, protocol.digest)
    again = gate.replay(gate.dump(facts), protocol, was)
    assert verdicts_of(again) == verdicts_of(decision), gate.kind


async def assert_every_receipt_replays(service: RunningService[Any]) -> int:
    """Every receipt that a service has written; returns how many there are."""
    gates = service.definition.unit_of_work.recorded_gates
    async with in_scope(service) as connection:
        sealed = (await connection.execute(_ALL)).mappings().all()
    rows = [SimpleNamespace(**row) for row in opened(sealed, service.seals)]
    assert len(rows) == len(sealed)
    for row in rows:
        gate = gates.reading(row.inputs_kind, row.inputs_version)
        was = Pin(row.protocol_version, row.protocol_digest)
        known = service.protocols.versions.get(row.protocol_version)
        protocol = (
            known
            if known is not None and known.digest == row.protocol_digest
            else UnknownProtocol(protocol_version=row.protocol_version)
        )
        again = verdicts_of(gate.replay(row.inputs, protocol, was))
        assert again == row.verdicts, json.dumps([row.gate, again, row.verdicts], indent=1)
    return len(rows)
