"""Real parts for a benchmark, on the disk of the machine and not in memory."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.nats_part import EmbeddedNats, embedded_nats
from tests.support.postgres_part import PostgresPart, embedded_postgres


@dataclass(frozen=True, slots=True)
class Parts:
    """PostgreSQL and NATS as a clinic runs them."""

    postgres: PostgresPart
    nats: EmbeddedNats


@contextmanager
def parts(folder: Path | None = None) -> Iterator[Parts]:
    """Start both in a folder of their own; gone with it at the end."""
    with (
        tempfile.TemporaryDirectory(prefix="careteam-bench-", dir=folder) as home,
        embedded_postgres(Path(home)) as postgres,
        embedded_nats(Path(home)) as nats,
    ):
        yield Parts(postgres, nats)
