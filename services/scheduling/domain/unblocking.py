"""What would unblock a decision: the shortest list of missing facts, each with its owner."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from shared.decisions import Refusal

_FOLLOWS_FROM: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        # A course is active while its preparation is met and its approval current (ruling 20).
        "course-not-active": frozenset({"approval-not-current", "preparation-not-completed"}),
        # An order is authorised on a prescription that is active (6.2).
        "dose-not-authorised": frozenset({"prescription-not-active"}),
        # A clearance covers a session whose order is closed (ruling 16).
        "clearance-not-valid": frozenset({"therapy-not-ended"}),
        "dose-order-not-closed": frozenset({"therapy-not-ended"}),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One fact that is missing, who can supply it, and which refusals end with it."""

    fact: str
    owner: str
    action: str
    slugs: tuple[str, ...]


def shortest_list(refusals: Iterable[Refusal]) -> tuple[Missing, ...]:
    """Each missing fact once; what only follows from another that is missing is left out."""
    refused = tuple(refusals)
    slugs = {refusal.slug for refusal in refused}
    found: dict[tuple[str, str, str], list[str]] = {}
    for refusal in refused:
        if _FOLLOWS_FROM.get(refusal.slug, frozenset()) & slugs:
            continue
        for unblock in refusal.unblocks_with:
            named = found.setdefault((unblock.fact, unblock.owner, unblock.action), [])
            if refusal.slug not in named:
                named.append(refusal.slug)
    return tuple(
        Missing(fact=fact, owner=owner, action=action, slugs=tuple(named))
        for (fact, owner, action), named in found.items()
    )
