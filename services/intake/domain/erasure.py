"""Erasing a client: asked for by one person, confirmed by another, refused while anything goes on.

The software knows no law. Whoever asks names the ground, and the day on which the clinic's duty to
keep the record ended; whoever confirms answers for both. The flag is up before anybody is asked
(ruling 7): while it is, nothing is begun with the client. The record of the erasure is the
clinic's, not the client's: ids, codes, people and times, and it stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NoReturn, TypeAlias
from uuid import UUID

from services.intake.domain.events import ClientErased, DomainEvent
from shared.decisions import Change, Decision, Unblock, Verdict, holds, refuse, violated

SOURCE: Final = "reliability 2.8"


class ErasureBasis(StrEnum):
    """Why a record may go. Which law says so is the clinic's to know."""

    RETENTION_OVER = "retention_over"
    NEVER_A_CLIENT = "never_a_client"
    ORDERED = "ordered"
    CLIENT_ASKED = "client_asked"


class ErasureStatus(StrEnum):
    REQUESTED = "requested"
    ERASING = "erasing"
    ERASED = "erased"
    WITHDRAWN = "withdrawn"


UNDER_WAY: Final = (ErasureStatus.REQUESTED, ErasureStatus.ERASING)


class Keeps(StrEnum):
    """What keeps a client's record; the same words as on the wire."""

    COURSE = "course"
    SESSION = "session"
    ORDER = "order"
    RECOVERY = "recovery"
    RESTRICTION = "restriction"
    AFTERCARE = "aftercare"
    HOLD = "hold"
    EMERGENCY_ACCESS = "emergency_access"
    PARKED_EVENT = "parked_event"
    OWED = "owed"


_UNTIL: Final[Mapping[Keeps, tuple[str, str]]] = {
    Keeps.COURSE: ("erasure-kept-by-course", "close the course"),
    Keeps.SESSION: ("erasure-kept-by-session", "end the session, or cancel it"),
    Keeps.ORDER: ("erasure-kept-by-order", "close the dose order"),
    Keeps.RECOVERY: ("erasure-kept-by-recovery", "wait until the recovery is over"),
    Keeps.RESTRICTION: ("erasure-kept-by-restriction", "wait until the restriction is over"),
    Keeps.AFTERCARE: ("erasure-kept-by-aftercare", "wait until the aftercare is closed"),
    Keeps.HOLD: ("erasure-kept-by-hold", "have the hold lifted"),
    Keeps.EMERGENCY_ACCESS: ("erasure-kept-by-emergency-access", "have the access reviewed"),
    Keeps.PARKED_EVENT: ("erasure-kept-by-parked-event", "retry the parked event or discard it"),
    Keeps.OWED: ("erasure-kept-by-owed", "do what is still to be done"),
}
"""The slug of each refusal, and what would end it."""

Answers: TypeAlias = Mapping[str, tuple[Keeps, ...] | None]
"""What keeps the client with each service that was asked; None: it did not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One reason why the others refused."""

    owner: str
    by: Keeps


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """One request. ``subject_id`` is whom it is about; the record itself is no client's.

    ``kept`` is what the last confirmation was refused for, ``silent`` who has not answered yet.
    """

    id: UUID
    subject_id: UUID
    client_id: UUID | None = None
    course_id: UUID | None = None
    status: ErasureStatus = ErasureStatus.REQUESTED
    basis: ErasureBasis
    duty_ended_on: date
    requested_at: datetime
    requested_by: UUID | None
    confirmed_at: datetime | None = None
    confirmed_by: UUID | None = None
    kept: tuple[Kept, ...] = ()
    silent: tuple[str, ...] = ()
    ended_at: datetime | None = None

    @property
    def under_way(self) -> bool:
        return self.status in UNDER_WAY


def request(
    *,
    erasure_id: UUID,
    subject_id: UUID,
    basis: ErasureBasis,
    duty_ended_on: date,
    by: UUID | None,
    today: date,
    now: datetime,
) -> Change[Erasure, DomainEvent]:
    """Ask for it. ``today`` is the clinic's: a duty that ends later has not ended."""
    if duty_ended_on > today:
        refuse(
            "erasure-duty-goes-on",
            SOURCE,
            Unblock(fact="duty", owner="intake", action="ask again once the duty has ended"),
            duty_ended_on=duty_ended_on.isoformat(),
        )
    return Change(
        Erasure(
            id=erasure_id,
            subject_id=subject_id,
            basis=basis,
            duty_ended_on=duty_ended_on,
            requested_at=now,
            requested_by=by,
        )
    )


