"""The discharge checklist: what each open item waits for (6.4)."""

from services.scheduling.domain.discharge_checklist import discharge_checklist, open_items
from services.scheduling.domain.session_states import SessionKind
from tests.unit.scheduling.building import (
    SESSION,
    administered,
    at,
    cleared,
    facts,
    named,
    recovering,
    session,
    told,
)
from tests.unit.scheduling.discharge_question import HERE, NOW


def test_the_checklist_says_what_each_open_item_waits_for() -> None:
    here = recovering(escorts=HERE)
    lines = discharge_checklist(here, (), cleared(administered(facts())), NOW)
    assert [line.item for line in lines if line.done] == [
        "therapy_ended",
        "clearance_valid",
        "escort_here",
    ]
    assert open_items(lines) == ("client_instructed", "escort_instructed", "integration_arranged")
    assert all(line.waits_for for line in lines if not line.done)


def test_a_floor_is_never_an_open_item_for_later() -> None:
    lines = discharge_checklist(recovering(escorts=()), (), administered(facts()), NOW)
    assert not {"clearance_valid", "escort_here", "therapy_ended"} & set(open_items(lines))


def test_the_rest_of_the_checklist_closes_by_what_is_told_and_booked() -> None:
    known = cleared(administered(facts()))
    for recipient in ("client", "escort"):
        known = known.session(
            str(SESSION),
            lambda s, r=recipient: s.instructions_given(told(r, "12:40"), r),  # type: ignore[misc]
        )
    ahead = session(
        SessionKind.INTEGRATION, starts=at("15:00", "2026-03-13"), minutes=60, session_id=named("i")
    )
    lines = discharge_checklist(recovering(escorts=HERE), (ahead,), known, NOW)
    assert open_items(lines) == ()


def test_an_enhanced_plan_asks_for_the_safety_plan() -> None:
    known = cleared(administered(facts())).care_after(
        told("ac", "10:01"), "ac", str(SESSION), at("18:00"), end_known=False, plan="enhanced"
    )
    lines = discharge_checklist(recovering(escorts=HERE), (), known, NOW)
    assert "safety_plan_confirmed" in open_items(lines)
    confirmed = recovering(escorts=HERE, safety_plan_at=at("12:40"))
    assert "safety_plan_confirmed" not in open_items(discharge_checklist(confirmed, (), known, NOW))
