"""What the use cases of scheduling need of the world."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeAlias, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from services.scheduling.domain.clinician import Clinician
from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.desk_task import DeskTask
from services.scheduling.domain.escort import EscortContact
from services.scheduling.domain.events import (
    HoldEvent,
    IncidentRecorded,
    PreparationCompleted,
    SessionEvent,
)
from services.scheduling.domain.hold import Hold
from services.scheduling.domain.incident import RecordedIncident
from services.scheduling.domain.note import Note
from services.scheduling.domain.peer_answers import IntakeWord, PrescribingWord
from services.scheduling.domain.preparation import Preparation
from services.scheduling.domain.resources import Clash
from services.scheduling.domain.room import Room
from services.scheduling.domain.session import Session
from services.scheduling.domain.summary import Summary
from shared.protocol import ClinicProtocol
from shared.storage import Actor, Freshness
from shared.storage.ports import Receipts, Repository, Timers

S = TypeVar("S")
E = TypeVar("E")
W_co = TypeVar("W_co", covariant=True)


class Facts(Protocol):
    """What was told of each course."""

    async def find(self, key: UUID) -> CourseFacts | None: ...
    async def get(self, key: UUID, client_id: UUID) -> CourseFacts: ...
    async def fold(
        self, key: UUID, client_id: UUID, step: Callable[[CourseFacts], CourseFacts]
    ) -> CourseFacts: ...


class ResourceBook(Protocol):
    """Who holds which room, therapist and client, when: the database's own promise.

    ``follow`` brings the bookings of a session in line with it. A clash is refused by name; only
    for a session that a late dose opened again is it returned instead (ruling 12).
    """

    async def clashes(self, session: Session) -> tuple[Clash, ...]: ...
    async def seen_clashes(self, session: Session) -> tuple[Clash, ...]: ...
    async def occupied(self, session: Session, *, dosing_only: bool) -> tuple[Clash, ...]: ...
    async def next_promised(self, session: Session) -> tuple[Clash, ...]: ...
    async def follow(self, session: Session) -> tuple[Clash, ...]: ...


class UnitOfWork(Protocol):
    """One transaction."""

    @property
    def now(self) -> datetime: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def timezone(self) -> ZoneInfo: ...
    @property
    def sessions(self) -> Repository[Session, SessionEvent]: ...
    @property
    def preparations(self) -> Repository[Preparation, PreparationCompleted]: ...
    @property
    def own_holds(self) -> Repository[Hold, HoldEvent]: ...
    @property
    def incidents(self) -> Repository[RecordedIncident, IncidentRecorded]: ...
    @property
    def tasks(self) -> Repository[DeskTask, None]: ...
    @property
    def escort_contacts(self) -> Repository[EscortContact, None]: ...
    @property
    def summaries(self) -> Repository[Summary, None]: ...
    @property
    def notes(self) -> Repository[Note, None]: ...
    @property
    def rooms(self) -> Repository[Room, None]: ...
    @property
    def clinicians(self) -> Repository[Clinician, None]: ...
    @property
    def facts(self) -> Facts: ...
    @property
    def resources(self) -> ResourceBook: ...
    @property
    def timers(self) -> Timers: ...
    @property
    def receipts(self) -> Receipts: ...

    async def protocol_of(self, course_id: UUID | None) -> ClinicProtocol:
        """The rules by which this course is decided; the clinic's present ones without a course."""
        ...

    def new_id(self) -> UUID: ...
    async def client_of(self, course_id: UUID) -> UUID | None: ...
    async def promised_with(self, clinician_id: UUID) -> Sequence[tuple[UUID, UUID]]: ...
    async def lock_client(self, client_id: UUID) -> None: ...
    async def freshness(self, client_id: UUID) -> Mapping[str, Freshness]: ...
    async def conclude(self, result: object) -> None: ...


@dataclass(frozen=True, slots=True)
class Heard(Generic[W_co]):
    """A peer's answer; ``word`` reads it with the age that it has at that moment."""

    word: Callable[[], W_co]


class Peers(Protocol):
    """Asks the owners; None when there is no answer within two seconds."""

    async def intake(self, *, course_id: UUID) -> Heard[IntakeWord] | None: ...
    async def prescribing(
        self, *, course_id: UUID, session_id: UUID
    ) -> Heard[PrescribingWord] | None: ...


Begin: TypeAlias = Callable[[], AbstractAsyncContextManager[UnitOfWork]]
