"""What every event is: a frozen, strict model that knows its own wire name.

It carries nothing personal (INV-37): its fields are ids, enums, bounded numbers and times.

Writers are strict: a value of the wrong type is refused, never coerced. Readers are lenient in
one way only: a field that this version does not know is ignored, so that a later minor version
may add fields. A field that is missing, or out of its bounds, is refused by both.
"""

from typing import Any, ClassVar
from uuid import UUID
from zlib import crc32

from pydantic import BaseModel, ConfigDict

from careteam_contracts.enums import Service

PARTITIONS = 64
_SUFFIXES = tuple(f".p{number:02d}" for number in range(PARTITIONS))


def partition(client_id: UUID) -> int:
    """The partition (0 to 63) that carries everything about this client.

    The bytes that are summed are the canonical lower-case text of the id.
    """
    return crc32(str(client_id).encode("ascii")) % PARTITIONS


class Event(BaseModel):
    """An event's body. The envelope travels in the headers.

    ``type`` is the wire name, written out and never derived from the class name. ``urgent`` marks
    a fact that takes effect on receipt, whatever is missing before it (``!`` in the catalogue).
    ``public`` events are for integrators, all others stay between the four services (ruling 8).
    """

    model_config = ConfigDict(
        frozen=True, extra="ignore", strict=True, hide_input_in_errors=True, use_enum_values=False
    )

    type: ClassVar[str]
    producer: ClassVar[Service]
    aggregate_type: ClassVar[str]
    consumers: ClassVar[tuple[Service, ...]] = ()
    urgent: ClassVar[bool] = False
    public: ClassVar[bool] = False
    subject_prefix: ClassVar[str]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if "type" in cls.__dict__:
            root, _, rest = cls.type.partition(".")
            cls.subject_prefix = f"{root}.{'evt' if cls.public else 'int'}.{rest}"

    @classmethod
    def subject(cls, client_id: UUID) -> str:
        """Where an event of this type about this client is published."""
        return cls.subject_prefix + _SUFFIXES[partition(client_id)]

    def to_body(self) -> bytes:
        """The event as the JSON bytes of a message."""
        return self.__pydantic_serializer__.to_json(self)
