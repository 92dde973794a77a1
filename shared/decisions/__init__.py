"""Decisions that explain themselves. Pure, standard library only."""

from shared.decisions.change import Change
from shared.decisions.decision import Decision, Verdict, holds, violated
from shared.decisions.refusal import Fact, Refusal, Refused, Unblock, Unproven, refuse

__all__ = [
    "Change",
    "Decision",
    "Fact",
    "Refusal",
    "Refused",
    "Unblock",
    "Unproven",
    "Verdict",
    "holds",
    "refuse",
    "violated",
]
