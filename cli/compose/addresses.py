"""``python -m cli.compose.addresses [--json]``: the clinic as seen from outside its containers.

The JSON is that of ``careteam up --json``, so that one program can drive either clinic.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Final

from cli.clinic.folder import DEFAULT_FOLDER, ClinicFolder
from cli.clinic.ports import LOOPBACK
from cli.clinic.record import ClinicRecord
from cli.clinic.services import SERVICES

_USUAL_PREFIX: Final = "810"


def from_outside(record: ClinicRecord, environment: Mapping[str, str]) -> ClinicRecord:
    """The same clinic with the addresses that compose publishes; what it does not, is left out."""
    prefix = environment.get("CARETEAM_PORT_PREFIX") or _USUAL_PREFIX
    return replace(
        record,
        services={name: f"http://{LOOPBACK}:{prefix}{n}" for n, name in enumerate(SERVICES, 1)},
        nats="",
        postgres="",
        clock_file="",
    )


def main(words: list[str]) -> None:
    inside = ClinicRecord.read(ClinicFolder.at(DEFAULT_FOLDER).record_file)
    outside = from_outside(inside, os.environ)
    if words == ["--json"]:
        print(json.dumps(asdict(outside)))
        return
    for service, url in outside.services.items():
        print(f"{service:<16}{url}")
    print("\nDemo sign-ins (sandbox only; on the pages, or as Authorization: Bearer …)")
    for person in outside.sign_ins:
        print(f"{person.role:<12}{person.name:<22}{person.token}")


if __name__ == "__main__":
    main(sys.argv[1:])
