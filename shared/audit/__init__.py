"""The audit chain: who did or saw what, when and by which right, so that no row can go unnoticed.

Each service keeps one chain in its own database. A row is an entry (canonical JSON) and a keyed
digest over it and the digest of the row before. Whoever changes, removes, reorders or inserts a row
without the key breaks the chain at that row. Whoever has the key too is found out by checkpoints:
signed statements of how long the chain was and how it ended, kept where the service cannot take
them back.

This room is pure, key files apart: entries, the chain's arithmetic, checkpoints and verification.
Rows are written by ``shared.storage``, at the edge's transaction, and the edge is ``shared.web``.
"""

from shared.audit.attempt import Attempt
from shared.audit.entry import Entry, Outcome
from shared.audit.keys import KeyRing, UnkeyedAuditError

__all__ = ["Attempt", "Entry", "KeyRing", "Outcome", "UnkeyedAuditError"]
