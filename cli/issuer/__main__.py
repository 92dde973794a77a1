"""``python -m cli.issuer [serve|migrate]``."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import uvicorn
from pydantic import ValidationError

from cli.clinic.services import IDENTITY
from cli.issuer.app import DemoAccountsRefusedError, create_issuer
from cli.issuer.settings import IssuerSettings
from cli.issuer.tables import METADATA
from shared.runtime.logging import configure_logging
from shared.runtime.settings import DatabaseSettings
from shared.serving.migrating import migrate

MIGRATIONS: Final = Path(__file__).parent / "migrations"


def main(arguments: Sequence[str]) -> int:
    try:
        if list(arguments) == ["migrate"]:
            return _migrate(DatabaseSettings())
        return _serve(IssuerSettings())
    except ValidationError as error:
        for problem in error.errors():
            name = "_".join(str(part) for part in problem["loc"]).upper()
            of_what = f"CARETEAM_{name}: " if name else ""
            print(f"{of_what}{problem['msg']}", file=sys.stderr)
        return 2


def _migrate(settings: DatabaseSettings) -> int:
    configure_logging(IDENTITY, settings.log_level)
    work = migrate(
        settings.migration_database(),
        MIGRATIONS,
        METADATA,
        settings.app_role(),
        settings.transport(),
    )
    asyncio.run(work)
    return 0


def _serve(settings: IssuerSettings) -> int:
    configure_logging(IDENTITY, settings.log_level)
    server = uvicorn.Server(
        uvicorn.Config(
            create_issuer(settings),
            host=settings.http_host,
            port=settings.http_port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
    )
    try:
        server.run()
    except DemoAccountsRefusedError as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0 if server.started else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
