"""What somebody may ask for next, and how likely it is."""

from dataclasses import dataclass
from typing import Any

from shared.storage import Actor


@dataclass(frozen=True)
class Wish:
    weight: float
    service: str
    name: str
    command: Any
    actor: Actor
