"""Passwords and keys of a clinic: random, in files that only their owner reads."""

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path

import nkeys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.runtime import whole_files


def password(file: Path) -> str:
    """The password in this file, made when there is none."""
    return _kept(file, lambda: secrets.token_urlsafe(32))


def nkey_seed(file: Path) -> str:
    """The NATS user seed in this file, made when there is none."""
    return _kept(file, new_nkey_seed)


def new_nkey_seed() -> str:
    """A NATS user seed that nobody has."""
    return bytes(nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER)).decode()


def audit_key(file: Path) -> str:
    """The key of an audit chain in this file, made when there is none. More may follow it."""
    return _kept(file, lambda: secrets.token_hex(32))


def webhook_key(file: Path) -> str:
    """The key in this file that integrators' secrets are sealed with, made when there is none. More
    may follow it."""
    return _kept(file, lambda: secrets.token_hex(32))


def sealing_key(file: Path) -> str:
    """The master key in this file that wraps the keys of a service's clients, made when there is
    none. More may follow it."""
    return _kept(file, lambda: secrets.token_hex(32))


def store_key(file: Path) -> str:
    """The key in this file that NATS encrypts its store under, made when there is none."""
    return _kept(file, lambda: secrets.token_hex(32))


def keep_signing_key(file: Path, public: Path) -> None:
    """The private key in this file, made when there is none, and its other half, ``<name>.public``,
    in a folder that others may read."""
    made = Ed25519PrivateKey.from_private_bytes(
        bytes.fromhex(_kept(file, lambda: secrets.token_hex(32)))
    )
    _kept(public / f"{file.stem}.public", lambda: made.public_key().public_bytes_raw().hex())


def public_nkey(seed: str) -> str:
    """The half of a seed that servers may know."""
    return bytes(nkeys.from_seed(bytearray(seed.encode())).public_key).decode()


def write_private(file: Path, content: str) -> None:
    """Replace a file at once, so that no reader sees half of it and no crash leaves half of it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    whole_files.replace(file, content.encode())


def _kept(file: Path, make: Callable[[], str]) -> str:
    with contextlib.suppress(FileNotFoundError):
        if kept := file.read_text().strip():
            return kept
    made = make()
    write_private(file, f"{made}\n")
    return made
