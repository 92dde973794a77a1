"""A refusal: a slug, the rule it comes from, and the facts that made it so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn, TypeAlias

Fact: TypeAlias = str | int | float | bool | Sequence[str] | None
"""A fact as it is shown: an id, enum, count, boolean or RFC 3339 time. Never free text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unblock:
    """The fact that is missing, and who can supply it."""

    fact: str
    owner: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One reason why not.

    ``slug`` is stable and kebab-case (``escort-not-confirmed``), ``rule`` cites the fact id or
    invariant (``F89``, ``INV-6``), ``source_events`` are the ids of the events relied on.
    """

    slug: str
    rule: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    source_events: tuple[str, ...] = ()
    unblocks_with: tuple[Unblock, ...] = ()


class Refused(Exception):  # noqa: N818 - the field's word for it: a command is refused
    """A command that the rules do not allow; carries every refusal, never only the first."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__(", ".join(r.slug for r in refusals))
        self.refusals = tuple(refusals)


class Unproven(Refused):
    """A decision that could not be proven, because somebody who has to be asked did not answer."""


def refuse(slug: str, rule: str, *unblocks_with: Unblock, **facts: Fact) -> NoReturn:
    """Refuse with a single reason."""
    raise Refused([Refusal(slug=slug, rule=rule, facts=facts, unblocks_with=unblocks_with)])
