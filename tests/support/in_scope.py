"""A test's own look at a service's tables, as the service itself sees them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.serving.life import RunningService


@asynccontextmanager
async def in_scope(service: RunningService[Any]) -> AsyncIterator[AsyncConnection]:
    """A transaction in the service's own scope: without one, the tables of clients are empty."""
    async with service.transactions.begin() as uow:
        yield uow.connection
