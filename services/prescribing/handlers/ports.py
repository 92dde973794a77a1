"""What the use cases need of the world: a transaction, and the peers who are asked."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol, TypeAlias, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from services.prescribing.domain.adverse_event import AdverseEvent
from services.prescribing.domain.answers_of_peers import IntakeAnswer, SchedulingAnswer
from services.prescribing.domain.course_facts import CourseFacts
from services.prescribing.domain.dose_ledger import DoseLedger
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.events import DomainEvent
from services.prescribing.domain.hold import Hold
from services.prescribing.domain.incident import Incident
from services.prescribing.domain.medical_assessment import MedicalAssessment
from services.prescribing.domain.pre_dose_check import PreDoseCheck
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.recovery import Recovery
from services.prescribing.domain.registration import Registration
from services.prescribing.domain.review_task import ReviewTask
from services.prescribing.domain.summary_review import SummaryReview
from shared.protocol import ClinicProtocol, Pin
from shared.storage import Actor, Freshness
from shared.storage import ports as shared_ports
from shared.storage.ports import Receipts, Timers

S = TypeVar("S")
Repository: TypeAlias = shared_ports.Repository[S, DomainEvent]


class Checks(Repository[PreDoseCheck], Protocol):
    async def with_check(self, check_id: UUID, /) -> PreDoseCheck: ...


class Recoveries(Repository[Recovery], Protocol):
    async def with_clearance(self, clearance_id: UUID, /) -> Recovery: ...


class Facts(Protocol):
    async def get(self, key: UUID, client_id: UUID, /) -> CourseFacts: ...


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
    def facts(self) -> Facts: ...
    @property
    def assessments(self) -> Repository[MedicalAssessment]: ...
    @property
    def registrations(self) -> Repository[Registration]: ...
    @property
    def prescriptions(self) -> Repository[Prescription]: ...
    @property
    def dose_orders(self) -> Repository[DoseOrder]: ...
    @property
    def ledgers(self) -> Repository[DoseLedger]: ...
    @property
    def checks(self) -> Checks: ...
    @property
    def recoveries(self) -> Recoveries: ...
    @property
    def adverse_events(self) -> Repository[AdverseEvent]: ...
    @property
    def summaries(self) -> Repository[SummaryReview]: ...
    @property
    def safety_holds(self) -> Repository[Hold]: ...
    @property
    def incidents(self) -> Repository[Incident]: ...
    @property
    def tasks(self) -> Repository[ReviewTask]: ...

    async def protocol_of(self, course_id: UUID | None) -> ClinicProtocol:
        """The rules by which this course is decided; the clinic's present ones without a course."""
        ...

    async def pin_of(self, course_id: UUID | None) -> Pin:
        """What an answer says about the rules of a course."""
        ...

    def new_id(self) -> UUID: ...
    async def freshness(self, client_id: UUID, /) -> Mapping[str, Freshness]: ...
    async def conclude(self, result: Any, /) -> None: ...

    async def course(self, course_id: UUID, /) -> CourseFacts:
        """What is known of a course, its client locked; raises NotFound."""
        ...


Begin: TypeAlias = Callable[[], AbstractAsyncContextManager[UnitOfWork]]


class Peers(Protocol):
    """The questions of the gates. None: no answer, which means no."""

    async def intake(self, course_id: UUID, session_id: UUID) -> "PeerAnswer[IntakeAnswer]": ...
    async def scheduling(
        self, course_id: UUID, session_id: UUID
    ) -> "PeerAnswer[SchedulingAnswer]": ...


A_co = TypeVar("A_co", covariant=True)


class PeerAnswer(Protocol[A_co]):
    """An answer that knows how old it has become when a decision is made by it."""

    def now(self) -> A_co | None: ...
