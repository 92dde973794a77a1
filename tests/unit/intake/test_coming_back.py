"""Who comes back begins another course; the first keeps what belongs to it (F39, F98)."""

from datetime import timedelta
from uuid import UUID

import pytest

from careteam_contracts import notifications, scheduling
from careteam_contracts.enums import AftercarePlanKind, CheckInOutcome
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.events import ClientRegistered, SafetyHoldPlaced
from services.intake.domain.vocabulary import CourseStatus
from services.intake.domain.wishes import StatedWishes
from services.intake.handlers.open_another_course import OpenAnotherCourse, open_another_course
from services.intake.handlers.update_preferences import UpdatePreferences, update_preferences
from services.intake.handlers.withdraw_consent import WithdrawScopes, withdraw_scopes
from shared.decisions import Refused
from shared.protocol import Touch
from tests.unit.intake.courses import slugs
from tests.unit.intake.play import FRONT_DESK
from tests.unit.intake.steps_to_dosing import Approved


def again(play: Approved) -> TreatmentCourse:
    return play.intake.run(
        open_another_course, OpenAnotherCourse(client_id=play.client_id), FRONT_DESK
    )


def stopped(play: Approved) -> None:
    assert play.ask(withdraw_scopes, WithdrawScopes(course_id=play.course_id), FRONT_DESK)
    assert play.course.status is CourseStatus.STOPPED


def consenting() -> Approved:
    play = Approved()
    assert play.sign()
    play.prepare()
    return play


def walked_out(play: Approved, session: UUID) -> None:
    play.in_recovery.discard(session)
    play.tell(
        scheduling.LeftAgainstAdvice(
            session_id=session,
            left_at=play.intake.now,
            capacity_assessed=True,
            escort_present=False,
        )
    )
    play.tell(
        notifications.AftercareStarted(
            aftercare_id=UUID(int=4_000),
            session_id=session,
            restrictions_until=play.intake.now + timedelta(hours=8),
            end_known=True,
            plan=AftercarePlanKind.ENHANCED,
        )
    )
    play.hear_all()


def test_a_course_that_goes_on_is_closed_first() -> None:
    with pytest.raises(Refused) as refused:
        again(consenting())
    assert slugs(refused) == ["course-goes-on"]


def test_who_comes_back_begins_as_an_inquiry_with_a_consent_of_its_own() -> None:
    play = consenting()
    stopped(play)
    course = again(play)
    assert (course.status, course.approvals) == (CourseStatus.INQUIRY, ())
    assert len(play.told(ClientRegistered)) == 2
    assert {consent.course_id for consent in play.intake.consents.states.values()} == {
        play.course_id,
        course.id,
    }
    assert play.intake.clients.states[play.client_id].course_id == course.id
    with pytest.raises(Refused):
        again(play)


def test_who_walked_out_agrees_to_nothing_new_until_the_restriction_is_over() -> None:
    play = consenting()
    session = play.give_a_dose()
    play.intake.now += timedelta(minutes=30)
    walked_out(play, session)
    stopped(play)
    with pytest.raises(Refused) as refused:
        again(play)
    assert slugs(refused) == ["medicine-on-board"]
    play.intake.now += timedelta(hours=8)
    assert again(play).status is CourseStatus.INQUIRY


def test_a_worry_about_an_earlier_course_holds_the_one_that_goes_on() -> None:
    play = consenting()
    session = play.give_a_dose()
    play.let_go(session)
    play.hear_all()
    stopped(play)
    course = again(play)
    worry = notifications.CheckInCompleted(
        checkin_id=UUID(int=1), session_id=session, outcome=CheckInOutcome.CONCERN
    )
    play.tell(worry)
    play.tell(worry)
    before = len(play.told(SafetyHoldPlaced))
    play.hear_all()
    assert len(play.told(SafetyHoldPlaced)) == before + 1
    (hold,) = [hold for hold in play.holds if hold.course_id == course.id]
    assert hold.session_id == session


def widen_touch(play: Approved, course: TreatmentCourse) -> None:
    play.intake.run(
        update_preferences,
        UpdatePreferences(course_id=course.id, stated=StatedWishes(touch=Touch.HAND_OR_SHOULDER)),
        FRONT_DESK,
    )


def came_back() -> tuple[Approved, TreatmentCourse]:
    play = consenting()
    stopped(play)
    return play, again(play)


def test_a_dose_of_an_earlier_course_is_on_board_in_this_one_too() -> None:
    """Ruling 12 and INV-33: it came to light late, and what counts is the client."""
    play, course = came_back()
    play.give_a_dose()
    play.hear_all()
    with pytest.raises(Refused) as refused:
        widen_touch(play, course)
    assert slugs(refused) == ["touch-not-widened-on-medicine"]


def test_what_was_agreed_under_it_before_it_was_told_does_not_count() -> None:
    play, course = came_back()
    session = play.give_a_dose()
    play.intake.now += timedelta(minutes=10)
    widen_touch(play, course)
    play.hear_all()
    assert play.intake.courses.states[course.id].preferences.touch is Touch.NONE
    play.let_go(session)
    play.hear_all()
    play.intake.now += timedelta(minutes=10)
    widen_touch(play, course)
    assert play.intake.courses.states[course.id].preferences.touch is Touch.HAND_OR_SHOULDER
