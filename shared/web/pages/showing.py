"""A template with everything that the layout needs beside a page's own values."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from fastapi import Request

from shared.access import Action
from shared.runtime.ids import new_id
from shared.serving.definition import Way
from shared.web.pages import sessions
from shared.web.pages.inside import inside
from shared.web.pages.rendering import Renderer
from shared.web.pages.resolving import decisions_at, resolver, standing_at
from shared.web.pages.sessions import SignedIn
from shared.web.people import Person
from shared.web.telling import asked_for

LOCKS_BEFORE_SECONDS: Final = 15
"""So long before its session falls asleep a page that was left alone locks, with what is on it."""


def render(
    request: Request,
    template: str,
    person: SignedIn | None,
    values: dict[str, Any],
    look: SignedIn | None = None,
) -> str:
    """A template with what the layout needs beside the page's own values; ``look`` is whose light
    and language it has, where nobody is signed in."""
    look = person or look
    app = request.app
    renderer: Renderer = app.state.renderer
    settings = app.state.service.settings
    address = _address(request)
    return renderer.render(
        template,
        look.language if look else asked_for(request),
        {
            "service": app.state.service.definition.name,
            "version": app.version,
            "services": settings.service_urls,
            "person": person,
            "theme": look.theme if look else "light",
            "locks_after": None
            if getattr(request.state, "stays", False)
            else sessions.idle_minutes(person.actor.role) * 60 - LOCKS_BEFORE_SECONDS
            if person
            else None,
            "nonce": request.state.nonce,
            "path": address.path,
            "query": f"?{address.query}" if address.query else "",
            "now": app.state.service.clock.now(),
            "navigation": ways_of(person, renderer.navigation, app.state.access),
            "still": getattr(app.state.service.clock, "stands_still", False),
            "name_of": _names(app.state.directory.everyone()),
            "resolve": resolver(
                app.state.service.definition.name,
                settings.service_urls,
                request.url.path,
                values,
            ),
            "decisions_at": decisions_at(request.url.path, values),
            "standing_at": standing_at(
                request.url.path, values, _read_by(person, renderer.standing, app.state.access)
            ),
            "zone": settings.timezone,
            "sandbox": settings.sandbox,
            "incomplete": getattr(request.state, "incomplete", False),
            "emergency_until": getattr(request.state, "emergency_until", None),
            "to_review": getattr(request.state, "to_review", 0),
            "form_key": str(new_id()),
            **values,
        },
    )


def _address(request: Request) -> SplitResult:
    """Where the page is read again: a form's page is shown again where the form was sent to."""
    said = getattr(request.state, "page_of_form", None)
    return urlsplit(inside(said)) if isinstance(said, str) else urlsplit(str(request.url))


def ways_of(
    person: SignedIn | None, ways: Sequence[Way], access: Mapping[str, Action]
) -> list[Way]:
    """Nobody is shown the way to a page that would turn them away."""
    return [way for way in ways if person and person.actor.role in access[way.action].roles]


def _read_by(
    person: SignedIn | None, standing: Mapping[str, str], access: Mapping[str, Action]
) -> list[str]:
    return [of for of, do in standing.items() if person and person.actor.role in access[do].roles]


def _names(everyone: list[Person]) -> Callable[[object], str]:
    """Who a reference is, as far as the clinic's people are known; else a short id."""
    names = {str(person.ref): person.name for person in everyone}
    return lambda ref: names.get(str(ref), str(ref)[-8:]) if ref else ""
