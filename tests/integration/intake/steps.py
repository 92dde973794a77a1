"""The way of a client through intake, step by step, as the people of a clinic take it."""

from typing import Any
from uuid import UUID

from careteam_contracts.enums import (
    AssessmentOutcome,
    DischargeMode,
    SessionKind,
    SessionOutcome,
)
from careteam_contracts.prescribing import (
    DoseAdministered,
    DoseOrderClosed,
    MedicalAssessmentCompleted,
)
from careteam_contracts.scheduling import (
    ClientDischarged,
    PreparationCompleted,
    SessionCompleted,
)
from shared.runtime.ids import new_id
from tests.integration.intake.clinic import REFS, Intake, Whose

SCOPES = ("treatment", "aftercare_agreement")


async def register(intake: Intake, **more: Any) -> Whose:
    body = {
        "name": "Avery Example",
        "date_of_birth": "1980-06-01",
        "phone": "+1 555 0100",
        "channel_consent": {"sms": True},
        **more,
    }
    client = await intake.post("front_desk", "/clients", body)
    return Whose(UUID(client["id"]), UUID(client["course_id"]))


async def assign(intake: Intake, who: Whose) -> None:
    await intake.post(
        "front_desk",
        f"/courses/{who.course_id}/care-team",
        {"therapist_ref": str(REFS["therapist"]), "prescriber_ref": str(REFS["prescriber"])},
    )


async def in_care(intake: Intake, **more: Any) -> Whose:
    """Registered, with a team: whoever is on it still finds the client once the course is over."""
    who = await register(intake, **more)
    await assign(intake, who)
    return who


async def screen(
    intake: Intake, who: Whose, *codes: str, indications: tuple[str, ...] = ("depression",)
) -> dict[str, Any]:
    return await intake.post(
        "therapist",
        f"/clients/{who.client_id}/screening",
        {
            "programme": "mood",
            "indications": list(indications),
            "findings": [{"code": code, "context": "baseline"} for code in codes],
        },
    )


async def evaluate(intake: Intake, who: Whose, outcome: str = "suitable") -> dict[str, Any]:
    return await intake.post(
        "therapist",
        f"/courses/{who.course_id}/psychological-evaluation",
        {"outcome": outcome, "planned_sessions": 6, "goals": "sleep through the night"},
    )


async def awaiting(intake: Intake, *codes: str) -> Whose:
    """A client who was screened and handed to the prescriber."""
    who = await register(intake)
    await assign(intake, who)
    await screen(intake, who, *codes)
    await evaluate(intake, who)
    return who


async def assessed(
    intake: Intake,
    who: Whose,
    outcome: AssessmentOutcome = AssessmentOutcome.CLEARED,
    request_id: UUID | None = None,
    by: UUID | None = REFS["prescriber"],
) -> None:
    course = await intake.get("therapist", f"/courses/{who.course_id}")
    newest = UUID(course["medical_request"]["request_id"])
    await intake.prescribing.tell(
        MedicalAssessmentCompleted(request_id=request_id or newest, outcome=outcome), who, by=by
    )
    await intake.settle(who)


async def approved(intake: Intake, *codes: str) -> Whose:
    """A client who was registered, screened, evaluated, assessed and approved."""
    who = await register(intake)
    await assign(intake, who)
    await screen(intake, who, *codes)
    await evaluate(intake, who)
    await assessed(intake, who)
    return who


async def sign(
    intake: Intake, who: Whose, scopes: tuple[str, ...] = SCOPES, material_version: int = 1
) -> UUID:
    signed = await intake.post(
        "therapist",
        f"/courses/{who.course_id}/consents",
        {"scopes": list(scopes), "material_version": material_version},
    )
    return UUID(signed["id"])


async def prepared(intake: Intake, who: Whose) -> None:
    for _ in range(2):
        await session_completed(intake, who, SessionKind.PREP)
    await intake.scheduling.tell(PreparationCompleted(prep_count=2, checklist_version=1), who)
    await intake.settle(who)


async def active(intake: Intake) -> Whose:
    """A client who consented and is prepared."""
    who = await approved(intake)
    await sign(intake, who)
    await prepared(intake, who)
    return who


async def session_completed(
    intake: Intake,
    who: Whose,
    kind: SessionKind,
    session_id: UUID | None = None,
    outcome: SessionOutcome = SessionOutcome.COMPLETED,
) -> UUID:
    session = session_id or new_id()
    await intake.scheduling.tell(
        SessionCompleted(session_id=session, kind=kind, outcome=outcome, ended_at=intake.clock.now),
        who,
        aggregate_id=session,
    )
    return session


async def dose(intake: Intake, who: Whose, session_id: UUID, order_id: UUID) -> None:
    await intake.prescribing.tell(
        DoseAdministered(
            session_id=session_id,
            dose_order_id=order_id,
            dose_seq=1,
            administered_at=intake.clock.now,
            timing_profile="SL-STD",
            observe_until=intake.clock.now,
        ),
        who,
        aggregate_id=order_id,
    )
    await intake.settle(who)


async def order_closed(
    intake: Intake, who: Whose, session_id: UUID, order_id: UUID, count: int = 1
) -> None:
    await intake.prescribing.tell(
        DoseOrderClosed(session_id=session_id, dose_order_id=order_id, administered_count=count),
        who,
        aggregate_id=order_id,
    )
    await intake.settle(who)


async def discharge(intake: Intake, who: Whose, session_id: UUID) -> None:
    await intake.scheduling.tell(
        ClientDischarged(
            session_id=session_id,
            clearance_id=new_id(),
            escort_id=new_id(),
            discharged_at=intake.clock.now,
            mode=DischargeMode.STANDARD,
        ),
        who,
        aggregate_id=session_id,
    )
    await intake.settle(who)


async def one_dosed_session(intake: Intake, who: Whose) -> UUID:
    """A dosing session from the dose to the door."""
    session, order = new_id(), new_id()
    await dose(intake, who, session, order)
    await session_completed(intake, who, SessionKind.DOSING, session)
    await order_closed(intake, who, session, order)
    await discharge(intake, who, session)
    return session
