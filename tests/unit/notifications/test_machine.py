"""Aftercare, escalation, check-in, message and task under duplicates, reordering and lateness."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
import structlog
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from services.notifications.domain import gates
from services.notifications.domain.escalation import Escalation, EscalationChange, climb
from services.notifications.domain.session_reading import dose_times
from services.notifications.domain.task import Task, TaskChange, settle_task
from services.notifications.handlers import (
    advance_aftercare,
    answer_escalation,
    check_in_timers,
    say,
    urgent_loops,
    when_safety_changes,
    work_through,
)
from services.notifications.handlers.tell_team import tell_team
from shared.decisions import Change, holds
from tests.unit.notifications.machine import Clinic, goes_on_to_its_end

THOROUGH = settings(
    max_examples=40,
    stateful_step_count=35,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    print_blob=False,
    derandomize=True,
    report_multiple_bugs=False,
)


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(structlog.PrintLogger, "msg", lambda *_a, **_k: None)


class ToItsEnd(Clinic):
    def teardown(self) -> None:
        try:
            goes_on_to_its_end(self)
        finally:
            super().teardown()


def test_after_every_step_everything_is_as_it_must_be() -> None:
    run_state_machine_as_test(ToItsEnd, settings=THOROUGH)


async def nothing(*_about: Any, **_more: Any) -> None:
    """What a handler forgot to do."""


def climbs_once(state: Escalation, *, now: datetime) -> EscalationChange:
    return Change(replace(climb(state, now=now).state, next_step_at=None))


def done_by_nobody(state: Task, *, by: UUID | None, at: datetime, **_role: Any) -> TaskChange:
    return settle_task(state, by=None, at=at)


PLANTED: Mapping[str, tuple[Any, str, Any]] = {
    "a dose after the end does not count": (
        advance_aftercare, "dose_times", lambda session: frozenset(sorted(dose_times(session))[:1])
    ),
    "a dose behind a gap is forgotten": (when_safety_changes, "_look_at_all", tell_team),
    "the third circle is never called": (urgent_loops, "climb", climbs_once),
    "who takes a loop owes nothing": (answer_escalation, "owe", nothing),
    "silence is never noticed": (check_in_timers, "SILENCE_TIMER", "nobody listens to this"),
    "nights are not quiet": (gates, "released_at", lambda *_about: None),
    "late is not too late": (gates, "_not_too_late", lambda _facts: holds("late", "INV-27")),
    "a message that waits is not looked at": (say, "MESSAGE_TIMER", "nobody listens to this"),
    "nobody did a task": (work_through, "complete_task", done_by_nobody),
}  # fmt: skip


@pytest.mark.parametrize("bug", PLANTED)
def test_the_twins_a_planted_bug_is_found(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*PLANTED[bug])
    with pytest.raises((AssertionError, KeyError)):
        run_state_machine_as_test(ToItsEnd, settings=settings(THOROUGH, max_examples=4000))
