"""The wiring agrees with the catalogue, and the page with the code."""

import re
from pathlib import Path

from careteam_contracts.catalogue import CATALOGUE
from careteam_contracts.enums import Service
from services.prescribing import handlers
from services.prescribing.app import DEFINITION

SERVICE = Path(__file__).parents[3] / "services" / "prescribing"
INNER = {
    "activation_facts",
    "ask_authorities",
    "awaited_check",
    "course_decisions",
    "found_grave",
    "gather_dose_facts",
    "keep_order",
    "keep_prescription",
    "ledger_of",
    "look_at_taken_doses",
    "open_holds",
    "orders_of",
    "place_hold",
    "raise_task",
    "record_deviation",
    "record_incident",
    "recovery_of",
    "revoke",
    "revoke_active",
    "session_gates",
    "stop_order",
    "tighten_recoveries",
    "watch_checkpoint",
    "watch_summary",
}
"""Steps of use cases, and what pages show: no use cases of their own."""


def table_of(heading: str) -> set[str]:
    """The names in the first column of the table under a heading of the README."""
    text = (SERVICE / "README.md").read_text().split(f"## {heading}\n", 1)[1]
    return set(re.findall(r"^\| `(\w+)`", text.split("\n## ", 1)[0], flags=re.MULTILINE))


def test_prescribing_listens_to_exactly_what_the_catalogue_names_it_for() -> None:
    heard = {subscription.model.type for subscription in DEFINITION.subscriptions}
    meant = {entry.type for entry in CATALOGUE.values() if Service.PRESCRIBING in entry.consumers}
    assert heard == meant


def test_every_urgent_event_with_a_fact_is_folded_on_receipt() -> None:
    unfolded = {
        subscription.model.__name__
        for subscription in DEFINITION.subscriptions
        if subscription.model.urgent and subscription.fold is None
    }
    assert unfolded == {"AftercareEscalated"}


def test_the_page_says_what_is_heard_and_told() -> None:
    heard = {subscription.model.__name__ for subscription in DEFINITION.subscriptions}
    told = {e.model.__name__ for e in CATALOGUE.values() if e.owner is Service.PRESCRIBING}
    assert table_of("What it listens to") == heard
    assert table_of("What it tells") == told


def test_the_table_of_contents_is_complete() -> None:
    written = {
        name
        for path in (SERVICE / "handlers").glob("*.py")
        for name in re.findall(r"^async def (\w+)\(", path.read_text(), flags=re.MULTILINE)
        if not name.startswith("_")
    }
    listed = {
        handler.__name__
        for table in (handlers.COMMANDS, handlers.POLICIES, handlers.TIMERS)
        for handler in table.values()
    }
    assert written - INNER == listed
    assert written >= INNER
