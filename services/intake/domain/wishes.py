"""Changing how the client wants a session to be. Narrowing is always free (F80, INV-33)."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.intake.domain.course import TreatmentCourse
from services.intake.domain.events import DomainEvent, PreferencesUpdated
from services.intake.domain.facts import CourseFacts
from services.intake.domain.on_board import was_on_board
from services.intake.domain.plan import Preferences, TouchAgreement
from services.intake.domain.transitions import refuse_over
from shared.decisions import Change, Unblock, refuse
from shared.protocol import EngagementStyle, Touch


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedWishes:
    """What the client says now; None leaves a wish as it was, an empty focus takes it back."""

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
    after = replace(
        before,
        touch=before.touch if stated.touch is None else stated.touch,
        music=before.music if stated.music is None else stated.music,
        eyeshades=before.eyeshades if stated.eyeshades is None else stated.eyeshades,
        engagement_style=stated.engagement_style or before.engagement_style,
        focus=before.focus if stated.focus is None else stated.focus or None,
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
    return _told(course, after, widened=widened, now=now)


def narrow_what_medicine_widened(
    course: TreatmentCourse, facts: CourseFacts, *, now: datetime
) -> Change[TreatmentCourse, DomainEvent]:
    """A dose was told after touch had been widened under it: what was agreed before it stands.

    INV-33 compares times, not arrivals. Whatever was narrower since stays narrower.
    """
    before = course.preferences
    allowed = touch_in_force(before.touch_history, facts)
    if course.terminal or allowed is None or not is_wider(before.touch, allowed):
        return Change(course)
    return _told(course, replace(before, touch=allowed), widened=False, now=now)


def touch_in_force(history: tuple[TouchAgreement, ...], facts: CourseFacts) -> Touch | None:
    """What counts of a history of touch: under medicine an agreement can only be narrower."""
    in_force: Touch | None = None
    for agreement in history:
        wider = in_force is not None and is_wider(agreement.touch, in_force)
        if not (wider and was_on_board(facts, agreement.agreed_at)):
            in_force = agreement.touch
    return in_force


def _told(
    course: TreatmentCourse, after: Preferences, *, widened: bool, now: datetime
) -> Change[TreatmentCourse, DomainEvent]:
    before = course.preferences
    agreed = (
        () if after.touch is before.touch else (TouchAgreement(touch=after.touch, agreed_at=now),)
    )
    after = replace(
        after, version=before.version + 1, touch_history=(*before.touch_history, *agreed)
    )
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
