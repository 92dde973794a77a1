"""A gate's decision: every rule with its verdict, so that an allow is explained like a deny."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shared.decisions.refusal import Fact, Refusal, Refused, Unblock


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One rule, whether it holds, and what that was read from."""

    slug: str
    rule: str
    holds: bool
    facts: Mapping[str, Fact] = field(default_factory=dict)
    source_events: tuple[str, ...] = ()
    unblocks_with: tuple[Unblock, ...] = ()

    def refusal(self) -> Refusal:
        return Refusal(
            slug=self.slug,
            rule=self.rule,
            facts=self.facts,
            source_events=self.source_events,
            unblocks_with=self.unblocks_with,
        )


def holds(slug: str, rule: str, *source_events: str, **facts: Fact) -> Verdict:
    """A rule that is satisfied."""
    return Verdict(slug=slug, rule=rule, holds=True, facts=facts, source_events=source_events)


def violated(
    slug: str,
    rule: str,
    *source_events: str,
    unblocks_with: tuple[Unblock, ...] = (),
    **facts: Fact,
) -> Verdict:
    """A rule that is not satisfied, with what would satisfy it."""
    return Verdict(
        slug=slug,
        rule=rule,
        holds=False,
        facts=facts,
        source_events=source_events,
        unblocks_with=unblocks_with,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """All verdicts of one gate. Every rule must hold; a gate without rules allows nothing."""

    gate: str
    verdicts: tuple[Verdict, ...]

    @classmethod
    def of(cls, gate: str, verdicts: Iterable[Verdict]) -> "Decision":
        return cls(gate=gate, verdicts=tuple(verdicts))

    @property
    def allowed(self) -> bool:
        return bool(self.verdicts) and all(v.holds for v in self.verdicts)

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        return tuple(v.refusal() for v in self.verdicts if not v.holds)

    def require(self) -> None:
        """Raise :class:`Refused` with every refusal unless the gate allows."""
        if not self.allowed:
            raise Refused(self.refusals)
