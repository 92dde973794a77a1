"""What the fork server imports once for all services (see ``cli.supervisor.forked``).

Nothing here may start a thread or open a file: it would be in every service.
"""

import gc
import importlib
from typing import Final

LIBRARIES: Final = (
    "alembic.command",
    "asyncpg",
    "authlib.oidc.core",
    "fastapi",
    "faststream.nats",
    "httpx",
    "joserfc.jwt",
    "nats",
    "sqlalchemy.ext.asyncio",
    "uvicorn",
    "uvloop",
    "careteam_contracts.catalogue",
    "careteam_contracts.questions",
    "shared.protocol.loader",
    "shared.storage",
    "shared.web.process",
)

gc.disable()
for library in LIBRARIES:
    importlib.import_module(library)
gc.freeze()  # the collector leaves these objects alone, so that their memory stays shared
gc.enable()
