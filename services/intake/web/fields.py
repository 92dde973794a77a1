"""What a field of a request may hold."""

from datetime import UTC, date, datetime
from typing import Annotated, TypeAlias
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.web.texts import NO_NUL


def _plausible(moment: datetime) -> datetime:
    if not 2000 <= moment.year <= 2200:
        raise ValueError("a time between the years 2000 and 2200")
    return moment.astimezone(UTC)


Moment: TypeAlias = Annotated[AwareDatetime, AfterValidator(_plausible)]
BirthDate: TypeAlias = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 1, 1))]
Line: TypeAlias = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=NO_NUL),
]
Text: TypeAlias = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000, pattern=NO_NUL),
]
Phone: TypeAlias = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^\+?[0-9][0-9 ().-]{2,30}$")
]
Email: TypeAlias = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=200,
        pattern=r"^[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+$",
    ),
]


def _zone_name(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("a time zone such as America/Los_Angeles")
    return name


ZoneName: TypeAlias = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=64), AfterValidator(_zone_name)
]
Version: TypeAlias = Annotated[int, Field(ge=1, le=2_147_483_647)]
SessionNumber: TypeAlias = Annotated[int, Field(ge=0, le=10_000)]


class Body(BaseModel):
    """A request body: a field that is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
