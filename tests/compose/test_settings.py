"""What compose hands on to a service, and to people outside."""

from pathlib import Path

import pytest

from cli.clinic.record import ClinicRecord, Running
from cli.compose.addresses import from_outside
from shared.runtime.settings import ServiceSettings

URL = "postgresql://intake_app@postgres/intake"
AUTHORITY = Path("/run/secrets/ca.pem")


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose cannot leave a variable out: it hands on what nobody set as an empty text."""
    for name in ("PROTOCOL_FILE", "TIMEZONE", "LOG_LEVEL"):
        monkeypatch.setenv(f"CARETEAM_{name}", "")
    told = ServiceSettings(database_url=URL, ca_file=AUTHORITY)
    assert told.protocol_file is None
    assert told.timezone == ServiceSettings.model_fields["timezone"].default
    assert told.log_level == "info"


def test_a_variable_that_says_something_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARETEAM_PROTOCOL_FILE", "/etc/careteam/protocol.yaml")
    told = ServiceSettings(database_url=URL, ca_file=AUTHORITY)
    assert told.protocol_file == Path("/etc/careteam/protocol.yaml")


@pytest.mark.parametrize(("told", "port"), [({}, 8101), ({"CARETEAM_PORT_PREFIX": "820"}, 8201)])
def test_addresses_from_outside_are_those_that_are_published(
    told: dict[str, str], port: int
) -> None:
    inside = ClinicRecord(
        data="/home/careteam/.careteam",
        clinic_id="018f0000-0000-7000-8000-000000000001",
        supervisor=Running(pid=1, since=0.0),
        services={"intake": "http://intake:8080"},
        nats="nats://nats:4222",
        nats_monitor="",
        postgres="postgres",
        clock_file="/clock/clock.json",
    )
    outside = from_outside(inside, told)
    assert outside.services["intake"] == f"http://127.0.0.1:{port}"
    assert outside.services["notifications"] == f"http://127.0.0.1:{port + 3}"
    assert outside.nats == outside.postgres == outside.clock_file == ""
