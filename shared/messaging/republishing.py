"""Publishing again on request: what a consumer lacks, its owner still has."""

from uuid import UUID

import sqlalchemy as sa

from careteam_contracts.enums import Service
from careteam_contracts.questions import REPUBLISH, RepublishAsk, Republished
from shared.messaging.asking import Asker
from shared.storage import SqlUnitOfWork

_AGAIN = sa.text(
    """
    UPDATE outbox SET published_at = NULL, edition = edition + 1
    WHERE client_id = :client_id AND client_sequence BETWEEN :first AND :last
      AND published_at IS NOT NULL
    """
)
MOST_AT_ONCE = 1000


async def republish(ask: RepublishAsk, uow: SqlUnitOfWork) -> Republished:
    """Mark rows for another publication, under a de-duplication id of their own.

    The stream may well hold them: it is the asking consumer that lacks them. Consumers know an
    event by its id and sequence, so one that has it skips it.
    """
    marked = await uow.connection.execute(
        _AGAIN,
        {
            "client_id": ask.client_id,
            "first": ask.from_sequence,
            "last": min(ask.to_sequence, ask.from_sequence + MOST_AT_ONCE - 1),
        },
    )
    # Not said anew, but to be said: the relay is rung when this commits.
    uow.said += marked.rowcount
    return Republished(republished=marked.rowcount)


class AskAgainByRpc:
    """Asks the producer over request and reply; an unanswered request is repeated by the lane."""

    def __init__(self, asker: Asker, service: Service) -> None:
        self._asker = asker
        self._service = service

    async def __call__(self, producer: str, client_id: UUID, first: int, last: int) -> bool:
        answer = await self._asker.ask(
            REPUBLISH[Service(producer)],
            RepublishAsk(
                consumer=self._service, client_id=client_id, from_sequence=first, to_sequence=last
            ),
        )
        return answer is not None
