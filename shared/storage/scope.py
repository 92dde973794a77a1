"""The scope of a transaction: what the database itself lets it see.

Row-level security asks four settings that last until the transaction ends. They are set in the same
breath as it begins, so they cost no round trip. A transaction that says nothing sees no client.
"""

import re
from typing import Final

from shared.access import Need
from shared.storage.context import Context

SERVICE: Final = "service"
PERSON: Final = "person"
_WORD: Final = re.compile(r"[a-z_]{1,40}")
_BEGIN_AS_SERVICE: Final = f"BEGIN; SET LOCAL careteam.scope = '{SERVICE}'"
RAISE: Final = f"SET LOCAL careteam.scope = '{SERVICE}'"
LOWER: Final = f"SET LOCAL careteam.scope = '{PERSON}'"
DOUBT_THE_TEAM: Final = "SET LOCAL careteam.team_known = 'no'"


def begin(context: Context) -> str:
    """Begin, and say for whom. What a person does counts as a command that takes a relation, until
    it is said to be something else."""
    actor, access = context.actor, context.access
    if actor.is_system:
        return _BEGIN_AS_SERVICE
    settings = {
        "scope": PERSON,
        "role": _word(actor.role),
        "ref": "" if actor.ref is None else str(actor.ref),
        "need": _word((Need.RELATION if access is None else access.action.need).value),
        "reading": "yes" if access is not None and access.reading else "no",
        "now": context.now.isoformat(),
        "team_known": "yes",
    }
    said = "; ".join(f"SET LOCAL careteam.{name} = '{value}'" for name, value in settings.items())
    return f"BEGIN; {said}"


def _word(value: str) -> str:
    if not _WORD.fullmatch(value):
        raise ValueError("a role or a need is a word of lower-case letters")
    return value
