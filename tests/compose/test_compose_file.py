"""The compose file keeps its rules; each rule has been seen red."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cli.clinic.services import IDENTITY, SERVICES
from cli.compose.places import SERVICE_PORT
from tests.compose import rules
from tests.compose.compose_file import ComposeFile, read
from tests.compose.rules import RULES, Rule

Services = dict[str, dict[str, Any]]


@pytest.fixture
def file() -> ComposeFile:
    return read()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_rule_holds(rule: Rule, file: ComposeFile) -> None:
    assert rule(file) == []


def _set(service: str, **settings: Any) -> Callable[[Services], None]:
    return lambda services: services[service].update(settings)


def _remove(service: str, setting: str) -> Callable[[Services], None]:
    return lambda services: services[service].pop(setting)


def _add(service: str, setting: str, value: Any) -> Callable[[Services], None]:
    return lambda services: services[service][setting].append(value)


def _tell(service: str, **variables: str) -> Callable[[Services], None]:
    return lambda services: services[service]["environment"].update(variables)


def _forget(service: str, variable: str) -> Callable[[Services], None]:
    return lambda services: services[service]["environment"].pop(variable)


VIOLATIONS = [
    (rules.nobody_is_root, _remove("nats", "user")),
    (rules.nobody_is_root, _set("intake", user="0:0")),
    (rules.nobody_is_root, _set("postgres", user="root")),
    (rules.nobody_writes_to_the_image, _set("clinic", read_only=False)),
    (rules.nobody_has_rights_of_the_kernel, _remove("scheduling", "cap_drop")),
    (rules.nobody_has_rights_of_the_kernel, _set("postgres", cap_add=["CHOWN"])),
    (rules.nobody_has_rights_of_the_kernel, _set("nats", security_opt=[])),
    (rules.nobody_has_rights_of_the_kernel, _set("provision", privileged=True)),
    (rules.nobody_has_rights_of_the_kernel, _set("intake", pid="host")),
    (rules.nobody_reaches_the_engine, _add("clinic", "volumes", "/var/run/docker.sock:/s:ro")),
    (rules.everybody_has_limits, _remove("nats", "mem_limit")),
    (rules.everybody_has_limits, _remove("migrate-intake", "pids_limit")),
    (rules.everybody_has_limits, _set("intake", logging={"driver": "json-file"})),
    (rules.a_crash_leaves_no_memory_behind, _remove("postgres", "ulimits")),
    (rules.a_crash_leaves_no_memory_behind, _set("intake", ulimits={"core": -1})),
    (rules.who_stays_is_watched_and_comes_back, _set("nats", healthcheck={"disable": True})),
    (rules.who_stays_is_watched_and_comes_back, _set("intake", restart="on-failure")),
    (rules.who_stays_is_watched_and_comes_back, _set("postgres", init=False)),
    (rules.what_serves_heals, _set("intake", healthcheck={"test": ["CMD", "true"]})),
    (rules.no_secret_is_a_variable, _tell("postgres", POSTGRES_PASSWORD="hunter2")),
    (rules.no_secret_is_a_variable, _tell("intake", CARETEAM_DATABASE_URL="postgresql://a:b@c/d")),
    (rules.nobody_speaks_in_the_clear, _tell("intake", CARETEAM_NATS_URL="nats://nats:4222")),
    (rules.nobody_speaks_in_the_clear, _forget("scheduling", "CARETEAM_CA_FILE")),
    (rules.nobody_speaks_in_the_clear, _forget("migrate-intake", "CARETEAM_CA_FILE")),
    (rules.nobody_speaks_in_the_clear, _forget("audit", "CARETEAM_CERTIFICATE_FILE")),
    (rules.nobody_sees_anothers_secrets, _add("intake", "volumes", "secrets-scheduling:/x:ro")),
    (rules.nobody_sees_anothers_secrets, _add("clinic", "volumes", "secrets:/x:ro")),
    (rules.nobody_sees_anothers_secrets, _add("intake", "volumes", "keyring-scheduling:/x")),
    (rules.nobody_sees_anothers_secrets, _add("postgres", "volumes", "keyring-intake:/x:ro")),
    (rules.nobody_sees_anothers_secrets, _add("intake", "volumes", "secrets-identity:/x:ro")),
    (rules.secrets_are_written_by_their_maker_only, _add("nats", "volumes", "nats-config:/x")),
    (rules.servers_of_others_are_closed_in, _set("nats", ports=["127.0.0.1:4222:4222"])),
    (rules.servers_of_others_are_closed_in, _add("postgres", "networks", "intake-door")),
    (rules.services_meet_on_the_bus_only, _add("intake", "networks", "prescribing")),
    (rules.published_on_this_machine_only, _set("intake", ports=["8101:8080"])),
    (rules.every_job_is_waited_for, _set("intake", depends_on={})),
    (rules.volumes_have_a_place_in_the_image, _add("secrets", "volumes", "new:/volumes/new")),
]


@pytest.mark.parametrize(("rule", "violate"), VIOLATIONS)
def test_a_violation_is_seen(
    rule: Rule, violate: Callable[[Services], None], file: ComposeFile
) -> None:
    broken = copy.deepcopy(file.document)
    violate(broken["services"])
    assert rule(replace(file, document=broken)) != []


def test_every_rule_has_been_seen_red() -> None:
    assert {rule for rule, _ in VIOLATIONS} == set(RULES)


def test_issuer_and_services_are_published_in_the_order_of_their_ports(
    file: ComposeFile,
) -> None:
    published = {name: one["ports"] for name, one in file.servers.items()}
    assert published == {
        name: [f"127.0.0.1:${{CARETEAM_PORT_PREFIX:-810}}{number}:{SERVICE_PORT}"]
        for number, name in enumerate((IDENTITY, *SERVICES))
    }
