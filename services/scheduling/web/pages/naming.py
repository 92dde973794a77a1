"""Clients by name: intake says who they are, for as long as the page is looked at."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from shared.messaging.people import People, Person
from shared.web.calls import Call


@dataclass(frozen=True, slots=True)
class Names:
    """Who is known, and whether intake said nothing about somebody."""

    known: dict[UUID, Person]
    incomplete: bool

    def of(self, client_id: UUID) -> str:
        """The client's name, else a short id."""
        one = self.known.get(client_id)
        return one.name if one else str(client_id)[-8:]


async def names_of(call: Call, clients: Iterable[UUID]) -> Names:
    """What whoever looks may know of these clients."""
    wanted = set(clients)
    people: People = call.service.people
    known = await people.who(wanted, call.actor)
    return Names(known, incomplete=len(known) < len(wanted))
