"""How it is with what stands beside the services: the clinic's own sign-in, and integrators."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from cli.clinic.asking import API, ask
from cli.clinic.reach import Reach
from cli.trouble import Trouble

_OWED_SECONDS: Final = 300.0
"""A checkpoint of the audit is due every minute."""
_PATIENCE_SECONDS: Final = 5.0
_TOLD_BY: Final = "notifications"


def checkpoint_owed(seconds: float | None) -> list[str]:
    """What there is to say about an audit that nobody vouches for."""
    if seconds is None or seconds <= _OWED_SECONDS:
        return []
    return [f"audit: no checkpoint was kept for {seconds:.0f} s, see its log"]


async def the_rest(clinic: Reach) -> dict[str, Any]:
    """``sign_in`` and ``integrators``; None where the clinic has none, or this place no key."""
    sign_in, integrators = await asyncio.gather(_sign_in(clinic), _integrators(clinic))
    return {"sign_in": sign_in, "integrators": integrators}


def with_the_lag_of_the_feed(
    beside: Mapping[str, Any], numbers: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """How far the feed of integrators is behind what the services have said to the public."""
    integrators = beside["integrators"]
    if integrators is None:
        return dict(beside)
    said = max((one.get("published_public_sequence") or 0 for one in numbers), default=0)
    reached = int(str(integrators["reached"]).rpartition(".")[2])
    return {**beside, "integrators": {**integrators, "lag": max(0, said - reached)}}


def tell_of_the_rest(beside: Mapping[str, Any]) -> None:
    """In lines; what is wrong goes to where troubles go."""
    sign_in, integrators = beside["sign_in"], beside["integrators"]
    if sign_in is not None and sign_in["trouble"]:
        print(f"sign-in: {sign_in['trouble']}", file=sys.stderr)
    elif sign_in is not None:
        print(f"sign-in: ready, {sign_in['notices_waiting']} ends not told yet")
    if integrators is not None:
        print(f"integrators: the feed is {integrators['lag']} events behind")
        for one in integrators["items"]:
            waits = f" since {one['waiting_since']}" if one["waiting_since"] else ""
            print(f"  {one['name']}: {one['waiting']} waiting{waits}, {one['failed']} given up")
        for one in integrators.get("feeds", []):
            waiting = "not known what is" if one["waiting"] is None else one["waiting"]
            taken = one["taken_at"] or "never"
            print(f"  {one['name']}: {waiting} waiting on NATS, last taken {taken}")


async def _sign_in(clinic: Reach) -> dict[str, Any] | None:
    if not clinic.issuer or clinic.administration_secret is None:
        return None
    office = replace(clinic.administration(), patience=_PATIENCE_SECONDS)
    try:
        told = await asyncio.to_thread(office.status)
    except Trouble as trouble:
        return {"healthy": False, "trouble": str(trouble), "notices_waiting": None}
    owed = checkpoint_owed(told["seconds_checkpoint_owed"])
    return {"healthy": True, "trouble": "; ".join(owed) or None, **told}


async def _integrators(clinic: Reach) -> dict[str, Any] | None:
    answered = await ask(clinic, _TOLD_BY, "GET", f"{API}/integrators")
    if answered.trouble is not None:
        return None
    return {
        "reached": answered.body["reached"],
        "items": [
            {
                "name": one["name"],
                "status": one["status"],
                "waiting": one["deliveries"]["waiting"],
                "waiting_since": one["deliveries"]["waiting_since"],
                "failed": one["deliveries"]["failed"],
            }
            for one in answered.body["items"]
            if one["status"] != "revoked"
        ],
        "feeds": [
            {"name": one["name"], "waiting": one["waiting"], "taken_at": one["taken_at"]}
            for one in answered.body.get("feeds", [])
            if one["status"] != "revoked"
        ],
    }
