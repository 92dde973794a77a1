"""Holds under everything at once: open is what was placed and not lifted (INV-9, 31, 32).

Some are placed here, by people, findings and worried aftercare; some by others, whose placing and
lifting comes in any order, also from a service that does not own the hold.
"""

from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from careteam_contracts import notifications, shared_safety
from careteam_contracts.enums import (
    ActorRole,
    CheckInOutcome,
    HoldBlock,
    HoldCategory,
    HoldSeverity,
)
from services.intake.domain.course_so_far import foreign_holds
from services.intake.domain.events import IncidentRecorded, SafetyHoldLifted, SafetyHoldPlaced
from services.intake.domain.gates import standing
from services.intake.domain.hold import HoldCause
from services.intake.domain.screening import StatedFinding
from services.intake.handlers.course_in_full import course_in_full
from services.intake.handlers.staff_holds import PlaceHold, SignLift, place_hold, sign_hold_lift
from services.intake.handlers.submit_screening import SubmitScreening, submit_screening
from shared.decisions import Verdict
from shared.protocol import HOLD_RULES, FindingCode, Indication, Programme, Role
from shared.protocol import HoldBlock as Block
from shared.protocol import HoldCategory as Category
from shared.storage import Actor
from tests.unit.intake.courses import PRESCRIBER, PROTOCOL
from tests.unit.intake.planting import finds
from tests.unit.intake.play import FRONT_DESK, THE_PRESCRIBER, THE_THERAPIST
from tests.unit.intake.steps_to_dosing import Approved

SIGNERS = st.sampled_from(
    [THE_THERAPIST, THE_PRESCRIBER, FRONT_DESK, Actor("therapist", PRESCRIBER)]
)
OWN = st.sampled_from([Category.SUICIDALITY, Category.ADMINISTRATIVE, Category.CONTRAINDICATION])


