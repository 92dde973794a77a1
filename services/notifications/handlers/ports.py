"""What the use cases need of the world: a transaction, the peers, and what carries messages."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn, Protocol, TypeAlias, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from services.notifications.domain.aftercare_plan import AftercarePlan
from services.notifications.domain.check_in import CheckIn
from services.notifications.domain.client_facts import ClientFacts
from services.notifications.domain.escalation import Escalation
from services.notifications.domain.events import AftercareEvent, CheckInCompleted, DeliveryFailed
from services.notifications.domain.facts import CourseFacts, SessionCourse
from services.notifications.domain.message import Message
from services.notifications.domain.notice import Notice
from services.notifications.domain.staff_preferences import StaffPreferences
from services.notifications.domain.task import Task
from services.notifications.domain.vocabulary import Carriage, Channel, Language
from services.notifications.handlers.integrator_ports import Deliveries, Integrators, PublicFeed
from shared.protocol import ClinicProtocol
from shared.storage import Actor, Freshness
from shared.storage.ports import Receipts, Repository, Timers

S = TypeVar("S")
E = TypeVar("E")
F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class CourseRef:
    """Whose course something is about."""

    client_id: UUID
    course_id: UUID


class Facts(Protocol[F]):
    async def find(self, key: UUID, /) -> F | None: ...
    async def get(self, key: UUID, client_id: UUID, /) -> F: ...
    async def fold(self, key: UUID, client_id: UUID, step: Callable[[F], F], /) -> F: ...


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
    def aftercare_plans(self) -> Repository[AftercarePlan, AftercareEvent]: ...
    @property
    def check_ins(self) -> Repository[CheckIn, CheckInCompleted]: ...
    @property
    def escalations(self) -> Repository[Escalation, NoReturn]: ...
    @property
    def messages(self) -> Repository[Message, DeliveryFailed]: ...
    @property
    def tasks(self) -> Repository[Task, NoReturn]: ...
    @property
    def notices(self) -> Repository[Notice, NoReturn]: ...
    @property
    def staff_preferences(self) -> Repository[StaffPreferences, NoReturn]: ...
    @property
    def integrators(self) -> Integrators: ...
    @property
    def public_feed(self) -> PublicFeed: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def simulated_outbox(self) -> "SimulatedOutbox": ...
    @property
    def course_facts(self) -> Facts[CourseFacts]: ...
    @property
    def client_facts(self) -> Facts[ClientFacts]: ...
    @property
    def session_courses(self) -> Facts[SessionCourse]: ...
    async def protocol_of(self, course_id: UUID | None) -> ClinicProtocol:
        """The rules by which this course is decided; the clinic's present ones without a course."""
        ...

    def new_id(self) -> UUID: ...
    async def conclude(self, result: object, /) -> None: ...
    async def freshness(self, client_id: UUID) -> Mapping[str, Freshness]: ...


Begin: TypeAlias = Callable[[], AbstractAsyncContextManager[UnitOfWork]]


@dataclass(frozen=True, slots=True)
class Reachable:
    """How somebody may be reached now. Lives as long as one attempt to send, and is never kept."""

    language: Language
    allowed: frozenset[Channel] = frozenset()
    addresses: Mapping[Channel, str] = field(default_factory=dict, repr=False)


class Peers(Protocol):
    """The contact questions (ruling 1). None: the owner did not answer."""

    async def client_contact(self, client_id: UUID) -> Reachable | None: ...
    async def escort_contact(
        self, client_id: UUID, session_id: UUID, escort_id: UUID | None
    ) -> Reachable | None: ...


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way. ``message_id`` is the same at every attempt: it is sent once.

    ``tried_since`` is set where a channel was asked before and may have taken it unheard.
    """

    message_id: UUID
    client_id: UUID
    channel: Channel
    language: Language
    address: str = field(repr=False)
    subject: str
    body: str
    at: datetime
    tried_since: datetime | None = None


class SimulatedOutbox(Protocol):
    """Where a simulated channel keeps what it would have sent."""

    async def keep(self, outgoing: Outgoing) -> None: ...


class Carrier(Protocol):
    """Carries messages on one channel. Taken is also what was taken before under the same id."""

    def __call__(self, outgoing: Outgoing, begin: Begin, /) -> Awaitable[Carriage]: ...


Carriers: TypeAlias = Mapping[Channel, Carrier]
