"""What a chain is judged by, wherever it comes from, and the judgement."""

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.audit.checkpoint import BadCheckpointError, Checkpoint
from shared.audit.keys import KeyRing
from shared.audit.verification import Finding, Row, Verification, Verified

_TOLD_EVERY: Final = 20_000
UNVOUCHED_ROWS: Final = 5_000
"""More than this without a checkpoint is no delay any more: they stopped, or were taken away."""


class Source(Protocol):
    """Where a service's chain, its keys and its checkpoints are read."""

    async def checkpoints(self, service: str) -> list[tuple[str, str]]:
        """Every checkpoint that was kept, as (where, line)."""
        ...

    def public_key(self, service: str) -> Ed25519PublicKey: ...
    def keys(self, service: str) -> KeyRing: ...
    def rows(self, service: str) -> AsyncGenerator[Row, None]: ...


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be said of one service's chain."""

    service: str
    verified: Verified
    places: dict[str, int]
    """Up to which row each place of checkpoints vouches."""
    distrusted: tuple[str, ...] = ()
    """Checkpoints that the service's key did not sign."""

    @property
    def finding(self) -> Finding | None:
        return self.verified.finding or self._unvouched()

    @property
    def holds(self) -> bool:
        return self.finding is None and not self.distrusted

    def _unvouched(self) -> Finding | None:
        first = self.verified.vouched + 1
        many = self.verified.rows - self.verified.vouched
        if many <= UNVOUCHED_ROWS:
            return None
        return Finding(first, f"nothing vouches for it and {many - 1} rows after it")


async def judge(
    source: Source, service: str, tell: Callable[[int], None] = lambda _rows: None
) -> Judgement:
    """Verify one service's chain. Checkpoints are read first, so that none is ahead of the rows."""
    lines = await source.checkpoints(service)
    believed, distrusted = _believed(service, lines, source.public_key(service))
    verification = Verification(service, source.keys(service), [one for _, one in believed])
    taken = 0
    async with aclosing(source.rows(service)) as rows:
        async for row in rows:
            if not verification.take(row):
                break
            taken += 1
            if taken % _TOLD_EVERY == 0:
                tell(taken)
    places: dict[str, int] = {}
    for where, one in believed:
        places[where] = max(places.get(where, 0), one.sequence)
    return Judgement(service, verification.result(), places, tuple(distrusted))


def _believed(
    service: str, lines: Iterable[tuple[str, str]], key: Ed25519PublicKey
) -> tuple[list[tuple[str, Checkpoint]], list[str]]:
    believed, distrusted = [], []
    for number, (where, line) in enumerate(lines, 1):
        try:
            one = Checkpoint.read(line, key)
        except BadCheckpointError:
            distrusted.append(f"checkpoint {number} ({where}) was not signed by {service}")
            continue
        if one.service != service:
            distrusted.append(f"checkpoint {number} ({where}) is of {one.service}")
            continue
        believed.append((where, one))
    return believed, distrusted
