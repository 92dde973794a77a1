"""Gathering what G-DOSE decides by, in the transaction that decides (ruling 6)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.prescribing.domain.answers_of_peers import IntakeAnswer, Lane, SchedulingAnswer
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.gates import DoseGateFacts
from services.prescribing.handlers.ports import PeerAnswer, Peers, UnitOfWork
from shared.decisions import Decision, Refused, Unproven
from shared.storage import Freshness


@dataclass(frozen=True, slots=True)
class Asked:
    """Both authorities' answers, for this request only."""

    intake: PeerAnswer[IntakeAnswer]
    scheduling: PeerAnswer[SchedulingAnswer]


async def ask_authorities(peers: Peers, course_id: UUID, session_id: UUID) -> Asked:
    """Ask both at once, outside any transaction."""
    intake, scheduling = await asyncio.gather(
        peers.intake(course_id, session_id), peers.scheduling(course_id, session_id)
    )
    return Asked(intake, scheduling)


async def gather_dose_facts(
    uow: UnitOfWork, order: DoseOrder, dose_seq: int, asked: Asked | None
) -> tuple[DoseGateFacts, Mapping[str, Freshness]]:
    """Everything the gate looks at, and how fresh the others' events are."""
    freshness = await uow.freshness(order.client_id)
    rx_id = order.prescription_id
    facts = DoseGateFacts(
        now=uow.now,
        dose_seq=dose_seq,
        order=order,
        prescription=await uow.prescriptions.find(rx_id) if rx_id is not None else None,
        check=await uow.checks.find_by(session_id=order.session_id),
        own_holds=tuple(await uow.safety_holds.list_by(course_id=order.course_id, status="open")),
        course=await uow.facts.get(order.course_id, order.client_id),
        intake=asked.intake.now() if asked else None,
        scheduling=asked.scheduling.now() if asked else None,
        lanes={
            producer: Lane(age_seconds=f.age_seconds, waiting=f.waiting, parked=f.parked)
            for producer, f in freshness.items()
        },
        protocol=await uow.protocol_of(order.course_id),
        enrolled=any(
            assessment.enrolled is not None
            for assessment in await uow.assessments.list_by(course_id=order.course_id)
        ),
    )
    return facts, freshness


def refusal_of(decision: Decision) -> Refused:
    """What to raise: unproven when an authority did not answer, else refused."""
    silent = any(r.slug.endswith("-did-not-answer") for r in decision.refusals)
    return Unproven(decision.refusals) if silent else Refused(decision.refusals)
