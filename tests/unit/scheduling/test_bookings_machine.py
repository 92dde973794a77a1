"""Whatever happens to a client's bookings, what is promised may be kept (INV-13, 16, 34, 36)."""

import itertools
from datetime import timedelta

from hypothesis import settings
from hypothesis.stateful import invariant

from services.scheduling.domain.authorisations import authorised_order
from services.scheduling.domain.session import Session
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from tests.unit.scheduling.bookings_play import BookingsPlay

S = SessionStatus
WEEK = timedelta(days=7)


class BookingsMachine(BookingsPlay):
    def _dosing(self, *statuses: SessionStatus) -> list[Session]:
        found = (s for s in getattr(self, "sessions", {}).values() if s.dosing)
        return sorted((s for s in found if s.status in statuses), key=lambda s: (s.starts_at, s.id))

    @invariant()
    def no_more_than_two_in_any_seven_days(self) -> None:
        for promised in self._dosing(S.SCHEDULED):
            times = [
                s.doses.first_at or s.starts_at
                for s in self.sessions.values()
                if s.dosing and (s.doses.count or not s.over)
            ]
            starts = promised.starts_at
            windows = [t for t in times if t <= starts < t + WEEK]
            assert all(sum(1 for t in times if w <= t < w + WEEK) <= 2 for w in windows)

    @invariant()
    def nobody_is_promised_an_authorisation_that_is_not_there(self) -> None:
        waiting = self._dosing(S.SCHEDULED, S.BLOCKED)
        waiting = [s for s in waiting if not s.doses.count]
        if not waiting:
            return
        prescriptions = self.facts.prescriptions.values()
        authorised = sum(
            told.value.sessions_authorised for rx in prescriptions if (told := rx.terms.told)
        )
        used = sum(1 for order in self.facts.orders.values() if order.count)
        for place, one in enumerate(waiting, start=1):
            if one.status is S.SCHEDULED and authorised_order(self.facts, one) is None:
                assert place + used <= authorised

    @invariant()
    def after_a_dose_the_next_waits_for_integration(self) -> None:
        for promised in self._dosing(S.SCHEDULED):
            before = [
                s
                for s in self._dosing(S.DOSED, S.TRANSFERRED, S.RECOVERING)
                if s.doses.last_at is not None and s.doses.last_at <= promised.starts_at
            ]
            if not before:
                continue
            last = max(before, key=lambda s: s.doses.last_at or s.starts_at)
            since = last.doses.last_at
            planned = any(
                s.kind is SessionKind.INTEGRATION
                and s.status not in {S.CANCELLED, S.MISSED}
                and since is not None
                and since <= s.starts_at < promised.starts_at
                for s in self.sessions.values()
            )
            assert planned or last.integration_declined_at is not None

    @invariant()
    def nobody_is_promised_inside_a_restriction(self) -> None:
        """The talks here are in the clinic and without an escort, so they count as well."""
        sessions = list(getattr(self, "sessions", {}).values())
        for promised in (s for s in sessions if s.status is S.SCHEDULED):
            for dosed in (s for s in sessions if s.doses.count and s.id != promised.id):
                first, last = dosed.doses.first_at, dosed.doses.last_at
                if last is None or first is None or promised.starts_at < first:
                    continue
                if dosed.end is not None:
                    free_at = max(dosed.end.at, last) + timedelta(hours=8)
                    assert promised.starts_at >= free_at
                else:
                    assert not promised.dosing, "without a known end no dose is promised"

    @invariant()
    def nothing_is_promised_twice(self) -> None:
        held = sorted(
            (s.starts_at, s.reserved_until)
            for s in getattr(self, "sessions", {}).values()
            if s.status in {S.SCHEDULED, S.BLOCKED} and not s.reopened
        )
        for one, following in itertools.pairwise(held):
            assert one[1] <= following[0]


BookingsMachine.TestCase.settings = settings(
    max_examples=120, stateful_step_count=40, deadline=None
)
TestBookings = BookingsMachine.TestCase
