"""Who calls: a bearer token of the clinic, and the roles that an action is open to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from shared.access import Access, Action, Deny, decide
from shared.storage import Actor
from shared.web.audited import begin_attempt
from shared.web.crowding import assert_not_too_many
from shared.web.pages import sessions
from shared.web.pages.guard import SAFE, assert_own_form, assert_same_origin
from shared.web.people import Tokens
from shared.web.sign_in.bearers import bearer
from shared.web.sign_in.fresh import FRESH_SECONDS, ProofNeeded, proof_is_fresh
from shared.web.sign_in.going_on import goes_on

_BEARER: Final = HTTPBearer(
    auto_error=False,
    description="An access token of the clinic's issuer; in a sandbox also a token that"
    " `careteam up` printed, one per role",
)


_FOR_PROGRAMS: Final = ("/api/", "/health/", "/metrics", "/openapi.json")
_OPEN: Final = (
    "/health/", "/sign-in", "/sign-out", "/signed-out", "/appearance", "/lock", "/locked",
)  # fmt: skip
"""What answers whoever asks: how the service is, and the door."""


_TOO_OLD: Final = f'Bearer error="insufficient_user_authentication", max_age="{FRESH_SECONDS:.0f}"'
"""RFC 9470."""


class SignInNeeded(Exception):  # noqa: N818 - what is needed, not that it is an error
    """A page was asked for by a browser with which nobody is signed in."""


class UndeclaredActionError(RuntimeError):
    """A route that does not say which action it is, or names one that nobody may do."""


class Acting:
    """The dependency that declares a route's action: finds the caller and asks if they may."""

    def __init__(self, action: str) -> None:
        self.action = action

    async def __call__(
        self,
        request: Request,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
    ) -> Actor:
        access: Mapping[str, Action] = request.app.state.access
        actor, age = await _who_calls(request, credentials)
        if actor is None and is_page(request):
            raise SignInNeeded
        if actor is None:
            raise HTTPException(
                401,
                "Send a token of this clinic as 'Authorization: Bearer …'.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        assert_not_too_many(request, actor, self.action)
        begin_attempt(request, actor, self.action)
        action = access[self.action]
        if isinstance(decide(actor, Access(action), None), Deny):
            raise HTTPException(403, f"{self.action} is for: {', '.join(sorted(action.roles))}.")
        if not proof_is_fresh(request, request.app.state.step_up, self.action, actor, age):
            if is_page(request):
                raise ProofNeeded
            raise HTTPException(
                401,
                f"{self.action} needs a sign-in that is at most {FRESH_SECONDS:.0f} s old.",
                headers={"WWW-Authenticate": _TOO_OLD},
            )
        return actor


async def _who_calls(
    request: Request, credentials: HTTPAuthorizationCredentials | None
) -> tuple[Actor | None, float | None]:
    """Who it is, and how old their proof of it is in seconds (None where nobody knows)."""
    if credentials is None:
        return await _at_screen(request)
    tokens: Tokens = request.app.state.tokens
    person = tokens.person(credentials.credentials)
    if person is not None:
        return person.actor, 0.0  # a sandbox's own token: its programs play every part
    return await bearer(request, credentials.credentials)


async def may_go_on(request: Request, actor: Actor, action: Action) -> bool:
    """Whether whoever began a long answer could ask for it now. No screen stays awake by it."""
    request.state.followed = True
    try:
        now, _ = await _who_calls(request, await _BEARER(request))
    except HTTPException:
        return False
    return now == actor and not isinstance(decide(now, Access(action), None), Deny)


def is_page(request: Request) -> bool:
    """Whether a person with a browser is answered, not a program."""
    return not request.url.path.startswith(_FOR_PROGRAMS)


def _somebody_asked(request: Request) -> bool:
    """Not a page that follows by itself, and no answer that goes on."""
    by_itself = request.url.path == "/live" or getattr(request.state, "followed", False)
    return not by_itself and "hx-request" not in request.headers


async def _at_screen(request: Request) -> tuple[Actor | None, float | None]:
    """Whoever is signed in with this browser. A change through the API needs the form token too."""
    session_id = sessions.session_id_of(request)
    if session_id is None:
        return None, None
    asked = _somebody_asked(request)
    engine = request.app.state.service.database.engine
    async with engine.begin() as connection:
        person = await sessions.signed_in(connection, session_id, stays=asked)
    if person is not None and asked:
        goes = await goes_on(engine, request.app.state.issuer, session_id, person)
        person = person if goes else None
    request.state.person = person
    if person is None:
        return None, None
    if not is_page(request) and request.method not in SAFE:
        assert_same_origin(request)
        assert_own_form(person.form_token, request.headers.get("x-form-token"))
    return person.actor, person.authentication_age


@dataclass(frozen=True, slots=True)
class Declared:
    """A route as it is reached, and the actions that it declares."""

    path: str
    methods: frozenset[str]
    actions: tuple[str, ...]


def declared_routes(app: FastAPI) -> Iterator[Declared]:
    """Every route that somebody has to be known for, those of included routers among them."""
    for context in iter_route_contexts(app.routes):
        path = context.path or ""
        if isinstance(context.original_route, APIRoute) and not path.startswith(_OPEN):
            yield Declared(
                path, frozenset(context.methods or ()), tuple(_actions(context.dependant))
            )


def assert_every_route_declares_its_action(app: FastAPI, access: Mapping[str, Action]) -> None:
    """Refuse to start with a route that is open to whoever asks (E2)."""
    for route in declared_routes(app):
        if len(route.actions) != 1:
            raise UndeclaredActionError(f"{route.path} must declare exactly one action")
        declared = access.get(route.actions[0])
        if declared is None or not declared.roles:
            raise UndeclaredActionError(f"{route.path}: no role may {route.actions[0]}")


def _actions(dependant: Dependant) -> list[str]:
    found = [dependant.call.action] if isinstance(dependant.call, Acting) else []
    for inner in dependant.dependencies:
        found.extend(_actions(inner))
    return found
