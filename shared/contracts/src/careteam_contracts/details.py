"""The two detail questions: identity and contact.

Their answers are about a person. They travel by request and reply only, are audited by whoever
answers, live for at most 60 s in memory, and never enter an event, a header, a subject, a log or
a table (ruling 1). So no field of theirs shows in a ``repr``.
"""

from datetime import date
from typing import Annotated, TypeAlias
from uuid import UUID

from pydantic import Field, StringConstraints

from careteam_contracts.enums import ActorRole
from careteam_contracts.exchanged import Exchanged

PersonalText: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=200), Field(examples=["Sample"])
]
Language: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[a-z]{2}$", max_length=2), Field(examples=["en"])
]


class DetailAsk(Exchanged):
    """Who wants to know about whom: the asking person is in the answerer's audit."""

    client_id: UUID
    actor_role: ActorRole
    actor_ref: UUID | None = None


class Identity(Exchanged):
    """Intake's answer: who the client is. ``timezone`` (IANA) where it is not the clinic's."""

    known: bool
    name: PersonalText | None = Field(default=None, repr=False)
    date_of_birth: date | None = Field(default=None, repr=False)
    timezone: PersonalText | None = Field(default=None, repr=False)


class Allergies(Exchanged):
    """Prescribing's answer. ``recorded`` is false where nobody has asked the client yet."""

    known: bool
    recorded: bool = False
    allergies: Annotated[tuple[PersonalText, ...], Field(max_length=100)] = Field(
        default=(), repr=False
    )


class Contact(Exchanged):
    """Intake's answer: how the client may be reached now."""

    known: bool
    name: PersonalText | None = Field(default=None, repr=False)
    phone: PersonalText | None = Field(default=None, repr=False)
    email: PersonalText | None = Field(default=None, repr=False)
    language: Language = "en"
    sms_allowed: bool = False
    email_allowed: bool = False
    voice_allowed: bool = False


class EscortContactAsk(DetailAsk):
    """The escort of this session; without an id, the one that is confirmed now."""

    session_id: UUID
    escort_id: UUID | None = None


class EscortContact(Exchanged):
    """Scheduling's answer: how the escort may be reached."""

    known: bool
    escort_id: UUID | None = None
    name: PersonalText | None = Field(default=None, repr=False)
    phone: PersonalText | None = Field(default=None, repr=False)
    relationship: PersonalText | None = Field(default=None, repr=False)
