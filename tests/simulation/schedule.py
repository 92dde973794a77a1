"""One schedule: from a moment of care, through whatever the seed says, until all is still."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from random import Random

from shared.protocol.model import ClinicProtocol
from tests.simulation import (
    about_the_course,
    after_the_dose,
    before_the_dose,
    promises_at_dose,
    promises_at_start,
    promises_at_the_door,
    promises_of_care,
    promises_of_silence,
)
from tests.simulation.cast import Person
from tests.simulation.clinic import MINUTE, NAMES, Clinic, Saved
from tests.simulation.one_thread import one_thread
from tests.simulation.oracle import Oracle
from tests.simulation.scenes import SCENES
from tests.simulation.wishes import Wish

Plant = Callable[[], AbstractContextManager[None]]

WATCHERS = (
    promises_at_start,
    promises_at_dose,
    promises_at_the_door,
    promises_of_care,
    promises_of_silence,
)
"""Each of these has told the oracle what it watches."""

STEPS = 420
AT_ONCE = 3
RARE = 0.45
AIM = 25
AIMS = (
    "revoke_approval",
    "withdraw_consent",
    "sign_consent",
    "submit_screening",
    "close_course",
    "update_preferences",
    "place_hold",
    "hold_course",
    "revoke_prescription",
    "amend_prescription",
    "record_taken_dose",
    "withhold_dose",
    "rescind_clearance",
    "record_adverse_event",
    "release_dose",
    "cancel_escort",
    "stop_session",
    "reschedule_session",
    "book_session",
    "transfer_client",
    "leave_against_advice",
    "clear_manually",
)
_OFTEN = (3, 1, 1, 3, 1, 4, 3, 3, 4, 4, 3, 2, 4, 0)
LULLS = (0.2, 1, 2, 5, 5, 20, 45, 130)


@dataclass(frozen=True)
class Habits:
    """How a schedule disturbs: drawn from its seed."""

    twice: float
    loses: float
    shuffles: float
    cuts: float
    hurries: float
    turbulence: float
    lags: float
    forges: float
    aims: frozenset[str]

    @classmethod
    def drawn(cls, chance: Random, aims: tuple[str, ...], forging: bool) -> "Habits":
        return cls(
            twice=chance.choice((0.0, 0.1, 0.3)),
            loses=chance.choice((0.0, 0.05, 0.2)),
            shuffles=chance.choice((0.0, 0.3, 1.0)),
            cuts=chance.choice((0.0, 0.0, 0.03)),
            hurries=chance.choice((0.2, 1.0, 3.0)),
            turbulence=chance.choice((0.02, 0.1, 0.5)),
            lags=chance.choice((0.0, 0.5, 0.9)),
            forges=0.5 if forging else chance.choice((0.0, 0.0, 0.05)),
            aims=frozenset(aims or chance.choices(AIMS, k=2)),
        )


_USUAL = ClinicProtocol(digest="a" * 16)
PROTOCOLS = {
    "usual": _USUAL,
    "boosters and early reviews": replace(
        _USUAL,
        dosing=replace(_USUAL.dosing, max_doses_per_session=2),
        course=replace(_USUAL.course, review_every=1),
    ),
}


@cache
def scene(name: str, people: int, protocol: str) -> tuple[Saved, tuple[Person, ...]]:
    """A moment to begin from, reached once."""
    clinic = Clinic(Random(people), PROTOCOLS[protocol])
    with one_thread(clinic.seconds):
        persons = SCENES[name](clinic, people)
    return clinic.save(), tuple(persons)


def run(
    seed: int,
    *,
    scenes: tuple[str, ...] = (),
    aims: tuple[str, ...] = (),
    plant: Plant = nullcontext,
    forging: bool = False,
    steps: int = STEPS,
) -> tuple[Clinic, Oracle]:
    """Run one schedule; raises :class:`BrokenPromiseError`."""
    chance = Random(seed)
    protocol = chance.choice(tuple(PROTOCOLS))
    name = chance.choice(scenes) if scenes else chance.choices(tuple(SCENES), _OFTEN)[0]
    saved, persons = scene(name, chance.choice((1, 1, 2)), protocol)
    oracle = Oracle()
    clinic = Clinic(chance, PROTOCOLS[protocol], watch=oracle.sees, answered=oracle.answered)
    clinic.restore(saved)
    oracle.begins(clinic)
    habits = Habits.drawn(chance, aims, forging)
    with one_thread(clinic.seconds), plant():
        try:
            for _ in range(steps):
                _step(clinic, persons, habits)
            clinic.settle()
            _tomorrow(clinic)
            oracle.ends(clinic)
        finally:
            clinic.close()
    return clinic, oracle


def _step(clinic: Clinic, persons: tuple[Person, ...], habits: Habits) -> None:
    chance = clinic.random
    draw = chance.random()
    if draw < 0.16:
        if len(clinic.commands) < AT_ONCE:
            _somebody_asks(clinic, chance.choice(persons), habits)
    elif draw < 0.55:
        if clinic.commands:
            clinic.go_on(chance.choice(clinic.commands))
    elif draw < 0.86:
        _bus(clinic, habits)
    elif draw < 0.93:
        clinic.fire(chance.choice(NAMES))
    elif draw < 0.93 + 0.02 * habits.hurries:
        _time_passes(clinic)
    elif chance.random() < habits.cuts:
        clinic.silent ^= {chance.choice(NAMES)}


def _time_passes(clinic: Clinic) -> None:
    """Nobody decides for minutes: while somebody asks, only seconds pass."""
    if clinic.commands:
        clinic.advance(timedelta(seconds=clinic.random.choice((1, 3))))
    else:
        clinic.advance(clinic.random.choice(LULLS) * MINUTE)


def _bus(clinic: Clinic, habits: Habits) -> None:
    chance = clinic.random
    if chance.random() < habits.lags:
        return
    if chance.random() < habits.forges:
        clinic.forge_a_lift()
    name = chance.choice(NAMES)
    queue = clinic.on_the_way[name]
    if clinic.lost[name] and chance.random() < 0.1:
        queue.append(clinic.lost[name].pop())
    if name not in clinic.consuming and queue:
        if chance.random() < habits.twice:
            queue.append(chance.choice(queue))
        if chance.random() < habits.loses:
            clinic.lost[name].append(queue.pop(chance.randrange(len(queue))))
    shuffled = chance.random() < habits.shuffles
    clinic.consume(name, lambda q: chance.randrange(len(q)) if shuffled else 0)


def _somebody_asks(clinic: Clinic, person: Person, habits: Habits) -> None:
    chance = clinic.random
    wishes: list[Wish] = list(about_the_course.wishes(clinic, person, chance))
    for session in clinic.states("scheduling", "sessions"):
        if session.dosing and session.client_id == person.client_id:
            wishes += before_the_dose.wishes(clinic, session, chance)
            wishes += after_the_dose.wishes(clinic, session, chance)
    weights = [_weight(one, habits) for one in wishes]
    wish = chance.choices(wishes, weights)[0]
    clinic.begin(wish.service, wish.name, wish.command, wish.actor)


def _weight(wish: Wish, habits: Habits) -> float:
    """Disturbances are rare, but for those that this schedule aims at."""
    if wish.name in habits.aims:
        return wish.weight * AIM
    return wish.weight * habits.turbulence if wish.weight < RARE else wish.weight


def _tomorrow(clinic: Clinic) -> None:
    """Days pass in quiet, so that every deadline is met."""
    for hours in (1, 9, 30, 60):
        clinic.advance(timedelta(hours=hours))
        clinic.settle()
