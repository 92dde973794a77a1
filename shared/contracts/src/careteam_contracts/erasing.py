"""What a service answers when intake asks whether a client may be erased."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from careteam_contracts.enums import KeepsClient
from careteam_contracts.exchanged import Exchanged
from careteam_contracts.scalars import UtcTime


class ErasureAsk(Exchanged):
    """Is anything of this client not over with you?"""

    client_id: UUID


class ErasureAnswer(Exchanged):
    """What is not over, each kind once; nothing of a client who is not known.

    ``unverifiable`` while the service has heard of the client what it has not followed yet: then
    it is as if there were no answer. ``answered_at`` is the clinic's clock.
    """

    unverifiable: bool
    answered_at: UtcTime
    kept_by: Annotated[tuple[KeepsClient, ...], Field(max_length=len(KeepsClient))] = ()
