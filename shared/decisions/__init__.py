"""Decisions that explain themselves: refusals, verdicts, decisions, changes. Pure, standard library only."""

from shared.decisions.change import Change
from shared.decisions.decision import Decision, Verdict, holds, violated
from shared.decisions.refusal import Fact, Refusal, Refused, Unblock, refuse

__all__ = [
    "Change",
    "Decision",
    "Fact",
    "Refusal",
    "Refused",
    "Unblock",
    "Verdict",
    "holds",
    "refuse",
    "violated",
]
