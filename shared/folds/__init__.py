"""Folds that give the same for any order and number of deliveries. Pure, standard library only."""

from shared.folds.highest import Highest
from shared.folds.phased_set import PhasedSet
from shared.folds.sourced import Sourced

__all__ = ["Highest", "PhasedSet", "Sourced"]
