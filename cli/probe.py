"""``python -m cli.probe URL``: how a service is, as an exit status.

The statuses are those of ``pg_isready``, so that one guard can read both (``deploy/guard``):
0 it is ready, 1 it answers that it is not, 2 it does not answer. Only the standard library: this
runs every few seconds.
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
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=seconds)
    try:
        connection.request("GET", address.path or "/")
        answer = connection.getresponse()
        said = answer.read(4096).decode(errors="replace")
    except (OSError, http.client.HTTPException) as silence:
        return SILENT, type(silence).__name__
    finally:
        connection.close()
    return (READY if answer.status == HTTPStatus.OK else UNREADY), said


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print("usage: python -m cli.probe URL", file=sys.stderr)
        sys.exit(MISUSED)
    status, said = probe(sys.argv[1])
    print(said)
    sys.exit(status)
