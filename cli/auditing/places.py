"""Where a clinic's audit is found: in its folder, or where settings say (compose, production)."""

from collections.abc import Mapping
from pathlib import Path

from cli.auditing.running import Places
from cli.bus.connection import BusUser
from cli.bus.names import AUDITOR
from cli.clinic.folder import ClinicFolder
from cli.clinic.reach import told_transport
from cli.clinic.record import ClinicRecord
from cli.trouble import Trouble
from shared.runtime.transport import servers_in


def places_of(data: Path, environment: Mapping[str, str]) -> Places:
    """The clinic that runs in this folder; otherwise the one that ``CARETEAM_AUDIT_…`` tells of."""
    if told := environment.get("CARETEAM_AUDIT_SECRETS"):
        return _told(Path(told), environment)
    folder = ClinicFolder.at(data)
    try:
        record = ClinicRecord.read(folder.record_file)
    except FileNotFoundError:
        raise Trouble(
            f"no clinic runs in {folder.path}: start it, or verify an export with --from"
        ) from None
    return Places(
        postgres=record.postgres,
        passwords=folder.secrets / "postgres",
        secrets=folder.secrets / "audit",
        public=folder.audit,
        folder=folder.audit,
        bus=BusUser(
            AUDITOR,
            (record.nats,),
            folder.secrets / "nats" / f"{AUDITOR}.seed",
            folder.transport(),
        ),
    )


def _told(secrets: Path, environment: Mapping[str, str]) -> Places:
    try:
        return Places(
            postgres=environment["CARETEAM_AUDIT_POSTGRES"],
            passwords=secrets / "postgres",
            secrets=secrets / "audit",
            public=secrets / "audit",
            folder=Path(environment["CARETEAM_AUDIT_FOLDER"]),
            bus=BusUser(
                AUDITOR,
                tuple(servers_in(environment["CARETEAM_NATS_URL"])),
                secrets / "nats" / f"{AUDITOR}.seed",
                told_transport(environment),
            ),
        )
    except KeyError as missing:
        raise Trouble(f"CARETEAM_AUDIT_SECRETS is set, so {missing.args[0]} must be too") from None
