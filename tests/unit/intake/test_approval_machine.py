"""Screening and approval under everything at once: any command, any answer, in any order.

INV-1, INV-2, C-14: nobody is approved but by the newest request, by two people, without a hold.
"""

from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from careteam_contracts import prescribing, shared_safety
from careteam_contracts.enums import (
    ActorRole,
    AssessmentOutcome,
    HoldBlock,
    HoldCategory,
    HoldSeverity,
)
from services.intake.domain.events import (
    ApprovalRevoked,
    ClientApproved,
    ClientDeclined,
    MedicalAssessmentRequested,
)
from services.intake.domain.screening import StatedFinding
from services.intake.domain.vocabulary import CourseStatus, EvaluationOutcome
from services.intake.handlers.revoke_approval import RevokeApproval, revoke_approval
from services.intake.handlers.staff_holds import SignLift, sign_hold_lift
from services.intake.handlers.submit_screening import SubmitScreening, submit_screening
from shared.decisions import holds
from shared.protocol import FindingCode, Indication, Programme
from shared.storage import Actor
from tests.unit.intake.courses import THERAPIST
from tests.unit.intake.planting import finds
from tests.unit.intake.play import THE_PRESCRIBER, THE_THERAPIST, Play

FINDINGS = st.sampled_from(
    [
        *[()] * 4,
        *[(FindingCode.BIPOLAR_DX,)] * 2,
        (FindingCode.HYPERTHYROIDISM,),
        (FindingCode.SUICIDALITY_HIGH,),
        (FindingCode.MANIA_CURRENT,),
    ]
)
EVALUATIONS = st.sampled_from([EvaluationOutcome.SUITABLE] * 6 + [EvaluationOutcome.NOT_SUITABLE])
ASSESSMENTS = st.sampled_from(
    [AssessmentOutcome.CLEARED] * 6
    + [AssessmentOutcome.MORE_INFO] * 2
    + [AssessmentOutcome.NOT_CLEARED]
)
SAME_PERSON = Actor("prescriber", THERAPIST)


