"""What commands about integrators take, and what is answered of them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from services.notifications.channels.endpoint_url import LONGEST_URL
from services.notifications.channels.feeds import Progress
from services.notifications.domain.delivery_attempt import Failure
from services.notifications.domain.event_place import place
from services.notifications.domain.event_types import MOST_PATTERNS, PATTERN
from services.notifications.domain.integrator import BOTH_SIGN_FOR, Integrator, IntegratorStatus
from services.notifications.persistence.deliveries import DeliveryState
from services.notifications.persistence.integrator_queries import Delivery, Fare
from services.notifications.web.api.bodies import Body
from shared.messaging.feeds import Feed

_HOUR = 3600

TypePattern = Annotated[str, Field(pattern=PATTERN)]


def _a_cursor(text: str) -> str:
    place(text)
    return text


EventCursor = Annotated[
    str,
    Field(
        pattern=r"^\d{1,19}\.\d{1,19}$",
        description="<stream epoch>.<sequence>, as an event says it",
    ),
    AfterValidator(_a_cursor),
]


class WebhookBody(Body):
    url: str = Field(
        pattern=r"^https?://\S+$",
        max_length=LONGEST_URL,
        description="Where events are posted to; https, and outside the clinic's own network",
    )


class RegistrationBody(Body):
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$", description="By which it is known here")
    types: tuple[TypePattern, ...] = Field(
        default=(),
        max_length=MOST_PATTERNS,
        description="Types of events, `*` for any letters; none means all public ones",
    )
    webhook: WebhookBody


class RotationBody(Body):
    overlap_hours: int = Field(
        default=int(BOTH_SIGN_FOR.total_seconds()) // _HOUR,
        ge=0,
        le=7 * 24,
        description="How long the present secret goes on signing beside the new one",
    )


class ReplayBody(Body):
    """A range of what is kept. A cursor wins over a time; what is left out does not limit it."""

    after: EventCursor | None = Field(default=None, description="The last event before the range")
    to: EventCursor | None = Field(default=None, description="The last event of the range")
    recorded_from: AwareDatetime | None = None
    recorded_until: AwareDatetime | None = None


class SecretView(BaseModel):
    """A secret that signs now; what it is was shown once, when it was made."""

    made_at: datetime
    valid_until: datetime | None


class WebhookView(BaseModel):
    url: str
    signing: list[SecretView]


class IntegratorView(BaseModel):
    """``types`` empty: all public ones. ``secret`` is there once, in the answer that made it."""

    id: UUID
    name: str
    types: list[str]
    status: IntegratorStatus
    status_since: datetime
    registered_at: datetime
    webhook: WebhookView
    secret: str | None = Field(default=None, repr=False)


class FareView(BaseModel):
    waiting: int
    waiting_since: datetime | None
    failed: int
    delivered: int
    delivered_at: datetime | None


class FaringView(IntegratorView):
    """An integrator, and how it fares."""

    deliveries: FareView


class FeedView(BaseModel):
    """An integrator that pulls over NATS, as the bus keeps it. ``waiting`` is how many events it
    has not acknowledged: None where it was revoked, or NATS does not answer."""

    name: str
    types: list[str]
    status: IntegratorStatus
    added_at: datetime
    key_since: datetime
    waiting: int | None
    taken_at: datetime | None


class IntegratorListing(BaseModel):
    """``reached`` is the cursor of the last public event that integrators are told of by now.
    ``feeds`` are those who pull over NATS, and no part of ``items``."""

    items: list[FaringView]
    reached: str
    feeds: list[FeedView] = []


class DeliveryView(BaseModel):
    """What became of one event. ``failure`` is why the latest attempt did not succeed."""

    event_id: UUID
    type: str
    cursor: str
    state: DeliveryState
    due_since: datetime
    attempts: int
    tried_at: datetime | None
    next_try_at: datetime | None
    status: int | None
    failure: Failure | None


class DeliveryListing(BaseModel):
    """``next_cursor`` continues the list; None: this was the last page."""

    items: list[DeliveryView]
    next_cursor: str | None


class TrialView(BaseModel):
    """What the endpoint answered to an event that tells nothing."""

    delivered: bool
    status: int | None
    failure: Failure | None


class ReplayView(BaseModel):
    """How many events it is told again, or at last."""

    events: int


def integrator_view(integrator: Integrator, now: datetime) -> IntegratorView:
    return IntegratorView(
        id=integrator.id,
        name=integrator.name,
        types=list(integrator.types),
        status=integrator.status,
        status_since=integrator.status_since,
        registered_at=integrator.registered_at,
        webhook=WebhookView(
            url=integrator.webhook.url,
            signing=[
                SecretView(made_at=one.made_at, valid_until=one.valid_until)
                for one in integrator.signing(now)
            ],
        ),
    )


def faring_view(integrator: Integrator, fare: Fare, now: datetime) -> FaringView:
    shown = integrator_view(integrator, now).model_dump()
    return FaringView(**shown, deliveries=FareView.model_validate(fare, from_attributes=True))


def feed_view(feed: Feed, progress: Progress | None) -> FeedView:
    revoked = feed.revoked_at is not None
    return FeedView(
        name=feed.name,
        types=list(feed.types),
        status=IntegratorStatus.REVOKED if revoked else IntegratorStatus.ACTIVE,
        added_at=feed.added_at,
        key_since=feed.key_since,
        waiting=None if progress is None else progress.waiting,
        taken_at=None if progress is None else progress.taken_at,
    )


def delivery_view(delivery: Delivery) -> DeliveryView:
    return DeliveryView(
        event_id=delivery.event_id,
        type=delivery.type,
        cursor=str(delivery.place),
        state=delivery.state,
        due_since=delivery.due_since,
        attempts=delivery.attempts,
        tried_at=delivery.tried_at,
        next_try_at=delivery.next_try_at,
        status=delivery.status,
        failure=delivery.failure,
    )
