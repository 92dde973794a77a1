"""A domain reads no clock, makes no id, waits for nothing and raises no chance (law 2)."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
IMPURE_CALLS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time",
    "time.monotonic", "uuid.uuid4", "uuid4", "uuid.uuid1", "uuid1", "uuid7", "new_id", "open",
    "print", "input", "os.getenv", "random.random", "random.choice", "secrets.token_hex",
}  # fmt: skip
IMPURE_MODULES = {
    "asyncio", "io", "os", "pathlib", "random", "secrets", "socket", "subprocess", "threading",
    "time", "logging", "urllib", "http", "json",
}  # fmt: skip


def impurities(code: str) -> list[str]:
    found: list[str] = []
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Await() | ast.AsyncFunctionDef() | ast.AsyncFor() | ast.AsyncWith():
                found.append(f"{node.lineno}: waits")
            case ast.Call() if ast.unparse(node.func) in IMPURE_CALLS:
                found.append(f"{node.lineno}: {ast.unparse(node.func)}()")
            case ast.Import():
                found.extend(
                    f"{node.lineno}: import {alias.name}"
                    for alias in node.names
                    if alias.name.split(".")[0] in IMPURE_MODULES
                )
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] in IMPURE_MODULES:
                found.append(f"{node.lineno}: from {module}")
            case ast.Global() | ast.Nonlocal():
                found.append(f"{node.lineno}: keeps state outside")
            case _:
                pass
    return found


def test_every_domain_is_pure() -> None:
    files = [
        *sorted(ROOT.glob("services/*/domain/**/*.py")),
        *sorted(ROOT.glob("shared/decisions/*.py")),
        *sorted(ROOT.glob("shared/folds/*.py")),
    ]
    assert len(files) > 50
    found = {str(f.relative_to(ROOT)): i for f in files if (i := impurities(f.read_text()))}
    assert found == {}


@pytest.mark.parametrize(
    "code",
    [
        "from datetime import datetime\nnow = datetime.now()",
        "import uuid\nkey = uuid.uuid4()",
        "async def decide(): ...",
        "import random",
        "from pathlib import Path",
        "import os.path",
        "counter = 0\ndef count():\n    global counter\n    counter += 1",
    ],
)
def test_impurity_is_seen(code: str) -> None:
    assert impurities(code) != []


def test_purity_is_not_mistaken() -> None:
    assert impurities("from datetime import timedelta\nday = timedelta(days=1)") == []
