"""The query parameters of every list."""

from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import Query

Cursor: TypeAlias = Annotated[
    UUID | None, Query(description="The next_cursor of the page before this one")
]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=200)]