class HoldMachine(Approved):
    def __init__(self) -> None:
        super().__init__()
        self.foreign: list[UUID] = []

    @rule(category=OWN, by=SIGNERS)
    def somebody_places_a_hold(self, category: Category, by: Actor) -> None:
        self.command(place_hold, PlaceHold(course_id=self.course_id, category=category), by)

    @rule(code=st.sampled_from([FindingCode.HYPERTHYROIDISM, FindingCode.SUICIDALITY_HIGH]))
    def something_is_found(self, code: FindingCode) -> None:
        form = SubmitScreening(
            client_id=self.client_id,
            programme=Programme.MOOD,
            indications=(Indication.DEPRESSION,),
            findings=(StatedFinding(code=code),),
        )
        assert self.ask(submit_screening, form, THE_THERAPIST)

    @rule(session=st.integers(1, 2), worry=st.booleans())
    def aftercare_calls(self, session: int, worry: bool) -> None:
        outcome = CheckInOutcome.CONCERN if worry else CheckInOutcome.OK
        self.tell(
            notifications.CheckInCompleted(
                checkin_id=UUID(int=1), session_id=UUID(int=session), outcome=outcome
            )
        )

    @precondition(lambda self: self.holds)
    @rule(which=st.integers(0, 9), by=SIGNERS, plan=st.sampled_from([None, "call the sister"]))
    def somebody_signs_a_lift(self, which: int, by: Actor, plan: str | None) -> None:
        hold = self.holds[which % len(self.holds)]
        self.command(sign_hold_lift, SignLift(hold_id=hold.id, safety_plan=plan), by)

    @rule()
    def prescribing_places_a_hold(self) -> None:
        hold = UUID(int=7_000_000 + len(self.foreign))
        self.foreign.append(hold)
        self.tell(
            shared_safety.PrescribingSafetyHoldPlaced(
                hold_id=hold,
                hold_category=HoldCategory.MEDICAL,
                blocks=(HoldBlock.DOSE,),
                severity=HoldSeverity.STOP,
            )
        )

    @precondition(lambda self: self.foreign)
    @rule(which=st.integers(0, 9), owner=st.booleans())
    def somebody_says_it_is_lifted(self, which: int, owner: bool) -> None:
        hold = self.foreign[which % len(self.foreign)]
        lifted = (
            shared_safety.PrescribingSafetyHoldLifted
            if owner
            else shared_safety.SchedulingSafetyHoldLifted
        )
        self.tell(lifted(hold_id=hold, lifted_by_roles=(ActorRole.PRESCRIBER,)))

    @invariant()
    def what_is_told_is_what_is_open(self) -> None:
        placed = {event.hold_id for event in self.told(SafetyHoldPlaced)}
        lifted = [event.hold_id for event in self.told(SafetyHoldLifted)]
        assert len(lifted) == len(set(lifted))
        assert {hold.id for hold in self.holds if hold.open} == placed - set(lifted)

    @invariant()
    def every_lift_has_all_its_signatures_by_different_people(self) -> None:
        for hold in self.holds:
            refs = [signature.ref for signature in hold.signatures]
            assert len(refs) == len(set(refs))
            if hold.open:
                continue
            rule_of = HOLD_RULES[hold.category]
            assert rule_of.signed_off(hold.signed_roles)
            if rule_of.lifted_by_all:
                assert set(hold.signed_roles) == {Role.PRESCRIBER, Role.THERAPIST}
            assert hold.safety_plan or not rule_of.safety_plan

    @invariant()
    def one_open_hold_for_each_cause(self) -> None:
        causes = [
            (hold.category, hold.cause_ref)
            for hold in self.holds
            if hold.open and hold.cause is not HoldCause.STAFF
        ]
        assert len(causes) == len(set(causes))

    @invariant()
    def only_the_owner_lifts(self) -> None:
        placed = shared_safety.PrescribingSafetyHoldPlaced
        lifted = shared_safety.PrescribingSafetyHoldLifted
        stranger = shared_safety.SchedulingSafetyHoldLifted
        up = [event.hold_id for event, _ in self.heard if isinstance(event, placed)]
        down = {event.hold_id for event, _ in self.heard if isinstance(event, lifted)}
        found = {told.value.hold_id for told in foreign_holds(self.facts)}
        assert found == set(up) - down
        claims = [event.hold_id for event, _ in self.heard if isinstance(event, stranger)]
        incidents = self.told(IncidentRecorded)
        assert len(incidents) <= len(claims)
        last = self.heard[-1][0] if self.heard else None
        if isinstance(last, stranger) and last.hold_id in up:
            assert incidents, "a stranger lifted a known hold and nobody was told"

    @invariant()
    def a_hold_on_a_dose_is_refused_and_nothing_else_is(self) -> None:
        blocking = {Block.START, Block.DOSE}
        own = [hold for hold in self.holds if hold.open and blocking & set(hold.blocks)]
        refused = [v for v in self._verdicts() if v.slug == "no-blocking-hold" and not v.holds]
        assert len(refused) == len(own) + len(foreign_holds(self.facts))
        assert all(verdict.unblocks_with for verdict in refused)

    def _verdicts(self) -> tuple[Verdict, ...]:
        async def read(uow: object) -> tuple[Verdict, ...]:
            known = await course_in_full(uow, self.course)  # type: ignore[arg-type]
            return standing(known, protocol=PROTOCOL, now=self.intake.now).verdicts

        return self.intake.run(lambda _command, uow: read(uow), None, THE_THERAPIST)


HoldMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestHolds = HoldMachine.TestCase


@pytest.mark.parametrize(
    ("modules", "name", "fault"),
    [
        (
            ["domain.facts"],
            "owned_key",
            lambda _owner, hold_id: f"scheduling:{hold_id}",
        ),
        (["handlers.placing_holds"], "open_holds", None),
        (["domain.hold"], "_require_may_sign", lambda _hold, _role, _ref: None),
    ],
    ids=["a stranger lifts", "a cause holds twice", "anybody signs"],
)
def test_a_planted_fault_is_found(
    monkeypatch: pytest.MonkeyPatch, modules: list[str], name: str, fault: object
) -> None:
    async def none_open(_uow: object, _course: object) -> tuple[()]:
        return ()

    finds(HoldMachine, monkeypatch, modules, name, fault or none_open)
