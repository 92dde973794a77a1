"""How the client wants the session to be; never wider than before the dose (F80, INV-33)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from shared.folds import Sourced

_NARROW_TO_WIDE: Final = ("none", "hand_or_shoulder", "as_agreed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    touch: str
    music: bool
    eyeshades: bool
    engagement_style: str


def in_force(
    versions: Mapping[str, Sourced[Preferences]], dosed_at: datetime | None
) -> Preferences | None:
    """The newest wishes; what was said after a dose still on board may only narrow touch.

    It is judged by when it was said, not by when it arrived.
    """
    wishes: Preferences | None = None
    for version in sorted(versions, key=int):
        told = versions[version]
        with_dose = dosed_at is not None and told.occurred_at >= dosed_at
        touch = told.value.touch
        if with_dose:
            before = wishes.touch if wishes else _NARROW_TO_WIDE[0]
            touch = min(touch, before, key=_NARROW_TO_WIDE.index)
        wishes = replace(told.value, touch=touch)
    return wishes
