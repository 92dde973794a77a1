"""A course under everything at once: doses, corrections, reviews, closings, silent peers (6.1).

The peers answer by the truth at the moment of asking; intake's own events lag behind it.
"""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from careteam_contracts import prescribing
from services.intake.domain import progress
from services.intake.domain.closing import Obstacle
from services.intake.domain.course import TERMINAL
from services.intake.domain.course_so_far import dosed_count
from services.intake.domain.events import ApprovalRevoked, CourseClosed, CourseReviewed
from services.intake.domain.gates import CourseInFull
from services.intake.domain.vocabulary import (
    CourseOutcome,
    CourseStatus,
    EvaluationOutcome,
    ReviewDecision,
)
from services.intake.handlers.close_course import CloseCourse, close_course
from services.intake.handlers.course_in_full import course_in_full
from services.intake.handlers.review_course import (
    ReviewCourse,
    SignReview,
    review_course,
    sign_review,
)
from services.intake.handlers.revoke_approval import RevokeApproval, revoke_approval
from services.intake.handlers.withdraw_consent import WithdrawScopes, withdraw_scopes
from shared.decisions import Decision, holds
from shared.protocol import ConsentScope
from shared.storage import Actor
from tests.unit.intake.courses import BOTH_SCOPES, PROTOCOL
from tests.unit.intake.planting import finds
from tests.unit.intake.play import FRONT_DESK, THE_PRESCRIBER, THE_THERAPIST
from tests.unit.intake.steps_to_dosing import Approved

BOTH_ROLES = st.sampled_from([THE_THERAPIST, THE_PRESCRIBER])
BLOCK = PROTOCOL.course.review_every


