"""The first job: everything random, in files of the right reader, the same at every start."""

import json
import stat
import subprocess
from pathlib import Path

import pytest

from cli.bus.names import AUDITOR, PROVISIONER
from cli.clinic.folder import ClinicFolder
from cli.clinic.secrets import public_nkey
from cli.clinic.services import CHAINS, SERVICES
from cli.compose.places import NATS_CONFIG
from cli.compose.secrets import prepare
from cli.embedded.binaries import nats_server_binary
from cli.embedded.databases import ROLES
from cli.embedded.postgres_settings import SETTINGS

CLINIC = "018f0000-0000-7000-8000-00000000c0de"


@pytest.fixture
def volumes(tmp_path: Path) -> Path:
    for name in ("nats-data", "clinic"):
        (tmp_path / name).mkdir()
    prepare(tmp_path, {"CARETEAM_CLINIC_ID": CLINIC})
    return tmp_path


def written(volumes: Path) -> dict[Path, tuple[str, int]]:
    return {
        file: (file.read_text(), file.stat().st_mtime_ns)
        for file in sorted(volumes.rglob("*"))
        if file.is_file()
    }


def test_a_second_start_changes_nothing(volumes: Path) -> None:
    before = written(volumes)
    prepare(volumes, {})
    assert written(volumes) == before


def test_what_was_lost_is_made_again_and_handed_out(volumes: Path) -> None:
    lost = volumes / "secrets" / "postgres" / "intake_app"
    old = lost.read_text()
    lost.unlink()
    prepare(volumes, {})
    assert lost.read_text() != old
    assert (volumes / "secrets-intake" / "database").read_text() == lost.read_text()


def test_every_secret_is_its_own(volumes: Path) -> None:
    folder = volumes / "secrets"
    passwords = [folder / "superuser", *(folder / "postgres").iterdir()]
    found = [file.read_text() for file in [*passwords, *(folder / "nats").iterdir()]]
    found += [file.read_text() for file in (folder / "audit").iterdir()]
    found += [file.read_text() for file in (folder / "oidc").iterdir()]
    found += [file.read_text() for file in (folder / "issuer").iterdir()]
    found += [file.read_text() for file in (folder / "sealing").iterdir()]
    found.append((folder / "webhook.key").read_text())
    of_each = len(ROLES) + 1 + 3  # its roles, its seed, its audit's keys
    others = 1 + 2 + 1 + 1  # the superuser, provisioner and auditor, the store, webhooks
    assert len(found) == others + len(CHAINS) * of_each + 2 * len(SERVICES) + 3
    assert len(set(found)) == len(found)
    assert min(len(text.strip()) for text in found) >= 43


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_gets_what_is_its_own_and_no_more(service: str, volumes: Path) -> None:
    share, everything = volumes / f"secrets-{service}", volumes / "secrets"
    assert {file.name for file in share.iterdir()} == {
        "audit.key",
        "audit.signing",
        "ca.pem",
        "client.pem",
        "database",
        "nats.seed",
        "oidc",
        "sealing.key",
        "tokens.json",
        *(["webhook.key", "feeds.json"] if service == "notifications" else []),
    }
    own = everything / "postgres" / f"{service}_app"
    assert (share / "database").read_text() == own.read_text()
    sealing = everything / "sealing" / f"{service}.key"
    assert (share / "sealing.key").read_text() == sealing.read_text()
    seed = everything / "nats" / f"{service}.seed"
    assert (share / "nats.seed").read_text() == seed.read_text()


def test_the_issuer_gets_what_it_signs_with_and_nobody_else_does(volumes: Path) -> None:
    share = volumes / "secrets-identity"
    files = {str(file.relative_to(share)) for file in share.rglob("*") if file.is_file()}
    own = {"administration", "database", "signing.json", "second-factor"}
    own |= {"nats.seed", "audit.key", "audit.signing", "ca.pem", "client.pem"}
    assert files == own | {f"oidc/{service}" for service in SERVICES}
    key = (share / "signing.json").read_text()
    holders = {file.parent.name for file, (text, _) in written(volumes).items() if text == key}
    assert holders == {"issuer", "secrets-identity"}
    for service in SERVICES:
        told = (volumes / f"secrets-{service}" / "oidc").read_text()
        assert told == (share / "oidc" / service).read_text()


def test_only_their_reader_reads_them(volumes: Path) -> None:
    modes = {file: stat.S_IMODE(file.stat().st_mode) for file in written(volumes)}
    for_postgres = {file for file in modes if file.parent.name == "postgres-config"}
    assert {modes[file] for file in modes.keys() - for_postgres} == {0o600}
    assert {modes[file] for file in for_postgres} == {0o640}


def test_nats_knows_public_keys_only_and_puts_messages_on_disk_first(volumes: Path) -> None:
    text = (volumes / "nats-config" / NATS_CONFIG.name).read_text()
    config = json.loads(text)
    assert config["jetstream"]["sync_interval"] == "always"
    key = (volumes / "secrets" / "nats" / "store.key").read_text().strip()
    assert (config["jetstream"]["cipher"], config["jetstream"]["key"]) == ("aes", key)
    assert config["http"].startswith("127.0.0.1:")
    seeds = {file.stem: file.read_text().strip() for file in volumes.glob("secrets/nats/*.seed")}
    assert set(seeds) == {*CHAINS, PROVISIONER, AUDITOR}
    for seed in seeds.values():
        assert public_nkey(seed) in text
        assert seed not in text


def test_a_real_server_accepts_its_configuration(volumes: Path) -> None:
    config = volumes / "nats-config" / NATS_CONFIG.name
    here = config.read_text().replace(f"{NATS_CONFIG.parent}/", f"{config.parent}/")
    config.write_text(here)
    done = subprocess.run(
        [str(nats_server_binary()), "-t", "-c", str(config)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_postgres_has_the_settings_of_every_clinic(volumes: Path) -> None:
    lines = (volumes / "postgres-config" / "postgresql.conf").read_text().splitlines()
    assert {f"{name} = {value}" for name, value in SETTINGS.items()} <= set(lines)
    assert "listen_addresses = '*'" in lines


def test_both_servers_are_reached_over_tls_only(volumes: Path) -> None:
    config = json.loads((volumes / "nats-config" / NATS_CONFIG.name).read_text())
    assert config["tls"]["verify"] is True
    postgres = volumes / "postgres-config"
    assert "ssl = on" in (postgres / "postgresql.conf").read_text().splitlines()
    let_in = [line.split()[0] for line in (postgres / "pg_hba.conf").read_text().splitlines()]
    assert set(let_in) == {"local", "hostssl"}


def test_nobody_has_anothers_certificate_and_nobody_the_authoritys_key(volumes: Path) -> None:
    shares = [file for file in volumes.rglob("client.pem") if file.parent.name != "secrets"]
    assert len(shares) == len({file.read_text() for file in shares}) == len(CHAINS) + 2
    authority = (volumes / "secrets" / "tls" / "authority.pem").read_text()
    key = authority[authority.index("-----BEGIN PRIVATE") :]
    holders = {file.parent.name for file, (text, _) in written(volumes).items() if key in text}
    assert holders == {"tls"}


def test_the_clinic_has_the_id_that_its_services_are_told(volumes: Path) -> None:
    assert str(ClinicFolder.at(volumes / "clinic").clinic_id()) == CLINIC
