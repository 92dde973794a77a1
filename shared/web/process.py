"""``python -m services.<name> [serve|migrate|openapi]``."""

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from pydantic import ValidationError

from shared.audit import KeyRing, UnkeyedAuditError
from shared.runtime.crashes import leave_no_memory_behind
from shared.runtime.database import UnsafeDatabaseError
from shared.runtime.logging import configure_logging
from shared.runtime.settings import ServiceSettings, what_is_wrong
from shared.serving.definition import ServiceDefinition
from shared.serving.migrating import migrate
from shared.storage.keyring import Keyring, KeyringError
from shared.web.application import create_app
from shared.web.listening import listen

_USAGE = "usage: python -m services.NAME [serve|migrate|openapi]"


Defined: TypeAlias = ServiceDefinition[Any] | Callable[[], ServiceDefinition[Any]]
"""A service, or how to define it from settings of its own."""


def main(defined: Defined, arguments: Sequence[str]) -> int:
    """Run one of the service's commands; returns the exit code."""
    leave_no_memory_behind()
    try:
        settings = ServiceSettings()
        definition = defined if isinstance(defined, ServiceDefinition) else defined()
    except ValidationError as error:
        print("\n".join(what_is_wrong(error)), file=sys.stderr)  # noqa: T201
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
    app = create_app(definition, settings)
    try:
        return 0 if listen(app, settings.http_host, settings.http_port) else 1
    except (UnsafeDatabaseError, KeyringError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
