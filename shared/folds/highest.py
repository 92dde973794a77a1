"""A register in which the highest version wins, whenever it arrives."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.folds.sourced import Sourced

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Highest(Generic[T]):
    """The value with the highest version told so far; version 0 means nothing was told."""

    version: int = 0
    told: Sourced[T] | None = None

    def tell(self, version: int, told: Sourced[T]) -> "Highest[T]":
        return Highest(version, told) if version > self.version else self
