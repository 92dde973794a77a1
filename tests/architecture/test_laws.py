"""Laws that an import cannot express."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def calls(code: str, *names: str) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in names
    ]


def offending(pattern: str, *names: str) -> dict[str, list[int]]:
    return {
        str(path.relative_to(ROOT)): lines
        for path in sorted(ROOT.glob(pattern))
        if (lines := calls(path.read_text(), *names))
    }


def test_application_code_never_commits() -> None:
    assert offending("services/**/*.py", "commit", "rollback") == {}


def test_only_the_relay_and_its_like_publish() -> None:
    assert offending("services/**/*.py", "publish_async", "jetstream") == {}


@pytest.mark.parametrize("code", ["async def f(uow): await uow.commit()", "session.rollback()"])
def test_a_commit_is_seen(code: str) -> None:
    assert calls(code, "commit", "rollback") != []


def floating_times(code: str) -> list[int]:
    """``datetime.now()`` anywhere in a service: time comes from the clinic's clock (ruling 11)."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"datetime.now", "time.time"}
    ]


def test_services_read_the_clinics_clock_only() -> None:
    found = {
        str(path.relative_to(ROOT)): lines
        for path in sorted(ROOT.glob("services/**/*.py"))
        if (lines := floating_times(path.read_text()))
    }
    assert found == {}


def test_another_clock_is_seen() -> None:
    assert floating_times("from datetime import datetime\ndatetime.now()") != []
