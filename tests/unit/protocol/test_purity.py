"""A domain may import the protocol: doing so brings in neither pydantic nor YAML."""

import subprocess
import sys

import pytest

PROBE = "import sys; import {module}; print(sorted({{'pydantic', 'yaml'}} & set(sys.modules)))"


def _brought_in(module: str) -> str:
    probe = [sys.executable, "-c", PROBE.format(module=module)]
    return subprocess.run(probe, check=True, capture_output=True, text=True).stdout.strip()


def test_the_model_is_pure() -> None:
    assert _brought_in("shared.protocol") == "[]"


@pytest.mark.parametrize("module", ["shared.protocol.loader"])
def test_the_loader_is_not(module: str) -> None:
    assert _brought_in(module) == "['pydantic', 'yaml']"
