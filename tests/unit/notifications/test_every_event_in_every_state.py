"""Whatever is heard, in whatever state aftercare is: what follows is written down, pair by pair."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from services.notifications.domain.aftercare_plan import AftercareStatus as S
from services.notifications.domain.vocabulary import CheckInOutcome
from services.notifications.handlers.complete_check_in import CompleteCheckIn, record_check_in
from shared.protocol import Role
from shared.storage import Actor
from tests.unit.notifications.looks import LOOKS
from tests.unit.notifications.moments import at
from tests.unit.notifications.others import HAPPENS, happening
from tests.unit.notifications.ward import DOSED, Ward, opened

HOME = (("ended", "12:30"), ("cleared", "12:35"), ("discharged", "12:45"))
TO: dict[S, tuple[Sequence[tuple[str, str]], datetime]] = {
    S.ARMED: (DOSED, at("10:05")),
    S.RESTRICTED: ((*DOSED, *HOME), at("13:00")),
    S.MONITORING: ((*DOSED, *HOME), at("21:00")),
    S.ESCALATED: ((*DOSED, ("ended", "10:55"), ("walked out", "10:55")), at("11:00")),
    S.CLOSED: ((*DOSED, *HOME), at("13:30", day=13)),
}
NURSE = Actor(Role.NURSE, UUID(int=51))

CHANGES: dict[tuple[S, str], S] = {
    # The session's end is known: from here on the restriction has an end.
    (S.ARMED, "ended"): S.RESTRICTED,
    # Who walks out is called about at once.
    **{(state, "walked out"): S.ESCALATED for state in S},
    # Somebody is gone on facts that were wrong, or on a clearance that covers fewer doses.
    (S.RESTRICTED, "manual count differs"): S.ESCALATED,
    (S.MONITORING, "manual count differs"): S.ESCALATED,
    (S.CLOSED, "manual count differs"): S.ESCALATED,
    (S.RESTRICTED, "second dose"): S.ESCALATED,
    (S.MONITORING, "second dose"): S.ESCALATED,
    (S.CLOSED, "second dose"): S.ESCALATED,
    # A later end restricts again.
    (S.MONITORING, "ended"): S.RESTRICTED,
    (S.CLOSED, "ended"): S.RESTRICTED,
}


async def reach(ward: Ward, state: S) -> None:
    story, now = TO[state]
    await ward.hear(*story)
    clinic = ward.clinic
    while clinic.now < now:
        clinic.now = min(clinic.now + timedelta(hours=1), now)
        await clinic.fire_due()
        for check_in in list(clinic.check_ins.states.values()):
            if check_in.status == "due":
                ok = CompleteCheckIn(checkin_id=check_in.id, outcome=CheckInOutcome.OK)
                await clinic.by(NURSE, record_check_in(ok, clinic))  # type: ignore[arg-type]


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("what", sorted(HAPPENS))
async def test_what_follows(state: S, what: str) -> None:
    with opened() as ward:
        await reach(ward, state)
        [plan] = ward.clinic.aftercare_plans.states.values()
        assert plan.status is state
        for look in LOOKS:
            look(ward.clinic)
        for _ in range(2):  # and heard again
            await ward.tell(happening(what, ward.clinic.now), ward.clinic.now)
            await ward.clinic.fire_due()
            for look in LOOKS:
                look(ward.clinic)
        [plan] = ward.clinic.aftercare_plans.states.values()
        assert plan.status is CHANGES.get((state, what), state)


@pytest.mark.parametrize("what", sorted(HAPPENS))
async def test_only_signs_of_a_dose_begin_aftercare(what: str) -> None:
    with opened() as ward:
        await ward.tell(happening(what, at("10:00")), at("10:00"))
        begins = {
            "dose", "second dose", "check", "worrying check", "order closed", "cleared",
            "discharged", "transferred", "walked out",
        }  # fmt: skip
        assert bool(ward.clinic.aftercare_plans.states) == (what in begins)
