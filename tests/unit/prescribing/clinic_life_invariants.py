"""What each aggregate promises, whatever the day was like."""

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis.stateful import invariant

from services.prescribing.domain.dose_ledger import EntryKind
from services.prescribing.domain.dose_ledger_states import TOLERANCE_MG
from services.prescribing.domain.events import (
    AdverseEventRecorded,
    ClearanceRescinded,
    ClearedForDischarge,
    DoseAdministered,
    DoseOrderClosed,
    PreDoseCheckRecorded,
    PrescriptionEnded,
    PrescriptionRevoked,
    SafetyHoldLifted,
    SafetyHoldPlaced,
)
from shared.protocol import HOLD_RULES, HoldCategory
from tests.unit.prescribing.clinic import SESSION
from tests.unit.prescribing.clinic_life_messages import ClinicLifeSteps


class Seen(ClinicLifeSteps):
    """The steps, with what was told and what is kept at hand."""

    def told_by(self, kind: type) -> list[Any]:
        return [event for event in self.uow.events if type(event) is kind]

    def kept(self, name: str) -> list[Any]:
        return list(getattr(self.uow, name).states.values())


class PrescriptionLife(Seen):
    """INV-10, INV-13, ruling 18."""

    @invariant()
    def authorisations_are_what_the_orders_say(self) -> None:
        for rx in self.kept("prescriptions"):
            ours = [o for o in self.kept("dose_orders") if o.prescription_id == rx.id]
            assert rx.used == {o.id for o in ours if not o.open and o.count}
            assert rx.reserved == {o.id for o in ours if o.open}
            assert len(rx.used | rx.reserved) <= rx.terms.sessions_authorised + self.taken_late

    @invariant()
    def at_most_one_is_active_and_an_end_is_final(self) -> None:
        assert sum(rx.status == "active" for rx in self.kept("prescriptions")) <= 1
        gone = [e.prescription_id for e in self.told_by(PrescriptionRevoked)]
        ended = [e.prescription_id for e in self.told_by(PrescriptionEnded)]
        assert max(Counter(gone).values(), default=0) <= 1
        assert max(Counter(ended).values(), default=0) <= 1
        for rx in self.kept("prescriptions"):
            if rx.id in gone:
                assert rx.status == "revoked"
            elif rx.id in ended:
                assert rx.status in {"exhausted", "expired", "ended"}


class OrderLife(Seen):
    """INV-8, INV-11 to INV-13, INV-25: the order and its ledger."""

    @invariant()
    def each_dose_is_told_once_and_one_order_is_open(self) -> None:
        told = [(e.dose_order_id, e.dose_seq) for e in self.told_by(DoseAdministered)]
        assert len(told) == len(set(told)) == sum(o.count for o in self.kept("dose_orders"))
        assert sum(o.open for o in self.kept("dose_orders")) <= 1

    @invariant()
    def the_last_word_on_a_closed_order_is_its_count(self) -> None:
        last = {e.dose_order_id: e.administered_count for e in self.told_by(DoseOrderClosed)}
        for order in self.kept("dose_orders"):
            if not order.open:
                assert last[order.id] == order.count
                assert not order.medicine_out

    @invariant()
    def every_dose_and_every_milligram_is_in_the_ledger(self) -> None:
        books = {book.dose_order_id: book for book in self.kept("ledgers")}
        for order in self.kept("dose_orders"):
            book = books.get(order.id)
            given = [dose for dose in order.doses if book is None or book.given(dose.seq) is None]
            assert not given
            if order.medicine_out:
                assert book is not None
                assert book.leftover
            if book is not None and all(dose.recorded is None for dose in order.doses):
                assert book.outstanding_mg >= -TOLERANCE_MG
            if book is not None:
                kinds = Counter(entry.kind for entry in book.entries)
                assert kinds[EntryKind.ADMINISTERED] == order.count

    @invariant()
    def nothing_is_given_that_was_not_in_progress_here(self) -> None:
        session = self.uow.facts.courses and next(iter(self.uow.facts.courses.values())).session(
            SESSION
        )
        for order in self.kept("dose_orders"):
            given = [dose for dose in order.doses if dose.recorded is None]
            assert len(given) <= 2
            assert not given or session.started is not None


