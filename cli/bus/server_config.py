"""A nats-server's configuration file. The embedded clinic, compose and a cluster share it.

It is written as JSON, which nats-server reads: the native syntax has traps (``sync_interval:
always`` before a closing brace on the same line does not parse).
"""

import contextlib
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cli.bus.accounts import accounts
from cli.bus.feed_accounts import feed_bytes, with_feeds
from cli.bus.names import AUDITOR, PROVISIONER
from cli.clinic.secrets import nkey_seed, public_nkey
from cli.clinic.services import IDENTITY
from shared.messaging.feeds import Feed

MOST_PAYLOAD: Final = 256 * 1024
"""Events carry identifiers and enums: far below this."""

_LEAST_STORE: Final = 256 * 2**20
_MOST_STORE: Final = 20 * 2**30


@dataclass(frozen=True, slots=True)
class Seeds:
    """Where the users' nkey seeds are: a file for each."""

    folder: Path

    def file(self, user: str) -> Path:
        return self.folder / f"{user}.seed"

    def public_keys(self, services: Iterable[str]) -> dict[str, str]:
        """The public key of every user; a user without a seed gets one."""
        users = (*services, IDENTITY, PROVISIONER, AUDITOR)
        return {user: public_nkey(nkey_seed(self.file(user))) for user in users}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """Where the server listens. Monitoring tells too much for any but this host."""

    host: str = "127.0.0.1"
    port: int
    monitor_host: str = "127.0.0.1"
    monitor_port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """With what the server proves itself, and whose certificates it asks of whoever calls."""

    own: str
    authority: str


def size_of_store(volume: Path, config: Path) -> int:
    """How many bytes a server may store in ``volume``.

    Decided once, and then read from its ``config``: below the volume, with room for the databases.
    The stream's limits stand on it and must not drift with what else fills the disk.
    """
    with contextlib.suppress(OSError, KeyError, TypeError, ValueError):
        return int(json.loads(config.read_text())["jetstream"]["max_file_store"])
    free = shutil.disk_usage(volume).free
    return max(_LEAST_STORE, min(_MOST_STORE, free // 2))


def server_config(
    *,
    services: Iterable[str],
    public_keys: Mapping[str, str],
    listen: Listen,
    store: str,
    most_stored: int,
    store_key: str,
    name: str = "careteam",
    cluster: Mapping[str, Any] | None = None,
    proof: Proof | None = None,
    feeds: Iterable[Feed] = (),
) -> str:
    """The file's text. ``most_stored`` (bytes) stays below the volume, so that the limit comes
    before the full disk, which would latch the server's writes until it is restarted. What is
    stored is encrypted under ``store_key``; a store of before is, when the server first starts.
    With a ``proof`` nobody comes in but over TLS, with a certificate. ``feeds``
    are the integrators that have an account of their own."""
    config: dict[str, Any] = {
        "server_name": name,
        "listen": f"{listen.host}:{listen.port}",
        "http": f"{listen.monitor_host}:{listen.monitor_port}",
        "max_payload": MOST_PAYLOAD,
        "lame_duck_duration": "30s",
        "jetstream": {
            "store_dir": store,
            # Every message is on disk before it is acknowledged (reliability, finding 1).
            "sync_interval": "always",
            "max_memory_store": 0,
            "max_file_store": most_stored,
            "cipher": "aes",
            "key": store_key,
        },
        "accounts": with_feeds(
            accounts(services, public_keys), feeds, most_bytes=feed_bytes(most_stored)
        ),
    }
    if cluster is not None:
        config["cluster"] = dict(cluster)
    if proof is not None:
        config["tls"] = {
            "cert_file": proof.own,
            "key_file": proof.own,
            "ca_file": proof.authority,
            "verify": True,
            "min_version": "1.2",
            "timeout": 5,
        }
    return json.dumps(config, indent=2) + "\n"
