"""What is agreed to under medicine does not count, also when the dose is told later (INV-33)."""

from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.consent import Consent, ScopeState, ask_again, offer
from services.intake.domain.consent_annulling import annul_what_medicine_signed
from services.intake.domain.consent_signing import expire, withdraw
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.events import ConsentExpired, PreferencesUpdated
from services.intake.domain.facts import CourseFacts, Restriction
from services.intake.domain.on_board import on_board, was_on_board
from services.intake.domain.wishes import (
    StatedWishes,
    is_wider,
    narrow_what_medicine_widened,
    update_wishes,
)
from shared.protocol import ConsentScope, Touch
from tests.unit.intake.courses import (
    BOTH_SCOPES,
    CONSENT,
    MORNING,
    SESSION,
    active,
    dosed,
    later,
    no_facts,
    signed,
    told,
)

TREATMENT, AFTERCARE, SHARING = ConsentScope
SECOND = UUID(int=42)
DOSE_AT = later(hours=1)
UNDER = later(hours=2)
AFTER = later(hours=5)


def discharged(facts: CourseFacts) -> CourseFacts:
    return facts.discharged(session_id=SESSION, at=told(later(hours=4), "e-out"))


def touched(course: TreatmentCourse, touch: Touch, at: datetime) -> TreatmentCourse:
    """Agreed to before anybody knew of a dose."""
    return update_wishes(
        course, stated=StatedWishes(touch=touch), on_board_sessions=(), now=at
    ).state


def test_medicine_acts_from_the_dose_to_the_door() -> None:
    facts = discharged(dosed(at=DOSE_AT))
    assert not was_on_board(facts, MORNING)
    assert not was_on_board(facts, DOSE_AT)
    assert was_on_board(facts, UNDER)
    assert not was_on_board(facts, AFTER)
    assert was_on_board(dosed(at=DOSE_AT), later(days=30))


def test_a_dose_after_the_discharge_puts_the_client_back_on_board() -> None:
    again = dosed(discharged(dosed(at=DOSE_AT)), at=later(hours=4, minutes=10), dose_seq=2)
    assert not was_on_board(again, later(hours=4, minutes=5))
    assert was_on_board(again, AFTER)


def test_after_walking_out_medicine_acts_until_the_restriction_is_over() -> None:
    left = dosed(at=DOSE_AT).walked_out(session_id=SESSION, at=told(UNDER, "e-left"))
    assert was_on_board(left, later(days=9))
    window = Restriction(session_id=SESSION, until=later(hours=9), end_known=True)
    known = left.restricted(aftercare_id=UUID(int=1), told=told(window, "e-known"))
    assert was_on_board(known, later(hours=8))
    assert not was_on_board(known, later(hours=9))


def test_touch_that_was_widened_under_a_dose_that_is_told_later_goes_back() -> None:
    agreed = touched(active(), Touch.HAND_OR_SHOULDER, MORNING)
    widened = touched(agreed, Touch.AS_AGREED, UNDER)
    change = narrow_what_medicine_widened(widened, dosed(at=DOSE_AT), now=AFTER)
    assert change.state.preferences.touch is Touch.HAND_OR_SHOULDER
    (event,) = change.events
    assert isinstance(event, PreferencesUpdated)
    assert (event.touch, event.touch_widened, event.preferences_version) == (
        Touch.HAND_OR_SHOULDER,
        False,
        3,
    )
    again = narrow_what_medicine_widened(change.state, dosed(at=DOSE_AT), now=AFTER)
    assert again.events == ()


@pytest.mark.parametrize("at", [MORNING, DOSE_AT, AFTER])
def test_what_was_agreed_before_the_dose_or_after_the_door_stays(at: datetime) -> None:
    widened = touched(active(), Touch.AS_AGREED, at)
    change = narrow_what_medicine_widened(widened, discharged(dosed(at=DOSE_AT)), now=AFTER)
    assert change.events == ()


def test_what_was_narrowed_under_medicine_stays_narrow() -> None:
    agreed = touched(active(), Touch.AS_AGREED, MORNING)
    narrowed = touched(agreed, Touch.NONE, UNDER)
    widened = touched(narrowed, Touch.HAND_OR_SHOULDER, later(hours=3))
    change = narrow_what_medicine_widened(widened, dosed(at=DOSE_AT), now=AFTER)
    assert change.state.preferences.touch is Touch.NONE


