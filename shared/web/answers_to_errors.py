"""What handlers raise, as answers: each kind of error is one kind of problem."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from shared.decisions import Refusal, Refused, Unproven
from shared.protocol.loader import BadProtocol
from shared.storage import NotFound, PreconditionFailed
from shared.storage.answered_commands import KeyReusedError
from shared.storage.failures import is_unavailable
from shared.storage.keyring import KeyDestroyedError, KeyringAwayError
from shared.web.problems import MEANINGS, FieldError, RefusalView, UnblockView, problem
from shared.web.telling import Teller, teller_for

log = structlog.get_logger()

ForPeople = Callable[[Request, JSONResponse], Response]


def install_problem_handlers(app: FastAPI, for_people: ForPeople | None = None) -> None:
    """Turn what handlers raise into problems; ``for_people`` makes a page of one where a browser
    asked."""

    def register(kind: type[Exception], make: Callable[[Any, Teller], JSONResponse]) -> None:
        async def answer(request: Request, error: Exception) -> Response:
            made = make(error, teller_for(request))
            if made.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
                made.headers["allow"] = ", ".join(_methods_at(request))
            return made if for_people is None else for_people(request, made)

        app.add_exception_handler(kind, answer)

    for kind, make in _ANSWERS.items():
        register(kind, make)


def _methods_at(request: Request) -> Sequence[str]:
    """All that may be done at an address: each of its routes knows of its own only."""
    found: set[str] = set()
    for context in iter_route_contexts(request.app.routes):
        if context.methods and compile_path(context.path or "")[0].match(request.url.path):
            found |= context.methods
    return sorted(found)


def _told(refusals: Sequence[Refusal], tell: Teller) -> list[RefusalView]:
    return [_refusal_view(refusal, tell) for refusal in refusals]


def _refusal_view(refusal: Refusal, tell: Teller) -> RefusalView:
    return RefusalView(
        slug=refusal.slug,
        sentence=tell.refusal(refusal.slug, refusal.facts),
        rule=refusal.rule,
        facts=dict(refusal.facts),
        source_events=list(refusal.source_events),
        unblocks_with=[
            UnblockView(fact=u.fact, owner=u.owner, action=u.action) for u in refusal.unblocks_with
        ],
    )


def _unproven(error: Unproven, tell: Teller) -> JSONResponse:
    return problem(
        503,
        "unproven",
        "It could not be proven safe: somebody who has to be asked does not answer",
        detail="Try again when the named service answers.",
        refusals=_told(error.refusals, tell),
        headers={"Retry-After": "2"},
    )


def _refused(error: Refused, tell: Teller) -> JSONResponse:
    return problem(
        409,
        "refused",
        "The rules refuse this",
        detail=tell.refusals(error.refusals),
        refusals=_told(error.refusals, tell),
    )


def _not_found(error: NotFound, _tell: Teller) -> JSONResponse:
    return problem(404, "not-found", "Not found", detail=f"There is no such {error.kind}.")


def _erased(_error: KeyDestroyedError, _tell: Teller) -> JSONResponse:
    return problem(404, "not-found", "Not found", detail="There is no such client.")


def _keyring_away(_error: KeyringAwayError, _tell: Teller) -> JSONResponse:
    return problem(
        503,
        "keyring-away",
        "The service's keys cannot be read or written",
        detail="Nothing was changed or shown: try again.",
        headers={"Retry-After": "5"},
    )


def _changed(error: PreconditionFailed, _tell: Teller) -> JSONResponse:
    return problem(
        412,
        "changed-meanwhile",
        "Somebody else changed it first",
        detail=f"You saw version {error.expected}, now it is {error.current}: read it again.",
    )


def _key_reused(_error: KeyReusedError, _tell: Teller) -> JSONResponse:
    return problem(
        422,
        "idempotency-key-reused",
        "The idempotency key was used for another request",
        errors=[FieldError(field="header.Idempotency-Key", message="use a new key")],
    )


def _invalid(error: RequestValidationError, _tell: Teller) -> JSONResponse:
    return problem(
        422,
        "invalid",
        "Some fields cannot be used",
        errors=[
            FieldError(field=".".join(map(str, e["loc"])), message=e["msg"]) for e in error.errors()
        ],
    )


def _bad_protocol(error: BadProtocol, _tell: Teller) -> JSONResponse:
    return problem(
        422,
        "bad-protocol",
        "The protocol cannot be used",
        errors=[FieldError(field="protocol", message=line) for line in error.lines],
    )


def _http(error: HTTPException, _tell: Teller) -> JSONResponse:
    title = MEANINGS.get(error.status_code, "The request was refused")
    return problem(
        error.status_code,
        f"http-{error.status_code}",
        title,
        detail=str(error.detail),
        headers=error.headers,
    )


def _failed(error: Exception, _tell: Teller) -> JSONResponse:
    if is_unavailable(error):
        return problem(
            503,
            "database-away",
            "The service's database does not answer",
            detail="Whether the change was made is not known: repeat it with the same"
            " Idempotency-Key.",
            headers={"Retry-After": "1"},
        )
    answer = problem(500, "failed", "Something went wrong on our side")
    log.error("request failed", error=type(error).__name__)
    return answer


_ANSWERS: Final[Mapping[type[Exception], Callable[[Any, Teller], JSONResponse]]] = {
    Unproven: _unproven,
    Refused: _refused,
    NotFound: _not_found,
    KeyDestroyedError: _erased,
    KeyringAwayError: _keyring_away,
    PreconditionFailed: _changed,
    KeyReusedError: _key_reused,
    RequestValidationError: _invalid,
    BadProtocol: _bad_protocol,
    HTTPException: _http,
    Exception: _failed,
}
