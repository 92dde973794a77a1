"""The therapist's checklist of the preparation."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.scheduling.domain.preparation import Preparation, PrepItem, sign
from services.scheduling.handlers.considering import registered_course
from services.scheduling.handlers.keeping import follow_client
from services.scheduling.handlers.ports import UnitOfWork
from services.scheduling.handlers.run_therapy import preparation_of
from shared.decisions import refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class SignPreparation:
    course_id: UUID
    checklist: Mapping[PrepItem, bool]


async def sign_preparation(command: SignPreparation, uow: UnitOfWork) -> Preparation:
    facts = await registered_course(uow, command.course_id)
    signer = uow.actor.ref
    if signer is None:
        refuse("signer-not-named", "F52", role=uow.actor.role)
    preparation = await preparation_of(uow, facts.client_id, facts.id)
    protocol = await uow.protocol_of(facts.id)
    change = sign(
        preparation,
        checklist=command.checklist,
        therapist_ref=signer,
        rules=protocol.prep,
        at=uow.now,
    )
    signed = await uow.preparations.save(change)
    await follow_client(uow, facts.client_id)
    return signed
