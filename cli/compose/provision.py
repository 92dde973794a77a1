"""``python -m cli.compose.provision``: databases, roles, the stream and its consumers.

It is `careteam provision`, with the stream's size taken from the server's own configuration.
"""

import sys

from cli.bus.provisioning import audit_share, store_share
from cli.bus.server_config import size_of_store
from cli.compose.places import NATS_CONFIG
from cli.main import run

if __name__ == "__main__":
    store = size_of_store(NATS_CONFIG.parent, NATS_CONFIG)
    sizes = ["--most-bytes", store_share(store), "--most-audit-bytes", audit_share(store)]
    sys.exit(run(["provision", *map(str, sizes)]))
