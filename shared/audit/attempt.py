"""One request of somebody known: what they try, and how far the chain tells of it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from shared.audit.entry import Entry, Outcome


@dataclass(slots=True, kw_only=True)
class Attempt:
    """What becomes a row, in the transaction that does it or shows it.

    A request may take several transactions. The first that ends well writes its row; a later one
    writes another when it changed something, or showed a client of whom no row tells yet. What was
    undone is not written: when the answer is not what the last row says, the edge adds it.
    """

    action: str
    role: str
    ref: UUID | None
    why: str
    """What access was decided by."""
    correlation_id: UUID
    target: UUID | None = None
    command: str | None = None
    unasked: bool = False
    outcome: Outcome = Outcome.ALLOWED
    """What rows say from now on; set when a form is shown again with what was refused."""
    sent_away: bool = False
    """Whoever it is has to prove that first: the answer leads elsewhere, and nothing was done."""
    lacking: str = ""
    """For want of what somebody was not shown a record that they came to."""
    written: Outcome | None = None
    """What the last row says that was committed."""
    shown: set[UUID] = field(default_factory=set)
    """The clients of whom committed rows tell."""
    decided: list[UUID] = field(default_factory=list)
    """The receipts of its committed decisions, the newest last."""

    def owes(self, clients: Collection[UUID]) -> bool:
        """Whether a transaction that showed these clients has to write a row, if it only read."""
        return self.written is not self.outcome or not self.shown.issuperset(clients)

    def entry(
        self, now: datetime, clients: Collection[UUID] = (), receipts: Collection[UUID] = ()
    ) -> Entry:
        """The row's content; ``now`` is the clinic's time."""
        return Entry(
            action=self.action,
            outcome=self.outcome,
            role=self.role,
            ref=self.ref,
            why=self.why,
            clinic_time=now,
            correlation_id=self.correlation_id,
            target=self.target,
            clients=clients,
            receipts=receipts,
            command=self.command,
            unasked=self.unasked,
        )

    def wrote(self, clients: Collection[UUID]) -> None:
        """A row was committed."""
        self.written = self.outcome
        self.shown.update(clients)
