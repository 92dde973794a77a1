"""What every service published about a client, as it stands in their journals."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from careteam_contracts.intake import ClientErased
from cli.clinic.asking import API, Answered, ask
from cli.clinic.reach import Reach
from cli.trouble import Trouble

_PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """One published event of one service."""

    service: str
    said: Mapping[str, Any]

    @property
    def event_id(self) -> str:
        return str(self.said["event_id"])

    @property
    def type(self) -> str:
        return str(self.said["type"])

    @property
    def name(self) -> str:
        return self.type.split(".")[-2]

    @property
    def course_id(self) -> UUID | None:
        course = self.said["course_id"]
        return None if course is None else UUID(course)

    @property
    def occurred_at(self) -> datetime:
        """When it became true."""
        return datetime.fromisoformat(self.said["occurred_at"])

    @property
    def recorded_at(self) -> datetime:
        """When the service knew it."""
        return datetime.fromisoformat(self.said["recorded_at"])

    @property
    def late(self) -> bool:
        return (self.recorded_at - self.occurred_at).total_seconds() >= 1

    def as_json(self) -> dict[str, Any]:
        return {"service": self.service, **self.said}


@dataclass(frozen=True, slots=True, kw_only=True)
class Journals:
    """The entries of every service that answered, in the order in which they became true."""

    entries: tuple[Entry, ...]
    silent: tuple[Answered, ...]

    @property
    def erased_at(self) -> datetime | None:
        """When the client was erased, if they were."""
        return next(
            (one.occurred_at for one in self.entries if one.type == ClientErased.type), None
        )

    def by(self, *, true_by: datetime | None, known_by: datetime | None) -> tuple[Entry, ...]:
        """What had become true by one time and was recorded by another."""
        return tuple(
            entry
            for entry in self.entries
            if (true_by is None or entry.occurred_at <= true_by)
            and (known_by is None or entry.recorded_at <= known_by)
        )


def in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(
        sorted(
            entries,
            key=lambda e: (
                e.occurred_at,
                e.recorded_at,
                e.said["aggregate_id"],
                e.said["aggregate_version"],
            ),
        )
    )


async def journals(clinic: Reach, client: UUID) -> Journals:
    """Ask all services side by side; raises when none answers."""
    answers = await asyncio.gather(
        *(_journal(clinic, service, client) for service in clinic.services)
    )
    silent = tuple(trouble for _, trouble in answers if trouble is not None)
    if len(silent) == len(answers):
        raise Trouble(f"{silent[0].service}: {silent[0].trouble}")
    found = in_order(entry for entries, _ in answers for entry in entries)
    return Journals(entries=found, silent=silent)


async def _journal(
    clinic: Reach, service: str, client: UUID
) -> tuple[list[Entry], Answered | None]:
    """All pages. A service numbers what it publishes of a client from 1 and leaves no hole."""
    found: list[Entry] = []
    while True:
        query = {"client_id": str(client), "after": str(len(found)), "most": str(_PAGE)}
        answer = await ask(clinic, service, "GET", f"{API}/operations/journal", query=query)
        if answer.trouble is not None:
            return found, answer
        found += [Entry(service, entry) for entry in answer.body]
        if len(answer.body) < _PAGE:
            return found, None
