"""Who is treated for suicidal thoughts is asked earlier, by the hours of their clinic (F101)."""

from datetime import timedelta

import pytest

from careteam_contracts.enums import ActorRole, HoldCategory
from careteam_contracts.shared_safety import IntakeSafetyHoldLifted
from services.notifications.domain.vocabulary import PlanKind
from shared.protocol import ClinicProtocol
from shared.protocol.loader import CLINICS, load_protocol
from tests.integration.notifications import happenings as told
from tests.unit.notifications.memory import PROTOCOL, MemoryClinic
from tests.unit.notifications.moments import at
from tests.unit.notifications.ward import DOSED, Ward

CALIFORNIA = load_protocol(CLINICS / "california_virtual.yaml")


async def _home(ward: Ward, held_for: HoldCategory) -> None:
    """Held at intake and lifted by both; then a day of dosing like any other."""
    hold = told.hold(held_for)
    await ward.tell(hold, at("08:00", day=1))
    both = (ActorRole.PRESCRIBER, ActorRole.THERAPIST)
    await ward.tell(
        IntakeSafetyHoldLifted(hold_id=hold.hold_id, lifted_by_roles=both), at("09:00", day=1)
    )
    await ward.hear(*DOSED, ("ended", "12:30"), ("cleared", "12:35"), ("discharged", "12:45"))


@pytest.mark.parametrize(
    ("protocol", "held_for", "plan", "hours"),
    [
        (CALIFORNIA, HoldCategory.SUICIDALITY, PlanKind.ENHANCED, [4, 12, 24, 72]),
        (CALIFORNIA, HoldCategory.MEDICAL, PlanKind.STANDARD, [24, 72]),
        (PROTOCOL, HoldCategory.SUICIDALITY, PlanKind.ENHANCED, [4, 24, 72]),
    ],
)
async def test_a_lifted_hold_still_brings_the_early_check_ins(
    protocol: ClinicProtocol, held_for: HoldCategory, plan: PlanKind, hours: list[int]
) -> None:
    ward = Ward(MemoryClinic(protocol))
    try:
        await _home(ward, held_for)
        [aftercare] = ward.clinic.aftercare_plans.states.values()
        check_ins = sorted(ward.clinic.check_ins.states.values(), key=lambda one: one.hours)
    finally:
        ward.clinic.close()
    assert aftercare.plan is plan
    assert [one.hours for one in check_ins] == hours
    assert check_ins[0].due_at == at("12:30") + timedelta(hours=hours[0])
