"""What commands and lists take. Unknown fields are refused."""

from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.web.texts import NO_NUL

Cursor: TypeAlias = Annotated[
    UUID | None, Query(description="The next_cursor of the page before this one")
]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=200)]

StatedAt: TypeAlias = Annotated[
    AwareDatetime | None,
    Field(description="When it happened; now, if left out. Not in the future, at most a day ago"),
]
Milligrams: TypeAlias = Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)]
Hours: TypeAlias = Annotated[float, Field(ge=0, le=168, allow_inf_nan=False)]
DoseSeq: TypeAlias = Annotated[int, Field(ge=1, le=20)]
Line: TypeAlias = Annotated[str, Field(min_length=1, max_length=200, pattern=NO_NUL)]
Words: TypeAlias = Annotated[str, Field(min_length=1, max_length=2_000, pattern=NO_NUL)]
OwnCategory: TypeAlias = Literal[
    "contraindication", "suicidality", "medical", "vitals", "adverse_event"
]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")
