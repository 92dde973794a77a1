"""Where what a booked session still lacks is seen to."""

from dataclasses import dataclass

from services.scheduling.web.calendar_views import EntryView
from services.scheduling.web.session_views import SessionView
from shared.protocol.need_pages import page_for
from shared.web.calls import Call
from shared.web.missing import MissingView


@dataclass(frozen=True, slots=True)
class Ways:
    """From a missing fact to the page of whoever owns it, about this very session."""

    call: Call

    def to(self, missing: MissingView, session: EntryView | SessionView) -> str | None:
        """An address, in another service where that owns the fact; None: nobody has a page."""
        service = self.call.service
        services = service.settings.service_urls
        session_id = session.session_id if isinstance(session, EntryView) else session.id
        ids = {"session": str(session_id), "course": str(session.course_id)}
        for slug in missing.slugs:
            found = page_for(slug, [missing.owner], ids)
            if found is not None:
                owner, page = found
                known = owner == service.definition.name
                return page if known else services[owner] + page if owner in services else None
        return None if missing.owner == service.definition.name else services.get(missing.owner)
