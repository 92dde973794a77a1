"""Asks the services over HTTP, one or all at once."""

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx

from cli.clinic.reach import OPERATOR, Reach
from cli.trouble import Trouble

API = "/api/v1"


@dataclass(frozen=True, slots=True)
class Answered:
    """What a service said; ``trouble`` when it said nothing that can be used."""

    service: str
    status: int | None
    body: Any
    trouble: str | None = None

    def usable(self) -> Any:
        """The body, or the trouble as an exception."""
        if self.trouble is not None:
            raise Trouble(f"{self.service}: {self.trouble}")
        return self.body


async def ask(
    clinic: Reach,
    service: str,
    method: str,
    path: str,
    *,
    role: str = OPERATOR,
    query: Mapping[str, str] | None = None,
    body: Any = None,
    seconds: float = 10,
    http: httpx.AsyncClient | None = None,
) -> Answered:
    """One request as someone of this role; over ``http``, whoever asks again and again."""
    try:
        base = clinic.services[service]
    except KeyError:
        return Answered(service, None, None, f"set CARETEAM_{service.upper()}_URL")
    try:
        async with nullcontext(http) if http is not None else connections() as client:
            answer = await client.request(
                method,
                base + path,
                params=query,
                json=body,
                headers={"Authorization": f"Bearer {clinic.token(role)}"},
                timeout=seconds,
            )
    except httpx.HTTPError:
        return Answered(service, None, None, f"{base} does not answer")
    try:
        content = answer.json() if answer.content else None
    except ValueError:
        content = None
    if answer.is_success:
        return Answered(service, answer.status_code, content)
    return Answered(service, answer.status_code, content, _complaint(answer.status_code, content))


async def ask_all(
    clinic: Reach,
    method: str,
    path: str,
    *,
    query: Mapping[str, str] | None = None,
    seconds: float = 10,
    http: httpx.AsyncClient | None = None,
) -> list[Answered]:
    """The same request to every service, side by side."""
    return await asyncio.gather(
        *(
            ask(clinic, service, method, path, query=query, seconds=seconds, http=http)
            for service in clinic.services
        )
    )


def connections() -> httpx.AsyncClient:
    """Connections to the services, to be kept open between requests."""
    return httpx.AsyncClient(timeout=15, trust_env=False, verify=_certificates())


@cache
def _certificates() -> ssl.SSLContext:
    """Reading the certificates takes longer than most answers: once is enough."""
    return ssl.create_default_context()


def _complaint(status: int, problem: Any) -> str:
    if not isinstance(problem, dict):
        return f"answered {status}"
    slugs = [refusal["slug"] for refusal in problem.get("refusals") or []]
    fields = [f"{e['field']} {e['message']}" for e in problem.get("errors") or []]
    parts = [problem.get("title", f"answered {status}"), problem.get("detail"), *slugs, *fields]
    return "; ".join(str(part).rstrip(".") for part in parts if part)
