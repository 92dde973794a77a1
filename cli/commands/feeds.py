"""What the commands about integrators do with those who pull over NATS."""

import json
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

from cli.bus.feed_registry import FeedRegistry
from cli.clinic.folder import ClinicFolder
from cli.clinic.reach import Reach
from cli.clinic.secrets import write_private
from cli.commands.options import out
from cli.embedded.feeds import EmbeddedFeeds
from cli.embedded.nats import nats_of
from cli.trouble import Trouble
from shared.messaging.feeds import STREAM_OF_A_FEED

SeedFile: TypeAlias = Annotated[
    Path | None,
    typer.Option("--seed-file", help="Write the key here, for its owner only, and print none."),
]
_ELSEWHERE: Final = (
    "this place does not keep the configuration of NATS; in containers, on the host: "
    "docker compose run --rm secrets cli.compose.integrators --help"
)


def is_on_nats(clinic: Reach, name: str) -> bool:
    """Whether who has this name now pulls over NATS."""
    return clinic.feeds_file is not None and bool(FeedRegistry(clinic.feeds_file).find(name))


def feeds_of(clinic: Reach) -> EmbeddedFeeds:
    """The integrators of an embedded clinic that runs."""
    record = clinic.record
    if record is None or "nats" not in record.processes:
        raise Trouble(_ELSEWHERE)
    folder = ClinicFolder.at(Path(record.data))
    nats = nats_of(folder)
    return EmbeddedFeeds(FeedRegistry(folder.feeds_file), nats, record.processes["nats"].pid)


def show_seed(clinic: Reach, name: str, seed: str, file: Path | None, as_json: bool) -> None:
    """Everything that is handed over; the seed is kept nowhere else."""
    if file is not None:
        write_private(file, f"{seed}\n")
    handed = {
        "name": name,
        "servers": list(clinic.nats),
        "stream": STREAM_OF_A_FEED,
        "consumer": name,
        "seed": seed if file is None else None,
        "seed_file": None if file is None else str(file),
    }
    if as_json:
        print(json.dumps(handed))
        return
    out.print(f"{name}: pulls {STREAM_OF_A_FEED}/{name} at {', '.join(clinic.nats)}")
    out.print(f"key, shown once: {seed}" if file is None else f"key, kept nowhere else: {file}")
