"""Who calls: a bearer token of the clinic, and the roles that an action is open to."""

import hmac
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from shared.storage import Actor

_BEARER: Final = HTTPBearer(auto_error=False, description="A token of the clinic, one per role")


class UndeclaredActionError(RuntimeError):
    """A route that does not say which action it is, or names one that nobody may do."""


class Tokens:
    """The clinic's tokens, read again when their file changes."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._stamp: int | None = None
        self._actors: dict[str, Actor] = {}

    def actor(self, token: str) -> Actor | None:
        """Whose token it is; compared in constant time."""
        self._refresh()
        found = None
        for known, actor in self._actors.items():
            if hmac.compare_digest(known.encode(), token.encode()):
                found = actor
        return found

    def _refresh(self) -> None:
        if self._path is None or not self._path.exists():
            self._actors = {}
            return
        stamp = self._path.stat().st_mtime_ns
        if stamp == self._stamp:
            return
        entries: Mapping[str, Mapping[str, Any]] = json.loads(self._path.read_bytes())
        self._actors = {
            token: Actor(entry["role"], UUID(entry["ref"])) for token, entry in entries.items()
        }
        self._stamp = stamp


class Acting:
    """The dependency that declares a route's action: finds the caller and asks if they may."""

    def __init__(self, action: str) -> None:
        self.action = action

    async def __call__(
        self,
        request: Request,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
    ) -> Actor:
        tokens: Tokens = request.app.state.tokens
        access: Mapping[str, frozenset[str]] = request.app.state.access
        actor = tokens.actor(credentials.credentials) if credentials is not None else None
        if actor is None:
            raise HTTPException(
                401,
                "Send a token of this clinic as 'Authorization: Bearer …'.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if actor.role not in access[self.action]:
            allowed = ", ".join(sorted(access[self.action]))
            raise HTTPException(403, f"{self.action} is for: {allowed}.")
        return actor


def assert_every_route_declares_its_action(
    app: FastAPI, access: Mapping[str, frozenset[str]]
) -> None:
    """Refuse to start with an API route that is open to whoever asks."""
    for route in app.routes:
        if isinstance(route, APIRoute) and route.path.startswith("/api/"):
            actions = _actions(route.dependant)
            if len(actions) != 1:
                raise UndeclaredActionError(f"{route.path} must declare exactly one action")
            if not access.get(actions[0]):
                raise UndeclaredActionError(f"{route.path}: no role may {actions[0]}")


def _actions(dependant: Dependant) -> list[str]:
    found = [dependant.call.action] if isinstance(dependant.call, Acting) else []
    for inner in dependant.dependencies:
        found.extend(_actions(inner))
    return found
