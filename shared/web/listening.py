"""How a process listens, and how long it waits for whoever calls without saying what they want.

A connection costs its caller nothing and us a place among a process's open files. So there are so
many of them and no more, and each is given up on which no whole request comes in time: whoever
sends a request a byte at a time is as welcome as one who sends none.
"""

import asyncio
from typing import Final

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CONNECTIONS: Final = 512
"""Half of what a process may have open where nobody has allowed it more."""
HEAD_SECONDS: Final = 10.0
"""From the connection, or the first byte after an answer, to the end of the request's headers."""
MOST_OF_A_HEAD: Final = 65536
"""Bytes: an address and its headers."""
_STOPPING_SECONDS: Final = 5


def listen(app: FastAPI, host: str, port: int) -> bool:
    """Serve until told to stop; returns whether it ever began."""
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=Patient,
            h11_max_incomplete_event_size=MOST_OF_A_HEAD,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_STOPPING_SECONDS,
        )
    )
    server.run()
    return server.started


class Patient(H11Protocol):
    """One connection. uvicorn itself waits for ever for a request that was begun."""

    _gives_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.close()
        else:
            self._wait_or_work()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._wait_or_work()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._stop_waiting()

    def _wait_or_work(self) -> None:
        """The time runs from the first moment at which nothing is being answered."""
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()
        elif self._gives_up is None:
            self._gives_up = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._gives_up is not None:
            self._gives_up.cancel()
            self._gives_up = None
