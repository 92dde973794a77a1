"""``python -m services.<name> [serve|migrate|openapi]``."""

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import uvicorn
from pydantic import ValidationError

from shared.audit import KeyRing, UnkeyedAuditError
from shared.runtime.database import UnsafeDatabaseError
from shared.runtime.logging import configure_logging
from shared.runtime.settings import ServiceSettings
from shared.serving.definition import ServiceDefinition
from shared.serving.migrating import migrate
from shared.storage.keyring import Keyring, KeyringError
from shared.web.application import create_app

_USAGE = "usage: python -m services.NAME [serve|migrate|openapi]"


Defined: TypeAlias = ServiceDefinition[Any] | Callable[[], ServiceDefinition[Any]]
"""A service, or how to define it from settings of its own."""


def main(defined: Defined, arguments: Sequence[str]) -> int:
    """Run one of the service's commands; returns the exit code."""
    try:
        settings = ServiceSettings()
        definition = defined if isinstance(defined, ServiceDefinition) else defined()
    except ValidationError as error:
        for problem in error.errors():
            name = "_".join(str(part) for part in problem["loc"]).upper()
            of_what = f"CARETEAM_{name}: " if name else ""
            print(f"{of_what}{problem['msg']}", file=sys.stderr)  # noqa: T201
        return 2
    configure_logging(definition.name, settings.log_level)
    match list(arguments):
        case [] | ["serve"]:
            return _serve(definition, settings)
        case ["migrate"]:
            return _migrate(definition, settings)
        case ["openapi"]:
            print(json.dumps(create_app(definition, settings).openapi(), indent=2))  # noqa: T201
            return 0
        case _:
            print(_USAGE, file=sys.stderr)  # noqa: T201
            return 2


def _migrate(definition: ServiceDefinition[Any], settings: ServiceSettings) -> int:
    try:
        asyncio.run(
            migrate(
                settings.migration_database(),
                definition.migrations,
                definition.metadata,
                settings.app_role(),
                settings.transport(),
                keyring=Keyring(
                    definition.name, settings.keyring_folder, settings.sealing_key_file
                ),
            )
        )
    except KeyringError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _serve(definition: ServiceDefinition[Any], settings: ServiceSettings) -> int:
    try:
        KeyRing.read(settings.audit_key_file)
    except UnkeyedAuditError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(definition, settings),
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
    except (UnsafeDatabaseError, KeyringError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0 if server.started else 1
