"""Which version of the clinic's protocol a course is pinned to, as this service has learned it.

A course moves to higher versions only, so of everything that is heard about it the highest counts:
in whatever order, how often and how late it is heard, the result is the same. A transaction reads
each pin once and writes what changed once, at its end and before its events, which are stamped
with it.
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.protocol import ClinicProtocol, Pin, ProtocolLibrary
from shared.storage.driver import driver_of

_READ: Final = (
    "SELECT course_id, version, digest FROM course_protocols WHERE course_id = ANY($1::uuid[])"
)
_WRITE: Final = """
    INSERT INTO course_protocols AS known (course_id, client_id, version, digest)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[])
    ON CONFLICT (course_id) DO UPDATE SET version = excluded.version, digest = excluded.digest
    WHERE known.version < excluded.version
"""


class SqlCourseProtocols:
    """The pins of courses within one transaction. The caller holds the client's lock."""

    def __init__(self, connection: AsyncConnection, library: ProtocolLibrary) -> None:
        self._connection = connection
        self._library = library
        self._known: dict[UUID, Pin | None] = {}
        self._changed: dict[UUID, UUID] = {}

    async def prefetch(self, courses: Iterable[UUID]) -> None:
        """Read the pins of many courses in one query."""
        missing = [course for course in set(courses) if course not in self._known]
        if not missing:
            return
        self._known.update(dict.fromkeys(missing))
        for row in await driver_of(self._connection).fetch(_READ, missing):
            self._known[row["course_id"]] = Pin(row["version"], row["digest"])

    async def of(self, course_id: UUID) -> ClinicProtocol:
        """The rules of this course; those of an unknown protocol where they are not to be had."""
        await self.prefetch([course_id])
        return self._library.pinned(self._known[course_id])

    async def pin(self, course_id: UUID, client_id: UUID, version: int) -> None:
        """The course is run by this version, unless a higher one was heard of already."""
        await self.prefetch([course_id])
        known = self._known[course_id]
        if known is None or known.version < version:
            self._known[course_id] = self._library.pin(version)
            self._changed[course_id] = client_id

    async def flush(self) -> None:
        """Write what changed, in one statement."""
        if not self._changed:
            return
        pins = [pin for course in self._changed if (pin := self._known[course]) is not None]
        await driver_of(self._connection).execute(
            _WRITE,
            list(self._changed),
            list(self._changed.values()),
            [pin.version for pin in pins],
            [pin.digest for pin in pins],
        )
        self._changed.clear()
