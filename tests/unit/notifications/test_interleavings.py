"""INV-38: whatever the order in which the services are heard, the end is the same, and nobody
outside is told twice.
"""

import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from services.notifications.domain.task import TaskStatus
from tests.unit.notifications.memory import MemoryClinic
from tests.unit.notifications.moments import at
from tests.unit.notifications.others import Others, happening

ROUNDS = 60
"""For each story, beside those with timers in between."""

DAY = (
    ("team", "09:00"),
    ("escort", "09:05"),
    ("started", "09:50"),
    ("dose", "10:00"),
    ("check", "10:40"),
)
STORIES: dict[str, Sequence[tuple[str, str]]] = {
    "home": (
        *DAY,
        ("ended", "12:30"),
        ("order closed", "12:30"),
        ("cleared", "12:35"),
        ("escort arrives", "12:40"),
        ("discharged", "12:45"),
        ("integration declined", "12:50"),
    ),
    "a second dose after all": (
        *DAY,
        ("second dose", "10:45"),
        ("aborted", "10:50"),
        ("ended", "12:30"),
        ("cleared", "12:35"),
        ("discharged", "12:45"),
    ),
    "walked out": (
        *DAY,
        ("suicidality", "10:30"),
        ("stop", "10:55"),
        ("ended", "10:55"),
        ("order closed", "10:55"),
        ("walked out", "10:56"),
    ),
    "transferred": (
        *DAY,
        ("worrying check", "10:50"),
        ("serious event", "10:50"),
        ("ended", "11:05"),
        ("transferred", "11:05"),
        ("order closed", "11:05"),
    ),
}


def in_order(_random: random.Random, numbers: list[tuple[str, int]]) -> list[tuple[str, int]]:
    return numbers


def shuffled(rng: random.Random, numbers: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Any order at all, with a third of them heard again somewhere."""
    again = rng.sample(numbers, len(numbers) // 3)
    mixed = [*numbers, *again]
    rng.shuffle(mixed)
    return mixed


def the_end(
    story: Sequence[tuple[str, str]],
    order: Callable[[random.Random, list[tuple[str, int]]], list[tuple[str, int]]],
    seed: int,
    *,
    meanwhile: bool = False,
) -> dict[str, Any]:
    """Everything is heard at one in the afternoon, in this order; then a week passes.

    ``meanwhile``: what is due goes on between what is heard.
    """
    clinic = MemoryClinic()
    others = Others(clinic)
    numbers = [others.say(happening(what, at(clock)), at(clock)) for what, clock in story]
    clinic.now = at("13:00")
    rng = random.Random(seed)

    async def play() -> None:
        for name, number in order(rng, numbers):
            await others.arrive(name, number)
            if meanwhile and rng.random() < 0.5:
                await clinic.fire_due()
        for _ in range(14):
            await clinic.fire_due()
            clinic.now += timedelta(hours=12)

    clinic.run(play())
    assert not others.unheard()
    clinic.close()
    return _seen(clinic)


def _seen(clinic: MemoryClinic) -> dict[str, Any]:
    """What there is in the end, without what only tells when or under which id it was made.

    A task that was withdrawn, or a call that a departure answered, and one that never was: nobody
    owes either.
    """
    return {
        "aftercare": [
            (p.status, p.plan, p.level, p.restrictions_until, p.end_known, p.started_at)
            for p in clinic.aftercare_plans.states.values()
        ],
        "check-ins": sorted(
            (c.hours, c.status, c.outcome, c.due_at) for c in clinic.check_ins.states.values()
        ),
        "loops": sorted(
            (e.cause, e.status, e.level, e.since)
            for e in clinic.escalations.states.values()
            if e.is_open or e.resolved_by is not None
        ),
        "owed": sorted(
            (t.kind, t.owner_role)
            for t in clinic.tasks.states.values()
            if t.status is TaskStatus.OPEN
        ),
        "inbox": sorted((n.kind, n.role, n.occurred_at) for n in clinic.notices.states.values()),
        "sent": sorted((out.subject, out.body) for _, _, out in clinic.taken()),
        "sent once": len({out.message_id for _, _, out in clinic.taken()}) == len(clinic.taken()),
    }


@pytest.mark.parametrize("story", STORIES)
def test_any_order_and_repetition_comes_to_the_same_end(story: str) -> None:
    expected = the_end(STORIES[story], in_order, 0)
    assert expected["sent once"]
    for seed in range(ROUNDS):
        assert the_end(STORIES[story], shuffled, seed) == expected, seed


@pytest.mark.parametrize("story", STORIES)
def test_what_is_due_meanwhile_changes_no_state_and_repeats_nothing(story: str) -> None:
    """A message that was right when it went out cannot be taken back; all else is the same."""
    expected = the_end(STORIES[story], in_order, 0)
    for seed in range(ROUNDS // 10):
        seen = the_end(STORIES[story], shuffled, seed, meanwhile=True)
        assert {**seen, "sent": expected["sent"]} == expected, seed


def test_the_twin_a_story_without_its_end_ends_otherwise() -> None:
    story = STORIES["home"]
    cut = [one for one in story if one[0] != "ended"]
    assert the_end(cut, in_order, 0) != the_end(story, in_order, 0)
