"""The second wall: what the database shows a transaction, whatever the application asks.

The policy says in SQL what :func:`shared.access.decide` says, from the same relations and from the
settings of :mod:`shared.storage.scope`. It is forced on the owner too. A transaction that says
nothing sees nothing. Writing asks only that somebody has been named: what is changed was found
first, and what is new is of a client whom the command has found.

``client_relations`` and ``emergency_accesses`` stand outside, because every policy asks them, and
so do the tables of messages: what they hold is ids, which the relay sends and the consumer takes
without a person.
"""

from collections.abc import Iterable
from typing import Final

from shared.access.decide import TREATING_ROLES

_SAID: Final = "current_setting('careteam.{}', true)"
_SCOPE, _ROLE, _NEED, _READING, _KNOWN = (
    _SAID.format(name) for name in ("scope", "role", "need", "reading", "team_known")
)
_REF: Final = f"NULLIF({_SAID.format('ref')}, '')::uuid"
_NOW: Final = f"NULLIF({_SAID.format('now')}, '')::timestamptz"

_RELATED: Final = f"""
    SELECT r.client_id FROM client_relations r
    WHERE r.role = {_ROLE} AND (r.person_ref IS NULL OR r.person_ref = {_REF})
      AND (NOT r.told OR {_READING} = 'no' OR {_KNOWN} = 'yes' OR r.client_id IN (
          SELECT h.client_id FROM client_relations h WHERE h.role = 'in_our_hands'))
"""  # noqa: S608 - constants
_NAMED: Final = f"""
    SELECT r.client_id FROM client_relations r WHERE r.role = {_ROLE} AND r.person_ref = {_REF}
"""  # noqa: S608 - constants
_TREATING: Final = ", ".join(f"'{role}'" for role in sorted(TREATING_ROLES))
_IN_EMERGENCY: Final = f"""
    SELECT e.client_id FROM emergency_accesses e
    WHERE e.role = {_ROLE} AND e.person_ref = {_REF} AND e.ends_at > {_NOW}
"""  # noqa: S608 - constants
_REACHED: Final = f"""
    {_SCOPE} = 'service' OR ({_SCOPE} = 'person' AND (
        {_ROLE} NOT IN ('therapist', 'prescriber')
        OR {_NEED} = 'no_client'
        OR ({_NEED} = 'safety' AND {_READING} = 'no')
        OR client_id IN ({_RELATED})
        OR ({_READING} = 'yes' AND client_id IN ({_IN_EMERGENCY}))
    ))
"""
_SOMEBODY: Final = f"{_SCOPE} IN ('service', 'person')"
_OWN_ANSWERS: Final = f"""
    {_SCOPE} = 'service' OR ({_SCOPE} = 'person'
        AND actor = {_ROLE} || ':' || COALESCE(NULLIF({_SAID.format("ref")}, ''), 'None'))
"""


def protect(tables: Iterable[str]) -> Iterable[str]:
    """The statements that put these tables of clients' data, and answered commands, behind it."""
    for table in tables:
        yield from _policy(table, _REACHED)
    yield from _policy("answered_commands", _OWN_ANSWERS)


def label(table: str, *, shared: str) -> str:
    """The statement by which rows of a table that are ``labelled`` are hidden from more people.

    ``shared`` is a query that has a row where the client has agreed that all who treat may read;
    ``{now}`` in it is the transaction's time.
    """
    agreed = shared.replace("{now}", _NOW)
    return f"""
        CREATE POLICY by_label ON {table} AS RESTRICTIVE FOR SELECT USING (
            NOT labelled OR {_SCOPE} = 'service' OR {_READING} = 'no'
            OR client_id IN ({_NAMED}) OR client_id IN ({_IN_EMERGENCY})
            OR ({_ROLE} IN ({_TREATING}) AND EXISTS ({agreed}))
        )
    """


def unlabel(table: str) -> str:
    """The statement that undoes :func:`label`."""
    return f"DROP POLICY by_label ON {table}"


def _policy(table: str, shown: str) -> Iterable[str]:
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY in_reach ON {table} USING ({shown}) WITH CHECK ({_SOMEBODY})"


def expose(tables: Iterable[str]) -> Iterable[str]:
    """The statements that undo :func:`protect`."""
    for table in (*tables, "answered_commands"):
        yield f"DROP POLICY in_reach ON {table}"
        yield f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"
