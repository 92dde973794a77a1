"""What the client wants: narrower at any time, wider only with a clear head (F80, INV-33)."""

import pytest

from services.intake.domain.course import TreatmentCourse
from services.intake.domain.events import DomainEvent, PreferencesUpdated
from services.intake.domain.wishes import StatedWishes, update_wishes
from shared.decisions import Change, Refused
from shared.protocol import EngagementStyle, Touch
from tests.unit.intake.courses import MORNING, active, slugs


def wishing(
    course: TreatmentCourse | None = None, on_board: tuple[str, ...] = (), **stated: object
) -> Change[TreatmentCourse, DomainEvent]:
    return update_wishes(
        course or active(),
        stated=StatedWishes(**stated),  # type: ignore[arg-type]
        on_board_sessions=on_board,
        now=MORNING,
    )


def test_touch_is_none_until_it_is_agreed() -> None:
    assert active().preferences.touch is Touch.NONE


def test_wider_touch_is_agreed_to_and_says_that_it_is_wider() -> None:
    change = wishing(touch=Touch.HAND_OR_SHOULDER)
    assert change.events == (
        PreferencesUpdated(
            at=MORNING,
            preferences_version=1,
            touch=Touch.HAND_OR_SHOULDER,
            music=True,
            eyeshades=True,
            engagement_style=EngagementStyle.HOLD_SPACE,
            touch_widened=True,
        ),
    )


def test_touch_is_not_widened_on_medicine() -> None:
    with pytest.raises(Refused) as refused:
        wishing(touch=Touch.AS_AGREED, on_board=("s",))
    assert slugs(refused) == ["touch-not-widened-on-medicine"]


def test_touch_is_narrowed_on_medicine_and_everything_else_is_free() -> None:
    wide = wishing(touch=Touch.AS_AGREED).state
    narrowed = wishing(wide, touch=Touch.NONE, music=False, on_board=("s",))
    assert narrowed.state.preferences.touch is Touch.NONE
    assert not narrowed.state.preferences.music
    (told,) = narrowed.events
    assert isinstance(told, PreferencesUpdated)
    assert not told.touch_widened


def test_wishing_the_same_again_tells_nothing() -> None:
    once = wishing(music=False).state
    assert wishing(once, music=False).events == ()


def test_what_is_not_said_stays() -> None:
    course = wishing(engagement_style=EngagementStyle.SILENT_SUPPORT, music=False).state
    course = wishing(course, eyeshades=False).state
    assert course.preferences.engagement_style is EngagementStyle.SILENT_SUPPORT
    assert not course.preferences.music
    assert course.preferences.version == 2


def test_the_topic_is_kept_and_told_to_nobody() -> None:
    change = wishing(engagement_style=EngagementStyle.FOCUSED_TOPIC, focus="the accident")
    assert change.state.preferences.focus == "the accident"
    assert "accident" not in repr(change.events)


def test_the_topic_is_taken_back() -> None:
    course = wishing(engagement_style=EngagementStyle.FOCUSED_TOPIC, focus="the accident").state
    assert wishing(course, focus="").state.preferences.focus is None


@pytest.mark.parametrize("style", EngagementStyle)
def test_the_client_leads_how_much_the_therapist_engages_also_under_medicine(
    style: EngagementStyle,
) -> None:
    """F72 to F77: every style can be chosen live, and silence is one of them (F78)."""
    other = next(one for one in EngagementStyle if one is not style)
    before = wishing(engagement_style=other).state
    change = wishing(before, engagement_style=style, on_board=("s",))
    assert change.state.preferences.engagement_style is style
    (told,) = change.events
    assert isinstance(told, PreferencesUpdated)
    assert (told.engagement_style, told.touch_widened) == (style, False)
