"""How commands reach a clinic: one that runs in a folder, or one that settings tell of.

Outside a folder (compose, production) the addresses are settings: ``CARETEAM_INTAKE_URL`` and so on
for the services, ``CARETEAM_OPERATOR_TOKEN_FILE``, ``CARETEAM_NATS_URL``,
``CARETEAM_NATS_SEED_FILE`` (the provisioner's), ``CARETEAM_CA_FILE`` and
``CARETEAM_CERTIFICATE_FILE`` for its TLS, ``CARETEAM_FEEDS_FILE`` for the integrators on the bus,
``CARETEAM_CLOCK_FILE``, and for accounts
``CARETEAM_OIDC_ISSUER`` and ``CARETEAM_ADMINISTRATION_SECRET_FILE``.
"""

import os
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cli.bus.connection import BusUser
from cli.bus.names import PROVISIONER
from cli.clinic.folder import DEFAULT_FOLDER, ClinicFolder
from cli.clinic.people import Administration
from cli.clinic.record import ClinicRecord
from cli.clinic.services import SERVICES
from cli.clinic.tokens import SignIn
from cli.trouble import Trouble
from shared.runtime.transport import servers_in, transport

OPERATOR: Final = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Addresses and keys of one clinic; empty where they are not known."""

    services: Mapping[str, str]
    tokens: Mapping[str, str]
    nats: tuple[str, ...] = ()
    nats_seed: Path | None = None
    tls: ssl.SSLContext | None = None
    clock_file: Path | None = None
    people: Sequence[SignIn] = ()
    record: ClinicRecord | None = None
    issuer: str = ""
    administration_secret: Path | None = None
    feeds_file: Path | None = None

    def administration(self) -> Administration:
        """The accounts of the clinic's own issuer."""
        if not self.issuer or self.administration_secret is None:
            raise Trouble(
                "set CARETEAM_OIDC_ISSUER and CARETEAM_ADMINISTRATION_SECRET_FILE, or use --data"
            )
        return Administration(self.issuer, self.administration_secret)

    def token(self, role: str = OPERATOR) -> str:
        try:
            return self.tokens[role]
        except KeyError:
            raise Trouble(
                f"no token for the role {role}: set CARETEAM_{role.upper()}_TOKEN_FILE"
            ) from None

    def bus(self) -> BusUser:
        """The bus, as whoever provisions it."""
        if not self.nats or self.nats_seed is None:
            raise Trouble("set CARETEAM_NATS_URL and CARETEAM_NATS_SEED_FILE, or use --data")
        return BusUser(PROVISIONER, self.nats, self.nats_seed, self.tls)


def reach(data: Path, environment: Mapping[str, str] = os.environ) -> Reach:
    """The clinic that runs in this folder; otherwise the one that settings describe."""
    folder = ClinicFolder.at(data)
    try:
        record = ClinicRecord.read(folder.record_file)
    except FileNotFoundError:
        record = None
    if record is not None and record.supervisor.process() is not None:
        return _running(folder, record)
    if found := _told(environment):
        return found
    at = "" if data == DEFAULT_FOLDER else f" --data {data}"
    raise Trouble(f"no clinic runs in {folder.path}: start it with `careteam up{at}`")


def _running(folder: ClinicFolder, record: ClinicRecord) -> Reach:
    tokens: dict[str, str] = {}
    for person in record.sign_ins:
        tokens.setdefault(person.role, person.token)
    return Reach(
        services=record.services,
        tokens=tokens,
        nats=(record.nats,),
        nats_seed=folder.secrets / "nats" / f"{PROVISIONER}.seed",
        tls=folder.transport(),
        clock_file=Path(record.clock_file),
        people=record.sign_ins,
        record=record,
        issuer=record.issuer,
        administration_secret=folder.administration_secret,
        feeds_file=folder.feeds_file,
    )


def _told(environment: Mapping[str, str]) -> Reach | None:
    services = {
        name: url.rstrip("/")
        for name in SERVICES
        if (url := environment.get(f"CARETEAM_{name.upper()}_URL"))
    }
    nats = environment.get("CARETEAM_NATS_URL", "")
    if not services and not nats:
        return None
    operator = _path(environment.get("CARETEAM_OPERATOR_TOKEN_FILE"))
    return Reach(
        services=services,
        tokens={OPERATOR: operator.read_text().strip()} if operator else {},
        nats=tuple(servers_in(nats)),
        nats_seed=_path(environment.get("CARETEAM_NATS_SEED_FILE")),
        tls=told_transport(environment),
        clock_file=_path(environment.get("CARETEAM_CLOCK_FILE")),
        issuer=environment.get("CARETEAM_OIDC_ISSUER", ""),
        administration_secret=_path(environment.get("CARETEAM_ADMINISTRATION_SECRET_FILE")),
        feeds_file=_path(environment.get("CARETEAM_FEEDS_FILE")),
    )


def told_transport(environment: Mapping[str, str]) -> ssl.SSLContext | None:
    """The TLS that ``CARETEAM_CA_FILE`` and ``CARETEAM_CERTIFICATE_FILE`` tell of."""
    return transport(
        _path(environment.get("CARETEAM_CA_FILE")),
        _path(environment.get("CARETEAM_CERTIFICATE_FILE")),
    )


def _path(value: str | None) -> Path | None:
    return Path(value) if value else None
