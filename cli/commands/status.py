"""`careteam status`: how each service is, in numbers."""

import asyncio
import json
import sys
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from rich.table import Table

from cli.clinic.asking import API, Answered, ask, ask_all
from cli.clinic.folder import DEFAULT_FOLDER
from cli.clinic.reach import Reach, reach
from cli.clinic.standing import (
    checkpoint_owed,
    tell_of_the_rest,
    the_rest,
    with_the_lag_of_the_feed,
)
from cli.commands.options import AsJson, Data, out


def status(data: Data = DEFAULT_FOLDER, as_json: AsJson = False) -> int:
    """Health, version, unpublished and parked events, lag, timers and clock of each service."""
    clinic = reach(data)
    found, beside = asyncio.run(_look(clinic))
    if as_json:
        print(json.dumps({**_report(clinic, found), **beside}))
    else:
        _show(found)
        tell_of_the_rest(beside)
    return 0 if all(one["healthy"] for one in found.values()) else 1


async def _look(clinic: Reach) -> tuple[dict[str, dict[str, Any]], Mapping[str, Any]]:
    health, states, beside = await asyncio.gather(
        asyncio.gather(*(ask(clinic, name, "GET", "/health/ready") for name in clinic.services)),
        ask_all(clinic, "GET", f"{API}/operations/status"),
        the_rest(clinic),
    )
    found = {one.service: _one(ready, one) for ready, one in zip(health, states, strict=True)}
    latest = {name: one["numbers"].get("published_sequence") or 0 for name, one in found.items()}
    for name, one in found.items():
        consumed = one["numbers"].get("consumed_sequence")
        behind = max((latest[peer] for peer in found if peer != name), default=0)
        one["lag"] = max(0, behind - consumed) if consumed is not None else None
    return found, with_the_lag_of_the_feed(beside, [one["numbers"] for one in found.values()])


def _one(ready: Answered, state: Answered) -> dict[str, Any]:
    body = state.body if state.trouble is None else {}
    checks = (ready.body or {}).get("checks", []) if isinstance(ready.body, dict) else []
    failing = [f"{c['name']}: {c.get('detail') or 'not ok'}" for c in checks if not c["ok"]]
    failing += checkpoint_owed(body.get("seconds_checkpoint_owed"))
    return {
        "healthy": ready.status == HTTPStatus.OK,
        "trouble": "; ".join(failing) or (ready.trouble if ready.status != HTTPStatus.OK else None),
        "version": body.get("version"),
        "clock": body.get("clock"),
        "sandbox": body.get("sandbox"),
        "numbers": body.get("numbers", {}),
    }


def _report(clinic: Reach, found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    record = clinic.record
    sandbox = any(one["sandbox"] for one in found.values())
    return {
        "ready": all(one["healthy"] for one in found.values()),
        "services": {name: {"url": clinic.services[name], **one} for name, one in found.items()},
        "nats": list(clinic.nats),
        "data": record.data if record else None,
        "processes": {name: one.pid for name, one in record.processes.items()} if record else {},
        "sign_ins": (
            [
                {"role": p.role, "ref": p.ref, "name": p.name, "token": p.token}
                for p in record.sign_ins
            ]
            if record and sandbox
            else []
        ),
    }


def _show(found: dict[str, dict[str, Any]]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("service", "health", "version"):
        table.add_column(heading)
    for heading in ("unpublished", "oldest", "lag", "waiting", "parked", "timers", "due"):
        table.add_column(heading, justify="right")
    table.add_column("clock")
    for name, one in found.items():
        numbers = one["numbers"]
        table.add_row(
            name,
            "[green]ready[/green]" if one["healthy"] else "[red]not ready[/red]",
            str(one["version"] or "?"),
            *(
                _number(numbers.get("outbox_unpublished")),
                _seconds(numbers.get("outbox_age_seconds")),
                _number(one["lag"]),
                _number(numbers.get("lane_waiting")),
                _number(numbers.get("parked")),
                _number(numbers.get("timers")),
                _number(numbers.get("timers_due")),
            ),
            str(one["clock"] or "?") + (" (sandbox)" if one["sandbox"] else ""),
        )
    out.print(table)
    for name, one in found.items():
        if one["trouble"]:
            print(f"{name}: {one['trouble']}", file=sys.stderr)


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:g}"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} s"
