"""What intake and prescribing answer when a gate asks (ruling 6).

An answer serves one request. ``age`` is how long ago it was asked for, in real time; an answer
that did not come is no answer, which means no. ``protocol`` is what the peer goes by; a word that
was made up from events, to show a gate, has none.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from services.scheduling.domain.course_facts import CourseFacts, HoldFact
from services.scheduling.domain.told import Told
from services.scheduling.domain.verdicts import judge
from shared.decisions import Unblock, Verdict
from shared.protocol import Pin

USABLE: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedUntil:
    """Something with an id that holds until a moment."""

    id: str
    active: bool
    valid_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredHold:
    id: str
    placed_at: datetime
    hold: HoldFact


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeWord:
    """How the course stands with intake."""

    age: timedelta
    known: bool = True
    unverifiable: bool = False
    protocol: Pin | None = None
    holds: tuple[AnsweredHold, ...] = ()
    course_status: str | None = None
    approval: NamedUntil | None = None
    consents: Mapping[str, NamedUntil] = field(default_factory=dict)
    dosed_count: int = 0
    covers_until_session_no: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckWord:
    id: str
    version: int
    outcome: str
    valid_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWord:
    id: str
    authorised: bool
    closed: bool
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceWord:
    id: str
    covers_dose_seq: int
    cleared_at: datetime
    valid_until: datetime
    rescinded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescribingWord:
    """How the course, and the session asked about, stand with prescribing."""

    age: timedelta
    known: bool = True
    unverifiable: bool = False
    protocol: Pin | None = None
    holds: tuple[AnsweredHold, ...] = ()
    prescription: NamedUntil | None = None
    order: OrderWord | None = None
    orders_in_hand: int = 0
    check: CheckWord | None = None
    clearance: ClearanceWord | None = None
    administered_count: int = 0


Word: TypeAlias = IntakeWord | PrescribingWord


def with_answered_holds(facts: CourseFacts, words: Iterable[Word | None]) -> CourseFacts:
    """The facts with the holds that peers named beside those that were told."""
    for word in words:
        for one in word.holds if word else ():
            told = Told(event_id=one.id, occurred_at=one.placed_at)
            facts = facts.place_hold(told, one.id, one.hold)
    return facts


def answered(peer: str, word: Word | None) -> Iterator[Verdict]:
    """Whether the peer's answer may be decided by: there, young, and not in doubt itself."""
    ask_again = Unblock(fact="answer", owner=peer, action="try again when it answers")
    yield judge(
        f"{peer}-did-not-answer",
        "ruling 6",
        ok=word is not None,
        facts={"peer": peer},
        unblocks=(ask_again,),
    )
    if word is None:
        return
    yield judge(
        f"{peer}-answer-too-old",
        "ruling 6",
        ok=word.age <= USABLE,
        facts={"peer": peer, "age_seconds": round(word.age.total_seconds(), 3)},
        unblocks=(ask_again,),
    )
    yield judge(
        f"{peer}-unverifiable",
        "INV-39",
        ok=word.known and not word.unverifiable,
        facts={"peer": peer, "known": word.known, "parked": word.unverifiable},
        unblocks=(Unblock(fact="parked events", owner=peer, action="retry or discard them"),),
    )
