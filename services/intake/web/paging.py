"""Pages by cursor: ids grow with time, so the last id shown is where the next page begins."""

from typing import Annotated, Protocol, TypeAlias, TypeVar
from uuid import UUID

from fastapi import Query


class Identified(Protocol):
    @property
    def id(self) -> UUID: ...


T = TypeVar("T", bound=Identified)

Cursor: TypeAlias = Annotated[
    UUID | None, Query(description="The next_cursor of the page before this one")
]
Most: TypeAlias = Annotated[int, Query(ge=1, le=200, description="How many at most")]
PAGE = 50


def cut(found: list[T], most: int) -> tuple[list[T], UUID | None]:
    """The items to show, and where the next page begins, if there is one."""
    shown = found[:most]
    return shown, shown[-1].id if len(found) > most else None
