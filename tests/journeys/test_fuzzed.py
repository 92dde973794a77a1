"""E6: every operation of every service, called by everybody with what a fuzzer makes of its schema.

Examples, what covers each part of a schema, random values that fit and that do not, and sequences
in which one answer's ids are the next request's. Nothing is an error of ours, every answer is one
that the document tells of, what does not fit is refused, and nobody does an undocumented method.
"""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from cli.clinic.services import SERVICES
from tests.journeys.typed_on_pages import ROLES
from tests.support.started_clinic import StartedClinic

pytestmark = [
    pytest.mark.clinic,
    pytest.mark.real,
    pytest.mark.faults,
    pytest.mark.timeout(7200),
]

SCHEMATHESIS: Final = str(Path(sys.executable).with_name("schemathesis"))
ENDLESS: Final = "/sandbox|/events/stream"
"""A stream that never ends, and the sandbox's clock."""
MEANT: Final = """
checks.positive_data_acceptance.enabled = false  # what fits a schema may be against the rules

[[operations]]
include-path = "/api/v1/sessions/preview"  # GET is of /sessions/{session_id}
checks.unsupported_method.enabled = false
checks.allow_header_conformance.enabled = false

[[operations]]
include-path = "/api/v1/tasks"  # a time may be told in seconds since 1970
checks.negative_data_rejection.enabled = false

[[operations]]
include-path = "/api/v1/check-ins"  # the same
checks.negative_data_rejection.enabled = false
"""


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("role", ROLES)
def test_nothing_that_somebody_can_send_brings_out_what_was_not_told(
    clinic: StartedClinic, tmp_path: Path, service: str, role: str
) -> None:
    meant = tmp_path / "schemathesis.toml"
    meant.write_text(MEANT)
    done = subprocess.run(
        [
            *(SCHEMATHESIS, "--config-file", str(meant), "run"),
            f"{clinic.reach.services[service]}/openapi.json",
            *("--header", f"Authorization: Bearer {clinic.reach.token(role)}"),
            *("--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "20"),
            *("--exclude-path-regex", ENDLESS, "--suppress-health-check", "all"),
            *("--seed", "11", "--request-timeout", "60", "--no-color"),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout[-8000:]
