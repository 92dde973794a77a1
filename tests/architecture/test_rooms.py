"""Every service has the same rooms, and nothing hides from the import contracts."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("intake", "prescribing", "scheduling", "notifications")
ROOMS = (
    "README.md",
    "__init__.py",
    "__main__.py",
    "answers.py",
    "app.py",
    "domain/__init__.py",
    "domain/events.py",
    "domain/gates.py",
    "handlers/__init__.py",
    "handlers/ports.py",
    "peers.py",
    "persistence/migrations/env.py",
    "persistence/tables.py",
    "persistence/unit_of_work.py",
    "publishing.py",
    "subscribers.py",
    "web/access.py",
)
FORBIDDEN_FOLDERS = {"http", "platform", "util", "utils", "common", "helpers", "base", "manager"}


def sources(*packages: str) -> Iterator[Path]:
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            if ".venv" not in path.parts and "__pycache__" not in path.parts:
                yield path


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_all_rooms(service: str) -> None:
    missing = [room for room in ROOMS if not (ROOT / "services" / service / room).exists()]
    assert missing == []


def folders_without_init(root: Path, packages: tuple[str, ...]) -> list[str]:
    return [
        str(path.parent.relative_to(root))
        for package in packages
        for path in sorted((root / package).rglob("*.py"))
        if not (path.parent / "__init__.py").exists()
        and "migrations" not in path.parts
        and "contracts" not in path.parts
    ]


def test_no_folder_is_invisible_to_the_import_contracts() -> None:
    assert folders_without_init(ROOT, ("services", "shared", "cli")) == []


def test_an_invisible_folder_is_seen(tmp_path: Path) -> None:
    (tmp_path / "services" / "hidden").mkdir(parents=True)
    (tmp_path / "services" / "__init__.py").touch()
    (tmp_path / "services" / "hidden" / "code.py").touch()
    assert folders_without_init(tmp_path, ("services",)) == ["services/hidden"]


def test_no_folder_shadows_the_standard_library_or_says_nothing() -> None:
    named = {
        p.name
        for package in ("services", "shared", "cli")
        for p in ROOT.joinpath(package).rglob("*")
        if p.is_dir()
    }
    assert named & FORBIDDEN_FOLDERS == set()


LONGEST = 350
"""Lines. Files have one idea and are shorter than 250 as a rule; nothing is longer than this."""


def long_files(root: Path, packages: tuple[str, ...]) -> list[str]:
    return [
        str(path.relative_to(root))
        for package in packages
        for path in sorted((root / package).rglob("*.py"))
        if len(path.read_text().splitlines()) > LONGEST
    ]


def test_no_file_has_grown_too_long_to_be_one_idea() -> None:
    assert long_files(ROOT, ("services", "shared", "cli", "bench", "tests")) == []


@pytest.mark.parametrize(("lines", "found"), [(LONGEST, []), (LONGEST + 1, ["tests/grown.py"])])
def test_a_file_that_is_too_long_is_seen(tmp_path: Path, lines: int, found: list[str]) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "grown.py").write_text("x = 1\n" * lines)
    assert long_files(tmp_path, ("tests",)) == found


def hidden_imports(code: str) -> list[str]:
    """Imports by string, and a second path to the contracts: what the contracts cannot see."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in {"__import__", "importlib.import_module", "import_module", "exec", "eval"}:
                found.append(name)
        modules = []
        if isinstance(node, ast.ImportFrom) and node.module:
            modules = [node.module]
        elif isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        found.extend(m for m in modules if m.startswith(("shared.contracts", "src.")))
    return found


def test_nothing_is_imported_behind_the_contracts_back() -> None:
    found = {
        str(p): h for p in sources("services", "shared") if (h := hidden_imports(p.read_text()))
    }
    assert found == {}


@pytest.mark.parametrize(
    "code",
    [
        "import importlib\nimportlib.import_module('services.intake')",
        "__import__('nats')",
        "from shared.contracts.src.careteam_contracts import intake",
        "eval('1')",
    ],
)
def test_a_hidden_import_is_seen(code: str) -> None:
    assert hidden_imports(code) != []
