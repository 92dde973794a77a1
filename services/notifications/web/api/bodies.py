"""What commands take. Unknown fields are refused."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.notifications.domain.alerts import AlertKind
from services.notifications.domain.vocabulary import CheckInOutcome, HandoverChannel, Recipient

StatedAt = Annotated[
    AwareDatetime | None,
    Field(description="When it happened; now, if left out. Not in the future, at most a day ago"),
]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class InstructionsBody(Body):
    recipient: Recipient
    channel: HandoverChannel
    at: StatedAt = None


class AcknowledgementBody(Body):
    recipient: Recipient
    at: StatedAt = None


class PreferencesBody(Body):
    muted: tuple[AlertKind, ...] = Field(
        description="What the inbox leaves out; only what informs can be turned off"
    )


class CheckInBody(Body):
    outcome: CheckInOutcome
    at: StatedAt = None
