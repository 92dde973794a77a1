"""Changing how the client wants a session to be. Narrowing is always free (F80, INV-33)."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.intake.domain.course import TreatmentCourse
from services.intake.domain.events import DomainEvent, PreferencesUpdated
from services.intake.domain.plan import Preferences
from services.intake.domain.transitions import refuse_over
from shared.decisions import Change, Unblock, refuse
from shared.protocol import EngagementStyle, Touch


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedWishes:
    """What the client says now; None leaves a wish as it was."""

    touch: Touch | None = None
    music: bool | None = None
    eyeshades: bool | None = None
    engagement_style: EngagementStyle | None = None
    focus: str | None = None


def is_wider(touch: Touch, than: Touch) -> bool:
    order = tuple(Touch)
    return order.index(touch) > order.index(than)


def update_wishes(
    course: TreatmentCourse,
    *,
    stated: StatedWishes,
    on_board_sessions: tuple[str, ...],
    now: datetime,
) -> Change[TreatmentCourse, DomainEvent]:
    """Record what the client wants. More touch is not agreed to under medicine."""
    if course.terminal:
        refuse_over(course)
    before = course.preferences
    after = Preferences(
        touch=before.touch if stated.touch is None else stated.touch,
        music=before.music if stated.music is None else stated.music,
        eyeshades=before.eyeshades if stated.eyeshades is None else stated.eyeshades,
        engagement_style=stated.engagement_style or before.engagement_style,
        focus=before.focus if stated.focus is None else stated.focus,
        version=before.version,
    )
    if after == before:
        return Change(course)
    widened = is_wider(after.touch, before.touch)
    if widened and on_board_sessions:
        refuse(
            "touch-not-widened-on-medicine",
            "INV-33",
            Unblock(fact="ClientDischarged", owner="scheduling", action="wait until discharge"),
            touch=before.touch.value,
            asked=after.touch.value,
            sessions=on_board_sessions,
        )
    after = replace(after, version=before.version + 1)
    told = PreferencesUpdated(
        at=now,
        preferences_version=after.version,
        touch=after.touch,
        music=after.music,
        eyeshades=after.eyeshades,
        engagement_style=after.engagement_style,
        touch_widened=widened,
    )
    return Change(replace(course, preferences=after), (told,))
