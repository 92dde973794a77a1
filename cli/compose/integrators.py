"""``docker compose run --rm secrets cli.compose.integrators add|rotate|revoke NAME``.

It is the first job again, which alone writes secrets and the configuration of NATS, and has no
network: so it says what is to be done beside it.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from cli.bus.feed_registry import FeedRegistry, rekeyed, revoked
from cli.clinic.certificates import Authority
from cli.clinic.secrets import new_nkey_seed, public_nkey
from cli.commands.options import each
from cli.compose.places import NATS_URL, VOLUMES
from cli.compose.secrets import prepare
from cli.trouble import Trouble
from shared.messaging.feeds import STREAM_OF_A_FEED, Feed

app = typer.Typer(help="Integrators on NATS, in containers.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="What it is called here.")]
Volumes = Annotated[Path, typer.Option(hidden=True)]

_PROVISION: Final = "docker compose run --rm provision"
_ANEW: Final = "docker compose restart nats"
"""An account that a running server has just come to know cannot ask another one for anything."""
_READ_AGAIN: Final = "docker compose kill -s HUP nats"


@app.command()
def add(
    name: Name,
    types: Annotated[list[str] | None, typer.Option("--types", help="As of `careteam`.")] = None,
    volumes: Volumes = VOLUMES,
) -> None:
    """Let it in; prints as JSON what is handed over, this once, and what is to be done now."""
    registry, seed, now = _registry(volumes), new_nkey_seed(), datetime.now(UTC)
    with registry.locked():
        feed = registry.new(name, tuple(each(types)), now)
        registry.put(rekeyed(feed, public_nkey(seed), now))
        prepare(volumes)
    _hand_over(volumes, feed, seed, [_ANEW, _PROVISION])


@app.command()
def rotate(name: Name, volumes: Volumes = VOLUMES) -> None:
    """Another key and certificate for it; the present key ends as soon as NATS reads that."""
    registry, seed = _registry(volumes), new_nkey_seed()
    with registry.locked():
        feed = rekeyed(registry.known(name), public_nkey(seed), datetime.now(UTC))
        registry.put(feed)
        _certificate(volumes, name).unlink(missing_ok=True)
        prepare(volumes)
    _hand_over(volumes, feed, seed, [_READ_AGAIN])


@app.command()
def revoke(name: Name, volumes: Volumes = VOLUMES) -> None:
    """Let it in no more, for ever."""
    registry = _registry(volumes)
    with registry.locked():
        registry.put(revoked(registry.known(name), datetime.now(UTC)))
        _certificate(volumes, name).unlink(missing_ok=True)
        prepare(volumes)
    print(json.dumps({"name": name, "status": "revoked", "now": [_READ_AGAIN, _PROVISION]}))


def _hand_over(volumes: Path, feed: Feed, seed: str, now: list[str]) -> None:
    authority = Authority(volumes / "secrets" / "tls")
    certificate = authority.keep_caller(_certificate(volumes, feed.name).stem)
    handed = {
        "name": feed.name,
        "servers": [NATS_URL],
        "stream": STREAM_OF_A_FEED,
        "consumer": feed.name,
        "seed": seed,
        "certificate": certificate.read_text(),
        "authority": authority.file.read_text(),
        "now": now,
    }
    print(json.dumps(handed, indent=2))


def _certificate(volumes: Path, name: str) -> Path:
    """Never that of a service, whatever the integrator is called."""
    return volumes / "secrets" / "tls" / f"integrator-{name}.pem"


def _registry(volumes: Path) -> FeedRegistry:
    return FeedRegistry(volumes / "secrets" / "feeds.json")


if __name__ == "__main__":
    try:
        app()
    except Trouble as trouble:
        sys.exit(f"careteam: {trouble}")
