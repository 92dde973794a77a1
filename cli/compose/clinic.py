"""``python -m cli.compose.clinic``: the toolbox of a clinic in containers.

It says where everything is, as `careteam up` does for an embedded clinic, and then waits. So every
command finds the clinic when it is run beside it: ``docker compose exec clinic careteam status``.
"""

import os
from pathlib import Path
from typing import Final

from cli.clinic.folder import DEFAULT_FOLDER, ClinicFolder
from cli.clinic.record import ClinicRecord, Running
from cli.clinic.services import SERVICES
from cli.clinic.tokens import sign_ins
from cli.compose.places import CLOCK_FILE, NATS_URL, POSTGRES_HOST, service_url

READY: Final = Path("/tmp/ready")  # noqa: S108 - a tmpfs of this container alone
_HINT: Final = "addresses and sign-ins: docker compose exec clinic python -m cli.compose.addresses"
_WAIT: Final = ("sleep", "infinity")


def record(folder: ClinicFolder) -> ClinicRecord:
    """Where everything is, as seen from here."""
    return ClinicRecord(
        data=str(folder.path),
        clinic_id=str(folder.clinic_id()),
        supervisor=Running.of(os.getpid()),
        services={service: service_url(service) for service in SERVICES},
        nats=NATS_URL,
        nats_monitor="",
        postgres=POSTGRES_HOST,
        clock_file=str(CLOCK_FILE),
        sign_ins=sign_ins(folder.tokens_file),
        ready=True,
    )


def main() -> None:
    folder = ClinicFolder.at(DEFAULT_FOLDER)
    folder.create()
    record(folder).write(folder.record_file)
    READY.touch()
    print(_HINT, flush=True)
    # The record names this process: it goes on as the smallest program that waits.
    os.execvp(_WAIT[0], _WAIT)  # noqa: S606


if __name__ == "__main__":
    main()
