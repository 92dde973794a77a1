"""A page of a list."""

from collections.abc import Callable
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel

from services.prescribing.persistence.queries import Page

S = TypeVar("S")
V = TypeVar("V")


class Listing(BaseModel, Generic[V]):
    """``next_cursor`` asks for the next page; null: this was the last."""

    items: list[V]
    next_cursor: UUID | None


def listing(page: Page[S], view: Callable[[S], V]) -> Listing[V]:
    return Listing(items=[view(item) for item in page.items], next_cursor=page.next_cursor)
