"""Turns a message into words, on the clinic's clock and in the reader's language."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from services.notifications.domain.message import Message
from services.notifications.domain.texts import LATE, TEXTS
from services.notifications.domain.vocabulary import Language

_DAYS: Final = {
    Language.ENGLISH: (
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ),
    Language.SPANISH: (
        "lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo",
    ),
}  # fmt: skip
_MONTHS: Final = {
    Language.ENGLISH: (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    Language.SPANISH: (
        "enero", "febrero", "marzo", "abril", "mayo", "junio",
        "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is read: a mail has both, a text message only the body."""

    subject: str
    body: str


def render(message: Message, language: Language, *, now: datetime, zone: ZoneInfo) -> Rendered:
    """The message's words; a late message begins by saying so (INV-27)."""
    text = TEXTS[language][message.wording]
    if message.about is None and text.without is not None:
        rendered = Rendered(text.subject, text.without)
    else:
        when = spoken(message.about or message.due_at, language, zone)
        rendered = Rendered(text.subject.format(when=when), text.body.format(when=when))
    if not message.is_late(now):
        return rendered
    late = LATE[language].format(due=spoken(message.due_at, language, zone))
    return Rendered(rendered.subject, f"{late} {rendered.body}")


def spoken(moment: datetime, language: Language, zone: ZoneInfo) -> str:
    """A moment as people say it: named day and month, never figures that read two ways."""
    local = moment.astimezone(zone)
    day = _DAYS[language][local.weekday()]
    month = _MONTHS[language][local.month - 1]
    if language is Language.SPANISH:
        article = "la" if local.hour == 1 else "las"
        return f"{day} {local.day} de {month} a {article} {local.hour}:{local.minute:02d}"
    half = "AM" if local.hour < 12 else "PM"
    return f"{day}, {month} {local.day} at {local.hour % 12 or 12}:{local.minute:02d} {half}"
