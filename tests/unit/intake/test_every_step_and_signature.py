"""Every state of a scope, a hold, a review and a question, with everything that may come (6.5).

The tables here are written from the specification, not read from the code.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

import pytest

from services.intake.domain.consent import TRANSITIONS as SCOPE_TRANSITIONS
from services.intake.domain.consent import ConsentTrigger, ScopeState, step
from services.intake.domain.hold import Hold, HoldCause, place, sign_lift
from services.intake.domain.question import answer, ask
from services.intake.domain.review import ReviewStatus, propose, sign
from services.intake.domain.vocabulary import (
    ReviewDecision,
)
from shared.decisions import Refused
from shared.protocol import ConsentScope, HoldCategory, Role
from tests.unit.intake.courses import (
    CLIENT,
    CONSENT,
    COURSE,
    MORNING,
    PRESCRIBER,
    THERAPIST,
    in_review,
    signed,
)

S, T = ScopeState, ConsentTrigger
SCOPE_MOVES: Final[Mapping[tuple[ScopeState, ConsentTrigger], ScopeState]] = {
    (S.NOT_ASKED, T.OFFER): S.OFFERED,
    (S.OFFERED, T.OFFER): S.OFFERED,
    (S.OFFERED, T.SIGN): S.GRANTED,
    (S.GRANTED, T.SIGN): S.GRANTED,
    (S.GRANTED, T.ASK_AGAIN): S.RECONFIRM_NEEDED,
    (S.GRANTED, T.WITHDRAW): S.WITHDRAWN,
    (S.GRANTED, T.EXPIRE): S.EXPIRED,
    (S.GRANTED, T.ANNUL): S.EXPIRED,
    (S.RECONFIRM_NEEDED, T.SIGN): S.GRANTED,
    (S.RECONFIRM_NEEDED, T.ASK_AGAIN): S.RECONFIRM_NEEDED,
    (S.RECONFIRM_NEEDED, T.WITHDRAW): S.WITHDRAWN,
    (S.RECONFIRM_NEEDED, T.EXPIRE): S.EXPIRED,
    (S.RECONFIRM_NEEDED, T.ANNUL): S.EXPIRED,
    (S.WITHDRAWN, T.OFFER): S.OFFERED,
    (S.EXPIRED, T.OFFER): S.OFFERED,
}


@pytest.mark.parametrize("state", ScopeState)
@pytest.mark.parametrize("trigger", ConsentTrigger)
def test_a_scope_moves_as_listed_or_refuses(state: ScopeState, trigger: ConsentTrigger) -> None:
    scope = ConsentScope.TREATMENT
    consent = signed()
    consent = type(consent)(
        **{name: getattr(consent, name) for name in consent.__slots__ if name != "scopes"},
        scopes={scope.value: state},
    )
    assert consent.state(scope, MORNING) is state
    assert SCOPE_TRANSITIONS[state].get(trigger) is SCOPE_MOVES.get((state, trigger))
    if (state, trigger) in SCOPE_MOVES:
        after = step(consent, scope, trigger, MORNING)
        assert after.written_state(scope) is SCOPE_MOVES[state, trigger]
        assert after.signatures[0].consent_id == CONSENT
        return
    with pytest.raises(Refused) as refused:
        step(consent, scope, trigger, MORNING)
    (refusal,) = refused.value.refusals
    assert refusal.slug == "consent-step-forbidden"
    assert refusal.facts == {
        "scope": scope.value,
        "state": state.value,
        "trigger": trigger.value,
    }


def _held(category: HoldCategory) -> Hold:
    return place(
        hold_id=UUID(int=80),
        client_id=CLIENT,
        course_id=COURSE,
        category=category,
        cause=HoldCause.STAFF,
        cause_ref="x",
        placed_by_role="nurse",
        now=MORNING,
    ).state


LIFTERS: Final[Mapping[HoldCategory, set[Role]]] = {
    HoldCategory.CONTRAINDICATION: {Role.THERAPIST, Role.PRESCRIBER},
    HoldCategory.SUICIDALITY: {Role.THERAPIST, Role.PRESCRIBER},
    HoldCategory.AFTERCARE: {Role.THERAPIST, Role.PRESCRIBER},
    HoldCategory.CONSENT: set(),
    HoldCategory.ADMINISTRATIVE: {Role.FRONT_DESK, Role.THERAPIST, Role.NURSE},
}


@pytest.mark.parametrize("category", LIFTERS)
@pytest.mark.parametrize("role", Role)
def test_a_hold_takes_the_signatures_of_its_roles_and_no_other(
    category: HoldCategory, role: Role
) -> None:
    hold = _held(category)
    ref = UUID(int=500)
    if role not in LIFTERS[category]:
        with pytest.raises(Refused) as refused:
            sign_lift(hold, role=role, ref=ref, safety_plan="call", now=MORNING)
        (refusal,) = refused.value.refusals
        assert refusal.slug == "role-cannot-lift"
        assert refusal.unblocks_with
        return
    after = sign_lift(hold, role=role, ref=ref, safety_plan="call", now=MORNING).state
    assert after.open is (category is not HoldCategory.ADMINISTRATIVE)
    with pytest.raises(Refused) as again:
        sign_lift(after, role=role, ref=ref, safety_plan="call", now=MORNING)
    expected = "role-signed-already" if after.open else "hold-lifted"
    assert [refusal.slug for refusal in again.value.refusals] == [expected]


def test_a_review_is_signed_until_it_is_complete_and_a_question_answered_once() -> None:
    first = propose(
        in_review(),
        review_id=UUID(int=90),
        decision=ReviewDecision.CONTINUE,
        covers_until_session_no=None,
        dosed_count=6,
        review_every=6,
        role=Role.THERAPIST,
        ref=THERAPIST,
        now=MORNING,
    ).state
    both = sign(first, role=Role.PRESCRIBER, ref=PRESCRIBER, now=MORNING).state
    assert both.status is ReviewStatus.COMPLETE
    for role in Role:
        with pytest.raises(Refused) as refused:
            sign(both, role=role, ref=UUID(int=501), now=MORNING)
        assert [one.slug for one in refused.value.refusals] == ["review-complete"]
    question = ask(
        question_id=UUID(int=91), client_id=CLIENT, course_id=COURSE, text="why", now=MORNING
    ).state
    answered = answer(question, text="so", answered_by=THERAPIST, now=MORNING).state
    with pytest.raises(Refused) as twice:
        answer(answered, text="not so", answered_by=THERAPIST, now=MORNING)
    assert [one.slug for one in twice.value.refusals] == ["question-answered"]
