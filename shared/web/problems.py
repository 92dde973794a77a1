"""Errors as problem+json (RFC 9457): what is wrong, and what to do about it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from shared.runtime.ids import new_id

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


MEANINGS: Final[Mapping[int, str]] = {
    400: "The request cannot be understood",
    401: "No valid sign-in",
    403: "The role may not do this",
    404: "There is no such thing, or it is none of yours",
    405: "Nobody does this here",
    406: "Nothing that is answered here is what was asked for",
    408: "The rest of the request did not come",
    409: "The rules refuse it; every reason is listed",
    412: "Somebody else changed it first",
    413: "The request is longer than anything that is taken",
    422: "Fields that cannot be used",
    428: "The change needs If-Match",
    429: "Too much at once",
    503: "Somebody who has to be asked does not answer",
}


_ALWAYS: Final = (400, 401, 403, 408, 412, 413, 422, 429, 503)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route: these statuses and those that every route has."""
    return {
        status: {
            "description": MEANINGS[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted({*statuses, *_ALWAYS})
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
