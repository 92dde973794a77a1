"""One call of the API: who, what they saw, under which key, and the transaction that answers it."""

import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, TypeVar, cast
from uuid import UUID

from fastapi import Depends, Header, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from shared.access import Access, Action
from shared.audit import Attempt
from shared.serving.life import RunningService
from shared.storage import Actor, Context, SqlUnitOfWork
from shared.storage.answered_commands import Answered
from shared.web.access import Acting
from shared.web.audited import clients_in
from shared.web.texts import version

C = TypeVar("C")
R = TypeVar("R")
M = TypeVar("M")
T = TypeVar("T")

IDEMPOTENCY_KEY: Final = r"^[\x21-\x7e]{8,128}$"
IF_MATCH: Final = r'^(\*|(W/)?"?[0-9]{1,9}"?)$'
"""Whatever is there, or a version of ours as its ETag said it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a route does its work with."""

    service: RunningService[Any]
    actor: Actor
    context: Context
    key: str | None
    request_hash: bytes
    request: Request
    response: Response

    def about(self, target: UUID | None) -> "Call":
        """The same call about the resource that If-Match and ETag mean, where the path names none.

        A resource that is not there yet has no version: the call stays as it is.
        """
        return (
            self if target is None else replace(self, context=replace(self.context, target=target))
        )

    async def read(self, query: Callable[[Any], Awaitable[T]]) -> T:
        """Answer a question from one transaction that changes nothing."""
        context = replace(self.context, access=Access(self.action, reading=True))
        async with self.service.transactions.begin(context) as uow:
            answer = await query(uow)
            uow.showed(clients_in(answer))
            self._tag(uow)
        if uow.reach.broken:
            self.request.state.emergency_until = min(uow.reach.broken.values())
        if uow.reach.incomplete:
            self.request.state.incomplete = True
            self.response.headers["Careteam-Incomplete"] = "care-team"
        return answer

    @property
    def action(self) -> Action:
        """What the route declared."""
        if self.context.access is None:
            raise RuntimeError("a call without an action")
        return self.context.access.action

    async def run(
        self,
        handler: Callable[[C, Any], Awaitable[R]],
        command: C,
        answer: Callable[[R], M],
    ) -> M:
        """Run a command in one transaction; the same key gets the same answer again."""

        async def work(uow: SqlUnitOfWork) -> M:
            earlier = await self._earlier(uow)
            if earlier is not None:
                return self._repeat(earlier, answer)
            view = answer(await handler(command, uow))
            await self._remember(uow, view)
            await uow.flush()
            self._tag(uow)
            return view

        return await self.service.transactions.run(work, self.context)

    async def run_gate(
        self,
        handler: Callable[[C, Any, Any], Awaitable[R]],
        command: C,
        answer: Callable[[R], M],
    ) -> M:
        """Run a command that takes several transactions and asks peers in between.

        The handler concludes in the transaction that decides, which claims the key and keeps the
        answer by the same commit.
        """
        # A look at the key shows nothing: what the command comes to is what the audit tells.
        looking = replace(self.context, attempt=None)
        async with self.service.transactions.begin(looking) as uow:
            earlier = await self._still_theirs(
                uow, await uow.answered.recall(self._whose(), self.key, self.request_hash)
            )
        if earlier is not None:
            return self._repeat(earlier, answer)

        async def conclude(uow: SqlUnitOfWork, result: R) -> None:
            await self._earlier(uow)
            await self._remember(uow, answer(result))
            self._tag(uow)

        met = False

        @asynccontextmanager
        async def begin() -> AsyncIterator[Any]:
            # If-Match is about what the caller saw, so the command's own steps do not break it.
            nonlocal met
            if_match = None if met else self.context.if_match
            context = replace(self.context, now=self.service.clock.now(), if_match=if_match)
            async with self.service.transactions.begin(context, conclude) as uow:
                yield uow
                met = met or self.context.target in uow.versions

        return answer(await handler(command, begin, self.service.peers))

    async def _earlier(self, uow: SqlUnitOfWork) -> Answered | None:
        if self.key is None:
            return None
        claimed = await uow.answered.claim(self._whose(), self.key, self.request_hash)
        return await self._still_theirs(uow, claimed)

    async def _still_theirs(self, uow: SqlUnitOfWork, earlier: Answered | None) -> Answered | None:
        """An answer about a client who is out of reach by now is not given again: the command is
        tried instead, and does not find the client."""
        if earlier is None or await uow.reach.of_all(set(earlier.clients)) == earlier.clients:
            return earlier
        return None

    async def _remember(self, uow: SqlUnitOfWork, view: Any) -> None:
        if self.key is not None:
            status = self._route().status_code or 200
            await uow.answered.remember(
                self._whose(), self.key, Answered(status, jsonable_encoder(view), uow.about)
            )

    def _repeat(self, earlier: Answered, _like: Callable[[R], M]) -> M:
        self.response.headers["Idempotent-Replay"] = "true"
        if self._route().response_model is None:
            return cast("M", earlier.answer)
        adapter: TypeAdapter[M] = TypeAdapter(self._route().response_model)
        return adapter.validate_python(earlier.answer)

    def _tag(self, uow: SqlUnitOfWork) -> None:
        target = self.context.target
        if target is not None and target in uow.versions:
            self.response.headers["ETag"] = f'"{uow.versions[target]}"'

    def _whose(self) -> str:
        return f"{self.actor.role}:{self.actor.ref}"

    def _route(self) -> APIRoute:
        route: APIRoute = self.request.scope["route"]
        return route


def calling(action: str) -> Callable[..., Awaitable[Call]]:
    """The dependency of a route: declares its action and makes its :class:`Call`."""
    acting = Acting(action)

    async def call(
        request: Request,
        response: Response,
        actor: Annotated[Actor, Depends(acting)],
        idempotency_key: Annotated[
            str | None,
            Header(
                min_length=8,
                max_length=128,
                pattern=IDEMPOTENCY_KEY,
                description="The same key and body get the same answer; another body is refused",
            ),
        ] = None,
        if_match: Annotated[
            str | None,
            Header(pattern=IF_MATCH, description="The ETag of what you saw, to change only that"),
        ] = None,
    ) -> Call:
        service: RunningService[Any] = request.app.state.service
        body = await request.body()
        attempt: Attempt = request.state.attempt
        attempt.command = _digest_of(idempotency_key)
        context = replace(
            service.transactions.context(actor),
            correlation_id=attempt.correlation_id,
            target=attempt.target,
            access=Access(request.app.state.access[action]),
            if_match=_version(if_match),
            attempt=attempt,
        )
        return Call(
            service=service,
            actor=actor,
            context=context,
            key=idempotency_key,
            request_hash=_fingerprint(request, body),
            request=request,
            response=response,
        )

    return call


def _digest_of(key: str | None) -> str | None:
    """A name for a key that tells nothing of it: callers choose keys, and may put words in them."""
    return None if key is None else hashlib.sha256(key.encode()).hexdigest()[:16]


def _version(if_match: str | None) -> int | None:
    return None if if_match is None else version(if_match.removeprefix("W/").strip('"'))


def _fingerprint(request: Request, body: bytes) -> bytes:
    """A digest of method, path and body, in which the order of JSON keys does not count."""
    try:
        canonical = json.dumps(json.loads(body or b"null"), sort_keys=True).encode()
    except ValueError:
        canonical = body
    return hashlib.sha256(
        request.method.encode() + b"\n" + request.url.path.encode() + b"\n" + canonical
    ).digest()
