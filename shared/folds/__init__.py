"""Folds that give the same for any order and number of deliveries. Pure, standard library only."""

from shared.folds.highest import Highest
from shared.folds.owned import owned_key, removed_by
from shared.folds.phased_set import PhasedSet
from shared.folds.sourced import Sourced
from shared.folds.timed_set import TimedSet

__all__ = ["Highest", "PhasedSet", "Sourced", "TimedSet", "owned_key", "removed_by"]
