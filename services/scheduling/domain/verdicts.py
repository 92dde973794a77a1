"""How a rule states its verdict: the same facts whether it holds or not."""

from collections.abc import Iterable, Mapping

from shared.decisions import Fact, Unblock, Verdict


def judge(
    slug: str,
    rule: str,
    *,
    ok: bool,
    facts: Mapping[str, Fact],
    sources: Iterable[str] = (),
    unblocks: Iterable[Unblock] = (),
) -> Verdict:
    """A verdict whose slug names the refusal; only a refusal says what would unblock it."""
    return Verdict(
        slug=slug,
        rule=rule,
        holds=ok,
        facts=facts,
        source_events=tuple(sources),
        unblocks_with=() if ok else tuple(unblocks),
    )
