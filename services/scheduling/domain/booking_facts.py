"""A booking, and everything that it is judged by."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from services.scheduling.domain.clinician import Clinician
from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.preparation import Preparation
from services.scheduling.domain.restriction import Window
from services.scheduling.domain.room import Room
from services.scheduling.domain.session import Session
from shared.protocol import ClinicProtocol


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingFacts:
    """A booking, made or proposed. ``others`` are the client's, in any course.

    ``elsewhere`` is what the client's other courses restrict, each by its own rules (ruling 22).
    ``therapist``, ``attendant`` and ``room`` are as the roster knows them, None when it does not.
    """

    session: Session
    others: tuple[Session, ...]
    facts: CourseFacts
    preparation: Preparation | None
    protocol: ClinicProtocol
    zone: ZoneInfo
    now: datetime
    therapist: Clinician | None
    room: Room | None
    attendant: Clinician | None = None
    elsewhere: tuple[Window, ...] = ()
