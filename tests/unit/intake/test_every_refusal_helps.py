"""Every refusal of intake says what would unblock it, and who can supply that, or is final."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import services.intake

ROOT: Final = Path(services.intake.__file__).parent

FINAL: Final = {
    "hold-lifted": "it is lifted already",
    "review-complete": "both have signed already",
    "protocol-change-complete": "both have signed already; what came of it is on record",
    "question-answered": "it is answered already",
    "no-approval-to-revoke": "there is none to lose",
    "course-transition-forbidden": "the commands above ask before they move",
    "consent-step-forbidden": "the commands above ask before they step",
    "not-lifted-by-consent": "a policy asks for consent holds only",
}
"""Nothing is missing where these refuse; why."""


def test_every_refusal_names_a_missing_fact_with_its_owner_or_is_final() -> None:
    mute = {slug for slug, helps in _refusals(_sources()) if not helps}
    assert mute == set(FINAL)


def test_a_mute_refusal_is_seen() -> None:
    mute = 'refuse("nothing-helps", "F1", a=1)\nviolated("mute", "F2", b=2)\n'
    helpful = 'refuse("x", "F1", Unblock(fact="f", owner="o", action="a"))\n'
    more = 'violated("y", "F2", unblocks_with=(u,))\nrefuse("z", "F3", *who_unblocks(hold))\n'
    assert dict(_refusals([mute + helpful + more])) == {
        "nothing-helps": False,
        "mute": False,
        "x": True,
        "y": True,
        "z": True,
    }


def _sources() -> Iterator[str]:
    for path in sorted(ROOT.rglob("*.py")):
        yield path.read_text()


def _refusals(sources: Iterator[str] | list[str]) -> Iterator[tuple[str, bool]]:
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id == "refuse":
                    yield _slug(node), len(node.args) > 2
                elif node.func.id == "violated":
                    named = {keyword.arg for keyword in node.keywords}
                    yield _slug(node), "unblocks_with" in named


def _slug(call: ast.Call) -> str:
    first = call.args[0]
    return str(first.value) if isinstance(first, ast.Constant) else ast.unparse(first)
