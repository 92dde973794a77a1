"""What is wired is what the catalogue asks for, and the README says it."""

import re
from dataclasses import fields
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_type_hints
from uuid import UUID

import pytest

from careteam_contracts import enums as words
from careteam_contracts.catalogue import CATALOGUE
from careteam_contracts.emergency import EMERGENCY_ACCESS_OPENED, EMERGENCY_ACCESS_REVIEWED
from careteam_contracts.enums import Service
from services.scheduling.app import DEFINITION
from services.scheduling.domain import events, roles, session_states
from services.scheduling.domain.escort import EscortStatus
from services.scheduling.handlers import COMMANDS, POLICIES, QUESTIONS, TIMERS
from services.scheduling.publishing import to_contract
from services.scheduling.web.access import ACCESS
from tests.unit.scheduling.building import at, named

README = Path(__file__).parents[3] / "services" / "scheduling" / "README.md"
TOLD: tuple[type[Any], ...] = get_args(events.DomainEvent)


def table_of(heading: str) -> list[str]:
    """The names in the first column of the table under a heading of the README."""
    text = README.read_text().split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^\| `(\w+)`", text, flags=re.MULTILINE)


def test_scheduling_listens_to_exactly_what_the_catalogue_names_it_for() -> None:
    heard = {subscription.model.type for subscription in DEFINITION.subscriptions}
    meant = {entry.type for entry in CATALOGUE.values() if Service.SCHEDULING in entry.consumers}
    assert heard == meant


def test_every_urgent_event_with_a_fact_is_folded_on_receipt() -> None:
    unfolded = {
        subscription.model.__name__
        for subscription in DEFINITION.subscriptions
        if subscription.model.urgent and subscription.fold is None
    }
    assert unfolded == {"AftercareEscalated"}


def test_the_page_says_what_is_heard_and_told() -> None:
    heard = [subscription.model.__name__ for subscription in DEFINITION.subscriptions]
    told = [e.model.__name__ for e in CATALOGUE.values() if e.owner is Service.SCHEDULING]
    assert sorted(table_of("What it listens to")) == sorted(heard)
    assert sorted(table_of("What it tells")) == sorted(told)


def test_the_table_of_contents_is_complete() -> None:
    tables = (COMMANDS, QUESTIONS, POLICIES, TIMERS)
    listed = {h.__name__ for table in tables for h in table.values()}
    written = {
        name
        for path in (README.parent / "handlers").glob("*.py")
        for name in re.findall(
            r"^async def (\w+)\((?:command|due|\n?\s*uow: UnitOfWork, \*, client_id)",
            path.read_text(),
            flags=re.MULTILINE,
        )
        if not name.startswith("_")
    }
    assert written <= listed
    assert len(listed) == sum(len(table) for table in tables)


def test_every_command_has_a_role_that_may() -> None:
    in_use = set(ACCESS)
    roster = ("room", "clinician", "absence")
    renamed = {f"add_{name}": "keep_roster" for name in roster}
    renamed |= dict.fromkeys(("renew_credentials", "set_hours", "end_absence"), "keep_roster")
    renamed |= dict.fromkeys(("write_note", "add_to_note", "complete_item"), "write_notes")
    assert {renamed.get(name, name) for name in COMMANDS} <= in_use
    assert all(ACCESS[action] for action in in_use)


def _value(kind: Any, name: str) -> Any:
    if isinstance(kind, UnionType):
        kind = get_args(kind)[0]
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return next(iter(kind))
    samples: dict[Any, Any] = {UUID: named(name), datetime: at("10:00"), int: 1, bool: True}
    if kind in samples:
        return samples[kind]
    return {
        "category": "logistics",
        "severity": "pause",
        "blocks": ("start", "dose"),
        "lifted_by_roles": (roles.Role.FRONT_DESK,),
    }[name]


def sample(model: type[Any]) -> Any:
    hints = get_type_hints(model)
    return model(**{f.name: _value(hints[f.name], f.name) for f in fields(model)})


@pytest.mark.parametrize("model", TOLD, ids=lambda m: m.__name__)
def test_every_domain_event_becomes_its_contract_with_its_values(model: type[Any]) -> None:
    happened = sample(model)
    told = to_contract(happened)
    assert CATALOGUE[told.type].owner is Service.SCHEDULING
    assert type(told).__name__.removeprefix("SchedulingSafety") in {
        model.__name__,
        f"Scheduling{model.__name__}",
    }
    payload = told.model_dump()
    for name, value in payload.items():
        if hasattr(happened, name):
            assert value == getattr(happened, name), name
        elif isinstance(value, datetime):
            assert value == happened.at, name


def test_every_event_that_scheduling_owns_is_told_by_some_domain_event() -> None:
    owned = {e.type for e in CATALOGUE.values() if e.owner is Service.SCHEDULING}
    platforms = {model.type for model in (*EMERGENCY_ACCESS_OPENED, *EMERGENCY_ACCESS_REVIEWED)}
    assert {to_contract(sample(model)).type for model in TOLD} == owned - platforms


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (session_states.SessionStatus, words.SessionStatus),
        (session_states.SessionKind, words.SessionKind),
        (session_states.Setting, words.Setting),
        (events.Outcome, words.SessionOutcome),
        (events.DischargeMode, words.DischargeMode),
        (events.ManualClearanceReason, words.ManualClearanceReason),
        (EscortStatus, words.EscortStatus),
        (roles.Role, words.ActorRole),
    ],
)
def test_the_words_are_the_wires(mine: type[StrEnum], theirs: type[StrEnum]) -> None:
    assert {word.value for word in mine} == {word.value for word in theirs}


def test_every_incident_has_its_word_on_the_wire() -> None:
    assert {code.value for code in events.IncidentCode} <= {c.value for c in words.IncidentCode}
