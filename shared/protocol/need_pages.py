"""Where people resolve what is missing: the page of its owner, for each need."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from shared.protocol.needs import NEEDS
from shared.protocol.needs_of_rules import HOLDS, OF_FACT, OF_SLUG

_COURSE = "/courses/{course}"
_SESSION = "/sessions/{session}"

PAGE_OF_NEED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "another course": _COURSE,
        "another session": _SESSION,
        "closing": _COURSE,
        "care team": f"{_COURSE}/team",
        "screening": f"{_COURSE}/screening",
        "evaluation": f"{_COURSE}/evaluation",
        "assessment": f"{_COURSE}/assessment",
        "approval": _COURSE,
        "consent treatment": f"{_COURSE}/consents",
        "consent aftercare_agreement": f"{_COURSE}/consents",
        "preparation": _COURSE,
        "prescription": f"{_COURSE}/prescription",
        "review": f"{_COURSE}/reviews",
        "summary": _SESSION,
        "integration": _COURSE,
        "spacing": f"{_SESSION}/reschedule",
        "restriction": "/aftercare",
        "escort": f"{_SESSION}/escorts",
        "order": _SESSION,
        "active course": _COURSE,
        "assent": _SESSION,
        "check": f"{_SESSION}/check",
        "start": _SESSION,
        "session end": _SESSION,
        "observation": f"{_SESSION}/recovery",
        "recovery": f"{_SESSION}/recovery/look",
        "order closed": _SESSION,
        "clearance": f"{_SESSION}/recovery",
        "escort here": f"{_SESSION}/escorts",
    }
)
NEED_OF_STEP: Final[Mapping[str, str]] = MappingProxyType(
    {fact: need for fact, need in OF_FACT.items() if fact != "course"}
)
"""What a course waits for on its way, by the fact that brings it further: one that is over waits
for nothing."""
PAGE_OF_HOLDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "intake": f"{_COURSE}/holds",
        "prescribing": f"{_COURSE}/holds",
        "scheduling": _COURSE,
    }
)


def page_for(slug: str, owners: Sequence[str], ids: Mapping[str, str]) -> tuple[str, str] | None:
    """The service that owns the missing fact, and its page about this course or session.

    ``owners`` are who could unblock it, as the refusal says: a hold leads to the first of them.
    None where no page is known, or none without an id that is not there.
    """
    owner, page = _owned(slug, owners)
    return _filled(owner, page, ids)


def page_of_step(fact: str, ids: Mapping[str, str]) -> tuple[str, str] | None:
    """Where the next step of a course is taken; None where ``fact`` is none."""
    need = NEED_OF_STEP.get(fact)
    return None if need is None else _filled(NEEDS[need].owner, PAGE_OF_NEED[need], ids)


def _filled(owner: str, page: str, ids: Mapping[str, str]) -> tuple[str, str] | None:
    wanted = set(re.findall(r"{(\w+)}", page))
    return (owner, page.format(**ids)) if page and wanted <= ids.keys() else None


def _owned(slug: str, owners: Sequence[str]) -> tuple[str, str]:
    if slug in OF_SLUG:
        return NEEDS[OF_SLUG[slug]].owner, PAGE_OF_NEED[OF_SLUG[slug]]
    if HOLDS.fullmatch(slug) and owners:
        return owners[0], PAGE_OF_HOLDS.get(owners[0], "")
    return "", ""