class CourseMachine(Approved):
    def __init__(self) -> None:
        super().__init__()
        assert self.sign()
        self.prepare()
        assert self.course.status is CourseStatus.ACTIVE
        self.silent = False
        self.ended_as: CourseStatus | None = None

    def gates_are_open(self) -> bool:
        """Prescribing asks before a dose, and a flag that is up is a no (ruling 7)."""
        return self.course.closing is None and not self.course.terminal

    def _truth(self) -> None:
        """What the peers would answer now."""
        under_way = tuple(
            Obstacle(kind="recovery", ref=one, status="observing", owner="prescribing")
            for one in sorted(self.in_recovery)
        )
        self.intake.peers.prescribing = None if self.silent else under_way
        self.intake.peers.scheduling = ()

    @precondition(lambda self: self.gates_are_open())
    @rule(doses=st.integers(1, 3))
    def clients_are_dosed_and_go_home(self, doses: int) -> None:
        """Whole sessions, so that blocks fill up."""
        for _ in range(doses):
            session = self.give_a_dose()
            self.close_an_order(UUID(int=session.int + 1_000), 1)
            self.let_go(session)
            self.intake.now += timedelta(minutes=1)

    @precondition(lambda self: self.gates_are_open())
    @rule()
    def a_dose_is_given(self) -> None:
        self.give_a_dose()

    @precondition(lambda self: self.orders)
    @rule(which=st.integers(0, 30), count=st.integers(0, 1))
    def an_order_is_closed_or_corrected(self, which: int, count: int) -> None:
        orders = sorted(self.orders)
        self.close_an_order(orders[which % len(orders)], count)

    @precondition(lambda self: self.in_recovery)
    @rule()
    def a_client_goes_home(self) -> None:
        self.let_go(min(self.in_recovery))

    @rule()
    def a_peer_falls_silent_or_speaks_again(self) -> None:
        self.silent = not self.silent

    @rule(outcome=st.sampled_from(CourseOutcome), by=BOTH_ROLES)
    def somebody_closes(self, outcome: CourseOutcome, by: Actor) -> None:
        self._truth()
        self.ask(close_course, CloseCourse(course_id=self.course_id, outcome=outcome), by)

    @rule(pauses=st.booleans())
    def the_client_takes_back(self, pauses: bool) -> None:
        self._truth()
        command = WithdrawScopes(
            course_id=self.course_id, scopes=(ConsentScope.TREATMENT,), pauses=pauses
        )
        assert self.ask(withdraw_scopes, command, FRONT_DESK)

    @rule()
    def the_approval_is_revoked(self) -> None:
        self.command(revoke_approval, RevokeApproval(course_id=self.course_id), THE_PRESCRIBER)

    @rule(by=BOTH_ROLES, decision=st.sampled_from(ReviewDecision), more=st.integers(0, BLOCK + 1))
    def somebody_reviews(self, by: Actor, decision: ReviewDecision, more: int) -> None:
        self._truth()
        command = ReviewCourse(
            course_id=self.course_id,
            decision=decision,
            covers_until_session_no=dosed_count(self.facts) + more,
        )
        self.ask(review_course, command, by)

    @precondition(lambda self: self.intake.reviews.states)
    @rule(by=BOTH_ROLES)
    def the_other_signs(self, by: Actor) -> None:
        self._truth()
        newest = list(self.intake.reviews.states.values())[-1]
        self.ask(sign_review, SignReview(review_id=newest.id), by)

    @rule()
    def half_a_minute_passes(self) -> None:
        self._truth()
        self.intake.now += timedelta(seconds=30)
        self.intake.fire_timers()

    @rule()
    def they_start_over(self) -> None:
        """Re-evaluated, assessed, signed: so that a play does not end in screening."""
        waits = self.course.status is CourseStatus.SCREENING and self.course.closing is None
        if waits and self.evaluate(EvaluationOutcome.SUITABLE):
            self.assess()
            self.sign()

    @invariant()
    def over_is_over(self) -> None:
        if self.ended_as is not None:
            assert self.course.status is self.ended_as
        if self.course.status in TERMINAL:
            self.ended_as = self.course.status
        assert len(self.told(CourseClosed)) == (1 if self.ended_as else 0)

    @invariant()
    def nobody_closes_over_a_client_in_recovery(self) -> None:
        """INV-35: by the truth, heard of or not."""
        if self.ended_as is None or self.told(CourseClosed)[0].at < self.intake.now:
            return
        assert not self.in_recovery, "closed while a client was in recovery"

    @invariant()
    def doses_are_counted_by_the_newest_word(self) -> None:
        last: dict[UUID, tuple[int, int]] = {}
        for event, by in self.heard:
            if isinstance(event, prescribing.DoseOrderClosed):
                word = (by.aggregate_version, event.administered_count)
                last[event.dose_order_id] = max(last.get(event.dose_order_id, word), word)
        assert dosed_count(self.facts) == sum(1 for _, count in last.values() if count)

    @invariant()
    def the_state_is_what_the_facts_say(self) -> None:
        known = self._known()
        assert self.course.status is known.status(self.intake.now)
        if self.course.status is CourseStatus.ACTIVE:
            assert dosed_count(self.facts) < self.course.covers_until_session_no

    @invariant()
    def no_session_is_covered_without_two_signatures(self) -> None:
        """INV-18: covered is the first block, and what both roles reviewed."""
        covered = [event.covers_until_session_no for event in self.told(CourseReviewed)]
        assert self.course.covers_until_session_no == max([BLOCK, *covered])
        complete = [one for one in self.intake.reviews.states.values() if one.complete]
        assert len(covered) == len(complete)
        for review in complete:
            assert len({signature.ref for signature in review.signatures}) == 2

    @invariant()
    def a_raised_flag_is_looked_after(self) -> None:
        timer = ("closing", self.course_id) in self.intake.timers.due
        assert timer is (self.course.closing is not None)

    @invariant()
    def a_revoked_approval_stays_revoked(self) -> None:
        for event in self.told(ApprovalRevoked):
            (approval,) = [a for a in self.course.approvals if a.approval_id == event.approval_id]
            assert approval.revoked_at is not None

    def _known(self) -> CourseInFull:
        return self.intake.run(
            lambda _command, uow: course_in_full(uow, self.course), None, THE_THERAPIST
        )


CourseMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestCourse = CourseMachine.TestCase

_FREE = Decision.of("close", [holds("x", "y")])


@pytest.mark.parametrize(
    ("modules", "name", "fault"),
    [
        (["domain.close_course"], "closing_decision", lambda _answers, _on_board: _FREE),
        (["domain.progress", "domain.gates"], "status_now", None),
    ],
    ids=["nobody is asked", "reviews are never due"],
)
def test_a_planted_fault_is_found(
    monkeypatch: pytest.MonkeyPatch, modules: list[str], name: str, fault: object
) -> None:
    honest = progress.status_now

    def never_due(course: object, facts: object, **now: object) -> CourseStatus:
        status = honest(course, facts, **now)  # type: ignore[arg-type]
        return CourseStatus.ACTIVE if status is CourseStatus.IN_REVIEW else status

    finds(CourseMachine, monkeypatch, modules, name, fault or never_due)


def test_the_play_begins_with_an_active_course() -> None:
    play = CourseMachine()
    assert (play.course.status, play.consent.active(BOTH_SCOPES[0], play.intake.now)) == (
        CourseStatus.ACTIVE,
        True,
    )
