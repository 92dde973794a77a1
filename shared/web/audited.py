"""No answer without its row in the audit chain.

A transaction writes the row of what it shows or changes. This edge sees to the rest: an attempt
that was denied or undone, that failed, or that needed no transaction, gets its row before a word of
the answer is sent. When that row cannot be written, the answer is that nothing can be answered.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.access import Action, Ground, Need, Reason
from shared.access.decide import RELATED_ROLES
from shared.audit import Attempt, Outcome
from shared.runtime.ids import new_id
from shared.serving.life import RunningService
from shared.storage import Actor

_DEEPEST: Final = 5
NOT_THERE: Final = 404


def begin_attempt(request: Request, actor: Actor, action: str) -> Attempt:
    """From here on the request is answered with a row of the chain, or not at all."""
    attempt = Attempt(
        action=action,
        role=actor.role,
        ref=actor.ref,
        why="role",
        correlation_id=new_id(),
        target=first_id(request),
        unasked=request.method == "GET" and "hx-request" in request.headers,
    )
    request.state.attempt = attempt
    return attempt


def first_id(request: Request) -> UUID | None:
    """The resource that the path names: the first id in it."""
    for value in request.path_params.values():
        try:
            return UUID(str(value))
        except ValueError:
            continue
    return None


class Audited:
    """Writes the row that is still owed when an answer begins, and names it in the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                if message["status"] == NOT_THERE:
                    _say_why_not(scope)
                attempt = await _account(scope, Outcome.of_status(message["status"]))
                if attempt is not None:
                    named = (b"correlation-id", str(attempt.correlation_id).encode())
                    message["headers"] = [*message.get("headers", ()), named]
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except Exception:
            await _account(scope, Outcome.FAILED)
            raise


async def _account(scope: Scope, outcome: Outcome) -> Attempt | None:
    attempt: Attempt | None = scope.get("state", {}).get("attempt")
    if attempt is not None and attempt.sent_away:
        outcome = Outcome.DENIED
    if attempt is not None and attempt.written is not outcome:
        attempt.outcome = outcome
        service: RunningService[Any] = scope["app"].state.service
        await service.transactions.account(attempt)
    return attempt


def _say_why_not(scope: Scope) -> None:
    """What is somebody else's and what does not exist look the same: the database shows neither.
    So whoever needs a relation and came to no record of theirs has looked without one."""
    attempt: Attempt | None = scope.get("state", {}).get("attempt")
    if attempt is None:
        return
    action: Action | None = scope["app"].state.access.get(attempt.action)
    if action is None:
        return
    came_to_none = attempt.why == Ground.ROLE
    needs_one = attempt.role in RELATED_ROLES and action.need is not Need.NO_CLIENT
    strange = Reason.RELATION.value if came_to_none and needs_one else "not_there"
    attempt.why = attempt.lacking or strange


def clients_in(answer: object, depth: int = 0) -> Iterator[UUID]:
    """The clients of whom an answer tells: whatever has a ``client_id``, at any place in it."""
    client_id = getattr(answer, "client_id", None)
    if isinstance(client_id, UUID):
        yield client_id
    elif depth < _DEEPEST:
        for part in _parts(answer):
            yield from clients_in(part, depth + 1)


def _parts(value: object) -> Iterator[object]:
    match value:
        case str() | bytes() | UUID():
            return
        case Mapping():
            yield from value.values()
        case list() | tuple() | set() | frozenset():
            yield from value
        case BaseModel():
            yield from vars(value).values()
        case _ if is_dataclass(value):
            for field in fields(value):
                yield getattr(value, field.name)
