"""The import contracts hold, and each of them is seen to fail when it is violated."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

VIOLATIONS = {
    "No service imports another": (
        "services/intake/handlers/zz_violation.py",
        "import services.prescribing\n",
    ),
    "Within a service, imports run one way": (
        "services/intake/domain/zz_upward.py",
        "import services.intake.handlers\n",
    ),
    "A domain imports the standard library and pure rooms only": (
        "services/scheduling/domain/zz_violation.py",
        "import sqlalchemy\n",
    ),
    "A use case knows the domain and its ports, no database, bus or HTTP": (
        "services/scheduling/handlers/zz_violation.py",
        "import nats\n",
    ),
    "Wire formats are known at a service's border only": (
        "services/notifications/web/zz_violation.py",
        "import careteam_contracts.intake\n",
    ),
    "Within shared, imports run one way": (
        "shared/storage/zz_violation.py",
        "import shared.messaging.relay\n",
    ),
    "What is shared knows no service, and services know no command line": (
        "services/prescribing/persistence/zz_violation.py",
        "import cli.main\n",
    ),
    "What is shared imports no service": (
        "shared/runtime/zz_violation.py",
        "import services.intake\n",
    ),
    "The contracts library needs pydantic and nothing else": (
        "shared/contracts/src/careteam_contracts/zz_violation.py",
        "import shared.runtime.ids\n",
    ),
}


def lint_imports(tree: Path) -> str:
    path = f"{tree}:{tree / 'shared/contracts/src'}"
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tree,
        env={"PYTHONPATH": path, "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("tree")
    for package in ("services", "shared", "cli"):
        shutil.copytree(ROOT / package, tree / package)
    shutil.copy(ROOT / "pyproject.toml", tree)
    return tree


def test_every_contract_holds_and_is_seen_to_fail(copy: Path) -> None:
    honest = lint_imports(copy)
    assert f"Contracts: {len(VIOLATIONS)} kept, 0 broken." in honest, honest
    for place, code in VIOLATIONS.values():
        (copy / place).write_text(code)
    violated = lint_imports(copy)
    broken = set(re.findall(r"^(.+?) BROKEN", violated, re.MULTILINE))
    assert broken == set(VIOLATIONS), violated
