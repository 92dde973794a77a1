"""A day in the clinic as tests tell it: what happens, when, and what people owe then."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from services.notifications.domain.task import TaskKind, TaskStatus
from shared.protocol import Role
from tests.unit.notifications.memory import MemoryClinic
from tests.unit.notifications.moments import at
from tests.unit.notifications.others import Others, happening

DOSED = (("team", "09:00"), ("escort", "09:00"), ("started", "09:50"), ("dose", "10:00"))


class Ward(Others):
    async def hear(self, *story: tuple[str, str]) -> None:
        for what, clock in story:
            self.clinic.now = at(clock)
            await self.tell(happening(what, at(clock)), at(clock))
            await self.clinic.fire_due()

    async def at(self, clock: str, day: int = 10) -> None:
        self.clinic.now = at(clock, day=day)
        await self.clinic.fire_due()

    def owed(self) -> set[tuple[TaskKind, Role]]:
        return {
            (task.kind, task.owner_role)
            for task in self.clinic.tasks.states.values()
            if task.status is TaskStatus.OPEN
        }

    def due(self, kind: TaskKind) -> datetime:
        [found] = [t for t in self.clinic.tasks.states.values() if t.kind is kind]
        due_at: datetime = found.due_at
        return due_at


@contextmanager
def opened() -> Iterator[Ward]:
    clinic = MemoryClinic()
    try:
        yield Ward(clinic)
    finally:
        clinic.close()
