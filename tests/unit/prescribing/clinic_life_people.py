"""What people do in a clinic day, in any order. Refusals are fine."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from services.prescribing.domain.adverse_event import AdverseEventCode, SeriousCriterion
from services.prescribing.domain.dose_order_states import TakenReason
from services.prescribing.domain.people import Clinician
from services.prescribing.domain.predose_grading import MoodConcern
from services.prescribing.domain.recovery_states import ReversalAgent
from services.prescribing.domain.vocabulary import MoodRescreen, PrescriptionKind
from services.prescribing.handlers.activate_prescription import (
    ActivatePrescription,
    activate_prescription,
)
from services.prescribing.handlers.administer_dose import AdministerDose, administer_dose
from services.prescribing.handlers.check_before_dose import (
    AcceptPreDoseCheck,
    RecordPreDoseCheck,
    accept_pre_dose_check,
    record_pre_dose_check,
)
from services.prescribing.handlers.clear_for_discharge import (
    ClearForDischarge,
    RescindClearance,
    clear_for_discharge,
    rescind_clearance,
)
from services.prescribing.handlers.hold_course import HoldCourse, LiftHold, hold_course, lift_hold
from services.prescribing.handlers.observe_recovery import (
    RecordRecoveryCheck,
    RecordReversalAgent,
    record_recovery_check,
    record_reversal_agent,
)
from services.prescribing.handlers.record_adverse_event import (
    FindAdverseEventSerious,
    RecordAdverseEvent,
    ReportAdverseEvent,
    find_adverse_event_serious,
    record_adverse_event,
    report_adverse_event,
)
from services.prescribing.handlers.record_taken_dose import RecordTakenDose, record_taken_dose
from services.prescribing.handlers.release_dose import ReleaseDose, release_dose
from services.prescribing.handlers.revoke_prescription import (
    RevokePrescription,
    revoke_prescription,
)
from services.prescribing.handlers.withhold_dose import (
    ReturnMedicine,
    WasteMedicine,
    WithholdDose,
    return_medicine,
    waste_medicine,
    withhold_dose,
)
from services.prescribing.handlers.write_prescription import DraftPrescription, draft_prescription
from shared.protocol import HoldCategory, Route
from tests.unit.prescribing.clinic import (
    COURSE,
    NURSE,
    PRESCRIBER,
    SESSION,
    THERAPIST,
    WITNESS,
    observation,
    readings,
    terms,
)
from tests.unit.prescribing.clinic_life import ClinicLife

picks = st.integers(0, 30)
signers = st.sampled_from([PRESCRIBER, THERAPIST])
MEASURED: list[dict[str, Any]] = [
    {},
    {"systolic": 150},
    {"systolic": 165},
    {"mood_rescreen": MoodRescreen.HIGH, "mood_concern": MoodConcern.MANIA},
]


class PeopleAct(ClinicLife):
    """Commands of every role, the service's own use cases."""

    @rule(minutes=st.sampled_from([1, 3, 20, 45, 130]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(seen=st.sampled_from(MEASURED), minutes_ago=st.sampled_from([0, 0, 10]))
    def measure(self, seen: dict[str, Any], minutes_ago: int) -> None:
        command = RecordPreDoseCheck(
            session_id=SESSION,
            readings=readings(**seen),
            at=self.now - timedelta(minutes=minutes_ago),
        )
        self.command(record_pre_dose_check, command, NURSE)

    @rule(pick=picks)
    def accept(self, pick: int) -> None:
        series = self.one("checks", 0)
        if series is not None and series.checks:
            check = series.checks[pick % len(series.checks)]
            self.command(
                accept_pre_dose_check,
                AcceptPreDoseCheck(check_id=check.check_id, reason="weighed"),
                PRESCRIBER,
            )

    @rule()
    def release(self) -> None:
        self.gate(release_dose, ReleaseDose(order_id=self.order_id()), NURSE)

    @rule(seq=st.integers(1, 3), amount=st.sampled_from([60.0, 100.0, 150.0]))
    def administer(self, seq: int, amount: float) -> None:
        command = AdministerDose(order_id=self.order_id(), dose_seq=seq, amount_mg=amount)
        self.gate(administer_dose, command, NURSE)

    @rule(pick=picks, minutes_ago=st.integers(0, 90))
    def record_taken(self, pick: int, minutes_ago: int) -> None:
        order = self.one("dose_orders", pick)
        if order is not None and self.taken_late < 3:
            self.taken_late += 1
            command = RecordTakenDose(
                order_id=order.id,
                administered_at=self.now - timedelta(minutes=minutes_ago),
                witness_ref=WITNESS,
                reason=TakenReason.RECORDED_LATE,
                amount_mg=100.0,
            )
            assert self.command(record_taken_dose, command, NURSE), "never refused"

    @rule(how=st.sampled_from(["withhold", "return", "waste"]))
    def not_given(self, how: str) -> None:
        order = self.order_id()
        if how == "withhold":
            command: Any = WithholdDose(order_id=order, category=HoldCategory.MEDICAL)
            self.command(withhold_dose, command, PRESCRIBER)
        elif how == "return":
            command = ReturnMedicine(order_id=order, witness_ref=WITNESS)
            self.command(return_medicine, command, NURSE)
        else:
            command = WasteMedicine(order_id=order, amount_mg=50.0, witness_ref=WITNESS)
            self.command(waste_medicine, command, NURSE)

    @rule(well=st.booleans(), escalate=st.booleans(), minutes_ago=st.sampled_from([0, 0, 15]))
    def look(self, well: bool, escalate: bool, minutes_ago: int) -> None:
        command = RecordRecoveryCheck(
            session_id=SESSION,
            seen=observation(steady_gait=well),
            at=self.now - timedelta(minutes=minutes_ago),
            escalate=escalate,
        )
        self.command(record_recovery_check, command, NURSE)

    @rule(minutes_ago=st.sampled_from([0, 100]))
    def reverse(self, minutes_ago: int) -> None:
        command = RecordReversalAgent(
            session_id=SESSION,
            agent=ReversalAgent.NALOXONE,
            at=self.now - timedelta(minutes=minutes_ago),
        )
        self.command(record_reversal_agent, command, NURSE)

    @rule(who=signers)
    def clear_client(self, who: Clinician) -> None:
        self.gate(clear_for_discharge, ClearForDischarge(session_id=SESSION), who)

    @rule()
    def rescind(self) -> None:
        recovery = self.one("recoveries", 0)
        if recovery is not None and recovery.clearance is not None:
            command = RescindClearance(clearance_id=recovery.clearance.clearance_id)
            self.gate(rescind_clearance, command, NURSE)

    @rule(category=st.sampled_from([HoldCategory.MEDICAL, HoldCategory.SUICIDALITY]))
    def hold_course(self, category: HoldCategory) -> None:
        command = HoldCourse(course_id=COURSE, category=category, session_id=SESSION)
        self.command(hold_course, command, NURSE)

    @rule(pick=picks, who=signers, plan=st.booleans())
    def lift(self, pick: int, who: Clinician, plan: bool) -> None:
        hold = self.one("safety_holds", pick)
        if hold is not None:
            command = LiftHold(hold_id=hold.id, safety_plan_recorded=plan)
            self.command(lift_hold, command, who)

    @rule(serious=st.booleans(), code=st.sampled_from(AdverseEventCode))
    def harm(self, serious: bool, code: AdverseEventCode) -> None:
        command = RecordAdverseEvent(session_id=SESSION, code=code, serious=serious)
        self.command(record_adverse_event, command, NURSE)

    @rule(pick=picks, serious=st.booleans())
    def follow_harm(self, pick: int, serious: bool) -> None:
        adverse = self.one("adverse_events", pick)
        if adverse is None:
            return
        criteria = (SeriousCriterion.HOSPITALISATION,)
        if serious:
            found = FindAdverseEventSerious(ae_id=adverse.id, criteria=criteria)
            self.command(find_adverse_event_serious, found, PRESCRIBER)
        else:
            told = ReportAdverseEvent(ae_id=adverse.id)
            self.command(report_adverse_event, told, PRESCRIBER)

    @rule(pick=picks)
    def revoke(self, pick: int) -> None:
        rx = self.one("prescriptions", pick)
        if rx is not None:
            self.command(revoke_prescription, RevokePrescription(prescription_id=rx.id), PRESCRIBER)

    @rule(sessions=st.integers(1, 3))
    def prescribe(self, sessions: int) -> None:
        command = DraftPrescription(
            course_id=COURSE,
            kind=PrescriptionKind.PRESCRIPTION,
            route=Route.SL,
            terms=terms(sessions_authorised=sessions, booster_mg=60.0),
            pdmp_checked_at=self.now,
        )
        draft = self.command(draft_prescription, command, PRESCRIBER)
        if draft is not None:
            activate = ActivatePrescription(prescription_id=draft.id)
            self.gate(activate_prescription, activate, PRESCRIBER)
