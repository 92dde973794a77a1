"""Folds journal entries by the very subscriptions of the services, into memory.

What a service owns is read as its peers fold it: scheduling knows the course, its consents,
prescriptions, orders and restrictions; prescribing knows the sessions, their escorts and ends.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from pydantic import ValidationError

from careteam_contracts.catalogue import CATALOGUE
from careteam_contracts.enums import ActorRole, Service
from careteam_contracts.envelope import Envelope
from cli.course_history.journal import Entry
from cli.trouble import Trouble
from services.prescribing.domain.course_facts import CourseFacts as KnownByPrescribing
from services.prescribing.subscribers import SUBSCRIPTIONS as HEARD_BY_PRESCRIBING
from services.scheduling.domain.course_facts import CourseFacts as KnownByScheduling
from services.scheduling.domain.course_facts import no_facts
from services.scheduling.subscribers import SUBSCRIPTIONS as HEARD_BY_SCHEDULING
from shared.messaging import Delivery, Subscription

F = TypeVar("F")

_NOBODY: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One course as two services know it; between them they hear everything of it."""

    course_id: UUID
    by_scheduling: KnownByScheduling
    by_prescribing: KnownByPrescribing


@dataclass
class _Facts(Generic[F]):
    """Facts in memory, folded as a unit of work would fold them."""

    empty: Callable[[UUID, UUID], F]
    known: dict[UUID, F] = field(default_factory=dict)

    async def fold(self, key: UUID, client_id: UUID, step: Callable[[F], F]) -> F:
        after = step(self.known.get(key) or self.empty(key, client_id))
        self.known[key] = after
        return after


@dataclass
class _Transaction(Generic[F]):
    facts: _Facts[F]
    erased: bool = False

    async def erase(self, _client_id: UUID) -> None:
        """As in a service: nothing is known any more, and nothing is learned."""
        self.facts.known.clear()
        self.erased = True


async def fold(entries: Iterable[Entry], client_id: UUID) -> tuple[Known, ...]:
    """Every course that the entries speak of, in the order of its first word.

    An event that this release cannot read raises: a state without it would be none.
    """
    entries = tuple(entries)
    scheduling: _Facts[KnownByScheduling] = _Facts(no_facts)
    prescribing: _Facts[KnownByPrescribing] = _Facts(
        lambda course, client: KnownByPrescribing(course_id=course, client_id=client)
    )
    await _tell(entries, client_id, HEARD_BY_SCHEDULING, scheduling)
    await _tell(entries, client_id, HEARD_BY_PRESCRIBING, prescribing)
    courses = dict.fromkeys(e.course_id for e in entries if e.course_id is not None)
    return tuple(
        Known(
            course_id=course,
            by_scheduling=scheduling.known.get(course) or no_facts(course, client_id),
            by_prescribing=prescribing.known.get(course)
            or KnownByPrescribing(course_id=course, client_id=client_id),
        )
        for course in courses
    )


async def _tell(
    entries: Sequence[Entry],
    client_id: UUID,
    subscriptions: Iterable[Subscription[Any, Any]],
    facts: _Facts[Any],
) -> None:
    folds: Mapping[str, Any] = {s.model.type: s.fold for s in subscriptions if s.fold is not None}
    transaction = _Transaction(facts)
    for entry in entries:
        step, known = folds.get(entry.type), CATALOGUE.get(entry.type)
        if step is None or known is None or transaction.erased:
            continue
        try:
            event = known.model.model_validate_json(json.dumps(entry.said["payload"]))
        except ValidationError:
            raise Trouble(
                f"{entry.service}: event {entry.event_id} ({entry.type}) cannot be read by this"
                " release: use the one that wrote it"
            ) from None
        await step(event, Delivery(_envelope(entry, client_id), 0), transaction)


def _envelope(entry: Entry, client_id: UUID) -> Envelope:
    """What a journal keeps of it; a fold reads neither the clinic nor the correlation."""
    said = entry.said
    return Envelope(
        event_id=UUID(said["event_id"]),
        type=entry.type,
        producer=Service(entry.service),
        aggregate_type=said["aggregate_type"],
        aggregate_id=UUID(said["aggregate_id"]),
        aggregate_version=said["aggregate_version"],
        client_sequence=1,
        client_id=client_id,
        course_id=entry.course_id,
        clinic_id=_NOBODY,
        protocol_version=1,
        correlation_id=_NOBODY,
        actor_role=ActorRole(said["actor_role"]),
        occurred_at=entry.occurred_at,
        recorded_at=entry.recorded_at,
    )
