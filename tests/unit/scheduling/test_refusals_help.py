"""Every refusal says what would unblock it and who can, unless nothing can."""

import ast
from collections.abc import Iterator
from pathlib import Path

SERVICE = Path(__file__).parents[3] / "services" / "scheduling"
NOTHING_HELPS = {
    # It is done already.
    "action-item-already-done",
    "clinician-already-known",
    "escort-already-cancelled",
    "hold-not-open",
    "integration-already-declined",
    "nothing-changes",
    "safety-plan-already-confirmed",
    "task-already-done",
    # It is not of this session, or not of this state; the facts say which states there are.
    "absence-ends-before-it-begins",
    "absence-not-known",
    "action-item-not-known",
    "cannot-end",
    "cannot-reassign",
    "no-safety-plan-needed",
    "note-of-another-kind",
    "nothing-in-progress",
    "nothing-to-integrate",
    "outcome-not-possible",
    "phase-not-possible",
    "session-is-over",
    "session-not-held",
    "start-not-decided",
    # Whoever acts has to be somebody.
    "author-not-named",
    "signer-not-named",
    "two-named-people-needed",
}


def unhelpful(source: str) -> Iterator[str]:
    """The slugs of refusals and rules that name nothing that would help."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        slug = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
        if not isinstance(slug, str):
            continue
        silent = (node.func.id == "refuse" and len(node.args) < 3) or (
            node.func.id == "judge"
            and not any(keyword.arg == "unblocks" for keyword in node.keywords)
        )
        if silent:
            yield slug


def test_every_refusal_says_who_can_help() -> None:
    sources = [*SERVICE.glob("domain/*.py"), *SERVICE.glob("handlers/*.py")]
    assert len(sources) > 60
    found = {slug for path in sources for slug in unhelpful(path.read_text())}
    assert found <= NOTHING_HELPS


def test_nothing_is_listed_that_is_not_there() -> None:
    sources = [*SERVICE.glob("domain/*.py"), *SERVICE.glob("handlers/*.py")]
    written = "".join(path.read_text() for path in sources)
    assert all(f'"{slug}"' in written for slug in NOTHING_HELPS)


def test_a_refusal_without_help_is_seen() -> None:
    assert list(unhelpful('refuse("x-missing", "F1", status=1)')) == ["x-missing"]
    assert list(unhelpful('judge("y-missing", "F1", ok=True, facts={})')) == ["y-missing"]
    assert list(unhelpful('refuse("x-missing", "F1", Unblock(fact="f"), status=1)')) == []
