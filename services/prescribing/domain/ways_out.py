"""The shortest list of what would unblock a decision, each with its owner (architecture 4)."""

from shared.decisions import Decision, Unblock

_SILENT = "-did-not-answer"


def ways_out(decision: Decision) -> tuple[Unblock, ...]:
    """Each missing fact once, in the order of the rules.

    Of a peer that does not answer only its answer is missing: what it would say is not known.
    """
    refusals = decision.refusals
    silent = {r.slug.removesuffix(_SILENT) for r in refusals if r.slug.endswith(_SILENT)}
    ways = [
        way
        for refusal in refusals
        for way in refusal.unblocks_with
        if way.owner not in silent or refusal.slug.endswith(_SILENT)
    ]
    return tuple(dict.fromkeys(ways))
