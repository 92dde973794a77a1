"""Members of a two-phase set that only their owner removes: the key names owner and member."""

from collections.abc import Mapping
from typing import Any

from shared.folds.phased_set import PhasedSet


def owned_key(owner: str, member_id: object) -> str:
    """Another's word removes a member that is not there."""
    return f"{owner}:{member_id}"


def removed_by(kept: PhasedSet[Any], member_id: object) -> Mapping[str, str]:
    """Who said that a member of this id is removed, each with the event that said so."""
    ending = owned_key("", member_id)
    return {
        key.removesuffix(ending): event_id
        for key, event_id in kept.tombstones.items()
        if key.endswith(ending)
    }
