"""Fields that several bodies and lists share."""

from datetime import UTC, date, datetime
from typing import Annotated, TypeAlias
from zoneinfo import ZoneInfo

from fastapi import HTTPException, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.scheduling.domain.clinic_time import local_midnight
from shared.web.texts import NO_NUL


class Body(BaseModel):
    """What a command takes: nothing that it does not know."""

    model_config = ConfigDict(extra="forbid")


class NoBody(Body):
    """A command that needs nothing but its path."""


def _plausible(stated: datetime) -> datetime:
    if not 2000 <= stated.year <= 2200:
        raise ValueError("a time between the years 2000 and 2200")
    return stated.astimezone(UTC)


Name: TypeAlias = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=NO_NUL),
]
Code: TypeAlias = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=NO_NUL),
]
Phone: TypeAlias = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=40, pattern=NO_NUL),
]
Words: TypeAlias = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000, pattern=NO_NUL),
]
Moment: TypeAlias = Annotated[AwareDatetime, AfterValidator(_plausible)]
PlausibleDay: TypeAlias = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2200, 1, 1))]
Stated: TypeAlias = Annotated[
    Moment | None,
    Field(description="When it was; now, when left out. Never in the future."),
]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=200)]
Cursor: TypeAlias = Annotated[
    str | None, Query(max_length=200, description="`next_cursor` of the page before")
]
Until: TypeAlias = Annotated[
    Moment | PlausibleDay | None,
    Field(description="A moment, or the last day on which it holds"),
]


def moment(until: datetime | date | None, zone: ZoneInfo) -> datetime | None:
    """The end of a validity: the moment itself, or the end of the named day at the clinic."""
    if until is None or isinstance(until, datetime):
        return until
    return local_midnight(date.fromordinal(until.toordinal() + 1), zone)


class AtBody(Body):
    """A command that needs nothing but its path, and may say when it was."""

    at: Stated = None


def bad_cursor() -> HTTPException:
    return HTTPException(422, "The cursor is none that this list gave.")
