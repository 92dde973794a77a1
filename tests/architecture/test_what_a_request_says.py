"""What a request says becomes no statement and leads nowhere (E6): told from the code itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = [
    file
    for room in ("services", "shared", "cli")
    for file in sorted((ROOT / room).rglob("*.py"))
    if ".venv" not in file.parts
]
A_STATEMENT = re.compile(
    r"\b(SELECT\s|INSERT INTO|UPDATE\s+\w+\s+SET|DELETE FROM|ALTER |CREATE |DROP |TRUNCATE|WHERE )"
)
A_CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")
PUT_TOGETHER = {
    "cli/embedded/databases.py",
    "shared/serving/migrating.py",
    "shared/storage/aggregate_statements.py",
    "shared/storage/facts.py",
    "shared/storage/row_security.py",
    "shared/storage/steps/erasing.py",
    "shared/storage/steps/sealing.py",
}
"""Statements made of the names of our own tables, columns, roles and databases."""


def put_together(code: str) -> list[int]:
    """The lines of statements that are put together of anything but constants."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.JoinedStr)
        and A_STATEMENT.search("".join(_words(node)))
        and not all(A_CONSTANT.fullmatch(part) for part in _parts(node))
    ]


def _words(text: ast.JoinedStr) -> Iterator[str]:
    return (str(one.value) for one in text.values if isinstance(one, ast.Constant))


def _parts(text: ast.JoinedStr) -> Iterator[str]:
    return (ast.unparse(one.value) for one in text.values if isinstance(one, ast.FormattedValue))


def test_statements_are_put_together_where_tables_are_known_and_nowhere_else() -> None:
    found = {str(f.relative_to(ROOT)) for f in OURS if put_together(f.read_text())}
    assert found == PUT_TOGETHER


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ('f"SELECT 1 FROM clients WHERE name = {name}"', True),
        ('f"DELETE FROM {request.path}"', True),
        ('f"SELECT {_COLUMNS} FROM clients"', False),
        ('f"{name} is selected"', False),
    ],
)
def test_a_statement_that_is_put_together_is_seen(code: str, wrong: bool) -> None:
    assert bool(put_together(code)) is wrong


STAYS = {"inside", "sign_in_path", "locked_path", "_back", "attempt.leads"}
"""What makes a path of this very service."""
LED = {
    "cli/issuer/office.py: answer.location or '/'": "the library's, to a registered address",
    "cli/issuer/routes/end_session.py: then": "the library's, to a registered address",
    "cli/issuer/routes/passwords.py: way": "the authorization endpoint with its own query",
    "shared/web/pages/errors.py: way": "the door or the locked screen",
    "shared/web/pages/page.py: target": "a page's own path, from the answer's ids",
    "shared/web/sign_in/door.py: target": "the issuer, by its own document",
    "shared/web/sign_in/leaving.py: target": "the issuer, by its own document",
}
"""Ways on that no call shows to be ours, and why they are."""


def ways_on(code: str) -> Iterator[str]:
    """Where redirects lead, but for paths and for calls that stay here."""
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call) or ast.unparse(node.func) != "RedirectResponse":
            continue
        target = node.args[0]
        called = ast.unparse(target.func) if isinstance(target, ast.Call) else None
        begins = target.values[0] if isinstance(target, ast.JoinedStr) else target
        own = isinstance(begins, ast.Constant) and re.match(r"/[^/\\]|/$", str(begins.value))
        if called not in STAYS and not own:
            yield ast.unparse(target)


def test_every_way_on_is_ours_or_was_looked_at() -> None:
    found = {f"{f.relative_to(ROOT)}: {way}" for f in OURS for way in ways_on(f.read_text())}
    assert found == LED.keys()


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ("RedirectResponse(then)", ["then"]),
        ("RedirectResponse(str(request.url))", ["str(request.url)"]),
        ("RedirectResponse(f'{base}/x')", ["f'{base}/x'"]),
        ("RedirectResponse('//elsewhere')", ["'//elsewhere'"]),
        ("RedirectResponse('/')", []),
        ("RedirectResponse(f'/courses/{course}')", []),
        ("RedirectResponse(inside(then))", []),
    ],
)
def test_a_way_on_that_a_request_names_is_seen(code: str, seen: list[str]) -> None:
    assert list(ways_on(code)) == seen
