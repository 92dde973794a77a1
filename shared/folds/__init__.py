"""Folds whose result depends on neither the order nor the number of deliveries. Pure, standard library only."""

from shared.folds.highest import Highest
from shared.folds.phased_set import PhasedSet
from shared.folds.sourced import Sourced

__all__ = ["Highest", "PhasedSet", "Sourced"]
