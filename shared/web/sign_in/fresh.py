"""Before what only a prescriber may decide, a person proves once more who they are.

A proof of at most five minutes counts (21 CFR 1311 asks for two factors at such a signature; how
it was proved is in the session). Only what decides is asked for; looking is not, and neither is
what records something that has happened already.
"""

from collections.abc import Mapping
from typing import Final

from fastapi import Request

from shared.storage import Actor
from shared.web.pages.guard import SAFE

FRESH_SECONDS: Final = 300.0

StepUp = Mapping[str, frozenset[str]]
"""Action to the roles of whom a fresh proof is asked for it."""


class ProofNeeded(Exception):  # noqa: N818 - what is needed, not that it is an error
    """The person has to prove again who they are, and then what they asked for is done."""


def proof_is_fresh(
    request: Request, step_up: StepUp, action: str, actor: Actor, age: float | None
) -> bool:
    """Whether this may be done with a proof of this age (seconds; None where nobody knows)."""
    asked_for = actor.role in step_up.get(action, frozenset())
    if request.method in SAFE or not asked_for:
        return True
    return age is not None and age <= FRESH_SECONDS