def confirm(erasure: Erasure, *, by: UUID | None, now: datetime) -> Change[Erasure, DomainEvent]:
    """A second person raises the flag. To repeat one's own confirmation changes nothing."""
    if by is not None and erasure.confirmed_by == by and erasure.confirmed_at is not None:
        return Change(erasure)
    if erasure.status is not ErasureStatus.REQUESTED:
        _not_waiting(erasure)
    if by is None or by == erasure.requested_by:
        refuse(
            "erasure-own-request",
            SOURCE,
            Unblock(fact="confirmation", owner="intake", action="have another operator confirm"),
        )
    return Change(
        replace(
            erasure,
            status=ErasureStatus.ERASING,
            confirmed_at=now,
            confirmed_by=by,
            kept=(),
            silent=(),
        )
    )


def withdraw(erasure: Erasure, *, now: datetime) -> Change[Erasure, DomainEvent]:
    """It was a mistake, or is not wanted any more: the flag comes down."""
    if not erasure.under_way:
        _not_waiting(erasure)
    return Change(replace(erasure, status=ErasureStatus.WITHDRAWN, ended_at=now))


def refuse_meanwhile() -> NoReturn:
    """Nothing is begun with a client while the others are asked whether anything goes on."""
    refuse(
        "client-being-erased",
        SOURCE,
        Unblock(fact="erasure", owner="intake", action="wait, or withdraw the erasure"),
    )


def nothing_keeps(answers: Answers) -> tuple[Verdict, ...]:
    """A verdict for each kind of thing that could go on, and one for who did not answer."""
    return (*(_nothing(kind, answers) for kind in Keeps), _everybody_answered(answers))


def erasure_decision(answers: Answers) -> Decision:
    """Whether the client may be erased, by what each service says of itself."""
    return Decision.of("erase", nothing_keeps(answers))


def settle(
    erasure: Erasure, *, confirmed_at: datetime, answers: Answers, now: datetime
) -> Change[Erasure, DomainEvent]:
    """Erase, take the flag back, or keep it up and ask again.

    A reason against it ends the confirmation; silence only delays it. Somebody else may have
    settled this flag meanwhile: then nothing is left to do.
    """
    if erasure.status is not ErasureStatus.ERASING or erasure.confirmed_at != confirmed_at:
        return Change(erasure)
    if erasure_decision(answers).allowed:
        done = replace(erasure, status=ErasureStatus.ERASED, kept=(), silent=(), ended_at=now)
        return Change(done, (ClientErased(at=now),))
    kept = tuple(
        Kept(owner=owner, by=by) for owner, told in sorted(answers.items()) for by in told or ()
    )
    if kept:
        waiting = replace(
            erasure,
            status=ErasureStatus.REQUESTED,
            confirmed_at=None,
            confirmed_by=None,
            kept=kept,
            silent=(),
        )
        return Change(waiting)
    silent = tuple(sorted(owner for owner, told in answers.items() if told is None))
    return Change(replace(erasure, silent=silent))


def _nothing(kind: Keeps, answers: Answers) -> Verdict:
    slug, until = _UNTIL[kind]
    owners = tuple(sorted(owner for owner, told in answers.items() if kind in (told or ())))
    if not owners:
        return holds(slug, SOURCE)
    missing = tuple(Unblock(fact=kind.value, owner=o, action=until) for o in owners)
    return violated(slug, SOURCE, unblocks_with=missing, owners=owners)


def _everybody_answered(answers: Answers) -> Verdict:
    silent = tuple(sorted(owner for owner, told in answers.items() if told is None))
    if not silent:
        return holds("erasure-unanswered", SOURCE)
    missing = tuple(Unblock(fact="answer", owner=o, action="wait until it answers") for o in silent)
    return violated("erasure-unanswered", SOURCE, unblocks_with=missing, owners=silent)


def _not_waiting(erasure: Erasure) -> None:
    refuse(
        "erasure-not-waiting",
        SOURCE,
        Unblock(fact="erasure", owner="intake", action="ask for the erasure again"),
        status=erasure.status.value,
    )
