"""What makes a service: the table of its parts, filled in by its ``app.py``."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from fastapi import APIRouter

from careteam_contracts.base import Event
from shared.messaging import AnswerTable, Asker, Due, Subscription
from shared.messaging.lanes import OnParked
from shared.storage import SqlUnitOfWork

U = TypeVar("U", bound=SqlUnitOfWork)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A place to go from every page: ``label`` is English, ``key`` the letter after ``g``.

    It is shown to those whom its ``action`` is open to.
    """

    label: str
    path: str
    key: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """A service's pages: their routes, where their templates are, and the ways between them.

    ``standing`` names what has a page of how it stands now (``course``, ``session``), with the
    action that reads it.
    """

    routers: Sequence[APIRouter]
    templates: Path
    navigation: Sequence[Way]
    standing: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDefinition(Generic[U]):
    """One service.

    ``access`` names for each action the roles that may do it. Those in ``safety`` ask no relation
    to the client, because to refuse them could hurt somebody; those in ``no_client`` neither,
    because they come to no client's existing record. ``peers`` makes the adapter with
    which gate commands ask the other services; ``migrations`` is the folder of its schema's steps.
    """

    name: str
    unit_of_work: type[U]
    publish: Callable[[Any], Event]
    subscriptions: Sequence[Subscription[Any, U]]
    timers: Mapping[str, Callable[[Due, U], Awaitable[None]]]
    answers: AnswerTable
    peers: Callable[[Asker], Any]
    routers: Sequence[APIRouter]
    access: Mapping[str, frozenset[str]]
    metadata: sa.MetaData
    migrations: Path
    step_up: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Action to the roles who prove again who they are before they do it."""
    safety: frozenset[str] = frozenset()
    no_client: frozenset[str] = frozenset()
    pages: Pages | None = None
    on_parked: OnParked[U] | None = None
    asking_timers: Mapping[str, Callable[[Due, Any, Any], Awaitable[None]]] = field(
        default_factory=dict
    )
    """Timers that ask first: ``async def when_…(due: Due, begin, peers)``, like a gate command."""
    own_work: Mapping[str, Callable[[Any], Awaitable[None]]] = field(default_factory=dict)
    """What the service does beside its messages, timers and answers, as long as it runs; each is
    given the running service, and begun again should it fail."""
    extras: Mapping[str, Any] = field(default_factory=dict)
    """Adapters of the service's own (channels, for one), found by its routes and timers."""