class CheckLife(Seen):
    """INV-14."""

    def __init__(self) -> None:
        super().__init__()
        self.judged = 0

    @invariant()
    def versions_have_no_gap_and_the_newest_is_last(self) -> None:
        versions = [e.check_version for e in self.told_by(PreDoseCheckRecorded)]
        assert versions == list(range(1, len(versions) + 1))
        for series in self.kept("checks"):
            times = [check.taken.at for check in series.checks]
            assert times == sorted(times)

    @invariant()
    def a_dose_rests_on_the_newest_check(self) -> None:
        """Judged when it is new: nothing else was measured since."""
        doses = self.told_by(DoseAdministered)
        fresh, self.judged = doses[self.judged :], len(doses)
        recorded = {(o.id, d.seq) for o in self.kept("dose_orders") for d in o.doses if d.recorded}
        for dose in fresh:
            if (dose.dose_order_id, dose.dose_seq) not in recorded:
                (series,) = self.kept("checks")
                assert series.latest.outcome == "pass"
                assert series.latest.valid_until >= dose.administered_at

    @invariant()
    def a_check_that_holds_has_a_hold_until_somebody_lifts_it(self) -> None:
        for series in self.kept("checks"):
            if series.status == "held":
                ours = [h for h in self.kept("safety_holds") if str(SESSION) in h.cause]
                assert ours


class RecoveryLife(Seen):
    """INV-20 to INV-23, INV-28."""

    def __init__(self) -> None:
        super().__init__()
        self.judged = 0

    @invariant()
    def every_dose_is_observed(self) -> None:
        count = sum(order.count for order in self.kept("dose_orders"))
        assert [r.dose_count for r in self.kept("recoveries")] == ([count] if count else [])

    @invariant()
    def a_clearance_came_in_time_and_covers_what_was_known(self) -> None:
        """Judged when it is new, by the doses and waits of that moment."""
        cleared = self.told_by(ClearedForDischarge)
        fresh, self.judged = cleared[self.judged :], len(cleared)
        for event in fresh:
            (recovery,) = self.kept("recoveries")
            last = max(dose.administered_at for dose in recovery.doses.values())
            assert event.cleared_at >= last + timedelta(minutes=120)
            assert event.covers_dose_seq == recovery.dose_count
            assert all(event.cleared_at >= one.wait_until for one in recovery.reversals)

    @invariant()
    def what_was_rescinded_never_revives_and_one_that_holds_covers_everything(self) -> None:
        rescinded = [e.clearance_id for e in self.told_by(ClearanceRescinded)]
        assert len(rescinded) == len(set(rescinded))
        for recovery in self.kept("recoveries"):
            if recovery.cleared_at(self.now):
                assert recovery.clearance_id not in rescinded
                assert recovery.clearance.covers_dose_seq == recovery.dose_count

    @invariant()
    def only_a_departure_ends_it(self) -> None:
        session = next(iter(self.uow.facts.courses.values())).session(SESSION)
        for recovery in self.kept("recoveries"):
            assert recovery.open or session.departure is not None


class HoldLife(Seen):
    """INV-9, INV-31, INV-32, INV-40."""

    @invariant()
    def one_open_hold_per_cause(self) -> None:
        causes = Counter(h.cause for h in self.kept("safety_holds") if h.open)
        assert max(causes.values(), default=0) <= 1

    @invariant()
    def each_is_placed_once_and_lifted_once_by_whom_it_needs(self) -> None:
        placed = [e.hold_id for e in self.told_by(SafetyHoldPlaced)]
        lifted = {e.hold_id: e for e in self.told_by(SafetyHoldLifted)}
        assert len(placed) == len(set(placed)) == len(self.kept("safety_holds"))
        assert len(lifted) == len(self.told_by(SafetyHoldLifted))
        for hold in self.kept("safety_holds"):
            assert hold.open == (hold.id not in lifted)
            if hold.id in lifted:
                rule = HOLD_RULES[hold.category]
                by_fact = rule.lifted_by_fact is not None
                assert by_fact or rule.signed_off(lifted[hold.id].lifted_by_roles)
                assert len({s.ref for s in hold.signatures}) == len(hold.signatures)
                assert hold.safety_plan_recorded or not rule.safety_plan


class AdverseEventLife(Seen):
    """INV-31, C-08."""

    @invariant()
    def a_serious_one_holds_the_course_and_owes_a_report(self) -> None:
        for adverse in self.kept("adverse_events"):
            assert adverse.serious == (adverse.report_due_at is not None)
            if adverse.serious:
                cause = f"adverse-event:{adverse.id}"
                holds = [h.category for h in self.kept("safety_holds") if h.cause == cause]
                assert holds == [HoldCategory.ADVERSE_EVENT]

    @invariant()
    def it_is_told_when_it_is_recorded_and_when_it_turns_out_serious(self) -> None:
        for adverse in self.kept("adverse_events"):
            told = [e.serious for e in self.told_by(AdverseEventRecorded) if e.ae_id == adverse.id]
            assert told in ([False], [True], [False, True])
            assert told[-1] == adverse.serious

    @invariant()
    def what_is_expected_is_coded_as_none(self) -> None:
        for adverse in self.kept("adverse_events"):
            if adverse.code == "persistent_perceptual_change" and self.kept("recoveries"):
                cause = f"persistent-change:{SESSION}"
                assert [h for h in self.kept("safety_holds") if h.cause == cause]
