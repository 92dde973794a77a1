"""The sandbox clock's file, and the waiting until every service has lived up to a new time."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import httpx

from cli.clinic.asking import API, ask_all, connections
from cli.clinic.moments import rfc3339
from cli.clinic.reach import Reach
from cli.clinic.secrets import write_private
from cli.trouble import Trouble

SETTLE_SECONDS: Final = 60.0
_BREATH_SECONDS: Final = 0.01


@dataclass(frozen=True, slots=True)
class SandboxTime:
    """The clinic's time was ``at`` when the real time was ``anchored``."""

    at: datetime
    anchored: datetime
    running: bool

    def now(self) -> datetime:
        return self.at + (datetime.now(UTC) - self.anchored if self.running else timedelta())


def read_clock(file: Path) -> SandboxTime:
    """The clock as it stands; without a file it is the real time."""
    try:
        state = json.loads(file.read_text())
        return SandboxTime(
            datetime.fromisoformat(state["at"]).astimezone(UTC),
            datetime.fromisoformat(state["anchored"]).astimezone(UTC),
            bool(state["rate"]),
        )
    except FileNotFoundError:
        now = datetime.now(UTC)
        return SandboxTime(now, now, running=True)
    except (ValueError, KeyError, TypeError) as damage:
        raise Trouble(
            f"{file} is damaged ({damage}): remove it, the clock is then real"
        ) from damage


def set_clock(file: Path, at: datetime, *, running: bool) -> SandboxTime:
    """Set it for all services at once: they read the file at every use."""
    state = SandboxTime(at.astimezone(UTC), datetime.now(UTC), running)
    content = {
        "at": rfc3339(state.at),
        "anchored": rfc3339(state.anchored),
        "rate": int(running),
    }
    write_private(file, json.dumps(content) + "\n")
    return state


async def settle(clinic: Reach, http: httpx.AsyncClient | None = None) -> list[str]:
    """Return when every service that runs has fired what is due, published what it had to say,
    and received what the others said. Returns the services that are down: they are left out, and
    fire what fell due when they start."""
    if http is None:
        async with connections() as own:
            return await settle(clinic, own)
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        states = await ask_all(
            clinic, "POST", f"{API}/sandbox/settle", seconds=SETTLE_SECONDS, http=http
        )
        running = [state for state in states if state.status is not None]
        if not running:
            raise Trouble("no service answers: is the clinic running? See `careteam status`")
        busy = _busy({one.service: one.usable()["numbers"] for one in running})
        if not busy:
            return [state.service for state in states if state.status is None]
        if time.monotonic() > deadline:
            raise Trouble(
                f"{', '.join(busy)} did not settle in {SETTLE_SECONDS:.0f} s: "
                "see `careteam status` and `careteam parked list --all`"
            )
        await asyncio.sleep(_BREATH_SECONDS)


def _busy(numbers: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Services with something due, unsaid, waiting, or said by another and not received yet.

    Each reads its own numbers in one moment and the moments differ, but never to the good: what is
    on its way is unpublished here or beyond what was received there, until it has arrived.
    """
    return [
        name
        for name, own in numbers.items()
        if own["timers_due"]
        or own["outbox_unpublished"]
        or own["lane_waiting"] > own["parked"]
        or own["consumed_sequence"]
        < max((n["published_sequence"] for peer, n in numbers.items() if peer != name), default=0)
    ]
