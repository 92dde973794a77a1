"""Errors as problem+json (RFC 9457): what is wrong, and what to do about it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from shared.decisions import Refusal, Refused, Unproven
from shared.protocol.loader import BadProtocol
from shared.runtime.ids import new_id
from shared.storage import NotFound, PreconditionFailed
from shared.storage.answered_commands import KeyReusedError
from shared.storage.failures import is_unavailable
from shared.storage.keyring import KeyDestroyedError, KeyringAwayError
from shared.web.telling import Teller, teller_for

log = structlog.get_logger()

ForPeople = Callable[[Request, JSONResponse], Response]

MEDIA_TYPE: Final = "application/problem+json"
_URN: Final = "urn:careteam:problem:"


class UnblockView(BaseModel):
    """A missing fact, who can supply it, and how."""

    fact: str
    owner: str
    action: str


class RefusalView(BaseModel):
    """One reason why not; ``sentence`` says it in the reader's language (``Accept-Language``)."""

    slug: str
    sentence: str
    rule: str
    facts: dict[str, Any] = Field(default_factory=dict)
    source_events: list[str] = Field(default_factory=list)
    unblocks_with: list[UnblockView] = Field(default_factory=list)


class FieldError(BaseModel):
    """A field of the request that cannot be used."""

    field: str
    message: str


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str | None = None
    instance: str | None = None
    refusals: list[RefusalView] | None = None
    errors: list[FieldError] | None = None


_MEANINGS: Final[Mapping[int, str]] = {
    400: "The request cannot be understood",
    401: "No valid sign-in",
    403: "The role may not do this",
    404: "There is no such thing, or it is none of yours",
    409: "The rules refuse it; every reason is listed",
    412: "Somebody else changed it first",
    422: "Fields that cannot be used",
    428: "The change needs If-Match",
    503: "Somebody who has to be asked does not answer",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route: these statuses and those that every route has."""
    return {
        status: {
            "description": _MEANINGS[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted({*statuses, 400, 401, 403, 412, 422, 503})
    }


def problem(
    status: int,
    slug: str,
    title: str,
    *,
    detail: str | None = None,
    refusals: Sequence[RefusalView] | None = None,
    errors: Sequence[FieldError] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A problem as a response."""
    body = Problem(
        type=_URN + slug,
        title=title,
        status=status,
        detail=detail,
        instance=f"urn:uuid:{new_id()}",
        refusals=None if refusals is None else list(refusals),
        errors=None if errors is None else list(errors),
    )
    return JSONResponse(
        body.model_dump(mode="json", exclude_none=True),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers=dict(headers or {}),
    )


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


def install_problem_handlers(app: FastAPI, for_people: ForPeople | None = None) -> None:
    """Turn what handlers raise into problems; ``for_people`` makes a page of one where a browser
    asked."""

    def register(kind: type[Exception], make: Callable[[Any, Teller], JSONResponse]) -> None:
        async def answer(request: Request, error: Exception) -> Response:
            made = make(error, teller_for(request))
            return made if for_people is None else for_people(request, made)

        app.add_exception_handler(kind, answer)

    for kind, make in _ANSWERS.items():
        register(kind, make)


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
    title = _MEANINGS.get(error.status_code, "The request was refused")
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
