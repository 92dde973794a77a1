"""Fixtures for every test."""

from tests.support.parts import (
    bus,
    fresh_database,
    nats_server,
    own_nats,
    own_postgres,
    parts_folder,
    postgres,
)

__all__ = [
    "bus",
    "fresh_database",
    "nats_server",
    "own_nats",
    "own_postgres",
    "parts_folder",
    "postgres",
]
