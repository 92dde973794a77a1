"""Who has what somebody else wants: a refusal's facts, for people who look by name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.scheduling.web.views import GateView
from shared.web.pages.forms import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """``part``: room, therapist, supervisor or attendant, which this client has meanwhile."""

    part: str
    client_id: UUID
    therapist_ref: UUID
    since: datetime
    until: datetime


def taken(form: Form, gate: GateView | None) -> list[Taken]:
    """What others hold at the time that was asked for, by a refusal or before one."""
    reasons = [(one.slug, one.facts) for one in form.refusals]
    if gate is not None:
        reasons += [(one.slug, one.facts) for one in gate.verdicts if not one.holds]
    return [one for slug, facts in reasons for one in _of(slug, facts)]


def _of(slug: str, facts: Mapping[str, Any]) -> Iterable[Taken]:
    if not slug.endswith("-taken") or not facts.get("clients"):
        return
    columns = (facts[key] for key in ("clients", "therapists", "since", "until"))
    for client, therapist, since, until in zip(*columns, strict=True):
        yield Taken(
            part=slug.removesuffix("-taken"),
            client_id=UUID(str(client)),
            therapist_ref=UUID(str(therapist)),
            since=datetime.fromisoformat(since),
            until=datetime.fromisoformat(until),
        )
