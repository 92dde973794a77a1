"""What the use cases need of the world: one transaction, and the peers that a closing asks."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeAlias, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from services.intake.domain.client import Client
from services.intake.domain.closing import Obstacle
from services.intake.domain.consent import Consent
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.erasure import Erasure, Keeps
from services.intake.domain.events import DomainEvent
from services.intake.domain.facts import CourseFacts
from services.intake.domain.hold import Hold
from services.intake.domain.incident import Incident
from services.intake.domain.protocol_change import ProtocolChange
from services.intake.domain.question import Question
from services.intake.domain.review import Review
from services.intake.domain.screening import Screening
from shared.protocol import ClinicProtocol, Pin
from shared.storage import Actor, Freshness
from shared.storage import ports as shared_ports
from shared.storage.ports import Receipts, Timers

S = TypeVar("S")
Repository: TypeAlias = shared_ports.Repository[S, DomainEvent]


class Consents(Repository[Consent], Protocol):
    async def with_signature(self, consent_id: UUID, /) -> Consent:
        """The consent of which this is a signature; raises ``NotFound``."""
        ...


class Facts(Protocol):
    async def get(self, course_id: UUID, client_id: UUID, /) -> CourseFacts: ...
    async def fold(
        self, course_id: UUID, client_id: UUID, step: Callable[[CourseFacts], CourseFacts], /
    ) -> CourseFacts: ...


class Protocols(Protocol):
    def newer(self, name: str, version: int) -> tuple[ClinicProtocol, ...]:
        """The loaded versions of this name that are higher, lowest first."""
        ...


class CourseProtocols(Protocol):
    async def pin(self, course_id: UUID, client_id: UUID, version: int) -> None:
        """This course is run by this version; a lower one than is known changes nothing."""
        ...


class Emergencies(Protocol):
    async def unsettled(self, client_id: UUID, /) -> bool:
        """Whether the client's record is open in an emergency, or was and nobody has looked."""
        ...


class UnitOfWork(Protocol):
    """One transaction. Handlers never commit; the edge that opened it does."""

    timezone: ZoneInfo

    @property
    def now(self) -> datetime: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def timers(self) -> Timers: ...
    @property
    def receipts(self) -> Receipts: ...
    @property
    def clients(self) -> Repository[Client]: ...
    @property
    def courses(self) -> Repository[TreatmentCourse]: ...
    @property
    def screenings(self) -> Repository[Screening]: ...
    @property
    def consents(self) -> Consents: ...
    @property
    def questions(self) -> Repository[Question]: ...
    @property
    def safety_holds(self) -> Repository[Hold]: ...
    @property
    def reviews(self) -> Repository[Review]: ...
    @property
    def protocol_changes(self) -> Repository[ProtocolChange]: ...
    @property
    def incidents(self) -> Repository[Incident]: ...
    @property
    def erasures(self) -> Repository[Erasure]: ...
    @property
    def emergencies(self) -> Emergencies: ...
    @property
    def facts(self) -> Facts: ...
    @property
    def protocols(self) -> Protocols: ...
    @property
    def course_protocols(self) -> CourseProtocols: ...
    async def protocol_of(self, course_id: UUID | None) -> ClinicProtocol:
        """The rules by which this course is decided; the clinic's present ones without a course."""
        ...

    async def pin_of(self, course_id: UUID | None) -> Pin:
        """What an answer says about the rules of a course."""
        ...

    def new_id(self) -> UUID: ...
    async def lock_client(self, client_id: UUID, /) -> None: ...
    async def lock_for_erasing(self, client_id: UUID, /) -> None:
        """As ``lock_client``, for what may act while a client is being erased: that itself."""
        ...

    async def freshness(self, client_id: UUID, /) -> Mapping[str, Freshness]: ...
    async def conclude(self, result: Any, /) -> None: ...
    def told(self, detail: str, *, client_id: UUID, role: str, ref: UUID | None) -> None:
        """A detail goes to a peer: who asked for it there is kept in the audit."""
        ...


Begin: TypeAlias = Callable[[], AbstractAsyncContextManager[UnitOfWork]]


@dataclass(frozen=True, slots=True)
class PeerAnswer:
    """What of a course is not over with a peer; usable for the decision it was asked for only."""

    obstacles: tuple[Obstacle, ...]
    is_usable: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What of a client is not over with a peer, for the decision it was asked for only."""

    kept_by: tuple[Keeps, ...]
    is_usable: Callable[[], bool]

    @property
    def usable(self) -> tuple[Keeps, ...] | None:
        """None where it is too old to decide by (ruling 6)."""
        return self.kept_by if self.is_usable() else None


class Peers(Protocol):
    """Who is asked before a course closes (ruling 7), or a client is erased. None: no answer, or
    none to rely on."""

    async def scheduling_has_under_way(self, course_id: UUID) -> PeerAnswer | None: ...
    async def prescribing_has_under_way(self, course_id: UUID) -> PeerAnswer | None: ...
    async def keep_client(self, client_id: UUID) -> Mapping[str, KeptAnswer | None]:
        """What keeps the client from being erased, by each service that is asked."""
        ...
