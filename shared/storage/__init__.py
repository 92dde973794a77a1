"""What a transaction holds: aggregates stored whole, facts, timers, receipts, answered commands."""

from shared.storage.aggregates import AggregateTable, SqlRepository, aggregate_columns
from shared.storage.audit_trail import AuditTrail
from shared.storage.context import Actor, Context, Freshness
from shared.storage.errors import NotFound, PreconditionFailed, StaleVersion
from shared.storage.facts import FactsTable, SqlFacts, facts_columns
from shared.storage.recorded_gates import RecordedGate, RecordedGates, UnknownInputs, verdicts_of
from shared.storage.relations import Related, in_our_hands, team_places
from shared.storage.transactions import Transactions
from shared.storage.unit_of_work import SqlUnitOfWork

__all__ = [
    "Actor",
    "AggregateTable",
    "AuditTrail",
    "Context",
    "FactsTable",
    "Freshness",
    "NotFound",
    "PreconditionFailed",
    "RecordedGate",
    "RecordedGates",
    "Related",
    "SqlFacts",
    "SqlRepository",
    "SqlUnitOfWork",
    "StaleVersion",
    "Transactions",
    "UnknownInputs",
    "aggregate_columns",
    "facts_columns",
    "in_our_hands",
    "team_places",
    "verdicts_of",
]
