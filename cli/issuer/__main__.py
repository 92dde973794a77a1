"""``python -m cli.issuer [serve|migrate]``."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from cli.clinic.services import IDENTITY
from cli.issuer.app import DemoAccountsRefusedError, create_issuer
from cli.issuer.settings import IssuerSettings
from cli.issuer.tables import METADATA
from shared.runtime.crashes import leave_no_memory_behind
from shared.runtime.logging import configure_logging
from shared.runtime.settings import DatabaseSettings, what_is_wrong
from shared.serving.migrating import migrate
from shared.web.listening import listen

MIGRATIONS: Final = Path(__file__).parent / "migrations"


def main(arguments: Sequence[str]) -> int:
    leave_no_memory_behind()
    try:
        if list(arguments) == ["migrate"]:
            return _migrate(DatabaseSettings())
        return _serve(IssuerSettings())
    except ValidationError as error:
        print("\n".join(what_is_wrong(error)), file=sys.stderr)
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
    app = create_issuer(settings)
    try:
        return 0 if listen(app, settings.http_host, settings.http_port) else 1
    except DemoAccountsRefusedError as refused:
        print(refused, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
