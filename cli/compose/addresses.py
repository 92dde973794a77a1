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
        issuer=f"http://localhost:{prefix}0",
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
    print(f"{'sign-in':<16}{outside.issuer}")
    print("\nDemo people (sandbox only), what they type to sign in, and tokens for programs")
    for person in outside.sign_ins:
        print(f"{person.role:<12}{person.name:<22}{person.login:<18}{person.token}")
    print("\nA password is shown to whoever asks for a new one: careteam people password LOGIN")


if __name__ == "__main__":
    main(sys.argv[1:])
