"""What a session or a course waits for now: the next gates on its way, over all services."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cli.clinic.asking import API
from cli.clinic.reach import Reach
from shared.decisions import Refusal, Unblock
from shared.protocol.unblocking import Missing, shortest_of_all

_BEFORE: Final = frozenset({"G-BOOK", "G-START", "AUTHORISATION"})
NEXT_GATES: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(("scheduled", "blocked", "checked_in", "ready"), _BEFORE),
    "in_progress": frozenset({"G-DOSE"}),
    "aborted": frozenset({"CLOSING"}),
    **dict.fromkeys(
        ("dosed", "therapy_ended", "recovering", "clearable", "discharging"),
        frozenset({"CLEARANCE", "G-DISCHARGE"}),
    ),
}
"""The gates that a dosing session has before it, by its state."""

_WHERE_DOUBT_REFUSES: Final = frozenset({"G-START", "G-DOSE"})
_ASKED_BEFORE_A_DOSE: Final = frozenset({"intake", "prescribing", "scheduling"})
_OF_A_COURSE: Final = frozenset({"standing", "approval", "AUTHORISATION", "ACTIVATION"})


def what_is_missing(found: Mapping[str, Mapping[str, Any]]) -> tuple[Missing, ...]:
    """The shortest list over the answers of all services, as the next gates have it.

    A session that is over waits for nothing; what else its client waits for, the course says.
    """
    ids, status = _subject(found)
    wanted = _wanted("session" in ids, status)
    refused: dict[str | None, list[Refusal]] = {
        service: [
            refusal
            for decision in answers["decisions"]
            if decision["gate"] in wanted
            for refusal in _refusals(decision)
        ]
        + list(_parked(service, answers, wanted, of_session="session" in ids))
        for service, answers in found.items()
    }
    return shortest_of_all(refused, ids={name: value for name, value in ids.items() if value})


def no_longer_waiting(found: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The state of a session that has no gate before it any more; None for any other subject."""
    ids, status = _subject(found)
    return status if "session" in ids and status not in NEXT_GATES else None


def _subject(found: Mapping[str, Mapping[str, Any]]) -> tuple[dict[str, str], str | None]:
    """The ids of what was asked about, and a session's state."""
    ids: dict[str, str] = {}
    status = None
    for answers in found.values():
        for body in answers["answers"]:
            ids.setdefault("course", body.get("course_id") or "")
            if body.get("session_id"):
                ids["session"] = body["session_id"]
                status = status or body.get("status")
    return ids, status


def url(clinic: Reach, missing: Missing) -> str | None:
    """Where its owner takes it, as a whole address."""
    base = clinic.services.get(missing.owner)
    return base + API + missing.link if base and missing.link else None


def _parked(
    service: str, answers: Mapping[str, Any], wanted: frozenset[str], *, of_session: bool
) -> Iterator[Refusal]:
    """Events of the client that could not take effect in a service (INV-39).

    A course goes nowhere safely with one of them, and a start and a dose are refused for it.
    """
    if of_session and not (wanted & _WHERE_DOUBT_REFUSES and service in _ASKED_BEFORE_A_DOSE):
        return
    for body in answers["answers"]:
        for producer, known in sorted(body.get("freshness", {}).items()):
            if known["parked"]:
                yield Refusal(
                    slug=f"cannot-prove-safe-{producer}",
                    rule="INV-39",
                    facts={"parked": known["parked"]},
                )


def _wanted(of_session: bool, status: str | None) -> frozenset[str]:
    if not of_session:
        return _OF_A_COURSE
    return _BEFORE if status is None else NEXT_GATES.get(status, frozenset())


def _refusals(decision: Mapping[str, Any]) -> Iterator[Refusal]:
    for verdict in decision["verdicts"]:
        if not verdict["holds"]:
            yield Refusal(
                slug=verdict["slug"],
                rule=verdict["rule"],
                facts=verdict["facts"],
                source_events=tuple(verdict["source_events"]),
                unblocks_with=tuple(
                    Unblock(fact=u["fact"], owner=u["owner"], action=u["action"])
                    for u in verdict["unblocks_with"]
                ),
            )
