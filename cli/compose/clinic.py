"""``python -m cli.compose.clinic``: the toolbox of a clinic in containers.

It says where everything is, as `careteam up` does for an embedded clinic, invents the synthetic
clinic on the first start, and then waits. So every command finds the clinic when it is run beside
it: ``docker compose exec clinic careteam status``.
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, NoReturn

from cli.clinic.folder import DEFAULT_FOLDER, ClinicFolder
from cli.clinic.people import Administration
from cli.clinic.record import ClinicRecord, Running
from cli.clinic.services import IDENTITY, SERVICES
from cli.clinic.tokens import sign_ins
from cli.compose.places import CLOCK_FILE, NATS_URL, POSTGRES_HOST, service_url
from cli.synthetic.first_start import populate_once
from cli.trouble import Trouble

READY: Final = Path("/tmp/ready")  # noqa: S108 - a tmpfs of this container alone
_HINT: Final = (
    "addresses and people: docker compose exec clinic python -m cli.compose.addresses\n"
    "a password: docker compose exec clinic careteam people password LOGIN"
)
_WAIT: Final = ("sleep", "infinity")


def record(folder: ClinicFolder) -> ClinicRecord:
    """Where everything is, as seen from here."""
    return ClinicRecord(
        data=str(folder.path),
        clinic_id=str(folder.clinic_id()),
        supervisor=Running.of(os.getpid()),
        services={service: service_url(service) for service in SERVICES},
        issuer=service_url(IDENTITY),
        nats=NATS_URL,
        nats_monitor="",
        postgres=POSTGRES_HOST,
        clock_file=str(CLOCK_FILE),
        sign_ins=sign_ins(folder.tokens_file),
    )


def main() -> NoReturn:
    try:
        _open(ClinicFolder.at(DEFAULT_FOLDER))
    except Trouble as trouble:
        sys.exit(f"careteam: {trouble}")
    # The record names this process: it goes on as the smallest program that waits.
    os.execvp(_WAIT[0], _WAIT)  # noqa: S606


def _open(folder: ClinicFolder) -> None:
    folder.create()
    here = record(folder)
    here.write(folder.record_file)
    asyncio.run(populate_once(folder, CLOCK_FILE, _tell, empty=_stays_empty(os.environ)))
    # Their passwords are thrown away: a log would keep them. Whoever wants one asks for a new one.
    Administration(here.issuer, folder.administration_secret).add_demo(here.sign_ins)
    replace(here, ready=True).write(folder.record_file)
    READY.touch()
    _tell(_HINT)


def _stays_empty(environment: Mapping[str, str]) -> bool:
    """Asked for; or there is no sandbox, whose clock the synthetic past needs."""
    return environment.get("CARETEAM_EMPTY") == "1" or environment.get("CARETEAM_SANDBOX") == "0"


def _tell(sentence: str) -> None:
    print(sentence, flush=True)


if __name__ == "__main__":
    main()
