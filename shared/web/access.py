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
from shared.web.audited import begin_attempt
from shared.web.pages import sessions
from shared.web.pages.guard import SAFE, assert_own_form, assert_same_origin

_BEARER: Final = HTTPBearer(auto_error=False, description="A token of the clinic, one per role")


_FOR_PROGRAMS: Final = ("/api/", "/health/", "/metrics", "/openapi.json")
_OPEN: Final = ("/health/", "/sign-in", "/sign-out", "/appearance")
"""What answers whoever asks: how the service is, and the door."""


class SignInNeeded(Exception):  # noqa: N818 - what is needed, not that it is an error
    """A page was asked for by a browser with which nobody is signed in."""


class UndeclaredActionError(RuntimeError):
    """A route that does not say which action it is, or names one that nobody may do."""


class Tokens:
    """The clinic's tokens, read again when their file changes."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._stamp: int | None = None
        self._people: dict[str, tuple[Actor, str]] = {}

    def person(self, token: str) -> tuple[Actor, str] | None:
        """Whose token it is, and their name; compared in constant time."""
        self._refresh()
        found = None
        for known, person in self._people.items():
            if hmac.compare_digest(known.encode(), token.encode()):
                found = person
        return found

    def everyone(self) -> list[tuple[Actor, str]]:
        """All people of the clinic, with their names."""
        self._refresh()
        return list(self._people.values())

    def actor(self, token: str) -> Actor | None:
        """Whose token it is."""
        found = self.person(token)
        return None if found is None else found[0]

    def _refresh(self) -> None:
        if self._path is None or not self._path.exists():
            self._people = {}
            return
        stamp = self._path.stat().st_mtime_ns
        if stamp == self._stamp:
            return
        entries: Mapping[str, Mapping[str, Any]] = json.loads(self._path.read_bytes())
        self._people = {
            token: (Actor(entry["role"], UUID(entry["ref"])), str(entry.get("name", "")))
            for token, entry in entries.items()
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
        if credentials is not None:
            actor = tokens.actor(credentials.credentials)
        else:
            actor = await _at_screen(request)
        if actor is None and is_page(request):
            raise SignInNeeded
        if actor is None:
            raise HTTPException(
                401,
                "Send a token of this clinic as 'Authorization: Bearer …'.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        begin_attempt(request, actor, self.action)
        if actor.role not in access[self.action]:
            allowed = ", ".join(sorted(access[self.action]))
            raise HTTPException(403, f"{self.action} is for: {allowed}.")
        return actor


def is_page(request: Request) -> bool:
    """Whether a person with a browser is answered, not a program."""
    return not request.url.path.startswith(_FOR_PROGRAMS)


def _somebody_asked(request: Request) -> bool:
    """Not a page that follows by itself."""
    return request.url.path != "/live" and "hx-request" not in request.headers


async def _at_screen(request: Request) -> Actor | None:
    """Whoever is signed in with this browser. A change through the API needs the form token too."""
    session_id = sessions.session_id_of(request)
    if session_id is None:
        return None
    async with request.app.state.service.database.engine.begin() as connection:
        person = await sessions.signed_in(connection, session_id, stays=_somebody_asked(request))
    request.state.person = person
    if person is None:
        return None
    if not is_page(request) and request.method not in SAFE:
        assert_same_origin(request)
        assert_own_form(person.form_token, request.headers.get("x-form-token"))
    return person.actor


def assert_every_route_declares_its_action(
    app: FastAPI, access: Mapping[str, frozenset[str]]
) -> None:
    """Refuse to start with a route that is open to whoever asks."""
    for route in app.routes:
        if isinstance(route, APIRoute) and not route.path.startswith(_OPEN):
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
