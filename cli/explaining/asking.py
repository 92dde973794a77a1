"""Goes through the receipts of every service, a page at a time."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from cli.clinic.asking import API, ask
from cli.clinic.moments import rfc3339
from cli.clinic.reach import Reach

_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Another protocol, and which decisions are asked again; without a choice all."""

    protocol: str
    name: str
    course_id: UUID | None = None
    gates: tuple[str, ...] = ()
    since: datetime | None = None

    def body(self, after: str | None) -> dict[str, Any]:
        asked: dict[str, Any] = {"protocol": self.protocol, "name": self.name, "after": after}
        if self.course_id is not None:
            asked["course_id"] = str(self.course_id)
        if self.gates:
            asked["gates"] = list(self.gates)
        if self.since is not None:
            asked["since"] = rfc3339(self.since)
        return asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Every decision of every service that answered, in the order of deciding."""

    decisions: tuple[Mapping[str, Any], ...]
    silent: Mapping[str, str]

    @property
    def differences(self) -> tuple[Mapping[str, Any], ...]:
        """Decisions that other rules refuse than did, whether or not the answer changes."""
        return tuple(one for one in self.decisions if one["appear"] or one["disappear"])

    @property
    def unreadable(self) -> int:
        """Decisions that were kept in a way that their service does not read any more."""
        return sum(one["allowed_after"] is None for one in self.decisions)

    def following(self, difference: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
        """What was allowed about the same session afterwards, and might not have come to it."""
        if not (difference["allowed_before"] and difference["allowed_after"] is False):
            return ()
        return tuple(
            later
            for later in self.decisions
            if later["subject_id"] == difference["subject_id"]
            and later["decided_at"] > difference["decided_at"]
            and later["allowed_before"]
            and not later["appear"]
        )


async def ask_again(
    clinic: Reach, question: Question, tell: Callable[[int], None] = lambda _count: None
) -> Asked:
    """Ask all services side by side; ``tell`` hears how many decisions were looked at so far."""
    found: list[dict[str, Any]] = []
    silent: dict[str, str] = {}

    async def of(service: str) -> None:
        after: str | None = None
        while True:
            answer = await ask(
                clinic,
                service,
                "POST",
                f"{API}/operations/what-if",
                body=question.body(after),
                seconds=_SECONDS,
            )
            if answer.trouble is not None:
                silent[service] = answer.trouble
                return
            found.extend({"service": service, **one} for one in answer.body["decisions"])
            tell(len(found))
            after = answer.body["next_after"]
            if after is None:
                return

    await asyncio.gather(*(of(service) for service in clinic.services))
    found.sort(key=lambda one: (one["decided_at"], one["receipt_id"]))
    return Asked(decisions=tuple(found), silent=silent)


def link(clinic: Reach, difference: Mapping[str, Any]) -> str:
    """Where the deciding service shows the session, or else the course, of a decision."""
    base = clinic.services[difference["service"]] + API
    if (
        difference["gate"] in _ABOUT_A_SESSION
        and difference["subject_id"] != (difference["course_id"])
    ):
        return f"{base}/sessions/{difference['subject_id']}/gates"
    return f"{base}/courses/{difference['course_id']}/standing"


_ABOUT_A_SESSION: Final = frozenset(
    {
        "G-BOOK",
        "G-START",
        "G-DOSE",
        "G-DISCHARGE",
        "G-MANUAL",
        "PRE-DOSE-CHECK",
        "AUTHORISATION",
        "CLEARANCE",
    }
)
