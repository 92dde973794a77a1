"""What must hold of the clinic in containers. Each rule lists its breaches."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from cli.clinic.services import CHAINS, IDENTITY, SERVICES
from tests.compose.compose_file import ComposeFile

Rule = Callable[[ComposeFile], list[str]]

_SECRET_NAME: Final = re.compile(r"PASSWORD|TOKEN|SEED|SECRET|_KEY|CREDENTIAL")
_URL_WITH_PASSWORD: Final = re.compile(r"//[^/@]*:[^/@]+@")
_SECRET_FILES: Final = ("/run/secrets/", "/run/own/", "/keyring", "/config/")
_READERS: Final[Mapping[str, set[str]]] = {
    "secrets": {"secrets", "provision"},
    "secrets-audit": {"secrets", "audit"},
    "secrets-clinic": {"secrets", "clinic"},
    "secrets-owners": {"secrets", *(f"migrate-{one}" for one in (*SERVICES, IDENTITY))},
    "postgres-config": {"secrets", "postgres"},
    "postgres-data": {"postgres"},
    "nats-config": {"secrets", "nats", "provision"},
    "nats-data": {"secrets", "nats"},
    f"secrets-{IDENTITY}": {"secrets", IDENTITY},
    **{f"secrets-{one}": {"secrets", one, f"migrate-{one}"} for one in SERVICES},
    **{f"keyring-{one}": {one, f"migrate-{one}"} for one in SERVICES},
    **{f"audit-{service}": {"audit", service} for service in CHAINS},
}


def _where(services: Mapping[str, Any], wrong: Callable[[dict[str, Any]], bool]) -> list[str]:
    return [name for name, one in services.items() if wrong(one)]


def nobody_is_root(file: ComposeFile) -> list[str]:
    return _where(
        file.services, lambda one: not re.fullmatch(r"[1-9]\d*:[1-9]\d*", str(one.get("user")))
    )


def nobody_writes_to_the_image(file: ComposeFile) -> list[str]:
    return _where(file.services, lambda one: one.get("read_only") is not True)


def nobody_has_rights_of_the_kernel(file: ComposeFile) -> list[str]:
    return _where(
        file.services,
        lambda one: (
            one.get("cap_drop") != ["ALL"]
            or bool(one.get("cap_add"))
            or one.get("privileged", False)
            or one.get("security_opt") != ["no-new-privileges:true"]
            or any(one.get(space) == "host" for space in ("pid", "ipc", "network_mode", "userns"))
        ),
    )


def nobody_reaches_the_engine(file: ComposeFile) -> list[str]:
    return [
        name
        for name in file.services
        if any("docker.sock" in source for source, _, _ in file.mounts(name))
    ]


def everybody_has_limits(file: ComposeFile) -> list[str]:
    return _where(
        file.services,
        lambda one: (
            not {"mem_limit", "pids_limit"} <= one.keys()
            or "max-size" not in one.get("logging", {}).get("options", {})
        ),
    )


def a_crash_leaves_no_memory_behind(file: ComposeFile) -> list[str]:
    """D1: no core file, of whatever crashes."""
    return _where(file.services, lambda one: one.get("ulimits", {}).get("core") != 0)


def who_stays_is_watched_and_comes_back(file: ComposeFile) -> list[str]:
    """An init is what lets the guard end a container from inside."""
    return [
        name
        for name, one in file.residents.items()
        if not file.health_check(name)
        or one["restart"] != "unless-stopped"
        or one.get("init") is not True
    ]


def what_serves_heals(file: ComposeFile) -> list[str]:
    """Their health check is the guard around a probe of their real work."""
    probes = {"nats": "nats-probe", "postgres": "pg_isready"}
    return [
        name
        for name in (*SERVICES, IDENTITY, *probes)
        if "guard" not in file.health_check(name)
        or probes.get(name, "cli.probe") not in file.health_check(name)
    ]


def no_secret_is_a_variable(file: ComposeFile) -> list[str]:
    """A variable may name the file of a secret."""
    return [
        f"{name}: {variable}"
        for name, one in file.services.items()
        for variable, value in one.get("environment", {}).items()
        if (_SECRET_NAME.search(variable) and not str(value).startswith(_SECRET_FILES))
        or _URL_WITH_PASSWORD.search(str(value))
    ]


def nobody_speaks_in_the_clear(file: ComposeFile) -> list[str]:
    """Who is told where PostgreSQL or NATS is knows who vouches for it, and whoever acts on the bus
    has a certificate of its own. The jobs that migrate know the bus by name only."""
    breaches = []
    for name, one in file.services.items():
        told = {variable: str(value) for variable, value in one.get("environment", {}).items()}
        bus = told.get("CARETEAM_NATS_URL")
        if not any("postgres" in value for value in told.values()) and bus is None:
            continue
        if "CARETEAM_CA_FILE" not in told and name != "postgres":
            breaches.append(f"{name}: nobody to believe")
        if bus is not None and not bus.startswith("tls://"):
            breaches.append(f"{name}: {bus}")
        if bus and not name.startswith("migrate-") and "CARETEAM_CERTIFICATE_FILE" not in told:
            breaches.append(f"{name}: no certificate")
    return breaches


def nobody_sees_anothers_secrets(file: ComposeFile) -> list[str]:
    return [
        f"{name}: {source}"
        for name in file.services
        for source, _, _ in file.mounts(name)
        if name not in _READERS.get(source, {name})
    ]


def secrets_are_written_by_their_maker_only(file: ComposeFile) -> list[str]:
    return [
        f"{name}: {source}"
        for name in file.services
        for source, _, read_only in file.mounts(name)
        if source.startswith(("secrets", "nats-config", "postgres-config"))
        and not read_only
        and name != "secrets"
    ]


def servers_of_others_are_closed_in(file: ComposeFile) -> list[str]:
    """PostgreSQL and NATS publish nothing and have no way out."""
    closed = {
        name for name, one in file.document["networks"].items() if (one or {}).get("internal")
    }
    return [
        name
        for name in ("postgres", "nats", *file.jobs)
        if "ports" in file.services[name] or not file.networks(name) <= closed
    ]


def services_meet_on_the_bus_only(file: ComposeFile) -> list[str]:
    """No two services have a network in common (law 1)."""
    return [
        f"{one} and {other}"
        for one in SERVICES
        for other in SERVICES
        if one < other and file.networks(one) & file.networks(other)
    ]


def published_on_this_machine_only(file: ComposeFile) -> list[str]:
    return [
        f"{name}: {port}"
        for name, one in file.services.items()
        for port in one.get("ports", [])
        if not str(port).startswith("127.0.0.1:")
    ]


def every_job_is_waited_for(file: ComposeFile) -> list[str]:
    """`up --wait` takes a job that ended for a failure, unless somebody depends on its success.
    One of a profile is no part of `up`."""
    awaited = {
        name
        for one in file.services.values()
        for name, condition in one.get("depends_on", {}).items()
        if condition["condition"] == "service_completed_successfully"
    }
    begun = {name for name, one in file.jobs.items() if not one.get("profiles")}
    return sorted(begun - awaited)


def volumes_have_a_place_in_the_image(file: ComposeFile) -> list[str]:
    """A new volume takes its owner from the folder of the image where it is mounted first."""
    made = re.findall(r"volumes/([\w-]+)", file.dockerfile)
    return [
        source
        for source, target, _ in file.mounts("secrets")
        if target.startswith("/volumes/") and (target != f"/volumes/{source}" or source not in made)
    ]


RULES: Final[Iterable[Rule]] = (
    nobody_is_root,
    nobody_writes_to_the_image,
    nobody_has_rights_of_the_kernel,
    nobody_reaches_the_engine,
    everybody_has_limits,
    a_crash_leaves_no_memory_behind,
    who_stays_is_watched_and_comes_back,
    what_serves_heals,
    no_secret_is_a_variable,
    nobody_speaks_in_the_clear,
    nobody_sees_anothers_secrets,
    secrets_are_written_by_their_maker_only,
    servers_of_others_are_closed_in,
    services_meet_on_the_bus_only,
    published_on_this_machine_only,
    every_job_is_waited_for,
    volumes_have_a_place_in_the_image,
)
