"""``python -m cli.probe URL``: how the service at this address is, as an exit status.

0 it is ready, 1 it lives and is not ready, 2 it does not answer: what the guard reads
(``deploy/guard``). Readiness waits for a database that may be slow, so who does not say in time
whether it is ready is asked whether it lives, which waits for nothing.

Only the standard library: this runs every few seconds.
"""

import http.client
import sys
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

READY: Final = 0
UNREADY: Final = 1
SILENT: Final = 2
MISUSED: Final = 64
PATIENCE_SECONDS: Final = 3.0


def probe(url: str, seconds: float = PATIENCE_SECONDS) -> tuple[int, str]:
    """The exit status, and what was said."""
    status, said = _ask(url, "/health/ready", seconds)
    if status == HTTPStatus.OK:
        return READY, said
    if status is not None:
        return UNREADY, said
    alive, _ = _ask(url, "/health/live", seconds)
    return (SILENT if alive is None else UNREADY), said


def _ask(url: str, path: str, seconds: float) -> tuple[int | None, str]:
    """The status of the answer, or None; and what was said, or what went wrong."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=seconds)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read(4096).decode(errors="replace")
    except (OSError, http.client.HTTPException) as silence:
        return None, type(silence).__name__
    finally:
        connection.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print("usage: python -m cli.probe URL", file=sys.stderr)
        sys.exit(MISUSED)
    status, said = probe(sys.argv[1])
    print(said)
    sys.exit(status)
