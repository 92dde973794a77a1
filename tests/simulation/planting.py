"""Planting faults: one rule or guard is taken out, or one behaviour is replaced by a hasty one.

``without`` takes rules out of every decision by their slugs; the others replace one behaviour by a
hasty one.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from services.scheduling.domain.session import Session
from services.scheduling.domain.session_states import SessionStatus
from shared.decisions import Change, Decision
from tests.simulation.clinic import BrokenPromiseError

_S = SessionStatus
Plant = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Fault:
    """What is planted, where it can show, the invariants that may report it, and what people are
    up to. ``or_says`` is the word of a guard that stands behind the rule."""

    plant: Plant
    scenes: tuple[str, ...]
    seen_as: frozenset[int]
    aims: tuple[str, ...] = ()
    or_says: str | None = None
    forging: bool = False

    def tells(self, seen: Exception) -> bool:
        """Whether this is how the fault shows."""
        if isinstance(seen, BrokenPromiseError):
            return any(str(seen).startswith(f"invariant {number}:") for number in self.seen_as)
        return self.or_says is not None and self.or_says in repr(seen)


def without(*slugs: str) -> Plant:
    @contextmanager
    def plant() -> Iterator[None]:
        honest = Decision.of.__func__  # type: ignore[attr-defined]

        def hasty(kind: type[Decision], gate: str, verdicts: Any) -> Decision:
            return honest(kind, gate, [v for v in verdicts if v.slug not in slugs])  # type: ignore[no-any-return]

        with patch.object(Decision, "of", classmethod(hasty)):
            yield

    return plant


def instead(target: str, hasty: Any) -> Plant:
    @contextmanager
    def plant() -> Iterator[None]:
        with patch(target, hasty):
            yield

    return plant


def unchanged(session: Session, *_args: Any, **_values: Any) -> Any:
    return Change(session)


def both(*plants: Plant) -> Plant:
    @contextmanager
    def plant() -> Iterator[None]:
        with ExitStack() as planted:
            for one in plants:
                planted.enter_context(one())
            yield

    return plant


def lifted_by_anybody(facts: Any, _owner: str, hold_id: Any, event_id: str) -> Any:
    for owner in ("intake", "prescribing", "scheduling", "notifications"):
        facts = replace(facts, holds=facts.holds.remove(f"{owner}:{hold_id}", event_id))
    return facts


def at_the_last_dose(recovery: Any) -> Any:
    return recovery.last_dose_at


def any_wish(course: Any, **asked: Any) -> Any:
    from services.intake.domain.wishes import update_wishes

    return update_wishes(course, **{**asked, "on_board_sessions": ()})


async def nothing(*_args: Any, **_values: Any) -> None:
    return None


def resurrected(known: Any, key: str, member: Any) -> Any:
    """Adding forgets that the member was removed."""
    tombstones = {k: v for k, v in known.tombstones.items() if k != key}
    return replace(known, members={**known.members, key: member}, tombstones=tombstones)


def closes_on_silence(session: Session, known: Any) -> Any:
    if session.status is not _S.ABORTED or session.doses.count:
        return Change(session)
    return Change(replace(session, status=_S.CLOSED))


def only_until_the_end(session: Session) -> bool:
    return session.status in {_S.IN_PROGRESS, _S.DOSED}


def shorter(honest: Any) -> Any:
    def window(**facts: Any) -> Any:
        found = honest(**facts)
        return None if found is None else replace(found, until=found.until - timedelta(hours=1))

    return window


def dose_only(honest: Any) -> Any:
    """The restriction forgets the session's end once there is a dose."""
    return lambda **facts: honest(
        **{**facts, "ended_at": min(facts["doses"]) if facts["doses"] else facts["ended_at"]}
    )


def window(make: Any) -> Plant:
    from services.notifications.domain.restriction import restriction_window

    return instead(
        "services.notifications.handlers.advance_aftercare.restriction_window",
        make(restriction_window),
    )
