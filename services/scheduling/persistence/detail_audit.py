"""Who was told a person's details: one row each, added and never changed (ruling 1)."""

from typing import Final
from uuid import UUID

import sqlalchemy as sa

from shared.storage import SqlUnitOfWork

_NOTE: Final = sa.text(
    """
    INSERT INTO detail_audit (id, told_at, detail, subject_id, client_id, asker_role, asker_ref)
    VALUES (:id, :told_at, :detail, :subject_id, :client_id, :asker_role, :asker_ref)
    """
)


async def note_detail(
    uow: SqlUnitOfWork,
    *,
    detail: str,
    subject_id: UUID,
    client_id: UUID,
    asker_role: str,
    asker_ref: UUID | None,
) -> None:
    """In the transaction that tells."""
    await uow.connection.execute(
        _NOTE,
        {
            "id": uow.new_id(),
            "told_at": uow.now,
            "detail": detail,
            "subject_id": subject_id,
            "client_id": client_id,
            "asker_role": asker_role,
            "asker_ref": asker_ref,
        },
    )
