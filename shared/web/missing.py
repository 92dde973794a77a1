"""What would unblock a decision, as the API shows it: the same words in every service."""

from collections.abc import Iterable
from uuid import UUID

from pydantic import BaseModel

from shared.decisions import Refusal
from shared.protocol.unblocking import Missing, shortest_list


class MissingView(BaseModel):
    """One fact that is missing: who can supply it, how and where, and which refusals end with it.

    ``link`` is a path under its owner's ``/api/v1``; null where no one place is known.
    """

    fact: str
    owner: str
    action: str
    slugs: list[str]
    link: str | None


def missing_views(
    refusals: Iterable[Refusal],
    *,
    by: str | None = None,
    course_id: UUID | None = None,
    session_id: UUID | None = None,
) -> list[MissingView]:
    """The shortest list of what these refusals wait for, first step first."""
    known = {"course": course_id, "session": session_id}
    ids = {name: str(value) for name, value in known.items() if value is not None}
    return missing_view(shortest_list(refusals, by=by, ids=ids))


def missing_view(missing: Iterable[Missing]) -> list[MissingView]:
    return [
        MissingView(
            fact=one.fact,
            owner=one.owner,
            action=one.action,
            slugs=list(one.slugs),
            link=one.link,
        )
        for one in missing
    ]
