"""What ``docker-compose.yml`` and the Dockerfile say, in the shape in which rules ask."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[2]
_STAGE: Final = re.compile(r"^FROM \S+ AS (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class ComposeFile:
    """The parsed file, with its anchors merged, and the text of the Dockerfile."""

    document: dict[str, Any]
    dockerfile: str

    @property
    def services(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.document["services"]
        return found

    @property
    def jobs(self) -> dict[str, dict[str, Any]]:
        """What runs once and ends."""
        return {name: one for name, one in self.services.items() if one["restart"] == "no"}

    @property
    def residents(self) -> dict[str, dict[str, Any]]:
        """What stays."""
        return {name: one for name, one in self.services.items() if name not in self.jobs}

    @property
    def servers(self) -> dict[str, dict[str, Any]]:
        """The issuer and the four services: what people reach."""
        return {name: one for name, one in self.services.items() if "ports" in one}

    def mounts(self, service: str) -> list[tuple[str, str, bool]]:
        """(source, target, read-only) of each mount."""
        return [_mount(one) for one in self.services[service].get("volumes", [])]

    def networks(self, service: str) -> set[str]:
        return set(self.services[service].get("networks", []))

    def health_check(self, service: str) -> str:
        """The command, from this file or from the image; empty when there is none."""
        own = self.services[service].get("healthcheck", {})
        if own.get("disable"):
            return ""
        if "test" in own:
            return " ".join(own["test"])
        return self._health_checks.get(self._target(service), "")

    def _target(self, service: str) -> str:
        """The stage of the Dockerfile that this container's image is."""
        image = self.services[service]["image"]
        builders = (one for one in self.services.values() if one.get("image") == image)
        return next((one["build"]["target"] for one in builders if "build" in one), "")

    @cached_property
    def _health_checks(self) -> Mapping[str, str]:
        """By stage of the Dockerfile."""
        _, *parts = _STAGE.split(self.dockerfile.replace("\\\n", " "))
        stages = dict(zip(parts[::2], parts[1::2], strict=True))
        return {
            name: found.group(1)
            for name, text in stages.items()
            if (found := re.search(r"^HEALTHCHECK .*?CMD (.*)$", text, re.MULTILINE))
        }


def read() -> ComposeFile:
    return ComposeFile(
        yaml.safe_load((ROOT / "docker-compose.yml").read_text()),
        (ROOT / "deploy" / "Dockerfile").read_text(),
    )


def _mount(one: str | Mapping[str, Any]) -> tuple[str, str, bool]:
    if isinstance(one, str):
        source, target, *options = one.split(":")
        return source, target, "ro" in ",".join(options).split(",")
    return one["source"], one["target"], bool(one.get("read_only"))
