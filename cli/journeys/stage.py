"""Where a journey is played: a running clinic, its people, its clock, and who listens."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx

from cli.clinic.asking import API, connections
from cli.clinic.reach import Reach
from cli.clinic.sandbox_clock import read_clock, set_clock, settle
from cli.trouble import Trouble

PATIENCE_SECONDS: Final = 90.0
_AGAIN_SECONDS: Final = 0.2
_UNAVAILABLE: Final = frozenset({502, 503, 504})
_UNPROVEN: Final = re.compile("cannot-prove-safe-.+|.+-events-unverifiable")


class Unexpected(Trouble):
    """The clinic answered otherwise than the journey says."""


@dataclass(slots=True)
class Stage:
    """One play. Times of day are the clinic's local ones; ``today`` moves with :meth:`at`."""

    clinic: Reach
    http: httpx.AsyncClient
    zone: ZoneInfo
    tell: Callable[[str], None]
    pace: float | None = None
    """Seconds of the clinic's time that pass in one real second; None is as fast as can be."""
    today: date = field(default_factory=date.today)
    before_step: Callable[[], None] | None = None

    async def at(self, clock: str, *, days: int = 0, story: str | None = None) -> datetime:
        """Let it be this time (``HH:MM``), ``days`` after the day it is, and let things happen."""
        self.today += timedelta(days=days)
        hour, minute = map(int, clock.split(":"))
        moment = datetime(
            self.today.year, self.today.month, self.today.day, hour, minute, tzinfo=self.zone
        )
        await self._wait_for(moment)
        set_clock(self._clock_file, moment, running=False)
        await self.settled()
        if story is not None:
            self.say(story)
        return moment

    async def half_a_minute_later(self) -> None:
        """Let the time pass after which a question that got no answer is asked again."""
        later = read_clock(self._clock_file).now() + timedelta(seconds=30)
        set_clock(self._clock_file, later, running=False)
        await self.settled()

    def moment(self, clock: str, *, days: int = 0) -> str:
        """A local time as RFC 3339, ``days`` after the day it is."""
        hour, minute = map(int, clock.split(":"))
        day = self.today + timedelta(days=days)
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.zone).isoformat()

    def say(self, story: str) -> None:
        now = read_clock(self._clock_file).now().astimezone(self.zone)
        self.tell(f"{now:%a %d %b %H:%M}  {story}")

    async def settled(self) -> None:
        """Wait until every service has said and heard everything."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                if not await settle(self.clinic, self.http):
                    return
            except Trouble:
                if time.monotonic() > deadline:
                    raise
            if time.monotonic() > deadline:
                raise Trouble("not all services came back: see `careteam status`")
            await asyncio.sleep(_AGAIN_SECONDS)

    async def do(
        self, role: str, service: str, path: str, body: Mapping[str, Any] | None = None
    ) -> Any:
        """A command as someone of this role, sent again under one key until it is answered."""
        answer = await self.send(role, service, path, body)
        if not answer.is_success:
            raise Unexpected(f"{service} {path}: {answer.status_code} {answer.text}")
        await self.settled()
        return answer.json()

    async def send(
        self,
        role: str,
        service: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        patience: float = PATIENCE_SECONDS,
    ) -> httpx.Response:
        """A command and its answer, whatever it is; nobody waits for what follows from it."""
        if self.before_step is not None:
            self.before_step()
        headers = {**self._headers(role), "Idempotency-Key": uuid4().hex}
        return await self._persist(
            lambda: self.http.post(
                self.clinic.services[service] + API + path, json=body or {}, headers=headers
            ),
            patience,
        )

    async def refused(
        self,
        role: str,
        service: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        because: str,
    ) -> None:
        """A command that the rules must refuse, for this reason among others."""
        answer = await self.send(role, service, path, body)
        slugs = (
            [refusal["slug"] for refusal in answer.json().get("refusals") or []]
            if answer.status_code == httpx.codes.CONFLICT
            else []
        )
        if because not in slugs:
            raise Unexpected(
                f"{service} {path}: expected a refusal {because!r}, got"
                f" {answer.status_code} {slugs or answer.text}"
            )
        self.say(f"refused: {', '.join(slugs)}")

    async def see(self, role: str, service: str, path: str, **query: str) -> Any:
        """Read something as someone of this role."""
        answer = await self._persist(
            lambda: self.http.get(
                self.clinic.services[service] + API + path,
                params=query,
                headers=self._headers(role),
            )
        )
        if not answer.is_success:
            raise Unexpected(f"{service} {path}: {answer.status_code} {answer.text}")
        return answer.json()

    async def only(self, role: str, service: str, path: str, **query: str) -> Any:
        """The only item of a list."""
        items = (await self.see(role, service, path, **query))["items"]
        if len(items) != 1:
            raise Unexpected(f"{service} {path} {query}: expected one item, got {len(items)}")
        return items[0]

    def ref(self, role: str, which: int = 0) -> str:
        """The reference of the clinic's person with this role."""
        people = [person for person in self.clinic.people if person.role == role]
        return people[which].ref

    @property
    def _clock_file(self) -> Path:
        if self.clinic.clock_file is None:
            raise Trouble("a journey needs a sandbox clinic: start one with `careteam up`")
        return self.clinic.clock_file

    async def _persist(
        self, send: Callable[[], Any], patience: float = PATIENCE_SECONDS
    ) -> httpx.Response:
        """Send until there is an answer: a service that was killed comes back."""
        deadline = time.monotonic() + patience
        while True:
            try:
                answer: httpx.Response = await send()
            except httpx.TransportError as error:
                if time.monotonic() > deadline:
                    raise Trouble(f"no answer: {type(error).__name__}") from error
            else:
                if time.monotonic() > deadline or not _passes(answer):
                    return answer
            await asyncio.sleep(_AGAIN_SECONDS)

    def _headers(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.clinic.token(role)}"}

    async def _wait_for(self, moment: datetime) -> None:
        if self.pace is None:
            return
        now = read_clock(self._clock_file).now()
        await asyncio.sleep(max(0.0, (moment - now).total_seconds() / self.pace))


@asynccontextmanager
async def stage(
    clinic: Reach,
    tell: Callable[[str], None],
    *,
    pace: float | None = None,
    zone: str = "America/Los_Angeles",
) -> AsyncIterator[Stage]:
    """Open the stage on the day after the clinic's present one; the clock runs on afterwards."""
    async with connections() as http:
        place = Stage(clinic=clinic, http=http, zone=ZoneInfo(zone), tell=tell, pace=pace)
        file = place._clock_file  # noqa: SLF001 - the stage's own
        place.today = read_clock(file).now().astimezone(place.zone).date() + timedelta(days=1)
        try:
            yield place
        finally:
            set_clock(file, read_clock(file).now(), running=True)


def _passes(answer: httpx.Response) -> bool:
    """Whether asking again helps: somebody is away, or has just come back and cannot prove yet
    that it has heard everything."""
    if answer.status_code in _UNAVAILABLE or "careteam-incomplete" in answer.headers:
        return True
    if answer.status_code != httpx.codes.CONFLICT:
        return False
    slugs = [refusal["slug"] for refusal in answer.json().get("refusals") or []]
    return bool(slugs) and all(_UNPROVEN.fullmatch(slug) for slug in slugs)
