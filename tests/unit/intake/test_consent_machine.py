"""Consent and touch under everything at once, with doses that are told late (6.5, INV-33)."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from careteam_contracts import prescribing, scheduling
from services.intake.domain.consent import ScopeState
from services.intake.domain.events import ConsentExpired, ConsentGranted, ConsentWithdrawn
from services.intake.domain.wishes import StatedWishes, is_wider
from services.intake.handlers.offer_consent import (
    AskConsentAgain,
    OfferConsent,
    ask_consent_again,
    offer_consent,
)
from services.intake.handlers.questions import (
    AnswerQuestion,
    AskQuestion,
    answer_question,
    ask_question,
)
from services.intake.handlers.update_preferences import UpdatePreferences, update_preferences
from services.intake.handlers.withdraw_consent import WithdrawScopes, withdraw_scopes
from shared.decisions import Change
from shared.protocol import ConsentScope, HoldCategory, Touch
from tests.unit.intake.courses import BOTH_SCOPES
from tests.unit.intake.planting import finds
from tests.unit.intake.play import FRONT_DESK, THE_THERAPIST
from tests.unit.intake.steps_to_dosing import Approved

SOME_SCOPES = st.sampled_from(
    [BOTH_SCOPES, *((scope,) for scope in ConsentScope), tuple(ConsentScope)]
)


class ConsentMachine(Approved):
    @rule(scopes=SOME_SCOPES, newest=st.booleans())
    def the_client_signs(self, scopes: tuple[ConsentScope, ...], newest: bool) -> None:
        signed = self.sign(scopes, self.consent.required_material if newest else 1)
        if signed:
            assert all(self.consent.active(scope, self.intake.now) for scope in scopes)

    @rule(scopes=SOME_SCOPES, pauses=st.booleans())
    def the_client_takes_back(self, scopes: tuple[ConsentScope, ...], pauses: bool) -> None:
        command = WithdrawScopes(course_id=self.course_id, scopes=scopes, pauses=pauses)
        if ConsentScope.TREATMENT in scopes:
            self.intake.peers.scheduling = None
        assert self.ask(withdraw_scopes, command, FRONT_DESK), "a withdrawal was refused"
        assert not any(self.consent.active(scope, self.intake.now) for scope in scopes)

    @rule(scopes=SOME_SCOPES, initiative=st.booleans())
    def it_is_offered(self, scopes: tuple[ConsentScope, ...], initiative: bool) -> None:
        command = OfferConsent(
            course_id=self.course_id, scopes=scopes, clients_initiative=initiative
        )
        self.command(offer_consent, command, THE_THERAPIST)

    @rule()
    def the_material_changes(self) -> None:
        command = AskConsentAgain(
            course_id=self.course_id, material_version=self.consent.required_material + 1
        )
        self.command(ask_consent_again, command, THE_THERAPIST)

    @rule()
    def a_question_is_asked_or_answered(self) -> None:
        open_ones = [q for q in self.intake.questions.states.values() if q.answer is None]
        if open_ones:
            answer = AnswerQuestion(question_id=open_ones[0].id, text="yes")
            self.command(answer_question, answer, THE_THERAPIST)
        else:
            self.command(
                ask_question, AskQuestion(course_id=self.course_id, text="why"), FRONT_DESK
            )

    @rule(touch=st.sampled_from(Touch))
    def the_client_wishes(self, touch: Touch) -> None:
        command = UpdatePreferences(course_id=self.course_id, stated=StatedWishes(touch=touch))
        self.command(update_preferences, command, THE_THERAPIST)

    @precondition(lambda self: len(self.given) < 3)
    @rule()
    def a_dose_is_given(self) -> None:
        self.give_a_dose()
        self.intake.now += timedelta(minutes=1)

    @precondition(lambda self: self.in_recovery)
    @rule()
    def the_client_goes_home(self) -> None:
        self.let_go(min(self.in_recovery))

    @invariant()
    def active_is_what_the_others_fold(self) -> None:
        """Nothing is active here that is not active for whoever folds the events."""
        ended = {event.consent_id for event in self.told(ConsentExpired)}
        gone = {
            (event.consent_id, scope)
            for event in self.told(ConsentWithdrawn)
            for scope in event.scopes
        }
        for scope in ConsentScope:
            standing = {
                event.consent_id
                for event in self.told(ConsentGranted)
                if scope in event.scopes
                and event.consent_id not in ended
                and (event.consent_id, scope) not in gone
                and self.intake.now < event.valid_until
            }
            state = self.consent.state(scope, self.intake.now)
            assert bool(standing) is (state in {ScopeState.GRANTED, ScopeState.RECONFIRM_NEEDED})

    @invariant()
    def nothing_counts_that_was_signed_under_medicine(self) -> None:
        for signature in self.consent.signatures:
            if signature.standing_scopes(self.intake.now):
                assert not self._known_on_board(signature.signed_at)

    @invariant()
    def touch_is_no_wider_than_at_the_last_dose(self) -> None:
        """By all that is heard: under medicine touch only narrows."""
        in_force: Touch | None = None
        for one in self.course.preferences.touch_history:
            free = in_force is None or not self._known_on_board(one.agreed_at)
            if free or (in_force is not None and is_wider(in_force, one.touch)):
                in_force = one.touch
        assert in_force is not None
        assert not is_wider(self.course.preferences.touch, in_force)

    @invariant()
    def withdrawn_is_held(self) -> None:
        held = any(h.open and h.category is HoldCategory.CONSENT for h in self.holds)
        withdrawn = any(
            self.consent.written_state(scope) is ScopeState.WITHDRAWN for scope in BOTH_SCOPES
        )
        assert held or not withdrawn or self.course.terminal

    def _known_on_board(self, at: datetime) -> bool:
        out = {
            event.session_id: event.discharged_at
            for event, _ in self.heard
            if isinstance(event, scheduling.ClientDischarged)
        }
        return any(
            isinstance(event, prescribing.DoseAdministered)
            and event.administered_at < at
            and not (event.session_id in out and out[event.session_id] <= at)
            for event, _ in self.heard
        )


ConsentMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestConsent = ConsentMachine.TestCase


@pytest.mark.parametrize(
    ("modules", "name", "fault"),
    [
        (
            ["handlers.when_dose_administered"],
            "annul_what_medicine_signed",
            lambda consent, _facts, now: Change(consent),
        ),
        (
            ["handlers.when_dose_administered"],
            "narrow_what_medicine_widened",
            lambda course, _facts, now: Change(course),
        ),
        (["handlers.medicine_on_board"], "on_board", lambda _f, _n: {}),
    ],
    ids=["late doses annul nothing", "late doses narrow nothing", "nobody looks for medicine"],
)
def test_a_planted_fault_is_found(
    monkeypatch: pytest.MonkeyPatch, modules: list[str], name: str, fault: object
) -> None:
    finds(ConsentMachine, monkeypatch, modules, name, fault)


def test_a_session_has_the_order_that_its_dose_names() -> None:
    play = ConsentMachine()
    session = play.give_a_dose()
    assert set(play.orders) == {UUID(int=session.int + 1_000)}
