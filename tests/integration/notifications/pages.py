"""People with names of their own, and what a page of notifications says of them."""

import re

from tests.integration.notifications.clinic import World
from tests.integration.notifications.happenings import (
    goes_home,
    in_session,
    walked_out,
)
from tests.integration.notifications.people import Person
from tests.support.voices import at


def somebody(world: World, name: str) -> Person:
    """A client with a name of their own, so that a page's rows can be told apart."""
    person = world.person()
    assert person.contact is not None
    person.contact = person.contact.model_copy(update={"name": name})
    return person


def words_of(html: str) -> str:
    """What is read, without marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


async def walks_out(world: World, name: str) -> Person:
    person = somebody(world, name)
    await in_session(world, person)
    world.set_clock(at("11:00"))
    await world.tell(person, walked_out(person, at("10:55")))
    await world.settle()
    return person


async def has_a_check_in_due(world: World, name: str) -> tuple[Person, str]:
    """Somebody at home, and the path of the check-in that is due the next day."""
    person = somebody(world, name)
    await in_session(world, person)
    await goes_home(world, person)
    await world.advance(at("12:30", day=11))
    [due] = await world.items("/check-ins", course_id=person.course_id, status="due")
    return person, f"/check-ins/{due['id']}"
