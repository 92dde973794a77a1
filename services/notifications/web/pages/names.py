"""Whom a page is about: names that intake tells whoever looks, and short ids where it does not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.messaging.people import People, Person
from shared.web.calls import Call


@dataclass(frozen=True, slots=True)
class Names:
    """What intake told of the clients on a page; ``missing`` says that it did not tell all."""

    told: Mapping[UUID, Person]
    missing: bool

    def of(self, client_id: UUID) -> str:
        """The name, else the end of the id."""
        known = self.told.get(client_id)
        return str(client_id)[-8:] if known is None else known.name


async def names_of(call: Call, shown: Iterable[Any]) -> Names:
    """The names of the clients of these views."""
    wanted = {view.client_id for view in shown}
    people: People = call.service.people
    told = await people.who(wanted, call.actor) if wanted else {}
    return Names(told, missing=wanted != told.keys())