def test_the_history_of_touch_stays() -> None:
    course = touched(touched(active(), Touch.AS_AGREED, MORNING), Touch.NONE, UNDER)
    assert [(one.touch, one.agreed_at) for one in course.preferences.touch_history] == [
        (Touch.NONE, MORNING),
        (Touch.AS_AGREED, MORNING),
        (Touch.NONE, UNDER),
    ]


@given(
    st.lists(st.tuples(st.sampled_from(Touch), st.integers(1, 300)), max_size=6),
    st.integers(1, 300),
)
def test_touch_is_never_wider_than_at_the_dose_whenever_that_is_told(
    wishes: list[tuple[Touch, int]], dose_minute: int
) -> None:
    course, at_the_dose = active(), Touch.NONE
    for touch, minute in sorted(wishes, key=lambda wish: wish[1]):
        course = touched(course, touch, later(minutes=minute))
        if minute <= dose_minute:
            at_the_dose = touch
    facts = dosed(at=later(minutes=dose_minute))
    after = narrow_what_medicine_widened(course, facts, now=later(minutes=301)).state
    assert not is_wider(after.preferences.touch, at_the_dose)


def under_medicine(consent: Consent, scopes: tuple[ConsentScope, ...] = BOTH_SCOPES) -> Consent:
    return signed(consent, consent_id=SECOND, scopes=scopes, now=UNDER)


def annulled(consent: Consent, facts: CourseFacts | None = None) -> Consent:
    return annul_what_medicine_signed(consent, facts or dosed(at=DOSE_AT), now=AFTER).state


def test_a_signature_under_a_dose_that_is_told_later_never_counted() -> None:
    change = annul_what_medicine_signed(
        under_medicine(signed(scopes=(TREATMENT,))), dosed(at=DOSE_AT), now=AFTER
    )
    assert change.events == (ConsentExpired(at=AFTER, consent_id=SECOND),)
    assert change.state.active(TREATMENT, AFTER), "the signature before the dose stands again"
    assert change.state.state(AFTERCARE, AFTER) is ScopeState.EXPIRED
    again = annul_what_medicine_signed(change.state, dosed(at=DOSE_AT), now=AFTER)
    assert again.events == ()


def test_a_signature_before_the_dose_or_after_the_door_counts() -> None:
    facts = discharged(dosed(at=DOSE_AT))
    assert annulled(signed(), facts) == signed()
    afterwards = signed(signed(), consent_id=SECOND, now=AFTER)
    assert annulled(afterwards, facts) == afterwards


def test_material_that_was_confirmed_under_medicine_is_confirmed_again() -> None:
    asked = ask_again(signed(), material_version=2, now=MORNING).state
    confirmed = signed(asked, consent_id=SECOND, material_version=2, now=UNDER)
    after = annulled(confirmed)
    assert after.state(TREATMENT, AFTER) is ScopeState.RECONFIRM_NEEDED
    assert not after.active(TREATMENT, AFTER)


def test_what_was_withdrawn_stays_withdrawn_and_an_annulled_signature_runs_out_silently() -> None:
    gone = withdraw(under_medicine(signed()), scopes=BOTH_SCOPES, stated_at=None, now=AFTER).state
    assert annulled(gone) == gone
    void = annulled(under_medicine(signed()))
    assert expire(void, consent_id=SECOND, now=later(days=366)).events == ()


def test_after_an_annulment_the_client_signs_again_with_a_clear_head() -> None:
    withdrawn = withdraw(signed(), scopes=(AFTERCARE,), stated_at=None, now=MORNING).state
    asked = offer(
        withdrawn,
        scopes=(AFTERCARE,),
        clients_initiative=True,
        medicine_on_board=False,
        now=MORNING,
    ).state
    void = annulled(under_medicine(asked, (AFTERCARE,)))
    assert not void.active(AFTERCARE, AFTER)
    again = signed(void, consent_id=UUID(int=43), scopes=(AFTERCARE,), now=later(hours=6))
    assert again.active(AFTERCARE, later(hours=6))
    assert again.signatures[0].consent_id == CONSENT


def test_nothing_on_board_annuls_and_narrows_nothing() -> None:
    assert on_board(no_facts(), AFTER) == {}
    assert annulled(signed(), no_facts()) == signed()
    wide = touched(active(), Touch.AS_AGREED, UNDER)
    assert narrow_what_medicine_widened(wide, no_facts(), now=AFTER).state == wide
