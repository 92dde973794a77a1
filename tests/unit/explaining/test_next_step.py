"""What `careteam why` lists for a session or a course, over the answers of all services."""

from collections.abc import Mapping
from typing import Any

import pytest

from cli.explaining.next_step import no_longer_waiting, what_is_missing

SESSION, COURSE = "0198-session", "0198-course"
CALM = {"age_seconds": 0.4, "waiting": 0, "parked": 0}


def verdict(slug: str, *, ok: bool = False, fact: str = "it", owner: str = "prescribing") -> Any:
    return {
        "slug": slug,
        "rule": "INV-25",
        "holds": ok,
        "facts": {},
        "source_events": [],
        "unblocks_with": [] if ok else [{"fact": fact, "owner": owner, "action": "do it"}],
    }


def answer(
    status: str | None, *decisions: tuple[str, Any], parked: Mapping[str, int] | None = None
) -> dict[str, Any]:
    told = {"intake": CALM, **{p: {**CALM, "parked": n} for p, n in (parked or {}).items()}}
    body: dict[str, Any] = {"course_id": COURSE, "freshness": told}
    if status is not None:
        body |= {"session_id": SESSION, "status": status}
    return {
        "answers": [body],
        "decisions": [{"gate": gate, "verdicts": [one]} for gate, one in decisions],
    }


def named(found: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
    return [(one.fact, one.owner) for one in what_is_missing(found)]


def test_an_aborted_session_waits_for_the_final_count() -> None:
    """INV-25: the client may not be told to be free to go by a silence."""
    waits = answer("aborted", ("CLOSING", verdict("dose-order-not-closed")))
    assert named({"scheduling": waits}) == [
        ("the dose order, closed with its count", "prescribing")
    ]
    assert no_longer_waiting({"scheduling": waits}) is None


@pytest.mark.parametrize("status", ["closed", "cancelled", "discharged", "missed"])
def test_a_session_that_is_over_waits_for_nothing(status: str) -> None:
    over = answer(status, ("CLOSING", verdict("dose-order-not-closed")))
    assert named({"scheduling": over}) == []
    assert no_longer_waiting({"scheduling": over}) == status


@pytest.mark.parametrize("service", ["intake", "prescribing", "scheduling"])
@pytest.mark.parametrize("status", [None, "scheduled", "ready", "in_progress"])
def test_a_parked_event_is_named_where_it_is_parked(service: str, status: str | None) -> None:
    """INV-39: whichever service it is, of the session and of the course."""
    found = {service: answer(status, parked={"intake": 2})}
    assert named(found) == [("the events of intake that are parked", service)]


@pytest.mark.parametrize("status", ["dosed", "recovering", "clearable", "aborted", "closed"])
def test_after_a_start_no_parked_event_is_said_to_keep_anybody(status: str) -> None:
    assert named({"prescribing": answer(status, parked={"intake": 1})}) == []


def test_what_notifications_parked_is_the_courses_and_no_starts() -> None:
    """Nobody asks notifications before a start (ruling 22)."""
    parked = {"scheduling": 1}
    assert named({"notifications": answer(None, parked=parked)}) == [
        ("the events of scheduling that are parked", "notifications")
    ]
    assert named({"notifications": answer("ready", parked=parked)}) == []


def test_what_waits_comes_by_itself() -> None:
    waiting = answer("ready")
    waiting["answers"][0]["freshness"]["intake"] = {**CALM, "waiting": 3}
    assert named({"scheduling": waiting}) == []