class ApprovalMachine(Play):
    def __init__(self) -> None:
        super().__init__()
        self.placed: list[UUID] = []
        self.approvals_seen = 0
        self.screen_clean()
        assert self.evaluate(EvaluationOutcome.SUITABLE)

    @rule(codes=FINDINGS)
    def a_form_comes_in(self, codes: tuple[FindingCode, ...]) -> None:
        form = SubmitScreening(
            client_id=self.client_id,
            programme=Programme.MOOD,
            indications=(Indication.DEPRESSION,),
            findings=tuple(StatedFinding(code=code) for code in codes),
        )
        self.ask(submit_screening, form, THE_THERAPIST)

    @rule(outcome=EVALUATIONS)
    def the_therapist_evaluates(self, outcome: EvaluationOutcome) -> None:
        self.evaluate(outcome)

    @precondition(lambda self: self.told(MedicalAssessmentRequested))
    @rule(
        back=st.sampled_from([0, 0, 1, 2]),
        outcome=ASSESSMENTS,
        by=st.sampled_from([THE_PRESCRIBER, SAME_PERSON]),
    )
    def an_assessment_is_completed(self, back: int, outcome: AssessmentOutcome, by: Actor) -> None:
        requests = self.told(MedicalAssessmentRequested)
        request = requests[max(0, len(requests) - 1 - back)]
        self.tell(
            prescribing.MedicalAssessmentCompleted(request_id=request.request_id, outcome=outcome),
            by=by,
        )

    @rule()
    def prescribing_places_a_hold(self) -> None:
        hold = UUID(int=7_000_000 + len(self.placed))
        self.placed.append(hold)
        self.tell(
            shared_safety.PrescribingSafetyHoldPlaced(
                hold_id=hold,
                hold_category=HoldCategory.MEDICAL,
                blocks=(HoldBlock.DOSE,),
                severity=HoldSeverity.STOP,
            )
        )

    @precondition(lambda self: self.placed)
    @rule(which=st.integers(0, 5))
    def prescribing_lifts_a_hold(self, which: int) -> None:
        hold = self.placed[which % len(self.placed)]
        self.tell(
            shared_safety.PrescribingSafetyHoldLifted(
                hold_id=hold, lifted_by_roles=(ActorRole.PRESCRIBER,)
            )
        )

    @precondition(lambda self: self.holds)
    @rule(which=st.integers(0, 5), by=st.sampled_from([THE_THERAPIST, THE_PRESCRIBER]))
    def somebody_signs_a_lift(self, which: int, by: Actor) -> None:
        hold = self.holds[which % len(self.holds)]
        self.command(sign_hold_lift, SignLift(hold_id=hold.id, safety_plan="call"), by)

    @rule()
    def somebody_revokes(self) -> None:
        self.command(revoke_approval, RevokeApproval(course_id=self.course_id), THE_PRESCRIBER)

    def after_one_of_many(self) -> None:
        self.each_approval_had_its_ground()

    @invariant()
    def each_approval_had_its_ground(self) -> None:
        approvals = self.told(ClientApproved)
        if len(approvals) == self.approvals_seen:
            return
        assert len(approvals) == self.approvals_seen + 1
        self.approvals_seen = len(approvals)
        newest = self.told(MedicalAssessmentRequested)[-1].request_id
        answers = [
            (event.outcome, by.envelope.actor_ref)
            for event, by in self.heard
            if isinstance(event, prescribing.MedicalAssessmentCompleted)
            and event.request_id == newest
        ]
        evaluation = self.course.evaluation
        assert evaluation is not None
        assert evaluation.outcome is EvaluationOutcome.SUITABLE
        assert answers, "approved without an answer to the newest request"
        assert answers[-1][0] is AssessmentOutcome.CLEARED
        assert answers[-1][1] not in {None, evaluation.author_ref}
        assert not self._open_foreign()
        assert not any(hold.open for hold in self.holds)

    @invariant()
    def under_way_means_approved(self) -> None:
        lost = {event.approval_id for event in self.told(ApprovalRevoked)}
        standing = [
            event
            for event in self.told(ClientApproved)
            if event.approval_id not in lost and self.intake.now < event.valid_until
        ]
        assert bool(standing) or not self.course.under_way
        assert (self.course.current_approval(self.intake.now) is not None) is bool(standing)

    @invariant()
    def nobody_is_cleared_of_what_was_not_asked(self) -> None:
        screenings = list(self.intake.screenings.states.values())
        request = self.course.request
        if self.course.status is CourseStatus.AWAITING_MEDICAL and request is not None:
            assert request.review_flags == screenings[0].review_flags

    @invariant()
    def only_who_never_was_approved_is_declined(self) -> None:
        declined = self.told(ClientDeclined)
        assert len(declined) <= 1
        assert not (declined and self.told(ClientApproved))
        assert bool(declined) is (self.course.status is CourseStatus.DECLINED)

    def _open_foreign(self) -> set[UUID]:
        placed = shared_safety.PrescribingSafetyHoldPlaced
        lifted = shared_safety.PrescribingSafetyHoldLifted
        up = {event.hold_id for event, _ in self.heard if isinstance(event, placed)}
        return up - {event.hold_id for event, _ in self.heard if isinstance(event, lifted)}


ApprovalMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestApproval = ApprovalMachine.TestCase


@pytest.mark.parametrize(
    ("modules", "name", "fault"),
    [
        (
            ["domain.approval_rules"],
            "_by_two_people",
            lambda _course: holds("evaluated-by-two-people", "C-14"),
        ),
        (["domain.approval_rules"], "_no_open_hold", lambda _facts: holds("no-open-hold", "6.1")),
        (
            ["domain.eligibility", "handlers.when_assessment_completed"],
            "answers_newest_request",
            lambda course, _id: bool(course.requests),
        ),
    ],
    ids=["one person is enough", "holds are overlooked", "any request will do"],
)
def test_a_planted_fault_is_found(
    monkeypatch: pytest.MonkeyPatch, modules: list[str], name: str, fault: object
) -> None:
    finds(ApprovalMachine, monkeypatch, modules, name, fault)
