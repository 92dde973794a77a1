"""The questions that services ask each other by request and reply, each with its subject."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel

from careteam_contracts.details import (
    Allergies,
    Contact,
    DetailAsk,
    EscortContact,
    EscortContactAsk,
    Identity,
)
from careteam_contracts.enums import Service
from careteam_contracts.erasing import ErasureAnswer, ErasureAsk
from careteam_contracts.exchanged import Exchanged
from careteam_contracts.scalars import Count, Sequence
from careteam_contracts.standing import (
    IntakeStanding,
    NotificationsStanding,
    PrescribingStanding,
    SchedulingStanding,
    StandingAsk,
)

Ask = TypeVar("Ask", bound=BaseModel)
Answer = TypeVar("Answer", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Question(Generic[Ask, Answer]):
    """Who answers, what is asked, and what comes back."""

    service: Service
    name: str
    ask: type[Ask]
    answer: type[Answer]

    @property
    def subject(self) -> str:
        return f"careteam.rpc.{self.service.value}.{self.name}"


class RepublishAsk(Exchanged):
    """A consumer lacks these events of one client, both ends included (ruling 3)."""

    consumer: Service
    client_id: UUID
    from_sequence: Sequence
    to_sequence: Sequence


class Republished(Exchanged):
    """How many of them were put on the stream again."""

    republished: Count


INTAKE_STANDING: Final = Question(Service.INTAKE, "standing", StandingAsk, IntakeStanding)
PRESCRIBING_STANDING: Final = Question(
    Service.PRESCRIBING, "standing", StandingAsk, PrescribingStanding
)
SCHEDULING_STANDING: Final = Question(
    Service.SCHEDULING, "standing", StandingAsk, SchedulingStanding
)
NOTIFICATIONS_STANDING: Final = Question(
    Service.NOTIFICATIONS, "standing", StandingAsk, NotificationsStanding
)

IDENTITY: Final = Question(Service.INTAKE, "identity", DetailAsk, Identity)
ALLERGIES: Final = Question(Service.PRESCRIBING, "identity", DetailAsk, Allergies)
CONTACT: Final = Question(Service.INTAKE, "contact", DetailAsk, Contact)
ESCORT_CONTACT: Final = Question(Service.SCHEDULING, "contact", EscortContactAsk, EscortContact)

ERASURE: Final[Mapping[Service, Question[ErasureAsk, ErasureAnswer]]] = MappingProxyType(
    {
        service: Question(service, "erasure", ErasureAsk, ErasureAnswer)
        for service in Service
        if service is not Service.INTAKE
    }
)
"""Asked by intake, which decides and answers for itself."""

REPUBLISH: Final[Mapping[Service, Question[RepublishAsk, Republished]]] = MappingProxyType(
    {service: Question(service, "republish", RepublishAsk, Republished) for service in Service}
)
