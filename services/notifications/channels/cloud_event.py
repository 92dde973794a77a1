"""A public event as integrators get it: CloudEvents 1.0, structured JSON.

It is made anew from what the contracts of this version know: a header or a field that they do not
list is left out, whoever put it there.
"""

from collections.abc import Mapping
from typing import Any, Final

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from careteam_contracts.catalogue import CATALOGUE, parse
from careteam_contracts.envelope import Envelope
from services.notifications.domain.event_place import Place

CONTENT_TYPE: Final = JSONFormat.CONTENT_TYPE
PUBLIC_TYPES: Final = frozenset(name for name, entry in CATALOGUE.items() if entry.public)
TEST_TYPE: Final = "careteam.test"
"""Of an event that is in no stream: somebody tries an endpoint."""

_OURS: Final = "ce-"


def structured(headers: Mapping[str, str], payload: bytes, at: Place) -> bytes:
    """The body that tells an event; its ``cursor`` says where the stream holds it.

    Raises what the contracts raise of an envelope or a body that is none of theirs.
    """
    envelope = Envelope.from_headers(headers)
    event = parse(envelope.type, payload)
    attributes: dict[str, Any] = {
        name.removeprefix(_OURS): value
        for name, value in envelope.to_headers().items()
        if name.startswith(_OURS)
    }
    attributes |= {
        "time": envelope.recorded_at,
        "aggregateversion": envelope.aggregate_version,
        "clientsequence": envelope.client_sequence,
        "protocolversion": envelope.protocol_version,
        "cursor": str(at),
    }
    return JSONFormat().write(CloudEvent(attributes, event.model_dump(mode="json")))


def trial(event_id: str) -> bytes:
    """The body of a test: it tells nothing, and of nobody."""
    attributes = {
        "id": event_id,
        "source": "/careteam/notifications",
        "type": TEST_TYPE,
        "datacontenttype": "application/json",
    }
    return JSONFormat().write(CloudEvent(attributes, {}))
