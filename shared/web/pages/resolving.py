"""Where a reason why not leads: to the page of whoever owns the missing fact."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from pydantic import BaseModel

from shared.protocol.need_pages import page_for, page_of_step

_ABOUT: Final = re.compile(r"/(?P<what>course|session)s/(?P<id>[0-9a-f-]{36})")


def ids_of(path: str, values: Mapping[str, Any]) -> dict[str, str]:
    """The course and the session that a page is about: by its address, and by what it shows."""
    found = {match["what"]: match["id"] for match in _ABOUT.finditer(path)}
    for value in values.values():
        if isinstance(value, BaseModel):
            for what in ("course", "session"):
                known = getattr(value, f"{what}_id", None)
                if known is not None:
                    found.setdefault(what, str(known))
    return found


def decisions_at(path: str, values: Mapping[str, Any]) -> str | None:
    """The page of what was decided about the session or the course of a page, by receipts."""
    ids = ids_of(path, values)
    if "session" in ids:
        return f"/receipts?subject_id={ids['session']}"
    return f"/receipts?course_id={ids['course']}" if "course" in ids else None


def standing_at(path: str, values: Mapping[str, Any], shown: Collection[str]) -> str | None:
    """The page of how the session or the course of a page stands now, where there is one."""
    ids = ids_of(path, values)
    of = next((one for one in ("session", "course") if one in ids and one in shown), None)
    return f"/{of}s/{ids[of]}/standing" if of else None


def resolver(
    service: str, services: Mapping[str, str], path: str, values: Mapping[str, Any]
) -> Callable[[Any], str | None]:
    """Gives for a refusal the address at which it is resolved. Where that is this very page, it is
    the page of the next step that the refusal names, if there is one."""
    ids = ids_of(path, values)

    def resolve(one: Any) -> str | None:
        ways = _of(one, "unblocks_with") or ()
        owners = [_of(unblock, "owner") for unblock in ways]
        found = page_for(_of(one, "slug"), owners, ids)
        if ways and found == (service, path):
            found = page_of_step(_of(ways[0], "fact"), ids) or found
        if found is None:
            return services.get(owners[0]) if owners and owners[0] != service else None
        owner, page = found
        if owner == service:
            return page if page != path else None
        return services[owner] + page if owner in services else None

    return resolve


def _of(one: Any, name: str) -> Any:
    return one.get(name) if isinstance(one, Mapping) else getattr(one, name)
