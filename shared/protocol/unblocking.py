"""What would unblock a decision: the shortest list of missing facts, each with its owner.

Each missing fact is named once, in the words of :mod:`shared.protocol.needs`, whichever services
and rules wait for it. Left out is what comes by itself with another one that is missing, and what
only seems to be missing because its owner did not answer.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from shared.decisions import Refusal
from shared.protocol.holds import HOLD_RULES, HoldCategory
from shared.protocol.needs import NEEDS, Need
from shared.protocol.needs_of_rules import HOLDS, IN_DOUBT, NEXT_STEP, OF_FACT, OF_SLUG, SILENT

_UNKNOWN_STEP: Final = 85
_CATEGORY: Final = re.compile(r"hold[ :](?P<category>\w+)")
_BY_FACT: Final = MappingProxyType(
    {"consent_granted": "the client signs again", "pre_dose_check_passed": "a new check passes"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One fact that is missing, who can supply it where, and which refusals end with it."""

    fact: str
    owner: str
    action: str
    slugs: tuple[str, ...]
    link: str | None = None


@dataclass(slots=True)
class _Wanted:
    key: str
    need: Need
    slugs: dict[str, None] = field(default_factory=dict)


def shortest_list(
    refusals: Iterable[Refusal],
    *,
    by: str | None = None,
    ids: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Missing, ...]:
    """What is missing, from the first step of a client's way to the last.

    ``by`` is the service that decided; ``ids`` may name the ``course`` and the ``session`` that
    links are made of. A link is a path under its owner's ``/api/v1``.
    """
    return shortest_of_all({by: tuple(refusals)}, ids=ids)


def shortest_of_all(
    refused: Mapping[str | None, Collection[Refusal]],
    *,
    ids: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Missing, ...]:
    """The same over what several services refuse, each by its own facts."""
    wanted: dict[tuple[str, str], _Wanted] = {}
    for by, refusals in refused.items():
        silent = {found["peer"] for r in refusals if (found := SILENT.fullmatch(r.slug))}
        for refusal in refusals:
            for key, need in _needs(refusal, by, silent):
                known = wanted.setdefault((need.fact, need.owner), _Wanted(key, need))
                known.slugs.setdefault(refusal.slug)
    keys = {one.key for one in wanted.values()}
    left = [one for one in wanted.values() if not one.need.follows & keys]
    left.sort(key=lambda one: (one.need.step, one.need.fact))
    left = [one for one in left if one.need.final][:1] or left
    return tuple(
        Missing(
            fact=one.need.fact,
            owner=one.need.owner,
            action=one.need.action,
            slugs=tuple(one.slugs),
            link=_link(one.need.at, ids),
        )
        for one in left
    )


def _needs(refusal: Refusal, by: str | None, silent: set[str]) -> Iterator[tuple[str, Need]]:
    slug = refusal.slug
    if found := SILENT.fullmatch(slug):
        yield "answer", _answer(found["peer"])
    elif found := IN_DOUBT.fullmatch(slug):
        yield from _in_doubt(refusal, found, by, silent)
    elif HOLDS.fullmatch(slug):
        yield from (("hold", need) for need in _lifted(refusal))
    elif slug in OF_SLUG:
        need = NEEDS[OF_SLUG[slug]]
        if need.owner not in silent or _told(refusal):
            yield OF_SLUG[slug], need
    else:
        for unblock in refusal.unblocks_with:
            if slug == NEXT_STEP and unblock.fact in OF_FACT:
                yield OF_FACT[unblock.fact], NEEDS[OF_FACT[unblock.fact]]
                continue
            yield (
                unblock.fact,
                Need(
                    step=_UNKNOWN_STEP,
                    fact=unblock.fact,
                    owner=unblock.owner,
                    action=unblock.action,
                ),
            )


def _told(refusal: Refusal) -> bool:
    """Whether an event told that it is lost; otherwise a silent owner may well have it."""
    return any(
        value is True
        for name, value in refusal.facts.items()
        if name.endswith("_seen") or name in {"told_ended", "revoked"}
    )


def _answer(peer: str) -> Need:
    return Need(
        step=1,
        fact=f"an answer of {peer}",
        owner=peer,
        action="bring it back; what it owns is asked again with the next try",
        at="/operations/status",
    )


def _in_doubt(
    refusal: Refusal, found: re.Match[str], by: str | None, silent: set[str]
) -> Iterator[tuple[str, Need]]:
    """Parked: somebody redrives it, where it is parked. Otherwise it comes by itself."""
    peer = found["peer"]
    producer = found["told"] or found["lane"]
    if peer is not None:
        yield "events", _redriven(f"the events that are parked at {peer}", peer)
    elif refusal.facts.get("parked"):
        yield "events", _redriven(f"the events of {producer} that are parked", by or producer)
    elif producer not in silent:
        waits = bool(refusal.facts.get("waiting"))
        what = "what of it is missing is asked for again" if waits else "it is heard each second"
        yield (
            "events",
            Need(
                step=3,
                fact=f"all events of {producer}",
                owner=producer,
                action=f"wait a moment: {what}; if it lasts, see whether it runs",
                at="/operations/status",
            ),
        )


def _redriven(fact: str, owner: str) -> Need:
    return Need(
        step=2,
        fact=fact,
        owner=owner,
        action="an operator retries or discards them",
        at="/operations/parked",
    )


def _lifted(refusal: Refusal) -> Iterator[Need]:
    """Each hold by its category: who signs is the same wherever it is asked."""
    found = False
    for unblock in refusal.unblocks_with:
        if named := _CATEGORY.match(unblock.fact):
            found = True
            yield _hold(named["category"], unblock.owner)
    if found:
        return
    category, owner = refusal.facts.get("category"), refusal.facts.get("owner")
    if isinstance(category, str) and isinstance(owner, str):
        yield _hold(category, owner)
        return
    for unblock in refusal.unblocks_with:
        yield Need(step=6, fact=unblock.fact, owner=unblock.owner, action=unblock.action)


def _hold(category: str, owner: str) -> Need:
    rule = HOLD_RULES[HoldCategory(category)]
    roles = sorted(role.value for role in rule.lifted_by_all or rule.lifted_by_any)
    together = bool(rule.lifted_by_all)
    joined = "its owner" if len(roles) > 3 else _joined(roles, together=together)
    ways = [f"{joined} signs the lifting"] if roles else []
    if rule.lifted_by_fact:
        ways.append(_BY_FACT[rule.lifted_by_fact])
    plan = "record the safety plan, then " if rule.safety_plan else ""
    return Need(
        step=6,
        fact=f"the hold {category} lifted",
        owner=owner,
        action=plan + ", or ".join(ways),
        at="/holds",
    )


def _joined(roles: list[str], *, together: bool) -> str:
    names = [role.replace("_", " ") for role in roles]
    if together:
        return " and ".join(f"the {name}" for name in names) + " each"
    return " or ".join(f"the {name}" for name in names)


def _link(at: str | None, ids: Mapping[str, str]) -> str | None:
    if at is None:
        return None
    wanted = set(re.findall(r"{(\w+)}", at))
    return at.format(**ids) if wanted <= ids.keys() else None
