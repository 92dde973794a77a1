"""An integrator on NATS in containers: let in by the first job, which hands over what it needs."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from typer.testing import CliRunner

from cli.clinic.secrets import public_nkey
from cli.compose.integrators import app
from cli.compose.secrets import prepare
from cli.embedded.binaries import nats_server_binary
from cli.trouble import Trouble

CLINIC = "018f0000-0000-7000-8000-00000000c0de"


@pytest.fixture
def volumes(tmp_path: Path) -> Path:
    for name in ("nats-data", "clinic"):
        (tmp_path / name).mkdir()
    prepare(tmp_path, {"CARETEAM_CLINIC_ID": CLINIC})
    return tmp_path


def told(volumes: Path, *words: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, [*words, "--volumes", str(volumes)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def users(volumes: Path, name: str) -> list[str]:
    config = json.loads((volumes / "nats-config" / "nats.conf").read_text())
    return [user["nkey"] for user in config["accounts"][f"INTEGRATOR_{name}"]["users"]]


def test_it_is_let_in_and_told_what_it_needs(volumes: Path) -> None:
    handed = told(volumes, "add", "billing", "--types", "careteam.scheduling.*")
    assert users(volumes, "billing") == [public_nkey(handed["seed"])]
    assert (handed["stream"], handed["consumer"]) == ("FEED", "billing")
    assert handed["now"] == ["docker compose restart nats", "docker compose run --rm provision"]
    assert "PRIVATE KEY" not in handed["authority"]
    certificate = x509.load_pem_x509_certificate(handed["certificate"].encode())
    certificate.verify_directly_issued_by(
        x509.load_pem_x509_certificate(handed["authority"].encode())
    )
    for share in ("secrets-notifications", "secrets-clinic"):
        (listed,) = json.loads((volumes / share / "feeds.json").read_text())
        assert (listed["name"], listed["types"]) == ("billing", ["careteam.scheduling.*"])
    everywhere = [file.read_text() for file in volumes.rglob("*") if file.is_file()]
    assert not [text for text in everywhere if handed["seed"] in text], "kept nowhere"


def test_nats_understands_what_was_written(volumes: Path) -> None:
    told(volumes, "add", "billing")
    file = volumes / "nats-config" / "nats.conf"
    here = json.loads(file.read_text())
    for name in ("cert_file", "key_file", "ca_file"):
        here["tls"][name] = str(volumes / "nats-config" / Path(here["tls"][name]).name)
    file.write_text(json.dumps(here))
    command = [str(nats_server_binary()), "-t", "-c", str(file)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_its_certificate_is_never_that_of_a_service(volumes: Path) -> None:
    handed = told(volumes, "add", "intake")
    assert handed["certificate"] != (volumes / "secrets-intake" / "client.pem").read_text()


def test_a_new_key_comes_with_a_new_certificate(volumes: Path) -> None:
    first = told(volumes, "add", "billing")
    second = told(volumes, "rotate", "billing")
    assert users(volumes, "billing") == [public_nkey(second["seed"])]
    assert first["certificate"] != second["certificate"]
    assert second["now"] == ["docker compose kill -s HUP nats"]


def test_who_is_revoked_is_let_in_no_more_and_what_it_had_stays_apart(volumes: Path) -> None:
    told(volumes, "add", "billing")
    assert told(volumes, "revoke", "billing")["status"] == "revoked"
    assert users(volumes, "billing") == []
    with pytest.raises(Trouble, match="no integrator on NATS is called billing"):
        told(volumes, "rotate", "billing")
    prepare(volumes, {})
    assert users(volumes, "billing") == []
