"""A rule's verdict under one name, whether it holds or not: receipts count by it."""

from shared.decisions import Unblock, Verdict, holds, violated
from shared.decisions.refusal import Fact


def rule(
    slug: str,
    cites: str,
    satisfied: bool,
    *,
    source: str | None = None,
    sources: tuple[str, ...] = (),
    unblocks: tuple[Unblock, ...] = (),
    **facts: Fact,
) -> Verdict:
    """``slug`` says what is wrong when the rule is violated."""
    sources = (source,) if source is not None else sources
    if satisfied:
        return holds(slug, cites, *sources, **facts)
    return violated(slug, cites, *sources, unblocks_with=unblocks, **facts)
