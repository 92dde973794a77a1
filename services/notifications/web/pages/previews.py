"""Every text as its reader would see it, with facts that are invented."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from services.notifications.domain.message import Message
from services.notifications.domain.rendering import Rendered, render
from services.notifications.domain.texts import TEXTS
from services.notifications.domain.vocabulary import Language
from services.notifications.domain.wording import TRAITS, Traits, Wording

NOBODY: Final = UUID(int=0)
_ANY_DAY: Final = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One text in every language; ``without`` is said while the moment is not known."""

    wording: Wording
    traits: Traits
    known: Mapping[Language, Rendered]
    without: Mapping[Language, Rendered]
    late: Mapping[Language, Rendered]


def previews(zone: ZoneInfo) -> list[Preview]:
    """All texts, rendered by the function that renders them when they leave."""
    return list(_previews(zone))


def _previews(zone: ZoneInfo) -> Iterator[Preview]:
    due = datetime(2026, 3, 10, 9, 30, tzinfo=zone)
    about = due + timedelta(days=1, hours=5)
    for wording, traits in TRAITS.items():
        known = _message(wording, due=due, about=about)
        vague = _message(wording, due=due, about=None)
        after = due + traits.late_after + timedelta(minutes=1)
        unsaid = {language for language in Language if TEXTS[language][wording].without is not None}
        yield Preview(
            wording=wording,
            traits=traits,
            known={one: render(known, one, now=due, zone=zone) for one in Language},
            without={one: render(vague, one, now=due, zone=zone) for one in sorted(unsaid)},
            late={one: render(known, one, now=after, zone=zone) for one in Language},
        )


def rendered(
    wording: Wording, about: datetime | None, language: Language, zone: ZoneInfo
) -> Rendered:
    """One text about a moment, as it would be sent; without one, what is said then."""
    due = about or _ANY_DAY
    return render(_message(wording, due=due, about=about), language, now=due, zone=zone)


def _message(wording: Wording, *, due: datetime, about: datetime | None) -> Message:
    return Message(
        id=NOBODY,
        client_id=NOBODY,
        course_id=NOBODY,
        wording=wording,
        cause_id=NOBODY,
        occasion="preview",
        due_at=due,
        expires_at=due + TRAITS[wording].keeps_for,
        about=about,
    )
