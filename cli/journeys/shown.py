"""What the four services show of a course and its dosing session, each in a few plain words.

The words are those in which the specification tells how a journey ends: ``closed(1)``, ``left``,
``room free at``, ``restricted until``. Times are the clinic's, by day and minute.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain
from typing import Any, Final

from cli.clinic.services import SERVICES
from cli.journeys.course_of_care import Course
from cli.journeys.stage import Stage

Facts = Mapping[str, Any]
NONE: Final = "none"
_READERS: Final = ("therapist", "prescriber", "nurse", "front_desk", "on_call")


async def shown(stage: Stage, course: Course) -> Mapping[str, Facts]:
    """By service: what it shows of the course and of ``course.session``."""
    read = (_intake, _prescribing, _scheduling, _notifications)
    found = await asyncio.gather(*(one(stage, course) for one in read))
    return dict(zip(SERVICES, found, strict=True))


async def _intake(stage: Stage, course: Course) -> Facts:
    found, holds = await asyncio.gather(
        stage.see("therapist", "intake", f"/courses/{course.id}"),
        stage.see("therapist", "intake", f"/courses/{course.id}/holds", status="open"),
    )
    approval, closed = found["approval"], found["closed"]
    return {
        "course": found["status"],
        "dosed": found["dosed_count"],
        "holds": sorted(one["category"] for one in (*holds["items"], *holds["foreign"])),
        "approval": NONE if approval is None else "current" if approval["current"] else "revoked",
        "closed as": closed["outcome"] if closed else NONE,
    }


async def _prescribing(stage: Stage, course: Course) -> Facts:
    async def items(path: str, **query: str) -> list[Any]:
        return list((await stage.see("prescriber", "prescribing", path, **query))["items"])

    of_session = {"session_id": course.session}
    rxs, orders, recoveries, summaries, tasks, incidents, events = await asyncio.gather(
        items("/prescriptions", course_id=course.id),
        items("/dose-orders", **of_session),
        items("/recoveries", **of_session),
        items("/summary-reviews", **of_session),
        items("/tasks", course_id=course.id),
        items("/incidents", course_id=course.id),
        items("/adverse-events", **of_session),
    )
    rx = next((one for one in rxs if one["id"] == course.prescription), None)
    recovery = recoveries[0] if recoveries else None
    return {
        "prescription": rx["status"] if rx else NONE,
        "left": rx["left"] if rx else None,
        "orders": [f"{one['status']}({one['administered_count']})" for one in orders],
        "order ended by": next((one["stopped_because"] for one in reversed(orders)), None),
        "recovery": recovery["status"] if recovery else NONE,
        "recovery ended": recovery["ended"] if recovery else None,
        "clearance": _clearance(recovery),
        "summary": summaries[0]["status"] if summaries else NONE,
        "incidents": sorted(one["code"] for one in incidents),
        "adverse event": events[0]["status"] if events else NONE,
        "report due": bool(events and events[0]["report_due_at"]),
        **_gathered("task", tasks, by="kind", show="status"),
    }


def _clearance(recovery: Any) -> str:
    if recovery is None or recovery["clearance"] is None:
        return NONE
    return str(recovery["clearance"]["status"])


async def _scheduling(stage: Stage, course: Course) -> Facts:
    session, tasks = await asyncio.gather(
        stage.see("therapist", "scheduling", f"/sessions/{course.session}"),
        stage.see("front_desk", "scheduling", "/tasks", course_id=course.id),
    )
    left = session["leaving"]
    return {
        "session": session["status"],
        "outcome": session["outcome"] or NONE,
        "room free at": clock_of(stage, session["released_at"]),
        "doses seen": session["doses_seen"],
        "left as": NONE if left is None else left["mode"] or "against advice",
        "cancelled for": session["cancelled_for"],
        "blocked by": session["blocked_by"],
        "incidents": sorted(one["code"] for one in session["incidents"]),
        **_gathered("task", tasks["items"], by="kind", show="status"),
    }


async def _notifications(stage: Stage, course: Course) -> Facts:
    async def items(path: str, role: str = "on_call", **query: str) -> list[Any]:
        return list((await stage.see(role, "notifications", path, **query))["items"])

    plans, checks, tasks, loops, messages, *told = await asyncio.gather(
        items("/aftercare", session_id=course.session),
        items("/check-ins", session_id=course.session),
        items("/tasks", course_id=course.id),
        items("/escalations", course_id=course.id),
        items("/messages", course_id=course.id),
        *(items("/inbox", role, course_id=course.id) for role in _READERS),
    )
    plan = plans[0] if plans else None
    return {
        "aftercare": plan["status"] if plan else NONE,
        "plan": plan["plan"] if plan else NONE,
        "restricted until": clock_of(stage, plan["restrictions_until"]) if plan else NONE,
        "end known": plan["end_known"] if plan else None,
        "check-ins": [one["outcome"] for one in sorted(checks, key=lambda c: int(c["hours"]))],
        **_gathered("task", tasks, by="purpose", show="status"),
        **_gathered("told of", chain.from_iterable(told), by="kind", show="role"),
        **_gathered("loop", loops, by="cause", show="status"),
        **_gathered("message", messages, by="wording", show="status"),
    }


def _gathered(word: str, items: Iterable[Any], *, by: str, show: str) -> dict[str, str]:
    """``task find_escort: open``: what is there of each kind, sorted."""
    found: dict[str, list[str]] = {}
    for one in items:
        found.setdefault(f"{word} {one[by]}", []).append(one[show])
    return {what: ", ".join(sorted(states)) for what, states in found.items()}


def clock_of(stage: Stage, moment: str | None) -> str | None:
    """An RFC 3339 time as the clinic's local minute."""
    if moment is None:
        return None
    return datetime.fromisoformat(moment).astimezone(stage.zone).strftime("%H:%M")
